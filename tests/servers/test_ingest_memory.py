"""Goal (row M1 of docs/reliability.md): while its database stands still, the memory of an ingest that is posted to at full speed
stays where it is; when the database goes on, everything is stored. Method: the real binary on both sides, an SQLite database
that another connection holds; resident memory is read from /proc."""

import json
import os
import pathlib
import sqlite3
import subprocess
import sys
import tempfile
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parent), str(pathlib.Path(__file__).resolve().parents[1] / "support")]
from http_ingest import HttpIngest  # noqa: E402
from memory import PAUSE, growth_allowed_kb, status_kb, wait_until_it_rests  # noqa: E402

BINARY = os.environ.get("RACESIM_BIN", "")
SOURCE = pathlib.Path(os.environ.get("RACESIM_SOURCE_DIR", pathlib.Path(__file__).resolve().parents[2]))
FULL = os.environ.get("RACESIM_FULL") == "1"
STANDSTILL_S = 600 if FULL else 8
VOLUME = 60_000
# The program, a request of every connection and the rows of one transaction.
PEAK_KB_MAX = 120 * 1024
END_S = 240  # a hang guard


@unittest.skipUnless(BINARY, "RACESIM_BIN names no binary")
class IngestMemoryTest(unittest.TestCase):
    def test_m1_a_database_that_stands_still(self):
        folder = tempfile.TemporaryDirectory(prefix="racesim-ingest-memory-")
        self.addCleanup(folder.cleanup)
        ingest = HttpIngest(BINARY, folder.name, "--retry-max-time", "20m")
        self.addCleanup(ingest.cleanup)
        ingest.start()
        holder = sqlite3.connect(ingest.database, isolation_level=None)
        self.addCleanup(holder.close)
        holder.execute("BEGIN IMMEDIATE")
        run = subprocess.Popen(
            [BINARY, "run", "--scenario", "plays", "--master-data-dir", SOURCE / "data" / "master", "--historical",
             "--start-datetime", "2024-01-01", "--end-datetime", "2024-02-01", "--volume", str(VOLUME), "--posting-rate",
             "0", "--batch", "2000", "--timeout", "20m", "--retries", "1000", "--retry-max-time", "20m", "--api-endpoint",
             f"http://127.0.0.1:{ingest.port}/events", "--json", "-q"], cwd=folder.name,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(run.communicate)
        self.addCleanup(run.kill)
        warm_kb = wait_until_it_rests(ingest.process.pid)
        for _ in range(STANDSTILL_S * 2):
            PAUSE.wait(0.5)
            self.assertIsNone(ingest.process.poll(), ingest.messages())
            self.assertIsNone(run.poll(), "the run did not wait")
        peak_kb = status_kb(ingest.process.pid, "VmHWM")
        print(f"warm {warm_kb} KiB, after {STANDSTILL_S} s {peak_kb} KiB")
        self.assertEqual(ingest.query("SELECT count(*) FROM plays") if has_plays(ingest) else [(0,)], [(0,)])
        self.assertLess(peak_kb - warm_kb, growth_allowed_kb(warm_kb))
        self.assertLess(peak_kb, PEAK_KB_MAX)
        holder.execute("ROLLBACK")
        output, error = run.communicate(timeout=END_S)
        self.assertEqual(run.returncode, 0, error)
        summary = json.loads(output)
        self.assertEqual((summary["acked"], summary["failed"]), (VOLUME, 0))
        self.assertEqual(ingest.stop(), 0)
        self.assertEqual(ingest.query("SELECT count(*) FROM plays"), [(VOLUME,)])


def has_plays(ingest):
    return ingest.query("SELECT count(*) FROM sqlite_master WHERE name = 'plays'") == [(1,)]


if __name__ == "__main__":
    unittest.main()
