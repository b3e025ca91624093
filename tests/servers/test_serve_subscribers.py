"""Goal: 200 clients that follow a race by GraphQL (graphql-transport-ws) get their events, while five that ask for
more than they take are closed with 1013. Method: raw sockets in one epoll loop; each event is read, and must be of the whole field
and newer than the last.
"""

import json
import pathlib
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "cli"), str(HERE)]
from serve_process import Service, WebSocket  # noqa: E402
from test_serve_crowd import Crowd, frames  # noqa: E402
from workdir import Workdir  # noqa: E402

CLIENTS = 200
SLOW = 5
EVENTS = 3
CARS = 20
PROTOCOL = "Sec-WebSocket-Protocol: graphql-transport-ws"
ALL = "car driver speedKmh engineRpm gear throttlePct brakePct xM yM lat lon fuelKg tyre position gapS status sessionTimeS"


def follow(client, name, query):
    client.send(1, json.dumps({"id": name, "type": "subscribe", "payload": {"query": query}}).encode())


def subscriber(service, **options):
    client = WebSocket(service, "/graphql", [PROTOCOL], **options)
    client.send(1, b'{"type":"connection_init"}')
    return client


class Subscribers(Workdir):
    def test_many_and_some_slow_ones(self):
        service = Service(self.dir, "--scenario", "race", "--max-clients", 400)
        self.addCleanup(service.cleanup)
        service.post(f"/start?scenario=race&at=5m&cars={CARS}&rate_hz=10&backfill=30s")
        service.until("/telemetry/recent?scenario=race&limit=2000", lambda body: len(body["items"]) == 2000)
        slow = [subscriber(service, receive_buffer=4096) for _ in range(SLOW)]
        self.addCleanup(lambda: [client.close() for client in slow])
        for client in slow:
            for number in range(30):  # more than connections hold, and the 4 MiB that may wait
                follow(client, str(number), f"{{ race {{ telemetry(last: 2000) {{ nodes {{ {ALL} }} }} }} }}")
        crowd = Crowd([subscriber(service) for _ in range(CLIENTS)])
        self.addCleanup(crowd.close)
        for client in crowd.sockets:
            follow(client, "1", "subscription { telemetry(rateHz: 5) { driver sessionTimeS } }")
            follow(client, "2", "subscription { standings { position driver } }")
        crowd.read_until(lambda data: data.count(b'"telemetry"') >= EVENTS and b'"standings"' in data)
        for data in crowd.data.values():
            self.check(bytes(data))
        for client in slow:
            try:
                self.assertEqual(client.close_code(), 1013)
            except EOFError:
                pass  # it had no room left to be told in
        self.assertEqual(service.get("/status")[1]["state"], "running")
        self.assertEqual(service.stop(), 0)

    def check(self, data):
        last = -1.0
        for opcode, payload in frames(data):
            if opcode != 1:
                continue
            message = json.loads(payload)
            if message["type"] == "connection_ack":
                continue
            self.assertEqual(message["type"], "next", message)
            self.assertNotIn("errors", message["payload"])
            rows = message["payload"]["data"].get("telemetry")
            if rows is None:
                continue
            self.assertEqual(len(rows), CARS)
            now = max(row["sessionTimeS"] for row in rows)
            self.assertGreater(now, last)
            last = now


if __name__ == "__main__":
    unittest.main()
