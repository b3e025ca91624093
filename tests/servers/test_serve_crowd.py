"""Goal: 1,000 WebSocket clients of `racesim serve` get each event in order while ten others read nothing, who are cut;
memory stays bounded, and 3,000 connections that say nothing lock nobody out for good. Method: raw sockets in one epoll loop;
what each client got is taken apart at the end and compared by its sequence numbers.
"""

import json
import pathlib
import resource
import select
import socket
import struct
import sys
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "cli"), str(HERE.parent / "support")]
from memory import status_kb  # noqa: E402
from serve_process import Service, WebSocket  # noqa: E402
from workdir import HANG_S, Workdir  # noqa: E402

CLIENTS = 1000
SLOW = 10
EVENTS = 40  # that each client has to get, behind its snapshot
FILES = 4096


def frames(data):
    """(opcode, payload) of each whole frame of a server."""
    at = 0
    while at + 2 <= len(data):
        size, head = data[at + 1] & 0x7f, 2
        if size == 126:
            size, head = struct.unpack_from("!H", data, at + 2)[0], 4
        elif size == 127:
            size, head = struct.unpack_from("!Q", data, at + 2)[0], 10
        if at + head + size > len(data):
            return
        yield data[at] & 0x0f, data[at + head:at + head + size]
        at += head + size


class Crowd:
    """WebSockets that are read as bytes come."""

    def __init__(self, sockets):
        self.sockets = sockets
        self.data = {}
        self.poll = select.epoll()
        for client in self.sockets:
            client.socket.setblocking(False)
            self.data[client.socket.fileno()] = bytearray(client.input)
            self.poll.register(client.socket, select.EPOLLIN)

    def read_until(self, enough):
        """Until `enough` holds of what each client has got."""
        deadline = time.monotonic() + HANG_S
        by_file = {client.socket.fileno(): client.socket for client in self.sockets}
        waiting = set(by_file)
        while waiting:
            if time.monotonic() > deadline:
                raise AssertionError(f"{len(waiting)} clients still wait")
            for file, _ in self.poll.poll(1):
                piece = by_file[file].recv(1 << 16)
                if not piece:
                    raise AssertionError("a client that reads was cut off")
                self.data[file] += piece
                if file in waiting and enough(self.data[file]):
                    waiting.discard(file)

    def close(self):
        self.poll.close()
        for client in self.sockets:
            client.close()


class CrowdTest(Workdir):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if hard != resource.RLIM_INFINITY and hard < FILES:
            raise unittest.SkipTest(f"the limit of open files is {hard}, {FILES} are needed")
        resource.setrlimit(resource.RLIMIT_NOFILE, (FILES, hard))

    def serve(self, *options):
        service = Service(self.dir, *options)
        self.addCleanup(service.cleanup)
        return service

    def test_a_thousand_clients_and_ten_slow_ones(self):
        service = self.serve("--max-clients", 1200)
        service.post("/start?scenario=race&at=5m")
        slow = [WebSocket(service, "/ws?scenario=race", receive_buffer=4096) for _ in range(SLOW)]
        self.addCleanup(lambda: [client.close() for client in slow])
        before = status_kb(service.process.pid, "VmRSS")
        service.post("/start?scenario=fleet&rate_hz=2&vehicles=3")
        crowd = Crowd([WebSocket(service, "/ws?scenario=fleet") for _ in range(CLIENTS)])
        self.addCleanup(crowd.close)
        crowd.read_until(lambda data: data.count(b'"type":"event"') >= EVENTS)
        for data in crowd.data.values():
            self.check(bytes(data))
        # Ten that read nothing hold their places until they are cut; nobody else was.
        service.until("/status", lambda body: body["clients"] == CLIENTS)
        for client in slow:
            try:
                self.assertEqual(client.close_code(), 1013)
            except EOFError:
                pass  # it had no room left to be told in
        self.assertLess(status_kb(service.process.pid, "VmRSS") - before, 100 << 10)
        self.assertEqual(service.stop(), 0)

    def check(self, data):
        """A snapshot, then each event of each vehicle, one behind the other."""
        messages = [payload for opcode, payload in frames(data) if opcode == 1]
        first = json.loads(messages[0])
        self.assertEqual(first["type"], "snapshot")
        last = {item["vehicle_id"]: item["seq"] for item in first["items"]}
        for message in messages[1:]:
            event = json.loads(message)
            self.assertEqual(event["type"], "event", event)
            vehicle, seq = event["data"]["vehicle_id"], event["data"]["seq"]
            if vehicle in last:
                self.assertEqual(seq, last[vehicle] + 1)
            last[vehicle] = seq

    def test_silent_connections_lock_nobody_out(self):
        service = self.serve("--max-clients", 200, "--scenario", "fleet")
        silent = []
        self.addCleanup(lambda: [one.close() for one in silent])
        for _ in range(3000):
            one = socket.socket()
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", service.port))
            silent.append(one)
        # Those beyond the limit are told so or closed; those within it are closed when no request comes. Both make room.
        deadline = time.monotonic() + HANG_S
        while True:
            self.assertLess(time.monotonic(), deadline, "nobody else is let in")
            try:
                if service.ask("GET", "/healthz")[0] == 200:
                    break
            except OSError:
                pass
            select.select([], [], [], 0.2)
        self.assertEqual(service.stop(), 0)


if __name__ == "__main__":
    unittest.main()
