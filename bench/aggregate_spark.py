#!/usr/bin/env python3
"""Windows of 5 s over race telemetry in a topic of one real broker: `racesim aggregate` with its own engine, and with
`--engine spark` (Structured Streaming, local[2], compilers on), the same rows asked of both, by turns in one run.

Spark takes half a minute to start, which is not held against it: two sizes are measured, and the difference counts. Our own
engine is measured with its start over the large one. A machine without Kafka's jars or Spark prints nothing but that.
"""

import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from support.kafka_broker import broker, is_missing  # noqa: E402
from support.measure import BINARY, QUICK, middle, race, ratio, run, show, summary_of  # noqa: E402

SCRIPTS = pathlib.Path(__file__).resolve().parent.parent / "scripts"
SMALL_LAPS, LARGE_LAPS = (1, 6) if QUICK else (1, 16)
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
    """(seconds, rows) of a job over all that the topic holds."""
    child = run([BINARY, "aggregate", "--no-config", "--from", "kafka", "--brokers", brokers, "--topic", topic, "--by", "window",
                 "--window", "5s", "--format", "json", "-q", *engine], env={**os.environ, **(environment or {})})
    return child.seconds, len(child.out.splitlines())


def main():
    home = spark_home()
    if is_missing() or home is None:
        print("  Kafka's jars or Spark are not here: scripts/kafka/fetch, scripts/spark/fetch")
        return
    environment = {"RACESIM_SPARK_HOME": home, "SPARK_LOCAL_IP": "127.0.0.1"}
    engine = ("--engine", "spark", "--spark-master", "local[2]")
    own_rates, spark_rates = [], []
    with broker() as (brokers, _):
        counts = {name: fill(brokers, name, laps) for name, laps in (("small", SMALL_LAPS), ("large", LARGE_LAPS))}
        aggregate(brokers, "small", *engine, environment=environment)  # its first start reads hundreds of files from disk
        for _ in range(TURNS):
            small = aggregate(brokers, "small", *engine, environment=environment)
            large = aggregate(brokers, "large", *engine, environment=environment)
            own = aggregate(brokers, "large")
            if own[1] != large[1]:
                raise RuntimeError(f"the engines differ: {own[1]} and {large[1]} rows")
            own_rates.append(counts["large"] / own[0] / 1e6)
            spark_rates.append((counts["large"] - counts["small"]) / (large[0] - small[0]) / 1e6)
    show("own engine, with its start", own_rates, "M events/s")
    show("Spark, without its start", spark_rates, "M events/s")
    ratio(middle([a / b for a, b in zip(own_rates, spark_rates)]), 20, "own engine from Kafka / Spark from Kafka")


main()
