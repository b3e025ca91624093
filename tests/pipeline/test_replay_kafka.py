"""Goal: what is replayed into topics and out of them is what was recorded, each event under its key in the topic of its kind.
Method: a race in a file goes through a real broker and back; racesim verify proves each step with the manifest of the
recorded run, and kcat shows the keys."""

import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from kafka_broker import BrokerTest, by_key, require, run  # noqa: E402
from kafka_resume_case import FULL, ResumeCase  # noqa: E402

RACE = ("run", "--historical", "--start-datetime", "2026-07-05T14:00:00Z", "--end-datetime", "2026-07-05T14:05:00Z",
        "--laps", "1", "--streams", "telemetry,laps,results", "--rate-hz", "4", "-q", "--sink", "file:race.ndjson", "--manifest", "m.json")
TOPICS = "f1-telemetry,f1-laps,f1-results"


def setUpModule():
    require()


class ReplayKafka(BrokerTest):
    def setUp(self):
        super().setUp()
        self.expect(0, *RACE)

    def expect(self, code, *command):
        done = run(*command, cwd=self.folder)
        self.assertEqual(done.returncode, code, done.stderr.decode())
        return done

    def test_from_a_file_into_topics_and_back(self):
        cluster = ["--brokers", self.broker.address]
        self.expect(0, "replay", "race.ndjson", "--speed", "max", *cluster, "--create-topics", "--partitions", "3", "-q")
        self.expect(0, "verify", "--manifest", "m.json", "--against", "kafka", *cluster)
        self.expect(0, "replay", f"kafka:{TOPICS}", *cluster, "--speed", "max", "-q", "--sink", "file:back.ndjson")
        self.expect(0, "verify", "--manifest", "m.json", "--against", "file:back.ndjson")
        self.expect(0, "replay", "kafka:f1-telemetry", *cluster, "--speed", "max", "-q", "--sink", "kafka", "--topic",
                    "copy", "--create-topics", "--partitions", "2")
        self.assertEqual(self.broker.count("f1-results", 3), 20)
        copies, first = self.broker.records("copy"), self.broker.records("f1-telemetry")
        self.assertEqual(by_key((r.key, r.value) for r in copies), by_key((r.key, r.value) for r in first))
        self.assertEqual({r.key for r in copies}, {str(json.loads(r.value)["car"]) for r in copies})
        # What a key is in records of others, the topic says.
        self.expect(0, "replay", "kafka:copy", *cluster, "--time-field", "time", "--speed", "max", "-q", "--sink", "kafka",
                    "--topic", "again", "--create-topics", "--filter", "lap=1")
        again = self.broker.records("again")
        self.assertEqual({r.key for r in again}, {r.key for r in copies})
        # Topics of several kinds, with faults: a manifest of its own for each replay, into a topic and out of topics.
        disturb = ["--faults", "late=2%,duplicate=2%,reorder=2%,drop=1%,corrupt=1%", "--late-delay", "5s"]
        shift = ["--timestamps", "shift", "--start-datetime", "2030-01-01T00:00Z", "--loop", "2"]
        self.expect(0, "replay", f"kafka:{TOPICS}", *cluster, "--speed", "max", "-q", "--sink", "kafka", "--topic", "proved",
                    "--create-topics", "--partitions", "3", "--manifest", "r.json", *disturb, *shift)
        self.expect(0, "verify", "--manifest", "r.json", "--against", "kafka", *cluster)
        self.expect(0, "replay", f"kafka:{TOPICS}", *cluster, "--speed", "max", "-q", "--sink", "file:out.ndjson",
                    "--manifest", "f.json", *disturb)
        self.expect(0, "verify", "--manifest", "f.json", "--against", "file:out.ndjson", *cluster)
        # What came into the topic since is no part of it.
        self.expect(0, "replay", "race.ndjson", "--speed", "max", *cluster, "-q")
        self.expect(0, "verify", "--manifest", "f.json", "--against", "file:out.ndjson", *cluster)
        missing = self.expect(2, "replay", "kafka:nowhere", *cluster, "--sink", "null")
        self.assertIn(b"no topic nowhere", missing.stderr)


class ReplayKilled(ResumeCase):
    """A replay out of topics into a topic, killed at random moments, is what a replay that nobody killed writes."""

    CONTENT = ("replay", f"kafka:{TOPICS}", "--speed", "max", "--faults", "late=1%,duplicate=1%,reorder=2%,drop=1%",
               "--late-delay", "10s", "--timestamps", "shift", "--start-datetime", "2030-01-01T00:00Z")
    OPTIONS = ("--sink", "kafka", "--manifest", "m.json")
    STRETCHES = (0, 0, 1, 500, 2_000)
    RATE = "6k/s"  # the recording is short

    def test_killed_at_random(self):
        self.assertEqual(run(*RACE, cwd=self.folder).returncode, 0)
        cluster = ["--brokers", self.broker.address]
        filled = run("replay", "race.ndjson", "--speed", "max", *cluster, "--create-topics", "--partitions", "3", "-q",
                     cwd=self.folder)
        self.assertEqual(filled.returncode, 0, filled.stderr)
        self.expect_killed_at_random("killed", 50 if FULL else 5)
        verified = run("verify", "--manifest", "m.json", "--against", "kafka", *cluster, cwd=self.folder)
        self.assertEqual(verified.returncode, 0, verified.stdout + verified.stderr)

    def expect_all(self, topic):
        self.expect_exactly(self.broker, topic, (*self.CONTENT, "--brokers", self.broker.address))


if __name__ == "__main__":
    unittest.main()
