#!/usr/bin/env python3
"""A live race of 20 cars at ten times 100 Hz, 20,000 events a second, from a real broker into SQLite: how much of a core
`racesim ingest` takes while it keeps up; and how fast it goes through a topic that is full.

The run and the broker are on the same machine. A machine without Kafka's jars prints nothing but that.
"""

import contextlib
import json
import os
import pathlib
import signal
import sqlite3
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from support.kafka_broker import broker, is_missing  # noqa: E402
from support.measure import BINARY, QUICK, by_turns, middle, processor_s, race, ratio, run, show  # noqa: E402

RATE = 20_000
SECONDS = 5 if QUICK else 20
TURNS = 1 if QUICK else 3
HALF_A_CORE = 0.5


def ingest(brokers, topic, database, *more):
    return [BINARY, "ingest", "--no-config", "--from", "kafka", "--brokers", brokers, "--topic", topic, "--group", topic,
            "--to", f"sqlite:{database}", "--json", "--progress", "never", *more]


def consumed(database):
    """Records of which the store knows; 0 while there is none."""
    try:
        with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=10)) as connection:
            return connection.execute("SELECT sum(consumed) FROM ingest_offsets").fetchone()[0] or 0
    except sqlite3.OperationalError:
        return 0


def keep_up(brokers, folder, number):
    """Processor seconds per second while the run goes on, and how far behind its last event the ingest was."""
    topic = f"live-{number}"
    target = ("--brokers", brokers, "--topic", topic, "--create-topics", "--partitions", "3")
    run(race(1, "--volume", "1", "--seed", "7", *target))  # makes the topic
    paced = race(52, "--volume", str(RATE * SECONDS), "--posting-rate", f"{RATE}/s", *target)
    database = folder / f"{topic}.db"
    process = subprocess.Popen(ingest(brokers, topic, database, "-q"), stdout=subprocess.PIPE)
    while process.poll() is None and consumed(database) == 0:  # the broker's first group takes a while
        time.sleep(0.1)
    begin, before_s = time.monotonic(), processor_s(process.pid)
    run(paced)
    process.send_signal(signal.SIGTERM)
    summary = json.loads(process.stdout.read())
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f"racesim ingest ended with {process.returncode}")
    seconds = time.monotonic() - begin
    behind = 1 + RATE * SECONDS - summary["consumed"]
    if behind > RATE:
        raise RuntimeError(f"racesim ingest was {behind} events behind: it does not keep up")
    return (usage.ru_utime + usage.ru_stime - before_s) / seconds, behind


def measure(brokers, folder):
    found = [keep_up(brokers, folder, number) for number in range(TURNS)]
    cores = show("racesim ingest at 20,000 events/s", [core for core, _ in found], "cores")
    show("  not read when the last event was acknowledged", [float(behind) for _, behind in found], "events")
    count = 2 * RATE * SECONDS
    run(race(52, "--volume", str(count), "--brokers", brokers, "--topic", "full", "--create-topics", "--partitions", "3"))

    def drain():
        database = folder / "full.db"
        for left in folder.glob("full.db*"):
            left.unlink()
        return count / run(ingest(brokers, "full", database, "--exit-at-end", "--start-at", "earliest")).seconds

    rates = by_turns(TURNS, full=drain)["full"]
    show("racesim ingest of a full topic", [r / 1e6 for r in rates], "M events/s")
    ratio(HALF_A_CORE / cores, 1.0, "half a core / Kafka to SQLite at 20,000 events/s")
    ratio(middle(rates) / RATE, 4.0, "Kafka to SQLite from a full topic / 20,000 events/s")


def main():
    if is_missing("java"):
        return
    with broker() as (address, folder):
        measure(address, folder)


if __name__ == "__main__":
    main()
