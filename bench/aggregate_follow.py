#!/usr/bin/env python3
"""How soon `aggregate --follow` says what came: from the moment at which the broker has appended a record (log append time) to
the update that counts it, at 20,000 samples a second, by turns with a bare loop that prints what it gets (kcat -u). Windows of
a day count the samples of each car, so the n-th sample of a car is in the first update that says n or more.

The broker runs on the same machine, and so do the run that sends and this script. A machine without Kafka's jars prints
nothing but that.
"""

import collections
import os
import pathlib
import re
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from support.kafka_broker import broker, is_missing  # noqa: E402
from support.measure import BINARY, QUICK, ROOT, by_turns, ratio, run, show, turn_ratio  # noqa: E402

CARS, RATE_HZ = 20, 1000
SECONDS = 3 if QUICK else 10
TURNS = 2 if QUICK else 3
CAR = re.compile(rb'"car":(\d+)')
COUNTED = re.compile(rb'"key":"?(\d+).*?"samples":(\d+)')


class Reader(threading.Thread):
    """Notes when each piece of a process's output came; what is in it is looked at later."""

    def __init__(self, command):
        super().__init__()
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.pieces = []
        self.start()

    def run(self):
        while piece := os.read(self.process.stdout.fileno(), 1 << 20):
            self.pieces.append((time.time() * 1000, piece))

    def lines(self):
        """(milliseconds, line) of all that came."""
        left = b""
        for at_ms, piece in self.pieces:
            *whole, left = (left + piece).split(b"\n")
            for line in whole:
                yield at_ms, line

    def end(self):
        self.process.terminate()
        self.process.wait()
        self.join()


def appended_ms(brokers, topic):
    """When the samples of each car were appended, in their order."""
    done = run(["kcat", "-C", "-q", "-e", "-b", brokers, "-t", topic, "-f", "%k %T\n"])
    times = collections.defaultdict(list)
    for line in done.out.splitlines():
        car, at_ms = line.split()
        times[int(car)].append(int(at_ms))
    return times


def printed(line, seen):
    """A record as it is; it is the next one of its car."""
    found = CAR.search(line)
    if not found:
        return None
    car = int(found[1])
    seen[car] += 1
    return car, seen[car]


def updated(line, _seen):
    found = COUNTED.search(line)
    return found and (int(found[1]), int(found[2]))


def measure(brokers, number, command, what):
    """p99 in milliseconds, of all samples behind the first second."""
    topic = f"follow{next(number)}"
    run([ROOT / "scripts" / "kafka" / "tool", "topics", "--bootstrap-server", brokers, "--create", "--topic", topic,
         "--partitions", "1", "--config", "message.timestamp.type=LogAppendTime"])
    reader = Reader([argument.replace("TOPIC", topic) for argument in command])
    time.sleep(1)  # it has joined
    run([BINARY, "run", "--no-config", "--live", "--duration", f"{SECONDS}s", "--cars", str(CARS), "--rate-hz", str(RATE_HZ),
         "--brokers", brokers, "--topic", topic, "-q"])
    time.sleep(1)  # for what is on its way
    reader.end()
    arrived = appended_ms(brokers, topic)
    counted, seen, lags = collections.Counter(), collections.Counter(), []
    for at_ms, line in reader.lines():
        found = what(line, seen)
        if not found:
            continue
        car, count = found
        lags += [at_ms - then for then in arrived[car][max(counted[car], RATE_HZ):count]]
        counted[car] = max(counted[car], count)
    if sum(counted.values()) < 0.95 * sum(map(len, arrived.values())):
        raise RuntimeError(f"{sum(counted.values())} of {sum(map(len, arrived.values()))} samples came through")
    lags.sort()
    return lags[int(len(lags) * 0.99)]


def compare(brokers):
    number = iter(range(1000))
    follow = [BINARY, "aggregate", "--no-config", "--from", "kafka", "--brokers", brokers, "--topic", "TOPIC", "--group", "TOPIC",
              "--by", "window", "--window", "1d", "--follow", "--to", "stdout", "--format", "json", "-q"]
    bare = ["kcat", "-C", "-q", "-u", "-b", brokers, "-t", "TOPIC"]
    results = by_turns(TURNS, bare=lambda: measure(brokers, number, bare, printed),
                       follow=lambda: measure(brokers, number, follow, updated))
    show("kcat -u: p99 from append to line", results["bare"], "ms")
    show("aggregate --follow: p99 from append to update", results["follow"], "ms")
    ratio(turn_ratio(results["bare"], results["follow"]), 0.5, "p99 from append: a bare loop's / an update's")


def main():
    if is_missing("kcat", "java"):
        return
    with broker() as (address, _):
        compare(address)


if __name__ == "__main__":
    main()
