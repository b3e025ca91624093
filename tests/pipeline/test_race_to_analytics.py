"""Goal: the whole way of issue 14. A race goes to Kafka while aggregate follows it into f1-analytics and is killed and started
again; the laps and standings there are the simulator's own, and verify --aggregates finds nothing wrong. Replayed from its file
at 60 times its speed into the same pipeline, the race gives the same once more. Method: the real binary, a real broker; the
truth is what the same race says of its laps and checkpoints."""

import json
import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from ingest_kafka_case import FULL, SEED, IngestKafkaCase  # noqa: E402
from kafka_broker import RUN_SECONDS_MAX, require, run  # noqa: E402

KILLS = 20 if FULL else 3
RACE = ("run", "--historical", "--start-datetime", "2026-07-05T14:00:00Z", "--end-datetime", "2026-07-05T14:05:00Z")
OUT = "f1-analytics"


def setUpModule():
    require()


class RaceToAnalytics(IngestKafkaCase):
    def aggregate(self, topic, out, *more):
        # Kills make gaps in which a partition may seem idle.
        return ["aggregate", "--from", "kafka", "--brokers", self.broker.address, "--topic", topic, "--by", "lap,standings",
                "--emit", "update", "--to", "kafka", "--topic-out", out, "--txn", "--create-topics", "--partitions", "3",
                "--batch", "4000", "--idle-timeout", "10m", "--progress", "never", "-q", *self.SESSION, *more]

    def results(self, out):
        """The last row of each key, as readers of committed records see it."""
        done = subprocess.run(["kcat", "-b", self.broker.address, "-C", "-t", out, "-o", "beginning", "-e", "-q", "-X",
                               "isolation.level=read_committed", "-f", "%k\t%s\n"], stdout=subprocess.PIPE, check=True,
                              timeout=RUN_SECONDS_MAX)
        return {key: json.loads(value) for key, value in (line.split("\t", 1) for line in done.stdout.decode().splitlines())}

    def truth(self):
        """What the simulator itself says: laps by (car, lap), and positions and gaps where sectors end."""
        done = run(*RACE, "--streams", "laps,checkpoints", "-q", cwd=self.folder)
        self.assertEqual(done.returncode, 0, done.stderr)
        laps, passings = {}, {}
        for line in done.stdout.decode().splitlines():
            row = json.loads(line)
            if "lap_time_s" in row:
                laps[row["car"], row["lap"]] = [row[name] for name in ("lap_time_s", "sector1_s", "sector2_s", "sector3_s",
                                                                       "tyre")]
            elif row["sector"] > 0:
                passings[row["car"], row["lap"], row["sector"]] = (row["position"], row["gap_s"])
        return laps, passings

    def expect_truth(self, results):
        laps, passings = self.truth()
        found = {(row["car"], row["lap"]): [row[name] for name in ("lap_time_s", "sector1_s", "sector2_s", "sector3_s",
                                                                   "tyre")]
                 for row in results.values() if row["type"] == "lap" and row["is_complete"]}
        self.assertGreater(len(laps), 30)
        # Where the sector lines lie is found from the crossings themselves; these are enough.
        self.assertEqual(found, laps, f"seed {SEED}")
        found = {(row["car"], row["lap"], row["sector"]): (row["position"], row["gap_s"])
                 for row in results.values() if row["type"] == "standings"}
        self.assertEqual(found, passings, f"seed {SEED}")

    def expect_verified(self, out):
        done = run("verify", "--aggregates", "--manifest", "m.json", "--against", "kafka", "--brokers", self.broker.address,
                   "--topic", out, cwd=self.folder)
        self.assertEqual(done.returncode, 0, done.stdout.decode() + done.stderr.decode())
        self.assertIn(b"VERIFIED", done.stdout)

    def test_a_race_its_results_and_its_replay(self):
        race = self.start([*RACE, "--brokers", self.broker.address, "--topic", "race", "--create-topics", "--partitions", "3",
                           "--posting-rate", "60k/s", "--sink", "kafka", "--sink", "file:race.ndjson", "--manifest", "m.json",
                           "-q"])
        self.wait_until(lambda: self.broker.count("race", 3) > 0, race)
        for _ in range(KILLS):
            follower = self.start(self.aggregate("race", OUT, "--follow"))
            before = self.broker.count(f"{OUT}-racesim-state")
            self.wait_until(lambda: self.broker.count(f"{OUT}-racesim-state") > before or race.poll() is not None, follower)
            self.kill(follower)
        self.assertEqual(race.wait(), 0)
        done = run(*self.aggregate("race", OUT), cwd=self.folder)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        results = self.results(OUT)
        self.expect_truth(results)
        self.expect_verified(OUT)

        done = run("replay", "race.ndjson", "--speed", "60", "--brokers", self.broker.address, "--topic", "again",
                   "--create-topics", "--partitions", "3", "-q", cwd=self.folder)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        done = run(*self.aggregate("again", "again-out"), cwd=self.folder)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        self.assertEqual(self.results("again-out"), results)
        self.expect_verified("again-out")


if __name__ == "__main__":
    unittest.main()
