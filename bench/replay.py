#!/usr/bin/env python3
"""`racesim replay --speed max` from a file of race samples into another file, which is on disk when it ends; by turns with dd,
which reads and writes the same bytes and waits for the disk too, without looking at them. Also into /dev/null, from a
compressed file, with new times and names, and from four files that are merged by time.

Without RACESIM_BENCH_QUICK also a replay at a speed: how late its events are, beside a run at the same rate.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from support.measure import BINARY, QUICK, by_turns, head, race, ratio, run, show, turn_ratio  # noqa: E402

ROWS = 400_000 if QUICK else 4_000_000
LAPS = 3 if QUICK else 26
TURNS = 3 if QUICK else 5
FILES = 4


def replay(size, *args):
    """Gigabytes per second, the start and the end of the program included."""
    child = run([BINARY, "replay", "--no-config", "--speed", "max", "--json", "-q", *map(str, args)])
    summary = json.loads(child.out)
    if summary["sent"] != ROWS:
        raise RuntimeError(f"{summary['sent']} of {ROWS} events were sent")
    return size / child.seconds / 1e9


def copy(size, file, to):
    return size / run(["dd", f"if={file}", f"of={to}", "bs=1M", "conv=fsync", "status=none"]).seconds / 1e9


def split(lines, folder):
    """By car: each file is in order of time, and so are all together."""
    names = [folder / f"part{i}.ndjson" for i in range(FILES)]
    files = [open(name, "wb") for name in names]
    with open(lines, "rb") as given:
        for number, line in enumerate(given):
            files[number % FILES].write(line)
    for file in files:
        file.close()
    return names


def compare(folder):
    lines, packed, out = (folder / name for name in ("rows.ndjson", "rows.ndjson.zst", "out.ndjson"))
    head(race(LAPS), lines, ROWS)
    subprocess.run(["zstd", "-q", "-1", str(lines), "-o", str(packed)], check=True)
    parts = split(lines, folder)
    size = lines.stat().st_size
    to_file = ["--sink", f"file:{out}"]
    results = by_turns(TURNS, copy=lambda: copy(size, lines, out), replay=lambda: replay(size, lines, *to_file),
                       null=lambda: replay(size, lines, "--sink", "null"),
                       packed=lambda: replay(size, packed, *to_file),
                       merged=lambda: replay(size, *parts, *to_file),
                       stamped=lambda: replay(size, lines, "--timestamps", "shift", *to_file))
    show("dd conv=fsync", results["copy"], "GB/s")
    show("replay at max, file to file", results["replay"], "GB/s")
    show("the same to nowhere", results["null"], "GB/s")
    show("from a .zst", results["packed"], "GB/s")
    show(f"{FILES} files, merged by time", results["merged"], "GB/s")
    show("with new times and names", results["stamped"], "GB/s")
    ratio(turn_ratio(results["replay"], results["copy"]), 0.8, "replay at max / reading and writing the bytes")


def lags_ms(command):
    """p50 and p99 of how late events went out."""
    lag = json.loads(run(command).out)["lag_ms"]
    return lag["p50"], lag["p99"]


def pace(folder):
    """2000 events a second of a race; both take ten seconds."""
    lines, out = folder / "rows.ndjson", folder / "out.ndjson"
    sent = ["--sink", f"file:{out}", "--json", "-q"]
    results = by_turns(
        3, run=lambda: lags_ms([BINARY, "run", "--no-config", "--live", "--duration", "10s", *sent]),
        replay=lambda: lags_ms([BINARY, "replay", "--no-config", str(lines), "--to", "+10s", *sent]))
    for place, name, goal in ((0, "p50", None), (1, "p99", 0.91)):
        columns = {who: [lag[place] for lag in all_lags] for who, all_lags in results.items()}
        show(f"run, 2,000/s: {name} of the lag", columns["run"], "ms")
        show(f"replay of the same: {name} of the lag", columns["replay"], "ms")
        if goal:
            ratio(turn_ratio(columns["run"], columns["replay"]), goal, f"{name} of the lag: a run's / a replay's")


def main():
    with tempfile.TemporaryDirectory(prefix="racesim-bench-") as name:
        compare(pathlib.Path(name))
        if not QUICK:
            pace(pathlib.Path(name))


if __name__ == "__main__":
    main()
