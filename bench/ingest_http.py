#!/usr/bin/env python3
"""64 clients (wrk) that POST one play each to `racesim ingest --from http`, which answers after the commit; against two
loops of durable commits of 64 ready rows each (SQLite, WAL, synchronous=FULL, the same folder); by turns, in one run.

If all clients shared every commit and nothing else took time, 64 plays would be stored in the time of one commit. The ratio
says how much of that is reached. A commit writes whole pages and waits for the disk, so it matters what it writes:
- "one unique index": a table with nothing but a unique event id, which its rows hit at random;
- "the same table": the table of plays as racesim makes it, with its two indexes, its page size, cache and checkpoints, and the
  rows that racesim stores for the same plays in the same order. So the ratio to it is what sharing a commit costs, and the
  ratio of both loops is what the questions that the indexes answer cost.

On a machine shared with other work the ratios say little: three threads (clients, input and output, writer) get a greater
share of the cores than a loop's one. Processor time per play is shown beside: it tells how much work it is.
"""

import itertools
import json
import os
import pathlib
import sqlite3
import sys
import tempfile
import time
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests/servers"))
from http_ingest import HttpIngest  # noqa: E402
from support.measure import BINARY, QUICK, plays, ratio, run, show, turn_ratio  # noqa: E402

CLIENTS = 64
SECONDS = 1 if QUICK else 3
TURNS = 3 if QUICK else 7
PLAYS = 200_000 if QUICK else 600_000
COMMITS_MOST = 500 if QUICK else 1000  # of a loop, in a turn
COMMITS_MOST = 500 if QUICK else 1000  # of a loop, in a turn
COMMITS_MOST = 500 if QUICK else 1000  # of a loop, in a turn

# Each run of wrk goes on behind the lines of the runs before: a repeated play would be a commit without a row.
WRK_SCRIPT = """
local lines, at = {}, 0
function init(args)
  local skip, number = tonumber(args[2]), 0
  for line in io.lines(args[1]) do
    number = number + 1
    if number > skip then lines[#lines + 1] = line end
  end
end
function request()
  at = at % #lines + 1
  return wrk.format("POST", "/play", {["Content-Type"] = "application/json"}, lines[at])
end
function done(summary)
  io.write(string.format("@done %d %d %d\\n", summary.requests, summary.duration, summary.errors.status))
end
"""


class CommitLoop:
    """A row for each client, durable before the next ones; some of `rows`, an iterator, in each turn."""

    def __init__(self, path, setup, insert, rows):
        self.insert, self.rows = insert, rows
        self.processor_us = []  # per row, of each turn
        self.database = sqlite3.connect(path, isolation_level=None)
        for sql in setup:
            self.database.execute(sql)

    def per_second(self):
        spent, processor_s, count = 0.0, 0.0, 0
        while spent < SECONDS and count < COMMITS_MOST:
            rows = list(itertools.islice(self.rows, CLIENTS))
            begin, processor_begin = time.monotonic(), time.process_time()
            self.database.execute("BEGIN")
            self.database.executemany(self.insert, rows)
            self.database.execute("COMMIT")
            spent += time.monotonic() - begin
            processor_s += time.process_time() - processor_begin
            count += 1
        self.processor_us.append(processor_s / count / CLIENTS * 1e6)
        return count / spent


DURABLE = ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL")


def unique_index_loop(folder, line):
    play = json.loads(line)
    rest = tuple(value for name, value in play.items() if name != "event_id")
    create = f"CREATE TABLE plays(event_id TEXT UNIQUE, {', '.join(name for name in play if name != 'event_id')})"
    return CommitLoop(folder / "unique.db", (*DURABLE, create), f"INSERT INTO plays VALUES({', '.join('?' * len(play))})",
                      ((str(uuid.uuid4()), *rest) for _ in itertools.count()))


def same_table_loop(folder):
    """Rows and tables are taken from a database into which racesim has brought the first plays."""
    most = COMMITS_MOST * CLIENTS * (TURNS + 1)
    with open(folder / "plays.ndjson", "rb") as file:
        lines = list(itertools.islice(file, most))
    if len(lines) < most:
        raise RuntimeError("make more plays")
    (folder / "first.ndjson").write_bytes(b"".join(lines))
    run([BINARY, "ingest", "--no-config", "--from", f"file:{folder / 'first.ndjson'}", "--to", f"sqlite:{folder / 'first.db'}",
         "-q"])
    first = sqlite3.connect(folder / "first.db")
    tables = [sql for (sql,) in first.execute("SELECT sql FROM sqlite_schema WHERE tbl_name = 'plays' AND sql IS NOT NULL")]
    found = first.execute("SELECT * FROM plays")
    at = [column[0] for column in found.description].index("event_id")
    rows = {row[at]: row for row in found}
    first.close()
    width = len(next(iter(rows.values())))
    setup = ("PRAGMA page_size=4096", *DURABLE, "PRAGMA cache_size=-65536", "PRAGMA wal_autocheckpoint=16384", *tables)
    return CommitLoop(folder / "same.db", setup, f"INSERT INTO plays VALUES({', '.join('?' * width)})",
                      (rows[json.loads(line)["event_id"]] for line in lines))


class Clients:
    def __init__(self, folder, ingest):
        self.folder, self.ingest, self.posted = folder, ingest, 0
        self.processor_us = []  # of the server per play, of each turn
        (folder / "post.lua").write_text(WRK_SCRIPT, encoding="utf-8")

    def server_s(self):
        """Processor time of the server so far."""
        fields = pathlib.Path(f"/proc/{self.ingest.process.pid}/stat").read_text().rsplit(") ", 1)[1].split()
        return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")

    def per_second(self):
        begin_s = self.server_s()
        child = run(["wrk", "-t1", f"-c{CLIENTS}", f"-d{SECONDS}", "-s", str(self.folder / "post.lua"),
                     f"http://127.0.0.1:{self.ingest.port}", "--", str(self.folder / "plays.ndjson"), str(self.posted)])
        requests, duration_us, errors = map(int, child.out.split(b"@done ")[1].split())
        if errors:
            raise RuntimeError(f"{errors} of {requests} answers were no success")
        self.processor_us.append((self.server_s() - begin_s) / requests * 1e6)
        self.posted += requests + CLIENTS  # those under way at the end were stored too
        return requests * 1e6 / duration_us


def main():
    with tempfile.TemporaryDirectory(prefix="racesim-bench-", dir=os.environ.get("RACESIM_BENCH_DIR")) as name:
        folder = pathlib.Path(name)
        with open(folder / "plays.ndjson", "wb") as file:
            run(plays(PLAYS), stdout=file)
        with open(folder / "plays.ndjson", encoding="utf-8") as file:
            loops = {"one unique index": unique_index_loop(folder, file.readline())}
        loops["the same table"] = same_table_loop(folder)
        ingest = HttpIngest(BINARY, folder)
        ingest.start()
        try:
            clients = Clients(folder, ingest)
            results = {name: [] for name in ("posted", *loops)}
            for turn in range(TURNS + 1):
                one = {name: loop.per_second() for name, loop in loops.items()} | {"posted": clients.per_second()}
                for name, rate in one.items():
                    results[name] += [rate] if turn > 0 else []
            stored = ingest.query("SELECT count(*) FROM plays")[0][0]
        finally:
            ingest.stop()
        if clients.posted > PLAYS or stored < clients.posted - CLIENTS * (TURNS + 1):
            raise RuntimeError(f"{stored} plays stored of {clients.posted} posted, of {PLAYS}: make more plays")
    show(f"plays posted by {CLIENTS} clients", [value / 1000 for value in results["posted"]], "k per second")
    show("server's processor time", clients.processor_us[1:], "µs per play")
    for name, loop in loops.items():
        show("a loop's processor time", loop.processor_us[1:], "µs per row")
        show(f"durable commits of {CLIENTS} rows, {name}", [value / 1000 for value in results[name]], "k per second")
        ratio(turn_ratio(results["posted"], [CLIENTS * value for value in results[name]]), 0.8,
              f"{CLIENTS} clients: plays stored / ({CLIENTS} × durable commits), {name}")


if __name__ == "__main__":
    main()
