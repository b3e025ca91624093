"""Spark beside a broker: the job as racesim starts it, and what it has written."""

import json
import os
import subprocess
import unittest

from kafka_broker import RUN_SECONDS_MAX, SCRIPTS, BrokerTest, require, run

FULL = os.environ.get("RACESIM_FULL") == "1"
# A job of seconds is all start-up: no compiler that takes its time.
FAST = ("--spark-conf", "spark.driver.extraJavaOptions=-XX:+UseSerialGC -XX:TieredStopAtLevel=1",
        "--spark-conf", "spark.sql.codegen.wholeStage=false")
UNKNOWN = ("late", "dropped_late")  # to Spark
PARQUET_ROWS = """
import json, sys
import pyarrow.dataset
rows = pyarrow.dataset.dataset(sys.argv[1], format="parquet", partitioning="hive").to_table().to_pylist()
for row in rows:
    print(json.dumps({**row, "window_start": row["window_start"].isoformat()}, default=str))
"""


def spark_home():
    """The folder of scripts/spark/fetch. Skips where it has not run."""
    require()
    found = subprocess.run([SCRIPTS / "spark" / "fetch", "--if-there"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                           text=True)
    if found.returncode != 0:
        raise unittest.SkipTest("Spark is missing: scripts/spark/fetch")
    return found.stdout.strip()


class SparkTest(BrokerTest):
    """A class whose runs of racesim find Spark."""

    BROKER_OPTIONS = ("--heap", "384m")
    MASTER = "local[2]"

    @classmethod
    def setUpClass(cls):
        cls.home = spark_home()
        super().setUpClass()
        cls.environment = {"RACESIM_SPARK_HOME": cls.home, "SPARK_LOCAL_IP": "127.0.0.1"}

    def command(self, topics, *more, by="window"):
        return ["aggregate", "--from", "kafka", "--brokers", self.broker.address, "--topic", topics, "--by", by, *more]

    def spark_command(self, topics, *more, by="window"):
        return self.command(topics, "--engine", "spark", "--spark-master", self.MASTER, *FAST, *more, by=by)

    def spark(self, topics, *more, code=0, by="window"):
        """The finished job."""
        done = run(*self.spark_command(topics, *more, by=by), cwd=self.folder, environment=self.environment)
        self.assertEqual(done.returncode, code, done.stderr.decode())
        return done

    def local(self, topics, *more):
        """Rows of the local engine."""
        done = run(*self.command(topics, "--format", "json", *more), cwd=self.folder)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        return rows_of(done.stdout)

    def fill(self, topic, *what, partitions=3):
        done = run("run", "--historical", *what, "--brokers", self.broker.address, "--topic", topic, "--create-topics",
                   "--partitions", str(partitions), "-q", cwd=self.folder)
        self.assertEqual(done.returncode, 0, done.stderr.decode())

    def parquet(self, folder):
        done = subprocess.run([f"{self.home}/venv/bin/python", "-c", PARQUET_ROWS, self.folder / folder], check=True,
                              stdout=subprocess.PIPE, text=True, timeout=RUN_SECONDS_MAX)
        return [json.loads(line) for line in done.stdout.splitlines()]


def rows_of(output):
    """Lines by the key of their rows, without what Spark does not know. The digits stay as they were printed."""
    rows = {}
    for line in output.decode().splitlines():
        row = json.loads(line, parse_float=str)
        for name in UNKNOWN:
            row.pop(name)
        key = (row["run"], row["stream"], row["key"], row["window_start"])
        assert key not in rows, line
        rows[key] = row
    return rows
