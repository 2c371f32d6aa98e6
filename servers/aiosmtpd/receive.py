"""Writes each message into a Maildir, once for each recipient, before it answers the dot."""

import asyncio
import logging
import os
import signal
import uuid

from aiosmtpd.smtp import SMTP

BOX = "{{dir}}/mail/box"
ARGUMENTS = dict(
    hostname="{{hostname}}",
    data_size_limit=1 << 30,
    enable_SMTPUTF8=True,
{{#options.main}}
{{options.main}}
{{/options.main}}
)


def deliver(content, recipient):
    name = str(uuid.uuid4())
    path = os.path.join(BOX, "tmp", name)
    with open(path, "wb") as file:
        file.write(b"Delivered-To: " + recipient.encode() + b"\n")
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.rename(path, os.path.join(BOX, "new", name))


class Handler:
    async def handle_DATA(self, server, session, envelope):
        content = envelope.content.replace(b"\r\n", b"\n")
        for recipient in envelope.rcpt_tos:
            await asyncio.to_thread(deliver, content, recipient)
        return "250 2.0.0 OK"


class Receiver(SMTP):
    def connection_lost(self, error):
        if self.envelope is not None and self.envelope.rcpt_tos:
            logging.info("%s hung up within a transaction", self.session.peer)
        super().connection_lost(error)


async def main():
    logging.basicConfig(filename="{{dir}}/log/aiosmtpd", format="%(asctime)s %(message)s", level=logging.INFO)
    logging.getLogger("mail.log").setLevel(logging.WARNING)
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    server = await loop.create_server(lambda: Receiver(Handler(), **ARGUMENTS), "127.0.0.1", {{port}}, backlog=512)
    await stop.wait()
    server.close()


asyncio.run(main())
