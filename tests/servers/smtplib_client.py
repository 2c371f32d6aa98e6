"""An application that sends one message with smtplib, and tries again as applications do.

usage: smtplib_client.py PORT TRIES [keep|renew]
Every try has a timeout of three seconds. `renew` makes a new Message-ID for each try.
"""
import email.message
import smtplib
import sys

port, tries = int(sys.argv[1]), int(sys.argv[2])
renew = sys.argv[3:] == ["renew"]
for attempt in range(1, tries + 1):
    message = email.message.EmailMessage()
    message["From"], message["To"] = "app@x.test", "ann@each.test"
    message["Subject"] = "Invoice 7"
    message["Message-ID"] = f"<invoice-7{'-' + str(attempt) if renew else ''}@x.test>"
    message.set_content("Please pay.\n")
    try:
        with smtplib.SMTP("127.0.0.1", port, timeout=3) as server:
            server.send_message(message)
        sys.exit(0)
    except (OSError, smtplib.SMTPException) as error:
        print(f"try {attempt}: {type(error).__name__}: {error}", flush=True)
sys.exit(1)
