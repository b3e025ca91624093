#!/usr/bin/env python3
"""The program as users start it: events per second of `racesim run` to the null device, into `| cat` and to a file,
by turns with a writer that only copies ready lines (bench/reference/write_lines.cpp).

Rates are by the clock, over the run without its start; those of the null device also by processor time.
"""

import contextlib
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from support.measure import QUICK, REFERENCE, by_turns, plays, ratio, run, show, summary_of, turn_ratio  # noqa: E402

EVENTS = 1_000_000 if QUICK else 20_000_000
FILE_EVENTS = 500_000 if QUICK else 4_000_000
TURNS = 3 if QUICK else 5
SAMPLE_LINES = 1000


def rate_of(child, events):
    summary = summary_of(child)
    if summary["acked"] != events:
        raise RuntimeError(f"{summary['acked']} of {events} events arrived")
    return events / summary["uptime_s"] / 1e6


def to_null(threads):
    return run(plays(EVENTS, "--sink", "null", "--threads", str(threads)))


def to_dev_null():
    with open(os.devnull, "wb") as null:
        return rate_of(run(plays(EVENTS, "--threads", "1"), stdout=null), EVENTS)


@contextlib.contextmanager
def cat():
    """A pipe into `cat >/dev/null`."""
    with open(os.devnull, "wb") as null:
        reader = subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=null)
        try:
            yield reader.stdin
        finally:
            reader.stdin.close()
            reader.wait()


def into_cat():
    with cat() as pipe:
        return rate_of(run(plays(EVENTS, "--threads", "1"), stdout=pipe), EVENTS)


def copied_into_cat(lines):
    with cat() as pipe:
        return EVENTS / run([str(REFERENCE / "write_lines"), str(lines), str(EVENTS), "-"], stdout=pipe).seconds / 1e6


def to_file(path):
    child = run(plays(FILE_EVENTS, "--sink", f"file:{path}", "--threads", "1"))
    path.unlink()
    return rate_of(child, FILE_EVENTS)


def copied_to_file(lines, path):
    child = run([str(REFERENCE / "write_lines"), str(lines), str(FILE_EVENTS), str(path)])
    path.unlink()
    return FILE_EVENTS / child.seconds / 1e6


def null_and_pipes(lines):
    results = by_turns(TURNS, one=lambda: to_null(1), two=lambda: to_null(2), dev_null=to_dev_null, cat=into_cat,
                       copied=lambda: copied_into_cat(lines))
    rates = {name: [rate_of(child, EVENTS) for child in results[name]] for name in ("one", "two")}
    for name, threads in (("one", 1), ("two", 2)):
        show(f"--sink null --threads {threads}", rates[name], "M/s")
        show("  with its start, by processor time", [EVENTS / c.processor_s / 1e6 for c in results[name]], "M/s")
    print(f"  two threads / one: {turn_ratio(rates['two'], rates['one']):.2f}")
    show(">/dev/null --threads 1", results["dev_null"], "M/s")
    show("| cat >/dev/null --threads 1", results["cat"], "M/s")
    show("ready lines | cat >/dev/null", results["copied"], "M/s")
    ratio(turn_ratio(results["cat"], rates["one"]), 0.35, "run | cat / run --sink null")


def files(lines, folder, name):
    path = folder / "plays.ndjson"
    results = by_turns(TURNS, ours=lambda: to_file(path), copied=lambda: copied_to_file(lines, path))
    show(f"--sink file:, {name}", results["ours"], "M/s")
    show(f"ready lines to the same file, {name}", results["copied"], "M/s")
    ratio(turn_ratio(results["ours"], results["copied"]), 0.8,
          f"run --sink file: / memcpy of lines to the same file, {name}")


def main():
    with tempfile.TemporaryDirectory(prefix="racesim-bench-") as name:
        folder = pathlib.Path(name)
        lines = folder / "lines.ndjson"
        lines.write_bytes(run(plays(SAMPLE_LINES)).out)
        null_and_pipes(lines)
        files(lines, folder, "synced to the disk")
        if os.access("/dev/shm", os.W_OK):
            with tempfile.TemporaryDirectory(prefix="racesim-bench-", dir="/dev/shm") as memory:
                files(lines, pathlib.Path(memory), "in memory")


if __name__ == "__main__":
    main()
