#!/usr/bin/env python3
"""64 clients (wrk) that POST one play each to `racesim ingest --from http`, which answers after the commit; against a loop
of durable commits of 64 ready rows each (SQLite, WAL, synchronous=FULL, unique event ids, the same folder); by turns, in one
run.

If all clients shared every commit and nothing else took time, 64 plays would be stored in the time of one commit. The ratio
says how much of that is reached. A commit writes whole pages and waits for the disk: the reference has one unique index that
its rows hit at random; the table of plays has two more indexes, by song and by time.
"""

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
    """A row for each client, durable before the next ones."""

    def __init__(self, folder, line):
        play = json.loads(line)
        self.rest = tuple(value for name, value in play.items() if name != "event_id")
        self.database = sqlite3.connect(folder / "reference.db", isolation_level=None)
        self.database.execute("PRAGMA journal_mode=WAL")
        self.database.execute("PRAGMA synchronous=FULL")
        self.database.execute(f"CREATE TABLE plays(event_id TEXT UNIQUE, {', '.join(n for n in play if n != 'event_id')})")
        self.insert = f"INSERT INTO plays VALUES({', '.join('?' * len(play))})"

    def per_second(self):
        spent, count = 0.0, 0
        while spent < SECONDS:
            rows = [(str(uuid.uuid4()), *self.rest) for _ in range(CLIENTS)]
            begin = time.monotonic()
            self.database.execute("BEGIN")
            self.database.executemany(self.insert, rows)
            self.database.execute("COMMIT")
            spent += time.monotonic() - begin
            count += 1
        return count / spent


class Clients:
    def __init__(self, folder, ingest):
        self.folder, self.ingest, self.posted = folder, ingest, 0
        (folder / "post.lua").write_text(WRK_SCRIPT, encoding="utf-8")

    def per_second(self):
        child = run(["wrk", "-t1", f"-c{CLIENTS}", f"-d{SECONDS}", "-s", str(self.folder / "post.lua"),
                     f"http://127.0.0.1:{self.ingest.port}", "--", str(self.folder / "plays.ndjson"), str(self.posted)])
        requests, duration_us, errors = map(int, child.out.split(b"@done ")[1].split())
        if errors:
            raise RuntimeError(f"{errors} of {requests} answers were no success")
        self.posted += requests + CLIENTS  # those under way at the end were stored too
        return requests * 1e6 / duration_us


def main():
    with tempfile.TemporaryDirectory(prefix="racesim-bench-", dir=os.environ.get("RACESIM_BENCH_DIR")) as name:
        folder = pathlib.Path(name)
        with open(folder / "plays.ndjson", "wb") as file:
            run(plays(PLAYS), stdout=file)
        with open(folder / "plays.ndjson", encoding="utf-8") as file:
            loop = CommitLoop(folder, file.readline())
        ingest = HttpIngest(BINARY, folder)
        ingest.start()
        try:
            clients = Clients(folder, ingest)
            posted, commits = [], []
            for turn in range(TURNS + 1):
                one = loop.per_second(), clients.per_second()
                if turn > 0:
                    commits.append(one[0])
                    posted.append(one[1])
            stored = ingest.query("SELECT count(*) FROM plays")[0][0]
        finally:
            ingest.stop()
        if clients.posted > PLAYS or stored < clients.posted - CLIENTS * (TURNS + 1):
            raise RuntimeError(f"{stored} plays stored of {clients.posted} posted, of {PLAYS}: make more plays")
    show(f"durable commits of {CLIENTS} rows", [value / 1000 for value in commits], "k per second")
    show(f"plays posted by {CLIENTS} clients", [value / 1000 for value in posted], "k per second")
    ratio(turn_ratio(posted, [CLIENTS * value for value in commits]), 0.8,
          f"{CLIENTS} clients: plays stored / ({CLIENTS} × durable commits)")


if __name__ == "__main__":
    main()
