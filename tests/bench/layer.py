"""The impairment layer by itself, as `twofifty proxy`, beside HAProxy in TCP mode: messages and bytes
a second, what it adds to a reply, what an idle connection costs, and how punctual it is.
"""

import json
import os
import signal
import socket
import statistics
import subprocess
import time

from measure import BenchError, Sink, Spread, find_program, run_process

LENGTH = 1024
SESSIONS = 10
BULK_BYTES = 10 * 1024 * 1024
IDLE_CONNECTIONS = 8_000
DELAYED = 1_000

# As a user would have them who wrote rules for many senders: each is asked about every final reply.
MANY_RULES = "".join(
    f"""
[[impair]]
name = "rule-{number}"
when = {{ phase = "data_done", reply = "2xx", sender = "nobody-{number}@*" }}
effect = {{ drop = "reply" }}
"""
    for number in range(100)
)

HAPROXY = """\
global
  nbthread 1
  maxconn {connections}
defaults
  mode tcp
  timeout connect 5s
  timeout client 300s
  timeout server 300s
frontend f
  bind {listen} backlog 4096
  default_backend b
backend b
  server s {upstream}
"""

# Every delayed reply is under way at once.
PUNCTUAL = f"""\
# How late is a reply that a thousand others are late with?
seed = 1
[fleet]
senders = 100
connections = {DELAYED // 100}
messages = {DELAYED}
rate = "2000/s"
[message]
size = "1KiB"
[drain]
quiet_for = "100ms"
[[impair]]
name = "delay"
when = {{ phase = "data_done", reply = "2xx" }}
effect = {{ delay = "3s" }}
"""


def free_address():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{probe.getsockname()[1]}"


def connect(address):
    host, port = address.split(":")
    connection = socket.create_connection((host, int(port)), timeout=10)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


class Forwarder:
    """A process that forwards one address to another, for as long as the `with` block lasts."""

    def __init__(self, command, address):
        self.address = address
        self._process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )

    def __enter__(self):
        for _ in range(200):
            if self._process.poll() is not None:
                complaint = self._process.stderr.read().decode(errors="replace")
                raise BenchError(f"a forwarder ended: {complaint.strip()[-500:]}")
            try:
                connect(self.address).close()
                return self
            except OSError:
                time.sleep(0.05)
        self.__exit__()
        raise BenchError(f"a forwarder does not answer at {self.address}")

    def __exit__(self, *_):
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stderr.close()

    def resident_kib(self):
        with open(f"/proc/{self._process.pid}/status", encoding="ascii") as status:
            for line in status:
                if line.startswith("VmRSS"):
                    return int(line.split()[1])
        raise BenchError("no VmRSS")

    def cpu_s(self):
        with open(f"/proc/{self._process.pid}/stat", encoding="ascii") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def haproxy(bench, upstream):
    address = free_address()
    file = bench.folder / f"haproxy-{address.split(':')[1]}.cfg"
    file.write_text(HAPROXY.format(listen=address, upstream=upstream, connections=9_500),
                    encoding="utf-8")
    return Forwarder([find_program("haproxy"), "-db", "-f", str(file)], address)


def twofifty_proxy(bench, upstream, rules=""):
    address = free_address()
    command = [bench.program, "proxy", "--listen", address, "--upstream", upstream, "--quiet"]
    if rules:
        file = bench.folder / f"rules-{address.split(':')[1]}.toml"
        file.write_text(rules, encoding="utf-8")
        command += ["--rules", str(file)]
    return Forwarder(command, address)


def smtp_source(address, messages, length):
    usage = run_process(
        [find_program("smtp-source"), "-d", "-s", str(SESSIONS), "-l", str(length), "-m",
         str(messages), "-f", "a@sender.test", "-t", "b@recipient.test", address])
    return messages / usage.wall_s


def reply_latency_us(address, count):
    """The median time from a NOOP to its reply on one connection."""
    with connect(address) as connection:
        connection.recv(4096)
        times = []
        for number in range(count + 100):
            started = time.perf_counter_ns()
            connection.sendall(b"NOOP\r\n")
            connection.recv(4096)
            if number >= 100:
                times.append(time.perf_counter_ns() - started)
        connection.sendall(b"QUIT\r\n")
        return statistics.median(times) / 1000


def added_latency(results, name):
    return [a - b for a, b in zip(results[f"{name} latency"], results["direct latency"])]


def beside_haproxy(bench, interleaved, Line):
    """Messages, bytes and latency through the layer and through HAProxy, in turn."""
    messages = bench.size(4_000, 12_000)
    bulk = bench.size(8, 24)
    noops = bench.size(1_500, 4_000)
    with Sink(find_program("smtp-sink")) as sink, \
         haproxy(bench, sink.address) as theirs, \
         twofifty_proxy(bench, sink.address) as ours, \
         twofifty_proxy(bench, sink.address, MANY_RULES) as ruled:
        places = {"haproxy": theirs, "ours": ours, "ruled": ruled}
        cases, cpu = {}, {name: [] for name in places}

        def rate(name):
            before = places[name].cpu_s()
            result = smtp_source(places[name].address, messages, LENGTH)
            cpu[name].append((places[name].cpu_s() - before) / messages * 1e6)
            return result

        for name, place in places.items():
            cases[f"{name} messages"] = lambda name=name: rate(name)
            if name == "ruled":
                continue
            cases[f"{name} bytes"] = (
                lambda place=place: smtp_source(place.address, bulk, BULK_BYTES) * BULK_BYTES)
            cases[f"{name} latency"] = lambda place=place: reply_latency_us(place.address, noops)
        cases["direct latency"] = lambda: reply_latency_us(sink.address, noops)
        for case in cases.values():
            case()
        results = interleaved(bench.rounds, cases)

    def compare(what, name, reference, least):
        ratio = Spread.of(a / b for a, b in zip(results[name], results[reference]))
        bench.add(Line(what, ratio.text(), f">= {least:.2f}", ratio.median >= least))

    compare("proxy, no rules: messages/s, times HAProxy", "ours messages", "haproxy messages", 0.9)
    bench.add(Line("    messages/s, ours", Spread.of(results["ours messages"]).text("{:.0f}")))
    bench.add(Line("    messages/s, HAProxy", Spread.of(results["haproxy messages"]).text("{:.0f}")))
    for name in places:
        bench.add(Line(f"    CPU us a message, {name}", Spread.of(cpu[name]).text("{:.0f}")))
    compare("proxy, 100 rules that fit nothing: messages/s, times none", "ruled messages",
            "ours messages", 0.9)
    added = {name: added_latency(results, name) for name in ("ours", "haproxy")}
    ratio = Spread.of(a / b for a, b in zip(added["ours"], added["haproxy"]))
    bench.add(Line("proxy: latency it adds to a reply, times HAProxy's", ratio.text(), "<= 1.30",
                   ratio.median <= 1.3))
    for name, values in added.items():
        bench.add(Line(f"    us added to a NOOP, {name}", Spread.of(values).text("{:.1f}")))
    compare("proxy, 10 MiB messages: bytes/s, times HAProxy", "ours bytes", "haproxy bytes", 0.8)
    bench.add(Line("    MiB/s, ours", Spread.of(v / 2**20 for v in results["ours bytes"]).text("{:.0f}")))


class Greeter:
    """A server that greets and then says nothing: the far end of idle connections. A process of its
    own, since one process may not hold that many descriptors twice."""

    def __enter__(self):
        listener = socket.create_server(("127.0.0.1", 0), backlog=4096)
        self.address = "127.0.0.1:%d" % listener.getsockname()[1]
        self._pid = os.fork()
        if self._pid == 0:
            held = []
            signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
            while True:
                connection, _ = listener.accept()
                connection.sendall(b"220 idle.test ESMTP\r\n")
                held.append(connection)
        listener.close()
        return self

    def __exit__(self, *_):
        os.kill(self._pid, signal.SIGTERM)
        os.waitpid(self._pid, 0)


def idle_connections(bench, Line):
    """Resident memory for each idle pair of connections."""
    count = bench.size(1_000, IDLE_CONNECTIONS)
    figures = {}
    for name, forwarder in (("haproxy", haproxy), ("ours", twofifty_proxy)):
        with Greeter() as server, forwarder(bench, server.address) as place:
            before = place.resident_kib()
            clients = []
            try:
                for _ in range(count):
                    clients.append(connect(place.address))
                for client in clients:
                    if not client.recv(100).startswith(b"220"):
                        raise BenchError(f"an idle connection through {name} was not greeted")
                figures[name] = (place.resident_kib() - before) / count
            finally:
                for client in clients:
                    client.close()
    bench.add(Line(f"proxy, {count} idle connections: KiB a pair", f"{figures['ours']:.1f}",
                   "<= 16", figures["ours"] <= 16))
    bench.add(Line("    HAProxy", f"{figures['haproxy']:.1f}"))


def punctuality(bench, Line):
    """Asked against achieved, with a thousand replies delayed at once."""
    lateness = []
    for _ in range(bench.rounds):
        _, run = bench.twofifty(PUNCTUAL)
        summary = json.loads((run / "summary.json").read_text(encoding="utf-8"))
        bench.discard(run)
        rule = summary["rules"][0]
        if rule["fired"] != DELAYED:
            raise BenchError(f"{rule['fired']} of {DELAYED} replies were delayed")
        lateness.append(rule["lateness_ms"]["p99"])
    spread = Spread.of(lateness)
    bench.add(Line(f"layer, {DELAYED} replies delayed at once: ms late, 99th percentile",
                   spread.text(), "< 5", spread.median < 5))


NOTES = f"""
proxy: `twofifty proxy` and HAProxy (TCP mode, one thread) in turn between `smtp-source -d -s {SESSIONS}` and
  smtp-sink: {LENGTH} B messages, or messages of 10 MiB. latency: the median of NOOPs on one connection, less
  that of the direct path. idle: a client that was greeted and says nothing; growth of VmRSS.
  late: achieved less asked, of a delay of 3 s, as the run's own summary tells it."""
