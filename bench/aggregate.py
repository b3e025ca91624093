#!/usr/bin/env python3
"""Laps and 5 s windows of race samples from JSON lines: racesim aggregate against DuckDB (scripts/duckdb/fetch), which reads
the columns that it needs and groups them by both in one scan (GROUPING SETS), by turns. Rates are by the clock with as many
threads as racesim has, two: one reads and decodes, one adds up; and by processor time against DuckDB on one thread. racesim
does more: it checks every field of every line, follows watermarks, and tells repeated samples. Memory is the resident peak at
two lengths of the stream.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from support.measure import BINARY, QUICK, ROOT, by_turns, middle, race, ratio, run, show, turn_ratio  # noqa: E402

LAPS = 3 if QUICK else 12
LINES = 200_000 if QUICK else 2_000_000
TURNS = 3
LEAST = 2.5
MOST_MIB = 64

ASK = """
import json, sys, time
import duckdb
path, threads = sys.argv[1], int(sys.argv[2])
db = duckdb.connect(config={"threads": threads})
db.execute("SET enable_progress_bar = false")
columns = {"run": "VARCHAR", "session": "USMALLINT", "car": "USMALLINT", "driver": "VARCHAR", "seq": "UBIGINT",
           "time": "TIMESTAMP", "lap": "USMALLINT", "speed_kmh": "DECIMAL(5,1)", "engine_rpm": "USMALLINT",
           "gear": "UTINYINT", "throttle_pct": "UTINYINT", "brake_pct": "UTINYINT", "lon_g": "DECIMAL(5,2)",
           "lat_g": "DECIMAL(5,2)", "fuel_kg": "DECIMAL(9,3)", "tyre": "VARCHAR", "tyre_age_laps": "UTINYINT",
           "sector": "UTINYINT"}
types = ", ".join(f"'{name}': '{kind}'" for name, kind in columns.items())
query = f'''
    SELECT run, session, car, lap, bucket, count(*), avg(speed_kmh), min(speed_kmh), max(speed_kmh), avg(engine_rpm),
           max(engine_rpm), avg(throttle_pct), avg(CAST(throttle_pct = 100 AS INTEGER)), avg(CAST(brake_pct > 0 AS INTEGER)),
           min(fuel_kg), max(fuel_kg), max(abs(lat_g)), max(lon_g), min(lon_g), min(time), max(time), any_value(driver),
           any_value(tyre), max(tyre_age_laps)
    FROM (SELECT *, epoch_ms(time) // 5000 AS bucket
          FROM read_json('{path}', format='newline_delimited', columns={{{types}}}))
    GROUP BY GROUPING SETS ((run, session, car, lap), (run, session, car, bucket))'''
begin, processor = time.perf_counter(), time.process_time()
rows = db.execute(query).fetchall()
print(json.dumps({"rows": len(rows), "samples": sum(row[5] for row in rows if row[3] is not None),
                  "seconds": time.perf_counter() - begin, "processor_s": time.process_time() - processor}))
"""


def make(path, lines):
    """The first lines of a race."""
    with open(path, "wb") as out:
        process = subprocess.Popen(race(LAPS), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        for _ in range(lines):
            out.write(process.stdout.readline())
        process.stdout.close()
        process.wait()


def aggregate(path, out):
    with open(out, "wb") as file:
        return run([BINARY, "aggregate", "--no-config", "--from", f"file:{path}", "--by", "lap,window", "--window", "5s",
                    "--to", "stdout", "--format", "json", "-q", "--progress", "never"], stdout=file)


def checked(child, out):
    """All samples are in its windows."""
    with open(out, encoding="utf-8") as file:
        samples = sum(row["samples"] for row in map(json.loads, file) if row["type"] == "window")
    pathlib.Path(out).unlink()
    if samples != LINES:
        raise RuntimeError(f"{LINES} lines, but {samples} samples in windows")
    return child


def duckdb(python, path, threads):
    answer = json.loads(run([python, "-c", ASK, path, str(threads)]).out)
    if answer["samples"] != LINES:
        raise RuntimeError(f"{LINES} lines, but {answer}")
    return answer


def main():
    python = subprocess.run([ROOT / "scripts/duckdb/fetch"], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
    with tempfile.TemporaryDirectory() as folder:
        path, part, out = (f"{folder}/{name}" for name in ("race.ndjson", "part.ndjson", "results.ndjson"))
        make(path, LINES)
        results = by_turns(TURNS, racesim=lambda: checked(aggregate(path, out), out), two=lambda: duckdb(python, path, 2),
                           one=lambda: duckdb(python, path, 1))
        with open(path, "rb") as whole, open(part, "wb") as file:
            file.writelines(whole.readline() for _ in range(LINES // 4))
        quarter = aggregate(part, out).resident_kib / 1024
    millions = LINES / 1e6
    print(f"laps and 5 s windows of {LINES} race samples")
    ours = [millions / child.seconds for child in results["racesim"]]
    ours_processor = [millions / child.processor_s for child in results["racesim"]]
    show("racesim aggregate", ours, "M events/s")
    theirs = [millions / answer["seconds"] for answer in results["two"]]
    show("DuckDB, two threads", theirs, "M events/s")
    show("racesim aggregate", ours_processor, "M events per processor second")
    theirs_processor = [millions / answer["processor_s"] for answer in results["one"]]
    show("DuckDB, one thread", theirs_processor, "M events per processor second")
    peaks = [child.resident_kib / 1024 for child in results["racesim"]]
    show("racesim's memory at the whole stream", peaks, "MiB")
    show("racesim's memory at a quarter of it", [quarter], "MiB")
    ratio(turn_ratio(ours, theirs), LEAST, "aggregate / DuckDB, two threads each")
    ratio(turn_ratio(ours_processor, theirs_processor), LEAST, "aggregate / DuckDB, by processor time")
    ratio(MOST_MIB / middle(peaks), 1.0, "64 MiB / memory of aggregate")


if __name__ == "__main__":
    main()
