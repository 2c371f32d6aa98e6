"""What days of mail cost in virtual time: the working day of scenarios/six-copies.toml with a hundred
thousand messages and with a million, and the ladder of scenarios/timeouts.toml over both cores.

A working day is scaled by its rate.
"""

import os
import pathlib
import shutil

from measure import BenchError, Spread, read_load, run_process

SCENARIOS = pathlib.Path(__file__).resolve().parents[2] / "scenarios"
SIX_COPIES = SCENARIOS / "six-copies.toml"
LADDER = SCENARIOS / "timeouts.toml"

# The length of the scenario's day.
HOURS = 10

NOTES = """
six-copies: `twofifty run --virtual scenarios/six-copies.toml` with so many messages at a tenth of them an
  hour, every event in the ledger, judged, reports written, on one core; the whole life of the process.
ladder: `twofifty sweep --virtual` of scenarios/timeouts.toml, the whole life of the process; two cores
  against one within each round."""


def working_day(bench, line):
    """A day of so many messages on one core."""
    one_core = {min(os.sched_getaffinity(0))}
    sizes = [100_000] if bench.quick else [100_000, 1_000_000]
    for messages in sizes:
        options = ["--set", f"fleet.messages={messages}",
                   "--set", f"fleet.rate={messages // HOURS}/h"]
        out = bench.folder / f"day-{messages}"
        command = [bench.program, "run", "--quiet", "--virtual", "--out", str(out), *options]
        # The scenario's expectations are about its own size.
        usage = run_process([*command, str(SIX_COPIES)], one_core, allowed=(0, 1))
        load = read_load(next(out.glob("six-copies/*/ledger.sqlite")))
        if load.acknowledged < 0.9 * messages:
            raise BenchError(f"{load.acknowledged} of {messages} messages were acknowledged")
        shutil.rmtree(out)
        limit = messages / 10_000
        bench.add(line(f"six-copies, {messages} messages, one core: s wall", f"{usage.wall_s:.1f}",
                       f"< {limit:.0f}", usage.wall_s < limit))
        bench.add(line("    attempts", f"{load.attempts}"))
        if messages == 1_000_000:
            peak = usage.peak_rss_kib / 1024
            bench.add(line("    peak memory, MiB", f"{peak:.0f}", "<= 2048", peak <= 2048))


def ladder(bench, line):
    """Every sender against every gap: on both cores, and on one."""
    walls = {1: [], 2: []}
    for number in range(1 if bench.quick else 3):
        for jobs in (2, 1) if number % 2 == 0 else (1, 2):
            out = bench.folder / f"ladder-{number}-{jobs}"
            usage = run_process([bench.program, "sweep", "--quiet", "--yes", "--jobs", str(jobs),
                                 "--out", str(out), str(LADDER)], allowed=(0, 1))
            shutil.rmtree(out)
            walls[jobs].append(usage.wall_s)
    both = Spread.of(walls[2])
    bench.add(line("ladder, 126 cells of 1,000 messages, two cores: s wall", both.text("{:.1f}"), "< 20",
                   both.median < 20))
    gain = Spread.of(one / two for one, two in zip(walls[1], walls[2]))
    bench.add(line("    times one core", gain.text(), ">= 1.80", gain.median >= 1.8))
