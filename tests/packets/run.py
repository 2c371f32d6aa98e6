#!/usr/bin/env python3
"""Holds the model of TCP's retransmissions against the packets of this machine's kernel: a server's
reply is lost a number of times, or for a time, between two network namespaces, and the client's
clock says when it comes after all. Prints a table, and exits 1 where a line falls short, 4 where
nothing could be measured, 77 where the machine does not permit it.

usage: ./dev packets
       run.py TCP_LOSS_TABLE     the program that asks the model
"""

import dataclasses
import os
import subprocess
import sys
import time

# ./dev leaves nothing in the source tree.
sys.dont_write_bytecode = True

from exchange import NEVER, Dialogue, Loop, Path
from network import Namespace, NotPermitted, become_able

NOT_PERMITTED = 77
COULD_NOT_MEASURE = 4

# A kernel's timer is late by up to an eighth, the coarser the later it is due (timer wheel). What
# is left for this process and for the machine is 5 ms.
LATENESS = 1.125
SLACK_S = 0.005
# The machine may be busy. A line that was only too late is tried again; one that was too early
# never is.
ATTEMPTS = 3
LIMIT_S = 40
# So that not all timers are due at once.
STAGGER_S = 0.013

ROUND_TRIPS_MS = (0, 20, 100)


@dataclasses.dataclass(frozen=True)
class Case:
    what: str
    round_trip_ms: int
    probe: bool = True
    losses: int = 0
    outage_s: float = 0.0
    retries: int = 15
    orphaned: bool = False

    @property
    def round_trip_s(self):
        return self.round_trip_ms / 1000


def all_cases():
    cases = [
        Case(f"{losses} lost", round_trip, probe, losses)
        for probe in (True, False)
        for round_trip in ROUND_TRIPS_MS
        for losses in range(6)
    ]
    cases += [
        Case(f"outage of {outage:g} s", round_trip, outage_s=outage)
        for outage in (0.3, 3)
        for round_trip in ROUND_TRIPS_MS
    ]
    # With this many retries no timer is due close to where the patience ends; a late one could
    # otherwise be the last.
    cases += [
        Case("given up, 3 retries", round_trip, probe, outage_s=NEVER, retries=3)
        for round_trip, probe in ((20, True), (100, True), (20, False))
    ]
    cases += [
        Case(f"closed, outage of {outage:g} s", round_trip, probe, outage_s=outage, orphaned=True)
        for round_trip, probe, outage in ((0, True, 1), (20, True, 1), (100, True, 0.4),
                                          (20, False, 1))
    ]
    return cases


class Network:
    """One client, and a server for each set of sysctls."""

    def __init__(self, cases):
        kinds = sorted({(case.probe, case.retries) for case in cases})
        self._servers = {}
        for number, (probe, retries) in enumerate(kinds):
            sysctls = {
                "tcp_early_retrans": 3 if probe else 0,
                "tcp_retries2": retries,
                # What one connection learnt of the path is not true of the next.
                "tcp_no_metrics_save": 1,
            }
            self._servers[probe, retries] = Namespace(f"10.0.1.{number + 1}", sysctls)
        self.client = Namespace("10.0.0.1", {"tcp_no_metrics_save": 1})
        self.loop = Loop()
        self.path = Path(self.loop, self.client, list(self._servers.values()))

    def server_of(self, case):
        return self._servers[case.probe, case.retries]

    def observe(self, cases):
        """Has all dialogues at once. Returns what each one showed."""
        dialogues = []

        def begin(case):
            dialogues.append(
                Dialogue(self.loop, self.path, case, self.server_of(case), self.client))

        started = time.monotonic()
        for number, case in enumerate(cases):
            self.loop.at(started + number * STAGGER_S, lambda case=case: begin(case))
        self.loop.run(
            lambda: len(dialogues) < len(cases) or not all(one.ended for one in dialogues),
            started + LIMIT_S)
        for dialogue in dialogues:
            dialogue.close()
        return [dialogue.seen for dialogue in dialogues]


def ask_model(program, cases, observations):
    """What the model says of each case, with the timeout that the kernel had: (kind, seconds)."""
    questions = []
    for case, seen in zip(cases, observations):
        question = f"outage {case.outage_s}s" if case.outage_s else f"losses {case.losses}"
        if case.outage_s == NEVER:
            question = "losses 1000"
        questions.append(
            f'{question} {{ round_trip = "{seen.round_trip_us}us", rto = "{seen.rto_us}us", '
            f"tail_loss_probe = {str(case.probe).lower()}, retries = {case.retries}, "
            f"orphaned = {str(case.orphaned).lower()} }}")
    done = subprocess.run([program, "fates"], input="\n".join(questions) + "\n",
                          capture_output=True, text=True, check=False)
    answers = [line.split() for line in done.stdout.splitlines()]
    if done.returncode != 0 or len(answers) != len(cases):
        raise RuntimeError(f"{program}: exit {done.returncode}: {done.stderr.strip()}")
    return [(kind, float(after)) for kind, after in answers]


@dataclasses.dataclass
class Line:
    """One line of the table."""

    case: Case
    attempt: int
    seen: object
    model_kind: str
    model_s: float

    @property
    def too_early(self):
        return self.seen.kind != self.model_kind or self.seen.after_s < self.model_s

    @property
    def too_late(self):
        return self.seen.after_s > LATENESS * self.model_s + SLACK_S

    @property
    def holds(self):
        return not self.too_early and not self.too_late

    def verdict(self):
        if self.seen.kind != self.model_kind:
            return f"NO: {self.seen.kind}"
        if self.too_early:
            return "NO: too early"
        if self.too_late:
            return "NO: too late"
        return "yes" if self.attempt == 1 else f"yes, at attempt {self.attempt}"

    def cells(self):
        ratio = f"{self.seen.after_s / self.model_s:.3f}" if self.model_s > 0 else ""
        return [self.case.what, f"{self.case.round_trip_ms} ms",
                "on" if self.case.probe else "off", f"{self.seen.rto_us / 1000:g} ms",
                f"{self.model_s * 1000:.1f}", f"{self.seen.after_s * 1000:.1f}", ratio,
                self.verdict()]


def measure(network, program, cases):
    lines = {}
    waiting = list(cases)
    for attempt in range(1, ATTEMPTS + 1):
        observations = network.observe(waiting)
        answers = ask_model(program, waiting, observations)
        for case, seen, (kind, after) in zip(waiting, observations, answers):
            # The model says what the loss adds; a reply that arrives also takes its way.
            way = case.round_trip_s / 2 if kind == "arrives" else 0.0
            lines[case] = Line(case, attempt, seen, kind, after + way)
        waiting = [case for case in waiting
                   if lines[case].too_late and not lines[case].too_early]
        if not waiting:
            break
    return [lines[case] for case in cases]


def print_table(lines):
    system = os.uname()
    print(f"{system.sysname} {system.release}; model <= packets <= "
          f"{LATENESS} model + {SLACK_S * 1000:g} ms\n")
    header = ["reply", "RTT", "probe", "rto (TCP_INFO)", "model ms", "packets ms", "ratio", "ok"]
    rows = [header, *(line.cells() for line in lines)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(header))]
    rows.insert(1, ["-" * width for width in widths])
    for row in rows:
        padded = (cell.ljust(width) for cell, width in zip(row, widths))
        print(f"| {' | '.join(padded)} |")
    held = sum(line.holds for line in lines)
    worst = max((line.seen.after_s / line.model_s for line in lines if line.model_s > 0.1),
                default=0)
    print(f"\n{held} of {len(lines)} hold; the latest is {worst:.3f} times the model "
          "(of those above 100 ms).")


def main():
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 3
    cases = all_cases()
    try:
        become_able()
        network = Network(cases)
        lines = measure(network, sys.argv[1], cases)
    except NotPermitted as refused:
        print(f"packets: not run, because this machine does not permit it: {refused}")
        return NOT_PERMITTED
    except (OSError, RuntimeError) as error:
        print(f"packets: {error}", file=sys.stderr)
        return COULD_NOT_MEASURE
    print_table(lines)
    return 0 if all(line.holds for line in lines) else 1


if __name__ == "__main__":
    sys.exit(main())
