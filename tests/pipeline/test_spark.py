"""Goal: on Spark `racesim aggregate` gives the rows of the local engine, each once, also when the job is stopped, killed
and started again. Method: a real broker with runs that racesim sends, the job in a Spark of this machine, under
RACESIM_FULL=1 on a cluster of one master and two workers too; its rows are compared with those of the local engine as
text, digit by digit, and judged by `racesim verify --aggregates`."""

import datetime
import json
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parent), str(pathlib.Path(__file__).resolve().parents[1] / "cli")]
from circuits import bean, csv_text  # noqa: E402
from kafka_broker import RUN_SECONDS_MAX, SCRIPTS, run  # noqa: E402
from spark_case import FULL, SparkTest, rows_of, spark_home  # noqa: E402

RACE = ("--start-datetime", "2026-07-05T14:00Z", "--end-datetime", "2026-07-05T14:01:40Z", "--rate-hz", "10", "--cars", "8")
LATER = ("--start-datetime", "2026-07-05T14:01:40Z", "--end-datetime", "2026-07-05T14:03:20Z", *RACE[4:])
LAST = ("--start-datetime", "2026-07-05T14:03:20Z", "--end-datetime", "2026-07-05T14:05:00Z", *RACE[4:])
# None of it is late: with this delay an event that changed its place is in time.
FAULTS = ("--faults", "duplicate=2%,reorder=2%")
FLEET = ("--scenario", "fleet", "--start-datetime", "2025-08-09T12:00Z", "--end-datetime", "2025-08-09T12:05Z",
         "--vehicles", "5", "--rate-hz", "2")
WATERMARK = datetime.timedelta(seconds=10)


def setUpModule():
    if not FULL:
        raise unittest.SkipTest("full: a job on Spark starts for half a minute; only with RACESIM_FULL=1")
    spark_home()


def time_of(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def closed(rows, newest):
    """Those that the watermark has passed when the newest event was at that time."""
    return {key: row for key, row in rows.items() if time_of(row["window_end"]) <= newest - WATERMARK}


class SparkWindowsTest(SparkTest):
    def test_one_batch_has_all_rows_of_the_local_engine(self):
        """Cars and vehicles from two topics at once, with copies; FleetStream's averages of a minute are among them."""
        self.fill("race", *RACE, *FAULTS)
        self.fill("fleet", *FLEET, *FAULTS, partitions=2)
        done = self.spark("race,fleet", "--window", "1m")
        local = self.local("race,fleet", "--window", "1m")
        self.assertEqual(rows_of(done.stdout), local)
        self.assertEqual({row["stream"] for row in local.values()}, {"telemetry", "fleet"})
        self.assertEqual(sum(row["stream"] == "fleet" for row in local.values()), 5 * 5)

    def test_sliding_windows(self):
        self.fill("sliding", *RACE, *FAULTS)
        how = ("--window", "20s", "--slide", "5s")
        self.assertEqual(rows_of(self.spark("sliding", *how).stdout), self.local("sliding", *how))

    def test_each_window_once_whatever_happens_to_the_job(self):
        """Killed, made to repeat a batch that was written but not noted as done, ended in good order, gone on with."""
        self.fill("input", *RACE, *FAULTS, "--manifest", "m.json")
        job = ("--to", "kafka", "--topic-out", "results", "--create-topics", "--to", "parquet:parquet", "--checkpoint",
               "state", "--resume", "--batch", "900")
        follow = self.spark_command("input", *job, "--follow", "--spark-trigger", "1s")
        process = self.start(follow, self.environment)
        self.wait_for(lambda: self.broker.count("results") > 30, process)
        self.kill(process)
        # Behind a restart time goes on once each partition has brought an event.
        self.fill("input", *LATER, *FAULTS, "--manifest", "m2.json")
        before = self.broker.count("results")
        process = self.start(follow, self.environment)
        self.wait_for(lambda: self.broker.count("results") > before + 10, process)
        process.send_signal(signal.SIGTERM)
        _, message = process.communicate(timeout=RUN_SECONDS_MAX)
        self.assertEqual(process.returncode, 0, message)
        # What a crash just before its last step leaves of a batch: the next run does it again. The newest one with results.
        last = max(int(path.name.partition("=")[2]) for path in (self.folder / "parquet/window").glob("batch=*"))
        for log, first in (("commits", last), ("offsets", last + 1)):
            for path in (self.folder / "state/window" / log).glob("[0-9]*"):
                if int(path.name) >= first:
                    path.unlink()
                    (path.parent / f".{path.name}.crc").unlink(missing_ok=True)
        self.fill("input", *LAST, *FAULTS, "--manifest", "m3.json")
        summary = json.loads(self.spark("input", *job, "--json").stdout)
        self.assertTrue(summary["reached_end"])

        found = {}
        for record in self.broker.records("results"):
            found.setdefault(record.key, []).append(record.value)
        self.assertTrue(all(len(set(values)) == 1 for values in found.values()), "a record that differs when repeated")
        self.assertTrue(any(len(values) > 1 for values in found.values()), "no batch was repeated")
        rows = rows_of("\n".join(values[0] for values in found.values()).encode())
        local = self.local("input")
        expected = closed(local, time_of("2026-07-05T14:04:59.900Z"))
        self.assertEqual((sorted(expected.keys() - rows.keys()), sorted(rows.keys() - expected.keys())), ([], []))
        self.assertEqual(rows, expected)
        for key, row in zip(found, rows.values()):
            self.assertEqual(key, ",".join(("window", row["run"], row["stream"], row["key"], "5s", row["window_start"])))
        parquet = self.parquet("parquet/window")
        self.assertEqual(sorted((row["key"], row["samples"], row["avg_speed_kmh"]) for row in parquet),
                         sorted((row["key"], row["samples"], row["avg_speed_kmh"]) for row in rows.values()))
        (self.folder / "results.ndjson").write_text("\n".join(value for values in found.values() for value in values) + "\n")
        for manifest in ("m.json", "m2.json", "m3.json"):
            judged = run("verify", "--aggregates", "--manifest", manifest, "--against", "file:results.ndjson",
                         "--batch-interval", "100s", cwd=self.folder, environment={"RACESIM_FULL": ""})  # else also its --full
            self.assertEqual(judged.returncode, 0, judged.stdout.decode() + judged.stderr.decode())

    def wait_for(self, condition, process):
        until = time.monotonic() + RUN_SECONDS_MAX
        while not condition():
            self.assertIsNone(process.poll(), "the job ended by itself")
            self.assertLess(time.monotonic(), until, "hang")

    def test_what_cannot_go_on_says_why(self):
        done = self.spark("missing", code=2)
        self.assertIn("there is no topic 'missing'", done.stderr.decode())
        self.fill("other", *RACE)
        self.spark("other", "--checkpoint", "state")
        again = self.spark("other", "--checkpoint", "state", code=2)
        self.assertIn("add --resume", again.stderr.decode())
        wider = self.spark("other", "--checkpoint", "state", "--resume", "--window", "10s", code=2)
        self.assertIn("of other options: window_ms", wider.stderr.decode())


class SparkLapsTest(SparkTest):
    """A race of twenty cars, on a circuit so short that its sector lines are soon known, and behind its flag."""

    RACE = ("--start-datetime", "2026-07-05T14:00Z", "--end-datetime", "2026-07-05T14:02:30Z", "--track", "bean.csv",
            "--laps", "3", *FAULTS)

    def laps(self, output):
        rows = [json.loads(line, parse_float=str) for line in output.decode().splitlines()]
        found = {(row["run"], row["session"], row["car"], row["lap"]): row for row in rows}
        self.assertEqual(len(found), len(rows), "a lap twice")
        return found

    def test_laps_of_a_batch_and_of_micro_batches(self):
        (self.folder / "bean.csv").write_text(csv_text(bean()))
        self.fill("laps", *self.RACE)
        done = run(*self.command("laps", "--format", "json", "-q", by="lap"), cwd=self.folder)
        local = self.laps(done.stdout)
        self.assertEqual(self.laps(self.spark("laps", by="lap").stdout), local)
        stream = self.laps(self.spark("laps", "--checkpoint", "state", "--batch", "90000", by="lap").stdout)
        # Laps that were driven to their end before the watermark stood still; no lap is given out before it is known.
        self.assertEqual(stream, {key: local[key] for key in stream})
        done = {key for key, row in local.items() if row["is_complete"] and row["sector2_s"] is not None
                and time_of(row["time"]) < time_of("2026-07-05T14:02:19Z")}
        self.assertLessEqual(done, set(stream))
        self.assertGreater(len(done), 20)


class SparkClusterTest(SparkTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = tempfile.mkdtemp(prefix="racesim-spark-")
        cls.addClassCleanup(shutil.rmtree, folder, ignore_errors=True)
        cls.addClassCleanup(subprocess.run, [SCRIPTS / "spark" / "stop-cluster", folder], check=True)
        started = subprocess.run([SCRIPTS / "spark" / "start-cluster", folder], stdout=subprocess.PIPE, text=True, check=True,
                                 timeout=RUN_SECONDS_MAX)
        cls.MASTER = started.stdout.strip()

    def test_two_workers_give_the_same_rows(self):
        self.fill("spread", *RACE, *FAULTS)
        done = self.spark("spread", "--checkpoint", "state", "--spark-conf", "spark.executor.memory=512m", "--spark-conf",
                          "spark.driver.host=127.0.0.1")
        self.assertEqual(rows_of(done.stdout), closed(self.local("spread"), time_of("2026-07-05T14:01:39.900Z")))


if __name__ == "__main__":
    unittest.main()
