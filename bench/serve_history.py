#!/usr/bin/env python3
"""A day of one vehicle's packets at 100 Hz (8.64 million rows in SQLite), asked of `racesim serve` by buckets with the least,
the greatest and the last value of three numbers; against a bare loop over the rows that the answer has to be read from
(`reference/read_summaries.cpp`), and the time of a loop over all packets beside; by turns, in one run.

Judged is processor time per answer. That of the service holds reading HTTP, writing JSON and sending it, so many buckets
show what those cost, and few what reading does.
"""

import json
import os
import pathlib
import sqlite3
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
os.environ.setdefault("RACESIM_BIN", str(pathlib.Path(__file__).resolve().parent.parent / "build/release/racesim"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests/cli"))
from serve_process import Service  # noqa: E402
from support.measure import BINARY, QUICK, REFERENCE, processor_s, ratio, run, show, turn_ratio  # noqa: E402

HOURS = 2 if QUICK else 24
TURNS = 3 if QUICK else 5
ANSWERS = 200  # the clock of processor time ticks in hundredths
FIELDS = "speed_kmh,engine_rpm,fuel_level_pct"


def fill(database):
    begin, end = "2026-07-05T00:00:00Z", f"2026-07-{5 + HOURS // 24:02}T{HOURS % 24:02}:00:00Z"
    made = subprocess.Popen([BINARY, "run", "--scenario", "fleet", "--vehicles", "1", "--rate-hz", "100", "--historical",
                             "--start-datetime", begin, "--end-datetime", end, "--sink", "stdout", "-q"], stdout=subprocess.PIPE)
    subprocess.run([BINARY, "ingest", "--no-config", "--to", f"sqlite:{database}", "-q"], stdin=made.stdout, check=True)
    made.stdout.close()
    if made.wait() != 0:
        raise RuntimeError("the run failed")


def ask(service, target):
    status, _, text = service.ask("GET", target)
    if status != 200:
        raise RuntimeError(f"{target}: {text}")
    return json.loads(text)


def answer_s(service, target):
    """Processor time of one answer."""
    begin = processor_s(service.process.pid)
    for _ in range(ANSWERS):
        ask(service, target)
    return (processor_s(service.process.pid) - begin) / ANSWERS


def main():
    with tempfile.TemporaryDirectory(prefix="racesim-bench-") as name:
        folder = pathlib.Path(name)
        database = folder / "kept.db"
        fill(database)
        begin = time.monotonic()
        service = Service(folder, "--db", f"sqlite:{database}")
        print(f"  {'summaries made of what was there':<50} {time.monotonic() - begin:>10.1f} s", flush=True)
        try:
            with sqlite3.connect(database) as reader:
                (run_id, vehicle, rows), = reader.execute("SELECT run, vehicle_id, count(*) FROM fleet GROUP BY 1, 2")
                size = reader.execute("SELECT count(*) FROM fleet_10s").fetchone()[0]
                begin = time.process_time()
                reader.execute("SELECT min(speed_kmh), max(speed_kmh), max(engine_rpm), max(fuel_level_pct) FROM fleet").fetchone()
                print(f"  {'SQLite over all of ' + str(rows) + ' packets':<50} {1000 * (time.process_time() - begin):>10.1f} ms",
                      flush=True)
            for every in (3600, 60):
                target = (f"/api/v1/fleet/{run_id}/telemetry?vehicle={vehicle}&every={every}s&spread=1&limit=200000"
                          f"&fields={FIELDS}")
                items = ask(service, target)["items"]
                served, looped = [], []
                for _ in range(TURNS):
                    served.append(answer_s(service, target))
                    child = run([str(REFERENCE / "read_summaries"), str(database), str(every), str(ANSWERS)])
                    loop = json.loads(child.out)
                    looped.append(loop["processor_s"])
                if loop["rows"] != size:
                    raise RuntimeError(f"the loop read {loop['rows']} of {size} summaries")
                show(f"serve, every={every}s: {len(items)} items", [1000 * s for s in served], "ms")
                show(f"loop over {size} summaries", [1000 * s for s in looped], "ms")
                ratio(turn_ratio(looped, served), 0.5, f"history_every_{every}s")
        finally:
            service.stop()


if __name__ == "__main__":
    main()
