#!/usr/bin/env python3
"""Race telemetry into one real broker with the sink's default settings, by turns in one run: ready lines through the sink
against `kcat -P` of the same lines with the same settings, the whole program against ready lines through its sink,
`racesim verify --against kafka` against `kcat -C` of the same topic, and the time from due to acknowledged at two rates
beside a bare loop of librdkafka.

The broker runs on the same machine and takes most of the time. A machine without Kafka's jars prints nothing but that.
"""

import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from support.kafka_broker import broker, is_missing  # noqa: E402
from support.measure import BINARY, QUICK, REFERENCE, by_turns, middle, race, ratio, run, show, summary_of, \
    turn_ratio  # noqa: E402

EVENTS = 100_000 if QUICK else 1_000_000
READ_EVENTS = 3 * EVENTS
TURNS = 3 if QUICK else 5
RATES = (1_000, 20_000)
SECONDS = 2 if QUICK else 10
TOPIC = "bench"
READ_TOPIC = "read"
LINGER_MS = 50  # the sink's, for historical runs
SETTINGS = ("enable.idempotence=true", "acks=all", "compression.codec=lz4", f"linger.ms={LINGER_MS}",
            "batch.num.messages=10000", "queue.buffering.max.messages=100000", "queue.buffering.max.kbytes=65536",
            "socket.nagle.disable=true", "partitioner=murmur2")


def sends(brokers, count, *more, topic=TOPIC):
    return race(52, "--volume", str(count), "--brokers", brokers, "--topic", topic, *more)


def measure_reading(brokers, folder):
    """Whole processes, start included, from the first record of a topic to its last."""
    manifest = str(folder / "manifest.json")
    run(sends(brokers, READ_EVENTS, "--create-topics", "--partitions", "3", "--manifest", manifest, topic=READ_TOPIC))
    kcat = ["kcat", "-C", "-q", "-e", "-b", brokers, "-t", READ_TOPIC, "-X", "check.crcs=true"]
    verify = [BINARY, "verify", "--no-config", "--manifest", manifest, "--against", "kafka", "--brokers", brokers, "-q"]
    with open("/dev/null", "wb") as nothing:
        rates = by_turns(TURNS, kcat=lambda: READ_EVENTS / run(kcat, stdout=nothing).seconds,
                         full=lambda: READ_EVENTS / run(verify).seconds,
                         fast=lambda: READ_EVENTS / run([*verify, "--fast"]).seconds)
    show("kcat -C", [r / 1e6 for r in rates["kcat"]], "M events/s")
    show("racesim verify", [r / 1e6 for r in rates["full"]], "M events/s")
    show("racesim verify --fast", [r / 1e6 for r in rates["fast"]], "M events/s")
    ratio(turn_ratio(rates["full"], rates["kcat"]), 1.0, "consume and verify / kcat -C")
    ratio(turn_ratio(rates["fast"], rates["kcat"]), 1.0, "consume and verify --fast / kcat -C")


def measure(brokers, folder):
    lines, keyed = folder / "lines", folder / "keyed"
    with open(lines, "wb") as file:
        run(race(52, "--volume", str(EVENTS)), stdout=file)
    with open(lines) as source, open(keyed, "w") as target:
        for line in source:
            target.write(f"{json.loads(line)['car']}|{line}")
    kcat = ["kcat", "-P", "-b", brokers, "-t", TOPIC, "-K", "|", "-l", str(keyed)]
    for setting in SETTINGS:
        kcat += ["-X", setting]
    loop = [str(REFERENCE / "kafka_loop"), "sink", brokers, TOPIC, str(lines)]
    run(sends(brokers, 1000, "--create-topics", "--partitions", "3"))
    # Each side by its own clock: racesim and the loop leave out their start, kcat starts at once.
    rates = by_turns(TURNS,
                     ready=lambda: EVENTS / json.loads(run(loop).out)["seconds"],
                     kcat=lambda: EVENTS / run(kcat).seconds,
                     whole=lambda: summary_of(run(sends(brokers, EVENTS)))["got_rate"],
                     txn=lambda: summary_of(run(sends(brokers, EVENTS, "--txn")))["got_rate"])
    show("racesim's sink, ready lines", [r / 1e6 for r in rates["ready"]], "M events/s")
    show("kcat -P, ready lines", [r / 1e6 for r in rates["kcat"]], "M events/s")
    show("racesim run", [r / 1e6 for r in rates["whole"]], "M events/s")
    show("racesim run --txn", [r / 1e6 for r in rates["txn"]], "M events/s")
    ratio(turn_ratio(rates["ready"], rates["kcat"]), 0.9, "ready lines into a broker / kcat -P")
    ratio(turn_ratio(rates["whole"], rates["ready"]), 0.7, "generate and produce / ready lines")
    ratio(turn_ratio(rates["txn"], rates["whole"]), 0.8, "in transactions / without")
    for rate in RATES:
        some = folder / "some"
        with open(lines) as source, open(some, "w") as target:
            target.writelines(line for _, line in zip(range(rate * SECONDS), source))
        bare = [str(REFERENCE / "kafka_loop"), "bare", brokers, TOPIC, str(some), str(rate)]
        paced = sends(brokers, rate * SECONDS, "--posting-rate", f"{rate}/s", "-X", "linger.ms=5")
        lags = by_turns(TURNS, ours=lambda: summary_of(run(paced))["ack_lag_ms"], bare=lambda: json.loads(run(bare).out))
        for name, found in lags.items():
            print(f"{rate}/s {name}: ack p50 {middle([lag['p50'] for lag in found]):.2f} ms, "
                  f"p99 {middle([lag['p99'] for lag in found]):.2f} ms")


def main():
    if is_missing("kcat", "java"):
        return
    with broker() as (address, folder):
        measure(address, folder)
        measure_reading(address, folder)


if __name__ == "__main__":
    main()
