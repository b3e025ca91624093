#!/usr/bin/env python3
"""Race telemetry into SQLite: `racesim ingest` of a file of JSON lines, decoded and checked, duplicates rejected and the
position kept, with full durability; by turns with a bare C loop that inserts rows which are parsed already
(bench/reference/insert_rows.cpp), with `.import` of the sqlite3 shell from CSV, both under the same UNIQUE constraint (none of
the three has another index; what racesim gains by its packed key instead of a UNIQUE index is part of the comparison), and
with DuckDB's load of the same JSON without any key (pip package duckdb, where it is installed).

Also: the same rows once more, all duplicates; and without RACESIM_BENCH_QUICK 20 million rows into one table, a million at
a time.
"""

import json
import pathlib
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from support.measure import BINARY, QUICK, REFERENCE, by_turns, head, race, ratio, run, show, turn_ratio  # noqa: E402

ROWS = 100_000 if QUICK else 1_000_000
TURNS = 3 if QUICK else 5
LAPS = 1 if QUICK else 8
MILLION = 1_000_000
MANY_LAPS, MANY_MILLIONS = 130, 20

# What tells rows apart for those who have no better key; the types are those that racesim gives.
SHELL_TABLE = ("CREATE TABLE telemetry (run TEXT, session INTEGER, car INTEGER, driver TEXT, seq INTEGER, time TEXT,"
               " session_time_s REAL, lap INTEGER, lap_distance_m REAL, speed_kmh REAL, engine_rpm INTEGER, gear INTEGER,"
               " throttle_pct INTEGER, brake_pct INTEGER, drs TEXT, x_m REAL, y_m REAL, z_m REAL, lat REAL, lon REAL, lon_g REAL,"
               " lat_g REAL, fuel_kg REAL, tyre TEXT, tyre_age_laps INTEGER, tyre_wear_pct REAL, sector INTEGER,"
               " position INTEGER, gap_s REAL, status TEXT, UNIQUE (run, car, seq));")
DUCKDB = """
import duckdb, sys
db = duckdb.connect(sys.argv[2])
db.execute("CREATE TABLE telemetry AS SELECT * FROM read_json(?, format='newline_delimited')", [sys.argv[1]])
db.close()
"""


def remove(database):
    for ending in ("", "-wal", "-shm", ".wal"):
        pathlib.Path(f"{database}{ending}").unlink(missing_ok=True)


def ingest(file, database, rows, stored):
    """Rows per microsecond, the start and the end of the program included."""
    child = run([BINARY, "ingest", "--no-config", "--from", f"file:{file}", "--to", f"sqlite:{database}", "--json", "-q"])
    summary = json.loads(child.out)
    if summary["stored"] != stored or summary["consumed"] != rows:
        raise RuntimeError(f"{summary['stored']} of {rows} rows were stored")
    return rows / child.seconds / 1e6


def ingest_anew(file, database):
    remove(database)
    return ingest(file, database, ROWS, ROWS)


def ingest_again(file, copy, database):
    """Another file with the same rows: each is a duplicate."""
    ingest_anew(file, database)
    return ingest(copy, database, ROWS, 0)


def bare_loop(file, database):
    remove(database)
    child = run([str(REFERENCE / "insert_rows"), str(file), str(database)])
    return ROWS / json.loads(child.out)["seconds"] / 1e6


def shell_import(file, database):
    remove(database)
    child = run(["sqlite3", str(database), "PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", SHELL_TABLE,
                 f".import --csv --skip 1 {file} telemetry"])
    if child.err:
        raise RuntimeError(f"sqlite3 complains: {child.err.decode()[:200]}")
    return ROWS / child.seconds / 1e6


def duckdb_load(file, database):
    remove(database)
    return ROWS / run([sys.executable, "-c", DUCKDB, str(file), str(database)]).seconds / 1e6


def has_duckdb():
    return subprocess.run([sys.executable, "-c", "import duckdb"], stderr=subprocess.DEVNULL, check=False).returncode == 0


def compare(folder):
    lines, copy, table, database = (folder / name for name in ("rows.ndjson", "again.ndjson", "rows.csv", "rows.db"))
    head(race(LAPS), lines, ROWS)
    head(race(LAPS, "--format", "csv"), table, ROWS + 1)
    copy.write_bytes(lines.read_bytes())
    cases = {"ingest": lambda: ingest_anew(lines, database), "again": lambda: ingest_again(lines, copy, database),
             "bare": lambda: bare_loop(lines, database), "shell": lambda: shell_import(table, database)}
    if has_duckdb():
        cases["duckdb"] = lambda: duckdb_load(lines, folder / "rows.duckdb")
    results = by_turns(TURNS, **cases)
    show("racesim ingest, JSON lines to SQLite", results["ingest"], "M rows/s")
    show("the same rows again, all duplicates", results["again"], "M rows/s")
    show("a bare loop of prepared INSERTs of parsed rows", results["bare"], "M rows/s")
    show("sqlite3 .import of CSV", results["shell"], "M rows/s")
    ratio(turn_ratio(results["ingest"], results["bare"]), 1.5, "ingest to SQLite / bare loop of INSERTs")
    ratio(turn_ratio(results["ingest"], results["shell"]), 2.5, "ingest to SQLite / sqlite3 .import")
    if "duckdb" in results:
        show("DuckDB's load of JSON, no key", results["duckdb"], "M rows/s")
        ratio(turn_ratio(results["ingest"], results["duckdb"]), 1.0, "ingest to SQLite / DuckDB without a key")
    else:
        print("  DuckDB is not installed: not compared")


def grow(folder):
    """A million rows after the other into one table."""
    piece, database = folder / "piece.ndjson", folder / "many.db"
    rates = []
    process = subprocess.Popen(race(MANY_LAPS), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    for _ in range(MANY_MILLIONS):
        with open(piece, "wb") as out:
            out.writelines(process.stdout.readline() for _ in range(MILLION))
        # Another file: the position of the one before is not its own.
        piece = piece.rename(folder / f"piece-{time.monotonic_ns()}.ndjson")
        rates.append(ingest(piece, database, MILLION, MILLION))
        piece.unlink()
        piece = folder / "piece.ndjson"
    process.stdout.close()
    process.wait()
    show("20 million rows, each million", rates, "M rows/s")
    ratio(rates[-1] / rates[0], 0.8, "the 20th million / the first")


def main():
    with tempfile.TemporaryDirectory(prefix="racesim-bench-") as name:
        compare(pathlib.Path(name))
        if not QUICK:
            grow(pathlib.Path(name))


if __name__ == "__main__":
    main()
