"""Goal: race → Kafka → aggregate, which is killed and restarted at random: the results in SQLite, and in a topic with a
checkpoint file or with transactions, are those of an undisturbed batch over the same topic. Method: the real binary, a real
broker; results are compared by key. With transactions readers of committed records see each result exactly once; with a
checkpoint some come again, with the same value."""

import json
import pathlib
import signal
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from ingest_kafka_case import FAULTS, FULL, IngestKafkaCase, SEED  # noqa: E402
from kafka_broker import RUN_SECONDS_MAX, by_key, require, run  # noqa: E402

KILLS = 50 if FULL else 4
BROKER_KILLS = 5 if FULL else 0
EVENTS = 30_000 if not FULL else 300_000
RATE = "3k/s"
# Small transactions, so that there is much to interrupt; no partition may seem idle while its records wait.
HOW = ("--by", "window", "--window", "500ms", "--watermark", "1s", "--batch", "400", "--idle-timeout", "10m")


def setUpModule():
    require()


class AggregateKillTest(IngestKafkaCase):
    def aggregate_command(self, topic, *more, emit="final"):
        return ["aggregate", "--from", "kafka", "--brokers", self.broker.address, "--topic", topic, *HOW, "--emit", emit,
                "--start-at", "earliest", "--json", "--progress", "never", "--dead-letter", "dead.ndjson", *more]

    def aggregate(self, topic, *more, **how):
        """To the end of what is there; the summary."""
        done = run(*self.aggregate_command(topic, *more, **how), cwd=self.folder)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        return json.loads(done.stderr if "stdout" in more else done.stdout)

    def expected(self, topic, emit="final"):
        """Of an undisturbed batch, by key: the last line of each."""
        self.aggregate(topic, "--to", f"file:{topic}.ndjson", "--group", "undisturbed", emit=emit)
        lines = (self.folder / f"{topic}.ndjson").read_text().splitlines()
        self.assertGreater(len(lines), 300)
        return {self.key_of(json.loads(line)): line for line in lines}

    @staticmethod
    def key_of(row):
        return row["run"], row["stream"], row["key"], row["windowing"], row["window_start"]

    def committed(self, topic):
        """(key, value) of what readers of committed records see."""
        done = subprocess.run(["kcat", "-b", self.broker.address, "-C", "-t", topic, "-o", "beginning", "-e", "-q", "-X",
                               "isolation.level=read_committed", "-f", "%k\t%s\n"], stdout=subprocess.PIPE, check=True,
                              timeout=RUN_SECONDS_MAX)
        return [tuple(line.split("\t", 1)) for line in done.stdout.decode().splitlines()]

    def killed_at_random(self, topic, command, progress):
        """While a race fills the topic: starts it again and again and kills it once `progress` has moved on, or, when the
        race is over, as it comes."""
        self.fill(topic, 100, seed=9, manifest="first.json")
        race = self.start(self.filling(topic, EVENTS, *FAULTS, "--posting-rate", RATE))
        moved = 0
        for _ in range(KILLS):
            process = self.start(command)
            before = progress()
            while process.poll() is None and progress() == before and race.poll() is None:
                pass
            for _ in range(self.chance.randrange(3)):
                moved += progress() != before
            self.assertEqual(self.kill(process), -signal.SIGKILL)
        self.assertEqual(race.wait(), 0)
        self.assertGreater(moved, 0, f"seed {SEED}")

    def test_into_sqlite(self):
        into = ("--to", "sqlite:found.db", *self.SESSION)
        command = self.aggregate_command("sqlite", *into, "--follow", emit="update")
        self.killed_at_random("sqlite", command, lambda: self.consumed("found.db"))
        self.aggregate("sqlite", *into, emit="update")
        self.aggregate("sqlite", "--to", "sqlite:expected.db", "--group", "undisturbed", emit="update")
        query = "SELECT * FROM windows ORDER BY run, stream, key, windowing, window_start"
        expected, found = ([row[1:] for row in self.rows(query, db)] for db in ("expected.db", "found.db"))
        self.assertGreater(len(expected), 300)
        self.assertEqual(found, expected, f"seed {SEED}")
        self.assertEqual(self.consumed("found.db"), self.broker.count("sqlite", 3))
        self.assertEqual(self.rows("SELECT count(*) FROM runs", "found.db"), [(0,)])
        self.assertEqual(self.rows("PRAGMA integrity_check", "found.db"), [("ok",)])

    def test_into_a_topic_with_a_checkpoint(self):
        into = ("--to", "kafka", "--topic-out", "file-out", "--create-topics", "--partitions", "3", "--checkpoint", "at",
                "--resume", *self.SESSION)
        at = self.folder / "at"
        self.killed_at_random("file", self.aggregate_command("file", *into, "--follow"),
                              lambda: at.stat().st_mtime_ns if at.exists() else 0)
        self.aggregate("file", *into)
        expected = self.expected("file")
        found = by_key((record.key, record.value) for record in self.broker.records("file-out"))
        for key, values in found.items():
            self.assertEqual(set(values), {values[0]}, f"{key}, seed {SEED}")
        self.assertEqual({self.key_of(json.loads(values[0])): values[0] for values in found.values()}, expected,
                         f"seed {SEED}")

    TXN = ("--to", "kafka", "--create-topics", "--partitions", "3", "--txn")

    def expect_each_once(self, topic, expected):
        found = self.committed(f"{topic}-out")
        self.assertEqual(len(found), len({key for key, _ in found}), f"seed {SEED}")
        self.assertEqual({self.key_of(json.loads(value)): value for _, value in found}, expected, f"seed {SEED}")

    def test_into_a_topic_in_transactions(self):
        into = (*self.TXN, "--topic-out", "txn-out", *self.SESSION)
        self.killed_at_random("txn", self.aggregate_command("txn", *into, "--follow"),
                              lambda: self.broker.count("txn-out-racesim-state"))
        self.aggregate("txn", *into)
        self.expect_each_once("txn", self.expected("txn"))
        # A state is one sequence of records.
        self.broker.make_topic("many-racesim-state", 3)
        refused = run(*self.aggregate_command("txn", *self.TXN, "--topic-out", "many", *self.SESSION), cwd=self.folder)
        self.assertEqual(refused.returncode, 2, refused.stderr)
        self.assertIn(b"the state topic many-racesim-state has 3 partitions", refused.stderr)

    def test_a_stopped_one_is_shut_out(self):
        self.fill("zombie", EVENTS, *FAULTS)
        expected = self.expected("zombie")
        into = (*self.TXN, "--topic-out", "zombie-out", *self.SESSION)
        zombie = self.start(self.aggregate_command("zombie", *into, "--follow"))
        self.wait_until(lambda: self.broker.count("zombie-out-racesim-state") > 3, zombie)
        zombie.send_signal(signal.SIGSTOP)
        self.aggregate("zombie", *into)
        self.fill("zombie", 2_000, seed=2, manifest="more.json")
        zombie.send_signal(signal.SIGCONT)
        output, error = zombie.communicate(timeout=RUN_SECONDS_MAX)
        self.assertEqual(zombie.returncode, 6, error)
        self.assertIn("has shut this one out", str(error) + str(output))
        self.expect_each_once("zombie", expected)

    @unittest.skipUnless(BROKER_KILLS, "full: takes minutes")
    def test_the_broker_is_killed(self):
        self.fill("broker", EVENTS, *FAULTS)
        expected = self.expected("broker")
        into = (*self.TXN, "--topic-out", "broker-out", *self.SESSION)
        process = self.start(self.aggregate_command("broker", *into, "--follow"))
        for _ in range(BROKER_KILLS):
            before = self.broker.count("broker-out-racesim-state")
            self.wait_until(lambda: self.broker.count("broker-out-racesim-state") > before, process)
            self.broker.kill()
            self.broker.start()
        self.kill(process)
        self.aggregate("broker", *into)
        self.expect_each_once("broker", expected)


if __name__ == "__main__":
    unittest.main()
