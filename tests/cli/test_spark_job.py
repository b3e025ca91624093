"""Goal: what can be known of the Spark job without Spark: its schemas are the program's, its rule for laps is the local
engine's, and racesim passes on what it was told. Method: the committed schema against the command that writes it; the
job's own Python over a race with copies and missing samples, cut at random, against `racesim aggregate --by lap`, field by
field; the command that --dry-run prints, and a Python of the test's that says how it was called."""

import decimal
import json
import random
import re
import shlex
import sys
import unittest

from circuits import bean, csv_text
from workdir import SOURCE, Workdir

sys.path.insert(0, str(SOURCE / "spark"))
from racesim_spark import laps as spark_laps  # noqa: E402
from racesim_spark import options as spark_options  # noqa: E402

RUN = ("run", "--historical", "--start-datetime", "2026-07-05T14:00Z", "-q")
# To the flag and behind it, on a circuit so short that its sector lines are soon known; out of the box, in and out again.
RACE = (*RUN, "--end-datetime", "2026-07-05T14:02:30Z", "--track", "bean.csv", "--laps", "3")
QUALIFYING = (*RUN, "--end-datetime", "2026-07-05T14:18Z", "--session", "qualifying", "--cars", "8", "--rate-hz", "10")
WATERMARK_MS = 10_000
JOB = ("aggregate", "--engine", "spark", "--by", "window")


def epoch_ms(text):
    hours, minutes, seconds = text[11:-1].split(":")
    return (int(hours) * 60 + int(minutes)) * 60_000 + int(decimal.Decimal(seconds) * 1000)


def whole(value, scale):
    return int(decimal.Decimal(value) * scale)


def sample_of(line):
    """As the job's parser makes it: whole numbers."""
    e = json.loads(line, parse_float=str)
    return {"car": e["car"], "session": e["session"], "driver": e["driver"], "seq": e["seq"], "time_ms": epoch_ms(e["time"]),
            "session_time_ms": whole(e["session_time_s"], 1000), "lap": e["lap"], "s_mm": whole(e["lap_distance_m"], 1000),
            "speed_dkmh": whole(e["speed_kmh"], 10), "lon_cg": whole(e["lon_g"], 100), "lat_cg": whole(e["lat_g"], 100),
            "gear": e["gear"], "throttle_pct": e["throttle_pct"], "brake_pct": e["brake_pct"],
            "fuel_g": whole(e["fuel_kg"], 1000), "tyre": e["tyre"], "tyre_age_laps": e["tyre_age_laps"],
            "sector": e["sector"], "status": e["status"]}


def comparable(row):
    """A row of the local engine in the whole numbers of the job's."""
    scales = {"_s": ("_ms", 1000), "_kmh": ("_dkmh", 10), "_kg": ("_g", 1000), "_g": ("_cg", 100)}
    found = {"avg_speed_mkmh": whole(row["avg_speed_kmh"], 1000), "brake_cpct_time": whole(row["brake_pct_time"], 100)}
    for name, value in row.items():
        if name in ("type", "run", "avg_speed_kmh", "brake_pct_time"):
            continue
        if name == "time":
            name, value = "time_ms", epoch_ms(value)
        elif name.endswith("_pct"):
            name, value = name.replace("_pct", "_cpct"), whole(value, 100)
        else:
            for ending, (other, scale) in scales.items():
                if name.endswith(ending):
                    name, value = name.removesuffix(ending) + other, None if value is None else whole(value, scale)
                    break
        found[name] = value
    return found


class SparkJobTest(Workdir):
    def ends(self, code, *arguments, env=None):
        """The finished run, which ended with that exit code."""
        done = self.racesim(*arguments, env=env)
        self.assertEqual(done.returncode, code, done.stderr)
        return done

    def test_the_schema_is_that_of_the_program(self):
        committed = (SOURCE / "spark/schema.json").read_text()
        names = list(json.loads(committed))
        self.assertEqual(self.racesim("schema", "show", *names).stdout, committed, "write it: scripts/update-docs")

    def test_laps_by_the_same_rule(self):
        self.write("bean.csv", csv_text(bean()))
        rows, before_end = self.check_laps(RACE)
        self.assertGreater(before_end, 0, "no lap was known before the end")
        self.assertGreater(sum(row["sector2_ms"] is not None for row in rows), 20)
        self.assertGreater(sum(row["is_interpolated"] for row in rows), 0)

    def test_laps_from_the_box_by_the_same_rule(self):
        rows, _ = self.check_laps(QUALIFYING)
        self.assertEqual({row["lap"] for row in rows if not row["is_complete"]} & {1, 2}, {1}, "the first lap is from the box")
        self.assertGreater(sum(row["is_complete"] for row in rows), 8)
        self.assertGreater(sum(not row["is_complete"] and row["lap"] > 1 for row in rows), 8, "later ones too")

    def check_laps(self, of):
        """The job's laps, which are those of the local engine, and how many were known before the end."""
        seed = random.randrange(1 << 30)
        print(f"seed {seed}")
        chance = random.Random(seed)
        lines = [line for line in self.racesim(*of).stdout.splitlines() if chance.random() > 0.02]
        (self.dir / "race.ndjson").write_text("\n".join(lines) + "\n")
        local = [json.loads(line, parse_float=str) for line in
                 self.racesim("aggregate", "--from", "file:race.ndjson", "--by", "lap", "--format", "json",
                              "-q").stdout.splitlines()]
        laps, rows, at = spark_laps.RunLaps(), [], 0
        while at < len(lines):
            batch = [sample_of(line) for line in lines[at:at + chance.randrange(1, 60_000)]]
            at += len(batch)
            laps.take(batch + chance.sample(batch, len(batch) // 50))
            rows += laps.advance(laps.newest_ms - WATERMARK_MS)
        before_end = len(rows)
        rows += laps.finish()

        def key(row):
            return row["car"], row["lap"]

        self.assertEqual(sorted(rows, key=key), sorted(map(comparable, local), key=key))
        return rows, before_end

    def test_what_it_was_told_is_passed_on(self):
        done = self.ends(0, *JOB, "--brokers", "a:1,b:2", "--topic", "x,y", "--window", "1m", "--slide", "20s",
                         "--watermark", "3s", "--to", "kafka", "--create-topics", "--to", "parquet:out put", "--checkpoint",
                         "state", "--follow", "--resume", "--batch", "500", "--spark-conf", "spark.cores.max=3",
                         "--dry-run", env={"SPARK_MASTER": "spark://h:7077", "SPARK_TRIGGER_INTERVAL": "10 seconds"})
        words = shlex.split(done.stdout)
        self.assertEqual(words[0], "python3")
        self.assertEqual(words[1], str(SOURCE / "spark/aggregate.py"))
        options = spark_options.parse(words[2:])
        self.assertEqual((options.master, options.brokers, options.topics), ("spark://h:7077", "a:1,b:2", ["x", "y"]))
        self.assertEqual((options.window_ms, options.slide_ms, options.windowing, options.watermark_ms),
                         (60_000, 20_000, "1m/20s", 3_000))
        self.assertEqual((options.topic_out, options.create_topics, options.parquet, options.stdout),
                         ("f1-analytics", True, "out put", False))
        self.assertEqual((options.checkpoint, options.follow, options.resume, options.trigger, options.batch_records),
                         ("state", True, True, "10000 milliseconds", 500))
        self.assertEqual(options.conf, [("spark.cores.max", "3")])

    def test_it_becomes_the_job(self):
        """Its exit code is the job's, its Python that of RACESIM_SPARK_HOME, and no password stands on a command line."""
        python = self.dir / "home/venv/bin/python"
        python.parent.mkdir(parents=True)
        python.write_text('#!/bin/sh\necho "$@" > called\necho "$RACESIM_SPARK_PROPERTIES" > properties\nexit 5\n')
        python.chmod(0o755)
        self.ends(5, *JOB, "-X", "sasl.username=me",
                  env={"RACESIM_SPARK_HOME": str(self.dir / "home"), "RACESIM_PROPERTY": "sasl.password=secret"})
        self.assertNotIn("secret", (self.dir / "called").read_text())
        given = (self.dir / "properties").read_text().split()
        self.assertEqual(sorted(given), ["sasl.password=secret", "sasl.username=me"])
        java = spark_options.java_properties(dict(map(spark_options.key_value, given)))
        self.assertRegex(java["kafka.sasl.jaas.config"], re.escape('username="me" password="secret"'))

    def test_what_spark_cannot_do_is_refused(self):
        for options, reason in ((("--idle-timeout", "3s"), "--idle-timeout is not for --engine spark"),
                                (("--from", "stdin"), "the Spark job reads Kafka"),
                                (("--emit", "update"), "given out once"),
                                (("--by", "top-songs"), "makes windows and laps"),
                                (("--follow",), "add: --checkpoint"),
                                (("--to", "file:x"), "writes to stdout, kafka and parquet"),
                                (("--spark-trigger", "often"), "'5 seconds'")):
            self.assertIn(reason, self.ends(2, *JOB, *options).stderr)
        local = ("aggregate", "--from", "stdin", "--by", "window")
        for options in (("--to", "parquet:x"), ("--spark-master", "yarn")):
            self.assertIn("add: --engine spark", self.ends(2, *local, *options).stderr)

    def test_no_spark_is_said_with_the_way_out(self):
        done = self.ends(2, *JOB, env={"RACESIM_SPARK_HOME": str(self.dir / "nowhere")})
        self.assertIn("scripts/spark/fetch", done.stderr)


if __name__ == "__main__":
    unittest.main()
