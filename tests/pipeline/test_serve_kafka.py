"""Goal: `racesim serve --from kafka` shows and stores what comes in a topic as if it were simulated there, once, over
restarts. Method: a real broker, a topic that a real run fills; the service is asked over HTTP and WebSocket, its SQLite file
is read with Python's sqlite3, and both are compared with what the run wrote to its standard output.
"""

import json
import pathlib
import sqlite3
import sys
import unittest

from kafka_broker import BrokerTest, require, run

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cli"))
from serve_process import Service, WebSocket  # noqa: E402

RACE = ("run", "--historical", "--start-datetime", "2026-07-05T14:00:00Z", "--cars", "6", "--rate-hz", "5")
FIRST = ("--end-datetime", "2026-07-05T14:00:20Z")
MORE = ("--end-datetime", "2026-07-05T14:00:30Z")


def setUpModule():
    require()


class ServeKafkaTest(BrokerTest):
    BROKER_OPTIONS = ("--set", "group.min.session.timeout.ms=500")

    def fill(self, *more):
        done = run(*RACE, *more, "--brokers", self.broker.address, "--topic", "laps-live", "--create-topics", "--partitions",
                   "3", "-q", cwd=self.folder)
        self.assertEqual(done.returncode, 0, done.stderr)

    def expected(self, *more):
        done = run(*RACE, *more, "--sink", "stdout", "-q", cwd=self.folder)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def service(self, *more):
        service = Service(self.folder, "--from", "kafka", "--brokers", self.broker.address, "--topic", "laps-live", "-X",
                          "session.timeout.ms=1500", "-X", "heartbeat.interval.ms=300", "--scenario", "race", *more)
        self.addCleanup(service.cleanup)
        return service

    def by_key(self, items):
        return {(item["car"], item["seq"]): item for item in items}

    def test_a_topic_in_place_of_a_simulation(self):
        self.fill(*FIRST)
        events = self.expected(*FIRST)
        service = self.service("--db", "sqlite:kept.db")
        status = service.until("/status", lambda s: s["topics"]["stored"] == len(events))
        self.assertEqual((status["state"], status["scenario"], status["topics"]["rejected"]), ("running", "race", 0))
        latest = service.get("/telemetry/latest")[1]["items"]
        newest = {event["car"]: event for event in events}
        self.assertEqual({item["car"]: item for item in latest}, newest)
        self.assertEqual(self.by_key(service.get("/telemetry/recent?limit=2000")[1]["items"]), self.by_key(events))
        code, problem = service.post("/start")
        self.assertEqual(code, 409)
        self.assertIn("simulates nothing", problem["detail"])
        with WebSocket(service) as client:
            self.assertEqual(len(client.message()["items"]), 6)
            self.fill(*MORE)  # the same ones again, and what follows
            events = self.expected(*MORE)
            shown = client.message()
            self.assertEqual(shown["type"], "event")
            self.assertIn((shown["data"]["car"], shown["data"]["seq"]), self.by_key(events))
        service.until("/status", lambda s: s["topics"]["stored"] == len(events))
        self.assertEqual(service.stop(), 0)
        again = self.service("--db", "sqlite:kept.db")
        again.until("/status", lambda s: s["topics"]["lag_records"] == 0)
        self.assertEqual(again.get("/status")[1]["topics"]["consumed"], 0, "the store knows the place")
        self.assertEqual(again.stop(), 0)
        database = sqlite3.connect(self.folder / "kept.db")
        self.addCleanup(database.close)
        self.assertEqual(database.execute("SELECT count(*), count(DISTINCT car) FROM telemetry").fetchone(), (len(events), 6))

    def test_only_shown(self):
        self.fill(*FIRST)
        events = self.expected(*FIRST)
        service = self.service()
        service.until("/status", lambda s: s["topics"]["consumed"] == len(events))
        self.assertEqual(self.by_key(service.get("/telemetry/recent?limit=2000")[1]["items"]), self.by_key(events))
        self.assertEqual(service.stop(), 0)


if __name__ == "__main__":
    unittest.main()
