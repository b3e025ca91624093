"""Goal: racesim aggregate into PostgreSQL has each result once, as if nobody had killed it. Method: a real server and the built
program, killed behind some of its commits and begun again; the tables equal those of a pass that nobody disturbed."""

import os
import pathlib
import random
import sys
import unittest

import postgres_server

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "cli"))
from workdir import Workdir, wait_until  # noqa: E402

KILLS = 100 if os.environ.get("RACESIM_FULL") == "1" else 6
SEED = int(os.environ.get("RACESIM_CHAOS_SEED", "0")) or random.randrange(1, 10**6)
TABLES = ("lap_metrics", "standings", "windows")


class PostgresAggregate(Workdir):
    @classmethod
    def setUpClass(cls):
        postgres_server.require()
        cls.server = postgres_server.Server()
        cls.addClassCleanup(cls.server.remove)
        cls.server.start()

    def begin(self, dsn, *more):
        return self.start("aggregate", "--no-config", "--from", "file:events.ndjson", "--by", "lap,standings,window", "-q",
                          "--to", f"postgres:{dsn}", *more)

    def consumed(self, database):
        try:
            return int(self.server.ask("SELECT coalesce(max(consumed), 0) FROM ingest_offsets", database))
        except RuntimeError:  # no such table yet
            return 0

    def rows(self, database, table):
        left_out = ("row_key", "added", "id")
        return sorted(repr(sorted((key, value) for key, value in row.items() if key not in left_out))
                      for row in self.server.rows(f'SELECT * FROM "{table}"', database))

    def test_killed_at_random(self):
        chance = random.Random(SEED)
        lines = self.racesim("run", "--historical", "--start-datetime", "2026-07-05T14:00:00Z", "--end-datetime",
                             "2026-07-05T14:05:00Z", "--rate-hz", "2", "-q").stdout
        self.write("events.ndjson", lines)
        whole, killed = self.server.new_database("agg_whole"), self.server.new_database("agg_killed")
        self.assertEqual(self.finish(self.begin(whole))[0], 0, self.messages())
        kills = 0
        for _ in range(KILLS):
            behind = self.consumed("agg_killed") + chance.randrange(1, 800)
            process = self.begin(killed, "--batch", "100")
            wait_until(lambda process=process, behind=behind:
                       process.poll() is not None or self.consumed("agg_killed") >= behind, "a commit")
            process.kill()
            kills += process.wait() != 0
            process.stdout.close()
        self.assertGreater(kills, KILLS // 3, f"RACESIM_CHAOS_SEED={SEED}")
        self.assertEqual(self.finish(self.begin(killed))[0], 0, self.messages())
        for table in TABLES:
            self.assertEqual(self.rows("agg_killed", table), self.rows("agg_whole", table),
                             f"{table} RACESIM_CHAOS_SEED={SEED}")
            self.assertGreater(len(self.rows("agg_whole", table)), 10, table)


if __name__ == "__main__":
    unittest.main()
