#!/usr/bin/env python3
"""Windows of 5 s over race telemetry: `racesim aggregate` with its own engine, from a file of JSON lines and from a topic of one
real broker, and with `--engine spark` (Structured Streaming, local[2], compilers on) from the same topic, which is what it
reads. The same rows are asked of all, by turns in one run.

Spark takes half a minute to start, which is not held against it: two sizes are measured, and the difference counts. Our own
engine is measured with its start over the large one. A machine without Kafka's jars or Spark prints nothing but that.
"""

import os
import pathlib
import subprocess
import sys
import tempfile

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


def aggregate(*source, environment=None):
    """(seconds, rows) of a job over all that the source holds."""
    child = run([BINARY, "aggregate", "--no-config", "--from", *source, "--by", "window", "--window", "5s", "--format", "json",
                 "-q"], env={**os.environ, **(environment or {})})
    return child.seconds, len(child.out.splitlines())


def compare(folder, environment):
    engine = ("--engine", "spark", "--spark-master", "local[2]")
    rates = {"file": [], "topic": [], "spark": []}
    lines = folder / "race.ndjson"
    run([*race(LARGE_LAPS), "--sink", f"file:{lines}", "-q"])
    with broker() as (brokers, _):
        topic = ("kafka", "--brokers", brokers, "--topic")
        counts = {name: fill(brokers, name, laps) for name, laps in (("small", SMALL_LAPS), ("large", LARGE_LAPS))}
        # Its first start reads hundreds of files from disk.
        aggregate(*topic, "small", *engine, environment=environment)
        for _ in range(TURNS):
            small = aggregate(*topic, "small", *engine, environment=environment)
            large = aggregate(*topic, "large", *engine, environment=environment)
            rates["spark"].append((counts["large"] - counts["small"]) / (large[0] - small[0]) / 1e6)
            for name, source in (("topic", (*topic, "large")), ("file", (f"file:{lines}",))):
                own = aggregate(*source)
                if own[1] != large[1]:
                    raise RuntimeError(f"the engines differ: {own[1]} rows from the {name} and {large[1]}")
                rates[name].append(counts["large"] / own[0] / 1e6)
    show("own engine from JSON lines, with its start", rates["file"], "M events/s")
    show("own engine from the topic, with its start", rates["topic"], "M events/s")
    show("Spark from the topic, without its start", rates["spark"], "M events/s")
    ratio(middle([a / b for a, b in zip(rates["file"], rates["spark"])]), 20, "own engine from JSON lines / Spark")
    show("own engine from the topic / Spark", [a / b for a, b in zip(rates["topic"], rates["spark"])], "x")


def main():
    home = spark_home()
    if is_missing() or home is None:
        print("  Kafka's jars or Spark are not here: scripts/kafka/fetch, scripts/spark/fetch")
        return
    with tempfile.TemporaryDirectory(prefix="racesim-bench-") as name:
        compare(pathlib.Path(name), {"RACESIM_SPARK_HOME": home, "SPARK_LOCAL_IP": "127.0.0.1"})


main()
