"""The job: from options to a session, queries and an outcome."""

import json
import pathlib
import shutil
import sys
import tempfile

from pyspark.errors import PySparkException
from pyspark.sql import Observation, SparkSession

from racesim_spark import brokers, events, folders, lap_rows, schema, streams
from racesim_spark.failure import Failure
from racesim_spark.sinks import Sinks
from racesim_spark.windows import windows


class Outcome:
    def __init__(self):
        self.records = self.events = self.dropped_late = 0
        self.results = {}
        self.reached_end = False

    def tell(self, seconds, as_json):
        if as_json:
            print(json.dumps({"consumed": self.records, "taken": self.events, "dropped_late": self.dropped_late,
                              "results": self.results, "uptime_s": round(seconds, 1),
                              "reached_end": self.reached_end}))
            return
        results = "  ".join(f"{kind} {count:,}" for kind, count in self.results.items())
        print(f"  consumed  {self.records:,}  events {self.events:,}  dropped as late {self.dropped_late:,}\n"
              f"  results   {results}\n  took      {seconds:.1f} s", file=sys.stderr)


def open_session(options):
    builder = SparkSession.builder.appName("racesim aggregate").master(options.master)
    settings = {"spark.sql.session.timeZone": "UTC", "spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false",
                "spark.sql.streaming.numRecentProgressUpdates": str(streams.RECENT_BATCHES)}
    if options.master.startswith("local"):
        settings |= {"spark.driver.bindAddress": "127.0.0.1", "spark.driver.host": "127.0.0.1"}
    if options.jars:
        settings["spark.jars"] = ",".join(options.jars)
    for key, value in (settings | dict(options.conf)).items():
        builder = builder.config(key, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    if "spark.sql.shuffle.partitions" not in dict(options.conf):
        # Spark's 200 are for more cores than a window's few rows need.
        spark.conf.set("spark.sql.shuffle.partitions", spark.sparkContext.defaultParallelism)
    return spark


def send_package(spark, scratch):
    """Its functions run in the executors' Pythons too. The archive is there for as long as the job."""
    parent = pathlib.Path(__file__).resolve().parents[1]
    spark.sparkContext.addPyFile(shutil.make_archive(f"{scratch}/racesim_spark", "zip", parent, "racesim_spark"))


def source_options(options):
    found = {**options.kafka, "failOnDataLoss": "false" if options.allow_gap else "true"}
    if options.start_at.lstrip("-").isdigit():
        found |= {"startingTimestamp": options.start_at, "startingOffsetsByTimestampStrategy": "latest"}
    else:
        found["startingOffsets"] = options.start_at
    return found


def look_at_topics(spark, options):
    try:
        if options.topic_out:
            brokers.ensure_topic(spark, options.kafka, options.topic_out, options.create_topics, options.partitions)
        return brokers.partitions(spark, options.kafka, options.topics)
    except brokers.Unreachable:
        raise Failure(f"no Kafka broker answers at {options.brokers}", "is the cluster there? --brokers HOST:PORT") from None
    except brokers.NoSuchTopic as topic:
        raise Failure(f"there is no topic '{topic}' at {options.brokers}",
                      "create it (that for results: --create-topics), or name another", usage=True) from None


# For each kind of results: how records become rows, and rows results.
PARSERS = {"window": events.parse, "lap": lap_rows.parse}


def results_of(kind, rows, options):
    if kind == "lap":
        return lap_rows.laps(rows)
    return windows(rows, options.window_ms, options.slide_ms, options.windowing)


def sinks_of(kind, options):
    parquet = f"{options.parquet}/{kind}" if options.parquet else None
    return Sinks(kind, options.kafka, options.topic_out, parquet, options.stdout)


def check_parquet(spark, options, kind):
    """A run that begins anew must not add to the results of another."""
    folder = f"{options.parquet}/{kind}"
    if options.parquet and not folders.is_empty(spark, folder):
        raise Failure(f"{folder} holds results already", "name an empty folder, or remove them", usage=True)


def run_batch(spark, options, schemas, outcome):
    """All that is there, at once: nothing is late, and every window is complete."""
    if options.start_at == "latest":
        raise Failure("--start-at latest: behind that there is nothing yet", "add --follow and --checkpoint", usage=True)
    records = spark.read.format("kafka").options(**source_options(options))
    records = records.option("subscribe", ",".join(options.topics)).load()
    for kind in options.kinds:
        check_parquet(spark, options, kind)
        counts = Observation("input")
        rows = PARSERS[kind](records, schemas).observe(counts, *events.counts()).where("t is not null")
        sinks = sinks_of(kind, options)
        sinks.write(results_of(kind, rows, options), "batch=0")
        outcome.results[kind] = sinks.results
        outcome.records, outcome.events = counts.get["records"], counts.get["events"]
    outcome.reached_end = True


def run_stream(spark, options, schemas, topics, stop, say, outcome):
    notes = {kind: streams.notes_of(spark, options, kind) for kind in options.kinds}
    for kind in options.kinds:
        if notes[kind] is None:
            check_parquet(spark, options, kind)
            notes[kind] = streams.make_notes(spark, options, kind, topics, say)
    queries = {}
    for kind in options.kinds:
        rows = streams.read(spark, source_options(options), options, PARSERS[kind], schemas, notes[kind]["lanes"])
        queries[kind] = streams.start(results_of(kind, rows, options), sinks_of(kind, options), options, kind)
    streams.watch(queries, options, stop, say, outcome)


def run(options, stop, say):
    """Errors: Failure."""
    outcome = Outcome()
    unknown = set(options.kinds) - set(PARSERS)
    if unknown:
        raise Failure(f"the Spark job makes no {', '.join(sorted(unknown))}", "leave out --engine spark", usage=True)
    with tempfile.TemporaryDirectory(prefix="racesim-spark-") as scratch:
        spark = open_session(options)
        send_package(spark, scratch)
        try:
            topics = look_at_topics(spark, options)
            schemas = schema.load()
            if options.checkpoint:
                run_stream(spark, options, schemas, topics, stop, say, outcome)
            else:
                run_batch(spark, options, schemas, outcome)
        except PySparkException as error:
            raise Failure(f"Spark: {first_lines(error)}", "the lines above say more; see docs/spark.md") from error
    return outcome


def first_lines(error):
    lines = [line for line in str(error).splitlines() if line.strip()]
    return lines[0] if lines else type(error).__name__
