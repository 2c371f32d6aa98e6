"""How a benchmark measures: processes with their time, memory and figures from the ledger, and what
the machine was doing meanwhile.

Two cases are compared within a round, never across rounds: on a shared machine a slow minute then
touches both. What counts is the median of the rounds' ratios.
"""

import dataclasses
import os
import pathlib
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import time

PROCESS_LIMIT_S = 180


class BenchError(Exception):
    """Something could not be measured; no figure is better than a wrong one."""


@dataclasses.dataclass(frozen=True)
class Usage:
    """What one process took, from its start to its end."""

    wall_s: float
    cpu_s: float
    peak_rss_kib: int


def run_process(command, cores=None, allowed=(0,)):
    """Runs a program to its end; `cores` confines it to those. Any exit but the allowed ones is an
    error."""
    started = time.monotonic()
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        preexec_fn=(lambda: os.sched_setaffinity(0, cores)) if cores else None,
    )
    # An alarm, not a poll: nothing of ours should run beside what is measured.
    previous = signal.signal(signal.SIGALRM, lambda *_: process.kill())
    signal.alarm(PROCESS_LIMIT_S)
    try:
        complaint = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, previous)
    wall = time.monotonic() - started
    process.stderr.close()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in allowed:
        raise BenchError(
            f"{' '.join(map(str, command))}: exit {process.returncode}: "
            f"{complaint.decode(errors='replace').strip()[-500:]}"
        )
    # A child's peak begins with that of the process it was forked from: this one, which is small.
    return Usage(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss)


@dataclasses.dataclass(frozen=True)
class Load:
    """What a ledger says about the load itself, without start, drain and judgement."""

    acknowledged: int
    attempts: int
    seconds: float

    @property
    def rate(self):
        return self.acknowledged / self.seconds


def read_load(ledger):
    """From the first submission to the last acknowledgement."""
    query = """
        SELECT min(at_ns) FILTER (WHERE kind.name = 'submitted'),
               max(at_ns) FILTER (WHERE outcome.name = 'accepted'),
               count(*) FILTER (WHERE outcome.name = 'accepted'),
               count(*) FILTER (WHERE kind.name = 'attempt_ended')
        FROM event JOIN kind ON kind.number = event.kind
        LEFT JOIN outcome ON outcome.number = event.outcome
        WHERE kind.name IN ('submitted', 'attempt_ended')"""
    connection = sqlite3.connect(f"file:{ledger}?mode=ro", uri=True)
    try:
        first, last, acknowledged, attempts = connection.execute(query).fetchone()
    finally:
        connection.close()
    return Load(acknowledged, attempts, ((last or 0) - (first or 0)) / 1e9)


class Sink:
    """Postfix's smtp-sink on a free port of loopback, for as long as the `with` block lasts."""

    def __init__(self, program):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.address = f"127.0.0.1:{probe.getsockname()[1]}"
        # As root it insists on being told whom to become.
        user = ["-u", "nobody"] if os.geteuid() == 0 else []
        self._process = subprocess.Popen(
            [program, *user, self.address, "1000"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def __enter__(self):
        host, port = self.address.split(":")
        for _ in range(100):
            try:
                socket.create_connection((host, int(port)), timeout=1).close()
                return self
            except OSError:
                time.sleep(0.05)
        self.__exit__()
        raise BenchError(f"smtp-sink does not answer at {self.address}")

    def __exit__(self, *_):
        self._process.terminate()
        self._process.wait(timeout=10)

    def confine(self, cores):
        os.sched_setaffinity(self._process.pid, cores)


def find_program(name, *folders):
    path = os.environ.get("PATH", "").split(os.pathsep)
    for folder in [*folders, *path, "/usr/sbin", "/usr/local/sbin"]:
        candidate = pathlib.Path(folder or ".") / name
        if os.access(candidate, os.X_OK):
            return str(candidate)
    raise BenchError(f"{name} is missing; ./dev setup installs it")


@dataclasses.dataclass(frozen=True)
class Spread:
    """A figure over several rounds."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, values):
        values = list(values)
        return cls(statistics.median(values), min(values), max(values))

    def text(self, form="{:.2f}"):
        return f"{form.format(self.median)} ({form.format(self.least)} to {form.format(self.most)})"


class Machine:
    """The facts without which a figure cannot be judged."""

    def __init__(self):
        self._ticks = self._read_ticks()

    @staticmethod
    def _read_ticks():
        with open("/proc/stat", encoding="ascii") as stat:
            return [int(field) for field in stat.readline().split()[1:9]]

    @staticmethod
    def facts():
        model = "unknown processor"
        with open("/proc/cpuinfo", encoding="utf-8") as info:
            for line in info:
                if line.startswith("model name"):
                    model = line.split(":", 1)[1].strip()
                    break
        system = os.uname()
        return (
            f"{len(os.sched_getaffinity(0))} cores, {model}, {system.sysname} {system.release}, "
            f"Python {sys.version.split()[0]}"
        )

    def meanwhile(self):
        """Shares of all processor time since this object was made."""
        passed = [now - then for now, then in zip(self._read_ticks(), self._ticks)]
        total = max(1, sum(passed))
        return (
            f"stolen {100 * passed[7] / total:.1f} %, idle {100 * passed[3] / total:.1f} %, "
            f"load average {os.getloadavg()[0]:.1f}"
        )
