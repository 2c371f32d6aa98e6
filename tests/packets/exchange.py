"""What happens on the path: packets are read from TUN devices, kept for the time of the way or
dropped, and written to the other side; and the two ends of a dialogue whose last reply is lost.
Everything is in one thread, so that one clock sees it all.
"""

import dataclasses
import errno
import heapq
import itertools
import os
import selectors
import socket
import struct
import time

# In the payload of the reply that is lost, and of nothing else: matching by length would also hit
# acknowledgements.
MARK = b"queued as"
ROUND_TRIPS_BEFORE = 8
LONGEST_PACKET = 65536
NEVER = float("inf")


class Loop:
    """Descriptors and timers, until nobody waits for anything."""

    def __init__(self):
        self._selector = selectors.DefaultSelector()
        self._timers = []
        self._order = itertools.count()

    def watch(self, file, callback):
        self._selector.register(file, selectors.EVENT_READ, callback)

    def forget(self, file):
        self._selector.unregister(file)

    def at(self, when, callback):
        heapq.heappush(self._timers, (when, next(self._order), callback))

    def run(self, goes_on, deadline):
        while goes_on() and time.monotonic() < deadline:
            next_timer = self._timers[0][0] if self._timers else deadline
            wait = max(0.0, min(next_timer, deadline) - time.monotonic())
            for key, _ in self._selector.select(wait):
                key.data()
            while self._timers and self._timers[0][0] <= time.monotonic():
                heapq.heappop(self._timers)[2]()


@dataclasses.dataclass
class Way:
    """What the path does to one connection. Only the direction to the client loses."""

    one_way_s: float
    losses: int = 0  # The first transmissions of the marked reply.
    dead_until: float = 0.0  # Everything before this time.
    sent_at: list = dataclasses.field(default_factory=list)

    def loses(self, payload, now):
        marked = MARK in payload
        if marked:
            self.sent_at.append(now)
        if now < self.dead_until:
            return True
        return marked and len(self.sent_at) <= self.losses


class Path:
    """Forwards between one client's namespace and those of the servers, by address. A connection is
    known by its server's address and port."""

    def __init__(self, loop, client, servers):
        self._loop = loop
        self._client = client
        self._servers = {socket.inet_aton(server.address): server for server in servers}
        self._ways = {}
        for namespace in [client, *servers]:
            loop.watch(namespace.tun, lambda tun=namespace.tun: self._read(tun))

    def lead(self, endpoint, way):
        address, port = endpoint
        self._ways[socket.inet_aton(address), port] = way

    def _read(self, tun):
        while True:
            try:
                packet = os.read(tun, LONGEST_PACKET)
            except BlockingIOError:
                return
            self._forward(packet, tun)

    def _forward(self, packet, tun):
        # IPv4 and TCP; the kernel also announces itself by IPv6.
        if packet[0] >> 4 != 4 or packet[9] != 6:
            return
        tcp = 4 * (packet[0] & 15)
        source_port, target_port = struct.unpack_from("!HH", packet, tcp)
        now = time.monotonic()
        if tun == self._client.tun:
            address = packet[16:20]
            way = self._ways.get((address, target_port))
            target = self._servers[address].tun if way else None
        else:
            way = self._ways.get((packet[12:16], source_port))
            target = self._client.tun
            payload = packet[tcp + 4 * (packet[tcp + 12] >> 4) :]
            if way and way.loses(payload, now):
                return
        if way:
            self._loop.at(now + way.one_way_s, lambda: os.write(target, packet))


@dataclasses.dataclass
class Seen:
    """What one dialogue showed. Times are seconds since the reply was sent."""

    rto_us: int = 0
    round_trip_us: int = 0
    kind: str = "nothing"  # "arrives", "given_up".
    after_s: float = 0.0


class Dialogue:
    """Some round trips, then ".", and the reply to it, which the path loses."""

    def __init__(self, loop, path, case, server, client):
        self._loop = loop
        self._case = case
        self.seen = Seen()
        self.ended = False
        self._sent_at = 0.0
        self._way = Way(case.round_trip_s / 2, case.losses)
        self._open = []

        server.enter()
        self._listener = self._own(socket.create_server((server.address, 0)))
        self._connection = None
        endpoint = self._listener.getsockname()
        path.lead(endpoint, self._way)
        loop.watch(self._listener, self._accept)

        client.enter()
        self._client = self._own(socket.socket())
        self._client.setblocking(False)
        self._replies = 0
        started = self._client.connect_ex(endpoint)
        if started != errno.EINPROGRESS:
            raise OSError(started, os.strerror(started))
        loop.watch(self._client, self._read_reply)

    def _own(self, file):
        self._open.append(file)
        return file

    def _drop(self, file):
        self._open.remove(file)
        self._loop.forget(file)
        file.close()

    def close(self):
        for file in list(self._open):
            self._drop(file)

    def _end(self, kind):
        self.seen.kind = kind
        self.seen.after_s = time.monotonic() - self._sent_at
        self.ended = True

    def _accept(self):
        self._connection = self._own(self._listener.accept()[0])
        self._connection.setblocking(False)
        self._loop.watch(self._connection, self._read_command)
        self._connection.send(b"220 server.test\r\n")

    def _read_command(self):
        try:
            command = self._connection.recv(LONGEST_PACKET)
        except OSError as error:
            self._end("given_up" if error.errno == errno.ETIMEDOUT else str(error))
            command = b""
        if not command:
            self._drop(self._connection)
        elif command == b".\r\n":
            self._reply_to_dot()
        else:
            self._connection.send(b"250 2.0.0 Ok\r\n")

    def _reply_to_dot(self):
        # struct tcp_info, linux/tcp.h: eight bytes, then words, of which rto is the first and rtt
        # the sixteenth.
        info = self._connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 104)
        words = struct.unpack_from("=8x24I", info)
        self.seen.rto_us, self.seen.round_trip_us = words[0], words[15]
        self._sent_at = time.monotonic()
        self._way.dead_until = self._sent_at + self._case.outage_s
        self._connection.send(b"250 2.0.0 Ok: " + MARK + b" 4F2A1\r\n")
        if self._case.orphaned:
            self._drop(self._connection)

    def _read_reply(self):
        try:
            reply = self._client.recv(LONGEST_PACKET)
        except OSError as error:
            self._drop(self._client)
            self._end(str(error))
            return
        if MARK in reply or not reply:
            self._drop(self._client)
            self._end("arrives" if reply else "closed without the reply")
            return
        self._replies += 1
        self._client.send(b"NOOP\r\n" if self._replies <= ROUND_TRIPS_BEFORE else b".\r\n")
