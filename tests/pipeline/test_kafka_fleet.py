"""Goal: a fleet of a thousand vehicles goes to Kafka with faults on purpose, is killed and resumed, and verifies: each
packet under the key of its vehicle, in order. Method: the real binary killed with SIGKILL, a real broker; the topic is
compared with stdout of a run that nobody killed, and read by racesim verify. What racesim serve simulates is in the topic
that the document's variables name, as it was shown live."""

import json
import pathlib
import signal
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cli"))
from kafka_broker import BrokerTest, by_key, require, run  # noqa: E402
from serve_process import Service  # noqa: E402

FLEET = ("run", "--scenario", "fleet", "--vehicles", "1000", "--rate-hz", "1", "--historical", "--start-datetime",
         "2025-08-11T06:00:00Z", "--end-datetime", "2025-08-11T06:03:00Z", "--faults",
         "late=1%,duplicate=1%,reorder=2%,drop=0.5%", "--late-delay", "10s")
TOPIC = "vehicle.telemetry.raw"
PACKETS_LEAST = 170_000


def setUpModule():
    require()


class FleetTest(BrokerTest):
    def test_killed_and_resumed(self):
        command = [*FLEET, "--create-topics", "--partitions", "4", "--checkpoint", "at", "--resume", "--settle", "500ms",
                   "--manifest", "m.json", "--json", "--progress", "never"]
        # The document's names for broker and topic.
        names = {"KAFKA_BOOTSTRAP_SERVERS": self.broker.address, "KAFKA_TOPIC": TOPIC}
        for ordinal in (20_000, 60_000, 110_000):
            process = self.start([*command, "--posting-rate", "30k/s"], environment=names)
            while process.poll() is None and self.settled() < ordinal:
                pass
            self.assertEqual(self.kill(process), -signal.SIGKILL)
        summary = self.finish(self.start(command, environment=names))
        self.assertEqual(summary["failed"], 0)
        records = self.broker.records(TOPIC)
        lines = run(*FLEET, "-q", cwd=self.folder).stdout.decode().splitlines()
        self.assertGreater(len(lines), PACKETS_LEAST)
        self.assertEqual(by_key((record.key, record.value) for record in records),
                         by_key((json.loads(line)["vehicle_id"], line) for line in lines))
        keys = {record.key for record in records}
        self.assertEqual(len(keys), 1000)
        self.assertLessEqual({"TESTCAR01", "TESTCAR99", "TESTCAR1000"}, keys)
        verified = run("verify", "--manifest", "m.json", "--against", "kafka", "--brokers", self.broker.address,
                       cwd=self.folder)
        self.assertEqual(verified.returncode, 0, verified.stdout + verified.stderr)
        self.assertIn(b"VERIFIED", verified.stdout)

    def test_served_and_published(self):
        service = Service(pathlib.Path(self.folder), "--create-topics", env={
            "KAFKA_BOOTSTRAP_SERVERS": self.broker.address, "KAFKA_TOPIC": "served", "VEHICLE_ID": "CAR9"})
        self.addCleanup(service.cleanup)
        self.assertEqual(service.post("/start-sim?rate_hz=50"), (200, {"status": "started", "rate_hz": 50}))
        service.until("/status", lambda body: body["runs"][0]["sent"] >= 50)
        self.assertEqual(service.post("/stop-sim")[0], 200)
        status = service.get("/status")[1]["runs"][0]
        self.assertEqual((status["acked"], status["failed"]), (status["sent"], 0))
        shown = service.get("/telemetry/recent?limit=2000")[1]["items"]
        records = self.broker.records("served")
        self.assertEqual([json.loads(record.value) for record in records], shown)
        self.assertEqual({record.key for record in records}, {"CAR9"})
        self.assertEqual(service.stop(), 0)


if __name__ == "__main__":
    unittest.main()
