#!/usr/bin/env python3
"""The benchmark: how fast the program is against Postfix's smtp-source and smtp-sink, against
itself without its impairment layer, and against the clock. Prints a table, and exits 1 when a line
falls short of what it must reach, 4 when something could not be measured.

usage: ./dev bench [--quick] [--program FILE] [--rounds N] [--part NAME]...
"""

import argparse
import dataclasses
import os
import pathlib
import shutil
import sys
import tempfile

# ./dev leaves nothing in the source tree.
sys.dont_write_bytecode = True

import days
import layer
import servers
from measure import BenchError, Machine, Sink, Spread, find_program, read_load, run_process

CONNECTIONS = 10
LENGTH = 1024

DIRECT = f"""\
# What does the program cost?
seed = 1
[fleet]
messages = 1
connections = {CONNECTIONS}
messages_per_connection = 1000000
[message]
size = "{LENGTH}B"
[drain]
quiet_for = "1ms"
[target]
direct = true
"""

LAYER = DIRECT.replace("direct = true", "direct = false")

# A rule that is asked about every final reply and never fits, and one that fires now and then.
NEVER = """
[[impair]]
name = "never"
when = { phase = "data_done", reply = "5xx" }
effect = { drop = "reply" }
"""
RARELY = """
[[impair]]
name = "rarely"
when = { phase = "data_done", reply = "2xx", probability = 0.001 }
effect = { delay = "1ms" }
"""

RULES = {"never": "a rule that never fits", "rarely": "a rule that fires 1 in 1000"}

FIVE_DAYS = """\
# What do five days of retries of one message that is never taken cost?
[fleet]
profile = "rfc5321"
messages = 1
retry = { lifetime = "5d" }
[[impair]]
name = "refuse"
when = { phase = "data_done" }
effect = { replace = "451 4.3.0 try later" }
[drain]
quiet_for = "1s"
budget = "10d"
"""

# Passed, or inconclusive: that is what a run is whose rule never fired.
RUN_EXITS = (0, 2)

# Two waits of half an hour, then one of two hours after the other.
LEAST_ATTEMPTS_IN_FIVE_DAYS = 60


@dataclasses.dataclass
class Line:
    """One line of the table. `holds` is None where nothing is required of it."""

    what: str
    figure: str
    required: str = ""
    holds: bool | None = None


class Bench:
    def __init__(self, program, folder, quick, rounds):
        self.program = program
        self.folder = folder
        self.quick = quick
        self.rounds = rounds or (3 if quick else 5)
        self.lines = []
        self._runs = 0

    def size(self, quick, full):
        return quick if self.quick else full

    def twofifty(self, scenario, *settings, virtual=False, cores=None):
        """One run in a folder of its own. Returns what it took, and that folder."""
        self._runs += 1
        file = self.folder / f"run-{self._runs}.toml"
        file.write_text(scenario, encoding="utf-8")
        out = self.folder / f"results-{self._runs}"
        command = [self.program, "run", "--quiet", "--out", str(out)]
        if virtual:
            command.append("--virtual")
        for setting in settings:
            command += ["--set", setting]
        usage = run_process([*command, str(file)], cores, RUN_EXITS)
        ledgers = list(out.glob("*/*/ledger.sqlite"))
        if len({ledger.resolve() for ledger in ledgers}) != 1:
            raise BenchError(f"no ledger below {out}")
        return usage, ledgers[0].parent

    def load_of(self, run, messages):
        load = read_load(run / "ledger.sqlite")
        if load.acknowledged != messages:
            raise BenchError(f"{load.acknowledged} of {messages} messages were acknowledged")
        return load

    def judge_again(self, run):
        return run_process([self.program, "report", "--quiet", str(run)], allowed=RUN_EXITS)

    def discard(self, run):
        shutil.rmtree(run.parent.parent)

    def real_rate(self, messages, *settings, cores=None):
        _, run = self.twofifty(DIRECT, f"fleet.messages={messages}", *settings, cores=cores)
        load = self.load_of(run, messages)
        self.discard(run)
        return load.rate

    def say(self, text):
        print(f"  {text}", file=sys.stderr, flush=True)

    def add(self, line):
        self.lines.append(line)
        self.say(f"{line.what}: {line.figure}")


def interleaved(rounds, cases):
    """Runs every case once a round, every other round in reverse order. Returns lists by name."""
    results = {name: [] for name in cases}
    for number in range(rounds):
        names = list(cases) if number % 2 == 0 else list(reversed(cases))
        for name in names:
            results[name].append(cases[name]())
    return results


def ratios(results, name, reference):
    return Spread.of(a / b for a, b in zip(results[name], results[reference]))


def against_postfix(bench):
    """Messages a second, directly, beside smtp-source and smtp-sink."""
    source = find_program("smtp-source")
    kept, single = bench.size(5_000, 25_000), bench.size(2_000, 5_000)
    all_cores = os.sched_getaffinity(0)
    one_core = {min(all_cores)}
    with Sink(find_program("smtp-sink")) as sink:
        def postfix(messages, *options, cores=None):
            sink.confine(cores or all_cores)
            addresses = ["-f", "a@sender.test", "-t", "b@recipient.test"]
            usage = run_process(
                [source, *options, "-s", str(CONNECTIONS), "-l", str(LENGTH),
                 "-m", str(messages), *addresses, sink.address], cores)
            return messages / usage.wall_s

        no_pipelining = "fleet.pipelining=false"
        one_each = "fleet.messages_per_connection=1"
        cases = {
            "postfix kept": lambda: postfix(kept, "-d"),
            "kept": lambda: bench.real_rate(kept),
            "kept, not pipelined": lambda: bench.real_rate(kept, no_pipelining),
            "postfix single": lambda: postfix(single),
            "single": lambda: bench.real_rate(single, one_each),
            "single, not pipelined": lambda: bench.real_rate(single, one_each, no_pipelining),
            "postfix one core": lambda: postfix(kept, "-d", cores=one_core),
            "kept, one core": lambda: bench.real_rate(kept, cores=one_core),
        }
        for case in cases.values():
            case()
        results = interleaved(bench.rounds, cases)
    for name, reference, required in [
        ("kept", "postfix kept", True),
        ("kept, not pipelined", "postfix kept", False),
        ("kept, one core", "postfix one core", False),
        ("single", "postfix single", True),
        ("single, not pipelined", "postfix single", False),
    ]:
        ours = Spread.of(results[name]).text("{:.0f}")
        theirs = Spread.of(results[reference]).text("{:.0f}")
        ratio = ratios(results, name, reference)
        bench.add(Line(f"direct, {name}: times smtp-source", ratio.text(),
                       ">= 1.00" if required else "", ratio.median >= 1 if required else None))
        bench.add(Line("    messages/s, ours", ours))
        bench.add(Line("    messages/s, smtp-source", theirs))


def through_the_layer(bench):
    """CPU time a message with the impairment layer between, and without."""
    messages = bench.size(5_000, 25_000)

    def cpu_us(scenario):
        empty, run = bench.twofifty(scenario)
        bench.discard(run)
        usage, run = bench.twofifty(scenario, f"fleet.messages={messages}")
        bench.load_of(run, messages)
        bench.discard(run)
        return (usage.cpu_s - empty.cpu_s) / messages * 1e6

    scenarios = {"direct": DIRECT, "never": LAYER + NEVER, "rarely": LAYER + RARELY}
    cases = {name: (lambda text=text: cpu_us(text)) for name, text in scenarios.items()}
    for case in cases.values():
        case()
    results = interleaved(bench.rounds, cases)
    for name in ("never", "rarely"):
        ratio = ratios(results, name, "direct")
        bench.add(Line(f"layer, {RULES[name]}: times the CPU of direct",
                       ratio.text(), "<= 2.00", ratio.median <= 2))
    for name, values in results.items():
        bench.add(Line(f"    CPU us a message, {name}", Spread.of(values).text("{:.1f}")))


def virtual_world(bench):
    """Messages a second and core in virtual time, and what a long run needs."""
    messages = bench.size(20_000, 100_000)
    whole, again = [], []
    for number in range(1 + min(bench.rounds, 5)):
        usage, run = bench.twofifty(LAYER + RARELY, f"fleet.messages={messages}", virtual=True)
        bench.load_of(run, messages)
        judging = bench.judge_again(run)
        bench.discard(run)
        if number == 0:
            continue
        whole.append(messages / usage.cpu_s)
        again.append(messages / judging.cpu_s)
    with_judgement = Spread.of(whole)
    bench.add(Line("virtual: messages a CPU second, stored and judged",
                   with_judgement.text("{:.0f}"), ">= 50000", with_judgement.median >= 50_000))
    bench.add(Line("    judged again from the ledger", Spread.of(again).text("{:.0f}")))

    many = bench.size(100_000, 1_000_000)
    limit_kib = 2 * 1024 * 1024 * many // 1_000_000
    usage, run = bench.twofifty(LAYER + RARELY, f"fleet.messages={many}", virtual=True)
    bench.load_of(run, many)
    stored = (run / "ledger.sqlite").stat().st_size
    bench.discard(run)
    bench.add(Line(f"virtual: peak memory of {many} messages, MiB",
                   f"{usage.peak_rss_kib / 1024:.0f}", f"<= {limit_kib // 1024}",
                   usage.peak_rss_kib <= limit_kib))
    bench.add(Line("    messages a CPU second", f"{many / usage.cpu_s:.0f}"))
    bench.add(Line("    ledger, bytes a message", f"{stored / many:.0f}"))


def five_days(bench):
    """One message that is never taken, until its sender gives up."""
    walls, cpus = [], []
    for number in range(1 + bench.size(5, 15)):
        usage, run = bench.twofifty(FIVE_DAYS, virtual=True)
        attempts = read_load(run / "ledger.sqlite").attempts
        bench.discard(run)
        if attempts < LEAST_ATTEMPTS_IN_FIVE_DAYS:
            raise BenchError(f"five days of retries came to {attempts} attempts")
        if number > 0:
            walls.append(usage.wall_s * 1000)
            cpus.append(usage.cpu_s * 1000)
    for words, values in (("wall", walls), ("CPU", cpus)):
        spread = Spread.of(values)
        bench.add(Line(f"virtual: five days of retries, {attempts} attempts, ms {words}",
                       spread.text("{:.1f}"), "< 50", spread.median < 50))


def print_table(bench, machine):
    width = max(len(line.what) for line in bench.lines)
    print(f"\n{machine.facts()}; meanwhile {machine.meanwhile()}")
    print(f"medians of {bench.rounds} rounds (least to most), cases interleaved\n")
    for line in bench.lines:
        mark = {None: "", True: "ok", False: "FALLS SHORT"}[line.holds]
        print(f"{line.what:<{width}}  {line.figure:<28}  {line.required:<9} {mark}".rstrip())
    print(NOTES + layer.NOTES + days.NOTES + servers.NOTES)


NOTES = f"""
direct: fleet to reference receiver in one process, {LENGTH} B messages, {CONNECTIONS} connections,
  every event in the ledger; messages/s from the first submission to the last acknowledgement, as
  the ledger has it.
smtp-source: `smtp-source -s {CONNECTIONS} -l {LENGTH}` to smtp-sink, the whole life of the process.
  It says HELO, never pipelines, keeps no account, and ends with RST; ours says EHLO, pipelines
  unless the line says otherwise, and ends with QUIT. kept: connections are used again (-d).
  single: a connection a message. one core: both sides of either on the same core, which takes the
  scheduler's luck out.
CPU: user and system time of the whole process, both sides of every connection included, less an
  empty run. judged again: `twofifty report` on the same run, the whole process."""


def main():
    parser = argparse.ArgumentParser(description="Measure, and fail where a figure falls short.")
    parser.add_argument("--quick", action="store_true", help="about half a minute, less certain")
    parser.add_argument("--program", default="build/release/twofifty")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--part", action="append", help="only this part (five-days, direct, layer, "
                        "virtual, proxy, idle, late, day, ladder, postfix, starts); may be given again")
    options = parser.parse_args()
    machine = Machine()
    with tempfile.TemporaryDirectory(prefix="twofifty-bench-") as folder:
        bench = Bench(str(pathlib.Path(options.program).resolve()), pathlib.Path(folder),
                      options.quick, options.rounds)
        try:
            parts = {
                "five-days": five_days,
                "direct": against_postfix,
                "layer": through_the_layer,
                "virtual": virtual_world,
                "proxy": lambda bench: layer.beside_haproxy(bench, interleaved, Line),
                "idle": lambda bench: layer.idle_connections(bench, Line),
                "late": lambda bench: layer.punctuality(bench, Line),
                "day": lambda bench: days.working_day(bench, Line),
                "ladder": lambda bench: days.ladder(bench, Line),
                "postfix": lambda bench: servers.into_postfix(bench, interleaved, Line, DIRECT),
                "starts": lambda bench: servers.start_times(bench, Line),
            }
            for name in options.part or parts:
                parts[name](bench)
        except BenchError as error:
            print(f"bench: {error}", file=sys.stderr)
            return 4
        print_table(bench, machine)
        return 1 if any(line.holds is False for line in bench.lines) else 0


if __name__ == "__main__":
    sys.exit(main())
