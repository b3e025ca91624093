"""Goal (rows D1 and P of docs/reliability.md): whatever happens to the disk or the file under an ingest into SQLite, racesim
says what it is, ends as it should, and the same command goes on behind what is committed: every event once.
Method: the built program onto a tmpfs that is too small, killed with SIGKILL at random moments, and with its file taken
away; the database is read with Python's sqlite3.
"""

import os
import pathlib
import random
import signal
import sqlite3
import subprocess
import sys
import unittest

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / "cli"), str(TESTS / "support")]
from small_disk import SmallDisk, enter_private_mounts  # noqa: E402
from workdir import Workdir, wait_until  # noqa: E402

RACE = ["run", "--no-config", "--historical", "--start-datetime", "2026-07-05T14:00Z", "--end-datetime",
        "2026-07-05T14:00:10Z", "-q"]
LINES = 20_000
FULL = os.environ.get("RACESIM_FULL") == "1"
SEED = int(os.environ.get("RACESIM_CHAOS_SEED") or random.randrange(1 << 30))
DISKS_KIB = [600, 2600]  # of about 5 MB that the rows and the log take
KILLS = 5


def setUpModule():
    global KILLS
    enter_private_mounts()
    if FULL:
        DISKS_KIB[:] = random.Random(SEED).sample(range(300, 4500), 20)
        KILLS = 200


class IngestSqlite(Workdir):
    def setUp(self):
        super().setUp()
        self.assert_code(self.racesim(*RACE, "--sink", "file:race.ndjson"), 0)

    def command(self, database, *args):
        return ["ingest", "--no-config", "--from", "file:race.ndjson", "--to", f"sqlite:{database}", "--batch", "1000",
                "--json", *args]

    def ingest(self, database, *args):
        return self.racesim(*self.command(database, *args))

    def assert_all_once(self, database):
        with sqlite3.connect(self.dir / database) as connection:
            ask = lambda sql: connection.execute(sql).fetchall()  # noqa: E731
            self.assertEqual(ask("PRAGMA integrity_check"), [("ok",)])
            self.assertEqual(ask("SELECT count(*), count(DISTINCT car || '/' || seq) FROM telemetry"), [(LINES, LINES)])
            self.assertEqual(ask("SELECT consumed FROM ingest_offsets"), [(LINES,)])
            self.assertEqual(ask("SELECT events FROM runs"), [(LINES,)])
        connection.close()

    def test_a_full_disk(self):
        for kib in DISKS_KIB:
            with self.subTest(kib=kib, seed=SEED):
                disk = SmallDisk(self.dir / "disk", kib)
                self.addCleanup(disk.remove)
                result = self.ingest("disk/race.db")
                self.assert_code(result, 1)
                self.assertIn("race.db: the disk is full", result.stderr)
                disk.make_room()
                self.assert_code(self.ingest("disk/race.db"), 0)
                self.assert_all_once("disk/race.db")
                disk.remove()

    def test_kills(self):
        """SIGKILL behind a random number of commits, over and over until all is there."""
        source = random.Random(SEED)
        for number in range(KILLS):
            with self.subTest(number=number, seed=SEED):
                process = subprocess.Popen([self.binary, *self.command("race.db", "-v")], cwd=self.dir,
                                           env=self.environment(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
                commits = source.randrange(1, 5)
                for line in process.stderr:
                    commits -= b"Ingested" in line
                    if commits == 0:
                        break
                process.send_signal(signal.SIGKILL)
                process.stderr.close()
                process.wait()
                if process.returncode == 0:  # it was at its end
                    (self.dir / "race.db").unlink()
        self.assert_code(self.ingest("race.db"), 0)
        self.assert_all_once("race.db")

    def test_a_file_that_is_taken_away(self):
        ingest = subprocess.Popen([self.binary, "ingest", "--no-config", "--to", "sqlite:race.db", "--flush-ms", "1"],
                                  cwd=self.dir, env=self.environment(), stdin=subprocess.PIPE, stderr=subprocess.PIPE)
        lines = (self.dir / "race.ndjson").read_bytes().splitlines(keepends=True)
        ingest.stdin.write(lines[0])
        ingest.stdin.flush()
        wait_until(lambda: (self.dir / "race.db-wal").exists() and self.stored() == 1, "the first row")
        (self.dir / "race.db").rename(self.dir / "away.db")
        ingest.stdin.write(lines[1])
        ingest.stdin.flush()
        message = ingest.stderr.read().decode()
        ingest.stdin.close()
        self.assertEqual(ingest.wait(), 1, message)
        self.assertIn("race.db: the file was moved or removed while it was in use", message)

    def stored(self):
        try:
            with sqlite3.connect(f"file:{self.dir / 'race.db'}?mode=ro", uri=True) as connection:
                return connection.execute("SELECT count(*) FROM telemetry").fetchone()[0]
        except sqlite3.OperationalError:
            return 0


if __name__ == "__main__":
    unittest.main()
