#!/usr/bin/env python3
"""Windows of 5 s over race telemetry in a topic of one real broker: `racesim aggregate` with its own engine, and with
`--engine spark` (Structured Streaming, local[2], compilers on), the same rows asked of both, in turns of one run.

Spark takes half a minute to start, so two sizes are measured and the difference counts: what further events cost, by the clock and
by processor time of all processes of a job. A machine without Kafka's jars or Spark prints nothing but that.
"""

import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from support.kafka_broker import broker, is_missing  # noqa: E402
from support.measure import BINARY, QUICK, middle, race, ratio, run, show, summary_of  # noqa: E402

SCRIPTS = pathlib.Path(__file__).resolve().parent.parent / "scripts"
SMALL_LAPS, LARGE_LAPS = (1, 2) if QUICK else (1, 8)
TURNS = 1 if QUICK else 3


def spark_home():
    found = subprocess.run([SCRIPTS / "spark" / "fetch", "--if-there"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                           text=True, check=False)
    return found.stdout.strip() if found.returncode == 0 else None


def fill(brokers, topic, laps):
    """Events in the topic."""
    child = run([*race(laps), "--sink", "kafka", "--brokers", brokers, "--topic", topic, "--create-topics", "--partitions",
                 "2"])
    return summary_of(child)["sent"]


def aggregate(brokers, topic, *engine, environment=None):
    """(seconds, processor seconds, rows) of a job over all that the topic holds."""
    child = run([BINARY, "aggregate", "--no-config", "--from", "kafka", "--brokers", brokers, "--topic", topic, "--by", "window",
                 "--window", "5s", "--format", "json", "-q", *engine], env={**os.environ, **(environment or {})})
    return child.seconds, child.processor_s, len(child.out.splitlines())


def further(small, large, events):
    """Millions of events per second, by the clock and of a processor, that the large topic has beyond the small one."""
    return tuple(events / (large[i] - small[i]) / 1e6 for i in (0, 1))


def main():
    home = spark_home()
    if is_missing() or home is None:
        print("  Kafka's jars or Spark are not here: scripts/kafka/fetch, scripts/spark/fetch")
        return
    with broker() as (brokers, _):
        counts = {name: fill(brokers, name, laps) for name, laps in (("small", SMALL_LAPS), ("large", LARGE_LAPS))}
        more = counts["large"] - counts["small"]
        engines = {"own": ((), None), "spark": (("--engine", "spark", "--spark-master", "local[2]"),
                                                {"RACESIM_SPARK_HOME": home, "SPARK_LOCAL_IP": "127.0.0.1"})}
        rates = {name: [] for name in engines}
        for _ in range(TURNS):
            rows = {}
            for name, (options, environment) in engines.items():
                small, large = (aggregate(brokers, topic, *options, environment=environment) for topic in ("small", "large"))
                rows[name] = (small[2], large[2])
                rates[name].append(further(small, large, more))
            if rows["own"] != rows["spark"]:
                raise RuntimeError(f"the engines differ in rows: {rows}")
    for i, what in ((0, "by the clock"), (1, "of processor time")):
        own, spark = ([rate[i] for rate in rates[name]] for name in ("own", "spark"))
        show(f"own engine, {what}", own, "M events/s")
        show(f"Spark, {what}", spark, "M events/s")
        ratio(middle([a / b for a, b in zip(own, spark)]), 20, f"further events, {what}: own engine / Spark")


main()
