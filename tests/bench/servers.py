"""Real servers: how fast Postfix takes the fleet's mail, beside smtp-source; and how long each server
takes from its start to its greeting."""

import re
import subprocess
import time

from measure import BenchError, Spread, find_program, run_process

CONNECTIONS = 10
LENGTH = 1024

NOTES = """
into Postfix: the same Postfix, started by `twofifty servers run postfix`, takes the mail of
  `smtp-source -d -s 10 -l 1024` and of the fleet in turn, from one sender to one recipient, each time
  with an empty queue; it writes every message to the disk, which is most of the time. messages/s of
  smtp-source over the life of its process. Postfix looks every new address up: `-N` gives each
  message a recipient of its own, and a fleet behind the layer each a sender.
greets: `twofifty servers check NAME`, from its start to its 220."""


class Running:
    """One real server, for as long as the `with` block lasts."""

    def __init__(self, program, name, folder):
        self._process = subprocess.Popen(
            [program, "servers", "run", name, "--out", str(folder)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def __enter__(self):
        line = self._process.stdout.readline()
        found = re.search(r"127\.0\.0\.1:\d+", line)
        if not found:
            raise BenchError(f"the server did not start: {line}{self._process.stderr.read()}")
        self.address = found.group(0)
        return self

    def __exit__(self, *_):
        self._process.terminate()
        self._process.communicate(timeout=30)


def wait_for_empty_queue(folder):
    """What is still being delivered would slow down whoever comes next."""
    [spool] = folder.glob("servers-run-postfix/*/servers/postfix/spool")
    deadline = time.monotonic() + 60
    while any(path.is_file() for name in ("incoming", "active", "deferred")
              for path in (spool / name).rglob("*")):
        if time.monotonic() > deadline:
            raise BenchError("Postfix has mail in its queue after a minute")
        time.sleep(0.1)


def into_postfix(bench, interleaved, line, load):
    """`load`: the scenario that the fleet's other figures are measured with."""
    source = find_program("smtp-source")
    messages = bench.size(1_000, 4_000)
    folder = bench.folder / "postfix"
    with Running(bench.program, "postfix", folder) as server:
        def theirs(*options):
            wait_for_empty_queue(folder)
            usage = run_process(
                [source, "-d", *options, "-s", str(CONNECTIONS), "-l", str(LENGTH), "-m", str(messages),
                 "-f", "a@sender.test", "-t", "b@recipient.test", server.address])
            return messages / usage.wall_s

        def ours(*settings):
            wait_for_empty_queue(folder)
            _, run = bench.twofifty(load, f"fleet.messages={messages}",
                                    f"target.address={server.address}",
                                    'message.to=["b@recipient.test"]', *settings)
            rate = bench.load_of(run, messages).rate
            bench.discard(run)
            return rate

        cases = {"smtp-source": theirs, "smtp-source -N": lambda: theirs("-N"),
                 "fleet": lambda: ours("message.sender=a@sender.test"), "fleet, many senders": ours}
        for case in cases.values():
            case()
        results = interleaved(bench.rounds, cases)
    for fleet, source, required in (("fleet", "smtp-source", True),
                                    ("fleet, many senders", "smtp-source -N", False)):
        ratio = Spread.of(a / b for a, b in zip(results[fleet], results[source]))
        bench.add(line(f"into Postfix: {fleet}, times {source}", ratio.text(),
                       ">= 1.00" if required else "", ratio.median >= 1 if required else None))
    for name, values in results.items():
        bench.add(line(f"    messages/s, {name}", Spread.of(values).text("{:.0f}")))


def start_times(bench, line):
    listed = subprocess.run([bench.program, "servers"], capture_output=True, text=True, check=True)
    for name in [row.split()[0] for row in listed.stdout.splitlines()]:
        times = []
        for _ in range(bench.size(2, 5)):
            done = subprocess.run(
                [bench.program, "servers", "check", name, "--out", str(bench.folder / "checks")],
                capture_output=True, text=True, timeout=120, check=False)
            found = re.search(r"greets after (\d+) ms", done.stdout)
            if not found:
                raise BenchError(f"{name} was not started: {done.stderr.strip()[-300:]}")
            times.append(int(found.group(1)))
        bench.add(line(f"    {name} greets after, ms", Spread.of(times).text("{:.0f}")))
