#!/usr/bin/env python3
"""Race samples from JSON to typed rows with all that ingest asks of a record, against DuckDB's JSON reader with the same
columns and types, each on one thread, by turns.

racesim's part is bench/reference/decode_lines.cpp: the lines lie in memory; grammar, UTF-8, keys, types, ranges and exact
decimals are checked. DuckDB (scripts/duckdb/fetch) reads the same file from the page cache and counts the values of every column, so that none is left unread. Both rates are by processor time.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from support.measure import QUICK, REFERENCE, ROOT, by_turns, race, ratio, run, show, turn_ratio  # noqa: E402

TURNS = 3 if QUICK else 7
LAPS = 2 if QUICK else 6
ROUNDS = 2 if QUICK else 4
LEAST = 2.5

COLUMNS = {
    "run": "VARCHAR", "session": "USMALLINT", "car": "USMALLINT", "driver": "VARCHAR", "seq": "UBIGINT", "time": "TIMESTAMP",
    "session_time_s": "DECIMAL(18,3)", "lap": "USMALLINT", "lap_distance_m": "DECIMAL(9,3)", "speed_kmh": "DECIMAL(5,1)",
    "engine_rpm": "USMALLINT", "gear": "UTINYINT", "throttle_pct": "UTINYINT", "brake_pct": "UTINYINT", "drs": "BOOLEAN",
    "x_m": "DECIMAL(9,2)", "y_m": "DECIMAL(9,2)", "lat": "DECIMAL(9,6)", "lon": "DECIMAL(9,6)", "lon_g": "DECIMAL(5,2)",
    "lat_g": "DECIMAL(5,2)", "fuel_kg": "DECIMAL(9,3)", "tyre": "VARCHAR", "tyre_age_laps": "UTINYINT",
    "tyre_wear_pct": "DECIMAL(5,1)", "sector": "UTINYINT", "position": "UTINYINT", "gap_s": "DECIMAL(9,3)",
    "status": "VARCHAR"}

READ = """
import json, sys, time
import duckdb
path, columns = sys.argv[1], json.loads(sys.argv[2])
db = duckdb.connect(config={"threads": 1})
counts = ", ".join(f'count("{name}")' for name in columns)
types = ", ".join(f"'{name}': '{kind}'" for name, kind in columns.items())
query = f"SELECT {counts} FROM read_json('{path}', format='newline_delimited', columns={{{types}}})"
db.execute(query).fetchall()
begin = time.process_time()
row = db.execute(query).fetchone()
print(json.dumps({"rows": min(row), "processor_s": time.process_time() - begin}))
"""


def python_with_duckdb():
    done = subprocess.run([ROOT / "scripts/duckdb/fetch"], stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.strip()


def rate(child, lines):
    """Rows per second of a program that prints how many it read, in millions."""
    answer = json.loads(child.out)
    if answer["rows"] != lines or answer.get("refused", 0):
        raise RuntimeError(f"{lines} lines, but {answer}")
    return answer["rows"] / answer["processor_s"] / 1e6


def main():
    python = python_with_duckdb()
    with tempfile.TemporaryDirectory() as folder:
        path = str(pathlib.Path(folder) / "race.ndjson")
        run(race(LAPS, "--sink", f"file:{path}"))
        with open(path, "rb") as lines:
            count = sum(1 for _ in lines)
        results = by_turns(
            TURNS,
            racesim=lambda: rate(run([str(REFERENCE / "decode_lines"), path, str(ROUNDS)]), ROUNDS * count),
            duckdb=lambda: rate(run([python, "-c", READ, path, json.dumps(COLUMNS)]), count))
    print(f"race samples from JSON to rows, {count} lines")
    show("racesim, one thread", results["racesim"], "M rows per processor second")
    show("DuckDB, one thread", results["duckdb"], "M rows per processor second")
    ratio(turn_ratio(results["racesim"], results["duckdb"]), LEAST, "decode with full validation / DuckDB's JSON reader")


if __name__ == "__main__":
    main()
