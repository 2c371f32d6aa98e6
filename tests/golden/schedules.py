#!/usr/bin/env python3
"""When each sender begins its attempts, derived by hand from what the servers' documents and code say.

schedules.json holds what this derives, and a test runs the simulator with each profile against it. So
nothing here is read from the profiles or from the program: each rule is stated once more, in other
words, with its own figures. A schedule that both come to is a schedule that two readings agree on.

    schedules.py           says whether schedules.json is what is derived; exit 1 if not
    schedules.py --write   writes it

The setting: one message, one recipient, one host, no latency; no jitter, no rest for a host that failed, and
no queue run but Sendmail's, whose rule it is. Twice: each attempt is accepted and never acknowledged, so
that it fails when the wait after the final dot is over; and each attempt is refused with 4xx at once.

Giving up: when the next attempt would begin later than the lifetime allows, the message is given up at the
end of the attempt before. Where an attempt's failure is one too many, it is given up at that failure.
"""

import json
import math
import pathlib
import sys

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR

# Seconds from submission throughout. All rules work on whole seconds.


def schedule(
    next_start,
    attempt_lasts,
    ends=None,
    ends_after_first_failure=None,
    failures_most=None,
    gives_up="before a late attempt",
):
    """The attempts of one message, and when and why it was given up.

    `next_start(start, failure, number)` is when the attempt after the `number`-th one is due, which began
    at `start` and failed at `failure`. `ends` is when the lifetime is over,
    and `gives_up` says when that is looked at.
    """
    starts = [0]
    while True:
        failure = starts[-1] + attempt_lasts
        if ends_after_first_failure is not None and len(starts) == 1:
            ends = failure + ends_after_first_failure
        if failures_most is not None and len(starts) == failures_most:
            return {"attempts": starts, "gave_up": failure, "why": "failures"}
        following = next_start(starts[-1], failure, len(starts))
        if ends is not None:
            over = {
                "before a late attempt": following > ends,
                "at a late failure": failure >= ends,
                "after a late attempt": starts[-1] > ends,
            }[gives_up]
            if over:
                return {"attempts": starts, "gave_up": failure, "why": "lifetime"}
        starts.append(following)


def waits(*seconds):
    """After the n-th failure the n-th of these, and the last of them from then on."""
    return lambda start, failure, number: failure + seconds[min(number, len(seconds)) - 1]


def rfc5321(attempt_lasts):
    # 4.5.4.1: two attempts in the first hour of a message's time in the queue, then one every two
    # or three hours; at least 30 minutes apart; give up after four to five days. Two half hours,
    # then two hours, five days.
    return schedule(waits(30 * MINUTE, 30 * MINUTE, 2 * HOUR), attempt_lasts, ends=5 * DAY)


def postfix(attempt_lasts):
    # postconf(5): a deferred message is next looked at after its age, but not before
    # minimal_backoff_time (300 s) nor after maximal_backoff_time (4000 s) has passed. The age is
    # taken when the attempt has failed. maximal_queue_lifetime: 5 d.
    # The age is held against it when an attempt has failed: the one from 431400 s on is the last.
    # By hand, waiting 600 s: 0; fails 600, age 600: 1200; fails 1800: 3600; fails 4200, age over
    # 4000: 8200; then every 4600.
    def next_start(start, failure, number):
        age = failure
        return failure + min(max(age, 300), 4000)

    return schedule(next_start, attempt_lasts, ends=5 * DAY, gives_up="at a late failure")


def exim(attempt_lasts):
    # The default rule, F,2h,15m; G,16h,1h,1.5; F,4d,6h. For two hours since the destination first
    # failed every 15 minutes. From then to 16 hours the gaps grow: the first is an hour, each later
    # one the last gap times 1.5, cut to whole seconds as Exim does (18225 s becomes 27337 s). Then
    # every 6 hours to four days. At the very end of a part it still holds. The attempt that fails
    # beyond the four days is the last.
    def make_next_start():
        first_failure = None
        gap = None

        def next_start(start, failure, number):
            nonlocal first_failure, gap
            if first_failure is None:
                first_failure = failure
            failing_for = failure - first_failure
            if failing_for <= 2 * HOUR:
                gap = 15 * MINUTE
            elif failing_for <= 16 * HOUR:
                gap = 1 * HOUR if gap < 1 * HOUR else gap * 3 // 2
            else:
                gap = 6 * HOUR
            return failure + gap

        return next_start

    return schedule(
        make_next_start(),
        attempt_lasts,
        ends_after_first_failure=4 * DAY,
        gives_up="at a late failure",
    )


def sendmail(attempt_lasts):
    # Every queue run tries all that is queued and not being delivered. Runs begin every 30 minutes
    # (-q30m), here from time 0. A message whose attempt ends at the very moment of a run was still
    # locked when that run looked, so it waits for the next one. With an attempt of an hour: 0 to
    # 3600, 5400 to 9000, 10800 ... Five days (Timeout.queuereturn), looked at after each attempt.
    def next_start(start, failure, number):
        return (failure // (30 * MINUTE) + 1) * 30 * MINUTE

    return schedule(next_start, attempt_lasts, ends=5 * DAY, gives_up="at a late failure")


def qmail(attempt_lasts):
    # qmail-send: when an attempt starts, the next one is set to birth + (floor(sqrt(age)) + 20)^2
    # (20 for remote, 10 for local). An attempt that takes longer is followed at once. queuelifetime
    # is 604800 s, and the first attempt beyond it is the last one.
    # By hand, waiting 1200 s: 0 set 400, ends 1200; 1200 set (34 + 20)^2 = 2916; 2916 set (54 +
    # 20)^2 = 5476; 8836.
    def next_start(start, failure, number):
        return max((math.isqrt(start) + 20) ** 2, failure)

    return schedule(next_start, attempt_lasts, ends=604800, gives_up="after a late attempt")


def opensmtpd(attempt_lasts):
    # The n-th retry is due 400 s x n^2 after the message was created; one whose time has passed is
    # left out. Four days. An attempt of 300 s never reaches the next square: 0, 400, 1600, 3600,
    # 6400 ... in both tables.
    def next_start(start, failure, number):
        while 400 * number**2 <= failure:
            number += 1
        return 400 * number**2

    return schedule(next_start, attempt_lasts, ends=4 * DAY)


def haraka(attempt_lasts):
    # The i-th temporary failure is followed by 2^(i + 5) s: 64, 128 ... 131072; the thirteenth
    # bounces. No lifetime.
    return schedule(waits(*[2 ** (i + 5) for i in range(1, 13)]), attempt_lasts, failures_most=13)


def stalwart(attempt_lasts):
    # From each failure 2, 5, 10, 15, 30 minutes, 1 and 2 hours, 1 day, 3 days; three days to live
    # from creation.
    return schedule(waits(120, 300, 600, 900, 1800, 3600, 7200, 86400, 259200), attempt_lasts, ends=3 * DAY)


def kumomta(attempt_lasts):
    # 20 minutes from the first failure, then twice as long each time, without a limit; a week
    # (max_age).
    def next_start(start, failure, number):
        return failure + 20 * MINUTE * 2 ** (number - 1)

    return schedule(next_start, attempt_lasts, ends=7 * DAY)


def exchange(attempt_lasts):
    # MessageRetryInterval, 5 minutes, for two days (MessageExpirationTimeout).
    return schedule(waits(5 * MINUTE), attempt_lasts, ends=2 * DAY)


def zos_cssmtp(attempt_lasts):
    # RetryLimit: five retries, a minute apart, so the sixth failure is the last.
    return schedule(waits(1 * MINUTE), attempt_lasts, failures_most=6)


def postal(attempt_lasts):
    # After the n-th failure (from 0) 5 minutes x 1.3^n, stored in whole seconds and therefore cut;
    # workers take a message 30 s after it is due. 300 + 30, 390 + 30, 507 + 30, 659 + 30 ... The
    # eighteenth failure is the last.
    cut = [300 * 13**n // 10**n for n in range(17)]
    return schedule(waits(*[wait + 30 for wait in cut]), attempt_lasts, failures_most=18)


def application_5s(attempt_lasts):
    # The job queue waits n^4 + 15 s after the n-th failure (from 0), its random part left out, and
    # makes 25 retries.
    return schedule(waits(*[n**4 + 15 for n in range(25)]), attempt_lasts, failures_most=26)


def application_30s(attempt_lasts):
    # Again a minute after each failure, twelve times in all, well within its day.
    return schedule(waits(1 * MINUTE), attempt_lasts, ends=1 * DAY, failures_most=12)


def application_60s(attempt_lasts):
    # 30 s, then twice as long each time; the sixth failure is the last.
    return schedule(waits(30, 60, 120, 240, 480), attempt_lasts, failures_most=6)


def domino(attempt_lasts):
    # 15 minutes, doubled to at most two hours; the message is returned after a day.
    return schedule(waits(15 * MINUTE, 30 * MINUTE, 1 * HOUR, 2 * HOUR), attempt_lasts, ends=1 * DAY)


def communigate(attempt_lasts):
    # Nothing is published. As RFC 5321 4.5.4.1 recommends: half an hour twice, then two hours, for
    # five days.
    return schedule(waits(30 * MINUTE, 30 * MINUTE, 2 * HOUR), attempt_lasts, ends=5 * DAY)


def ibm_i(attempt_lasts):
    # RTYMIN as it is usually set: three retries, half an hour apart, so the fourth failure is the
    # last.
    return schedule(waits(30 * MINUTE), attempt_lasts, ends=5 * DAY, failures_most=4)


# The wait after the final dot, in seconds, beside the rule.
SENDERS = {
    "rfc5321": (rfc5321, 600),
    "postfix": (postfix, 600),
    "exim": (exim, 600),
    "sendmail": (sendmail, 3600),
    "qmail": (qmail, 1200),
    "opensmtpd": (opensmtpd, 300),
    "haraka": (haraka, 30),
    "stalwart": (stalwart, 300),
    "kumomta": (kumomta, 300),
    "exchange": (exchange, 600),
    "zos-cssmtp": (zos_cssmtp, 600),
    "postal": (postal, 30),
    "application-5s": (application_5s, 5),
    "application-30s": (application_30s, 30),
    "application-60s": (application_60s, 60),
    "domino": (domino, 180),
    "communigate": (communigate, 600),
    "ibm-i": (ibm_i, 600),
}


def check_against_known():
    """Schedules that were worked out by hand before this was written."""
    known = {
        ("postfix", 600): [0, 1200, 3600, 8200, 12800, 17400],
        ("postfix", 0): [0, 300, 600, 1200, 2400, 4800, 8800, 12800],
        ("qmail", 1200): [0, 1200, 2916, 5476, 8836, 12996],
        ("qmail", 0): [0, 400, 1600, 3600, 6400],
        ("opensmtpd", 300): [0, 400, 1600, 3600, 6400],
        ("opensmtpd", 0): [0, 400, 1600, 3600, 6400],
        ("haraka", 0): [0, 64, 192, 448, 960],
        # Nine quarters of an hour (at two hours exactly the first part still holds), then 1 h, 1.5
        # h, 2.25 h.
        ("exim", 0): [0, 900, 1800, 2700, 3600, 4500, 5400, 6300, 7200, 8100, 11700, 17100, 25200],
        ("sendmail", 3600): [0, 5400, 10800, 16200],
    }
    for (name, attempt_lasts), starts in known.items():
        derived = SENDERS[name][0](attempt_lasts)["attempts"][: len(starts)]
        assert derived == starts, f"{name}, attempts of {attempt_lasts} s: {derived}, by hand {starts}"
    # The sum of Haraka's delays is 262080 s.
    assert haraka(0)["gave_up"] == 262080, haraka(0)


def in_milliseconds(result):
    return {
        "attempts_ms": [1000 * start for start in result["attempts"]],
        "gave_up_ms": 1000 * result["gave_up"],
        "why": result["why"],
    }


def derived_text():
    """A line for each table of each profile, so that a difference can be read."""
    lines = []
    for name, (rule, after_dot) in SENDERS.items():
        tables = {"never_acknowledged": rule(after_dot), "refused_at_once": rule(0)}
        rows = [f"  {json.dumps(key)}: {json.dumps(in_milliseconds(table))}" for key, table in tables.items()]
        lines.append(f"{json.dumps(name)}: {{\n" + ",\n".join(rows) + "}")
    return '{"profiles": {\n' + ",\n".join(lines) + "\n}}\n"


def main():
    check_against_known()
    here = pathlib.Path(__file__).resolve().parent
    described = {profile.stem for profile in (here.parent.parent / "profiles" / "senders").glob("*.toml")}
    if described != set(SENDERS):
        print(f"not both described and derived: {sorted(described ^ set(SENDERS))}", file=sys.stderr)
        return 1
    path = here / "schedules.json"
    text = derived_text()
    if sys.argv[1:] == ["--write"]:
        path.write_text(text)
        return 0
    if sys.argv[1:]:
        print("usage: schedules.py [--write]", file=sys.stderr)
        return 2
    if not path.exists() or path.read_text() != text:
        print("schedules.json is not what schedules.py derives; --write writes it", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
