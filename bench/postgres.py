#!/usr/bin/env python3
"""Race telemetry into a real PostgreSQL server on this machine, whose commits reach the disk: `racesim ingest` of a file of
JSON lines, decoded and checked, duplicates rejected and the position kept, by turns with `\\copy` of psql from a CSV file that
is ready, into the same table with the same unique key.

The server's processor time is shown too: it is what both spend most of their time on.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from support.measure import BINARY, QUICK, by_turns, head, race, ratio, run, show, turn_ratio  # noqa: E402

SCRIPTS = pathlib.Path(__file__).resolve().parent.parent / "scripts" / "postgres"
ROWS = 100_000 if QUICK else 1_000_000
TURNS = 3 if QUICK else 5
LAPS = 1 if QUICK else 8
EMPTY = "TRUNCATE telemetry, ingest_offsets, runs; CHECKPOINT"


class Server:
    """A server in a folder of its own."""

    def __init__(self, folder):
        self.folder = folder
        self.dsn = subprocess.run([SCRIPTS / "start", folder, "--durable"], stdout=subprocess.PIPE, text=True,
                                  check=True).stdout.strip()

    def psql(self, *commands):
        return run(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", self.dsn, *(part for c in commands for part in ("-c", c))])

    def stop(self):
        subprocess.run([SCRIPTS / "stop", self.folder, "--kill"], check=True)

    def seconds(self):
        """Processor time of all its processes so far, those that have ended included."""
        postmaster = int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
        ticks = 0
        for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text().rsplit(") ", 1)[1].split()
            except OSError:
                continue
            if int(stat.parent.name) == postmaster:
                ticks += sum(map(int, fields[11:15]))
            elif int(fields[1]) == postmaster:
                ticks += sum(map(int, fields[11:13]))
        return ticks / os.sysconf("SC_CLK_TCK")

    def rate(self, child_of):
        """Rows per microsecond, the start and the end of the program included, and the server's time per row in µs."""
        self.psql(EMPTY)
        before = self.seconds()
        child = child_of()
        self.psql("SELECT 1")  # the back end that has ended is reaped, and counted, by then
        self.spent.append((self.seconds() - before) / ROWS * 1e6)
        return ROWS / child.seconds / 1e6

    spent = []


def compare(folder):
    lines, table = folder / "rows.ndjson", folder / "rows.csv"
    head(race(LAPS), lines, ROWS)
    head(race(LAPS, "--format", "csv"), table, ROWS + 1)
    with open(table, encoding="utf-8") as file:
        columns = file.readline().strip()
    server = Server(folder / "server")
    try:
        ingest_command = [BINARY, "ingest", "--no-config", "--from", f"file:{lines}", "--to", f"postgres:{server.dsn}",
                          "--json", "-q"]
        # Makes the tables; an empty input is enough.
        run(["sh", "-c", f"{BINARY} ingest --no-config --from stdin --to postgres:{server.dsn} -q </dev/null"])
        spent = {"ingest": [], "copy": []}

        def ingest():
            server.spent = spent["ingest"]

            def child_of():
                child = run(ingest_command)
                if json.loads(child.out)["stored"] != ROWS:
                    raise RuntimeError("not every row was stored")
                return child
            return server.rate(child_of)

        def copy():
            server.spent = spent["copy"]
            return server.rate(lambda: server.psql(f"\\copy telemetry ({columns}) FROM '{table}' CSV HEADER"))

        results = by_turns(TURNS, ingest=ingest, copy=copy)
        show("racesim ingest, JSON lines to PostgreSQL", results["ingest"], "M rows/s")
        show("psql \\copy of ready CSV, same table and key", results["copy"], "M rows/s")
        show("server's processor time, ingest", spent["ingest"], "µs/row")
        show("server's processor time, \\copy", spent["copy"], "µs/row")
        ratio(turn_ratio(results["ingest"], results["copy"]), 1.5, "ingest to PostgreSQL / psql \\copy of CSV")
    finally:
        server.stop()


def main():
    with tempfile.TemporaryDirectory(prefix="racesim-bench-") as name:
        pathlib.Path(name).chmod(0o755)  # as root, the server is another user
        compare(pathlib.Path(name))


if __name__ == "__main__":
    main()
