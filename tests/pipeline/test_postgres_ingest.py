"""Goal: racesim ingest into PostgreSQL keeps each event once whatever is killed, holds what SQLite holds of the same events,
and never shows a password. Method: a real server and the built program: killed at random, its back ends ended in a loop,
the server crashed, connections cut by a proxy; after each the table must hold the file's lines exactly, and where the
program itself lived through it, its counts must say so."""

import datetime
import json
import os
import pathlib
import random
import sqlite3
import sys
import threading
import unittest

import postgres_server
import tcp_proxy

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "cli"))
from workdir import MASTER, PAUSE, Workdir, wait_until  # noqa: E402

FULL = os.environ.get("RACESIM_FULL") == "1"
KILLS = 200 if FULL else 20
CRASHES = 20 if FULL else 3
CUTS = 300 if FULL else 30
SEED = int(os.environ.get("RACESIM_CHAOS_SEED", "0")) or random.randrange(1, 10**6)
RACE = ["run", "--historical", "--start-datetime", "2026-07-05T14:00:00Z", "--end-datetime", "2026-07-05T14:03:00Z", "-q"]
ALL_STREAMS = ["--laps", "1", "--end-datetime", "2026-07-05T14:05:00Z", "--rate-hz", "2", "--streams",
               "telemetry,checkpoints,laps,race-control,results"]
FLEET = ["run", "--scenario", "fleet", "--vehicles", "20", "--historical", "--start-datetime", "2025-08-11T06:00:00Z",
         "--end-datetime", "2025-08-11T06:02:00Z", "-q"]
PLAYS = ["run", "--scenario", "plays", "--historical", "--start-datetime", "2024-01-01T00:00:00Z", "--end-datetime",
         "2024-02-01T00:00:00Z", "--volume", "3000", "--master-data-dir", MASTER, "-q"]
END_BACKENDS = ("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name LIKE "
                "'racesim ingest%'")


def plain(value):
    """A value as both databases have it: times as instants, truth as 0 and 1, 5.0 as 5."""
    if isinstance(value, bool) or (isinstance(value, float) and value.is_integer()):
        return int(value)
    if isinstance(value, str) and value[:1] == "[":
        return json.loads(value)
    if isinstance(value, str) and value[4:5] == "-" and value[10:11] == "T":
        return datetime.datetime.fromisoformat(value)
    return value


class PostgresIngest(Workdir):
    @classmethod
    def setUpClass(cls):
        postgres_server.require()
        cls.server = postgres_server.Server()
        cls.addClassCleanup(cls.server.remove)
        cls.server.start()

    def setUp(self):
        super().setUp()
        self.random = random.Random(f"{SEED} {self.id()}")
        self.database = "t_" + self._testMethodName[5:45]
        self.dsn = self.server.new_database(self.database)

    def ask(self, sql):
        return self.server.ask(sql, self.database)

    def write_race(self, seconds=300):
        """The file events.ndjson, with so many seconds of samples of 20 cars; its lines."""
        end = f"2026-07-05T14:{seconds // 60:02}:{seconds % 60:02}Z"
        lines = self.racesim(*RACE, "--end-datetime", end, "--rate-hz", "10").stdout
        self.write("events.ndjson", lines)
        return lines.splitlines()

    def begin(self, dsn=None, *options):
        return self.start("ingest", "--no-config", "--from", "file:events.ndjson", "--to", f"postgres:{dsn or self.dsn}",
                          "--batch", "200", "--json", "-q", *options)

    def expect_exactly(self, lines):
        """The table has these events, each once, and nothing was set aside."""
        found = self.server.rows("SELECT car, seq, speed_kmh, lap_distance_m, gap_s FROM telemetry", self.database)
        events = [json.loads(line) for line in lines]
        wanted = {(e["car"], e["seq"]): (e["speed_kmh"], e["lap_distance_m"], e["gap_s"]) for e in events}
        self.assertEqual(len(found), len(lines), f"RACESIM_CHAOS_SEED={SEED}")
        self.assertEqual({(r["car"], r["seq"]): (r["speed_kmh"], r["lap_distance_m"], r["gap_s"]) for r in found}, wanted)
        self.assertEqual(self.ask("SELECT count(*) FROM dead_letter"), "0")
        self.assertEqual(self.ask("SELECT consumed FROM ingest_offsets"), str(len(lines)))
        self.assertEqual(self.ask("SELECT events FROM runs"), str(len(lines)))

    def expect_done(self, process, lines):
        """It lived through it all: its own counts say so."""
        code, out, messages = self.finish(process)
        self.assertEqual(code, 0, f"RACESIM_CHAOS_SEED={SEED}\n{messages}{out}")
        summary = json.loads(out)
        self.assertEqual((summary["stored"], summary["duplicates"]), (len(lines), 0), f"RACESIM_CHAOS_SEED={SEED}")
        self.expect_exactly(lines)

    def wait_for_progress(self, process):
        """What opens the store is over: from here on it waits for a server that is gone."""
        def has_moved():
            try:
                return process.poll() is not None or self.ask("SELECT count(*) FROM ingest_offsets") == "1"
            except RuntimeError:  # no such table yet
                return False
        wait_until(has_moved, "the first position")
        self.assertIsNone(process.poll(), self.messages())

    def test_the_same_tables_as_sqlite(self):
        text = "".join(self.racesim(*command).stdout for command in ([*RACE, *ALL_STREAMS], FLEET, PLAYS))
        packets = [json.loads(line) for line in self.racesim(*FLEET, "--seed", "7").stdout.splitlines()]
        for packet in packets:  # as FleetStream's own, with neither
            del packet["seq"], packet["run"]
        text += "".join(json.dumps(packet) + "\n" for packet in packets) + "no event\n"
        self.write("events.ndjson", text)
        for target in (f"postgres:{self.dsn}", "sqlite:events.db"):
            done = self.racesim("ingest", "--no-config", "--from", "file:events.ndjson", "--to", target, "--json", "-q")
            self.assert_code(done, 0)
            self.assertEqual(json.loads(done.stdout)["dead_lettered"], 1)
        with sqlite3.connect(self.dir / "events.db") as events:
            events.row_factory = sqlite3.Row
            tables = [row[0] for row in events.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            compared = 0
            for table in set(tables) - {"key_blocks", "schema_version", "sqlite_sequence", "ingest_offsets", "retention"}:
                def rows_of(found, left_out=("row_key", "added", "id")):
                    return sorted(repr([(key, plain(value)) for key, value in sorted(dict(row).items())
                                        if key not in left_out or table == "simple_cars"]) for row in found)
                ours = events.execute(f"SELECT * FROM {table}").fetchall()
                raw = "encode(raw, 'escape') AS raw, source, lane, record_offset, reason" if table == "dead_letter" else "*"
                theirs = self.server.rows(f'SELECT {raw} FROM "{table}"', self.database)
                if table == "dead_letter":
                    ours = [{**dict(row), "raw": row["raw"].decode()} for row in ours]
                self.assertEqual(rows_of(theirs), rows_of(ours), table)
                compared += len(ours)
        self.assertGreater(compared, len(text.splitlines()) - 1)

    def test_kill_9_at_random(self):
        lines = self.write_race()
        kills = 0
        while kills < KILLS:
            process = self.begin()
            PAUSE.wait(self.random.uniform(0.02, 0.45))
            process.kill()
            if process.wait() == 0:
                self.expect_exactly(lines)
                self.server.new_database(self.database)
            else:
                kills += 1
            process.stdout.close()
        code, _, messages = self.finish(self.begin())
        self.assertEqual(code, 0, messages)
        self.expect_exactly(lines)

    def test_back_ends_that_are_ended(self):
        lines = self.write_race()
        process = self.begin()
        self.wait_for_progress(process)
        ended = 0
        while process.poll() is None:
            ended += int(self.ask(END_BACKENDS))
            PAUSE.wait(self.random.uniform(0.02, 0.3))
        self.assertGreater(ended, 0)
        self.expect_done(process, lines)

    def test_a_server_that_crashes(self):
        lines = self.write_race()
        process = self.begin()
        self.wait_for_progress(process)
        for _ in range(CRASHES):
            PAUSE.wait(self.random.uniform(0, 0.3))
            self.server.stop("--kill")
            self.server.start()
        self.expect_done(process, lines)

    def test_connections_that_are_cut(self):
        lines = self.write_race()
        with tcp_proxy.Proxy() as proxy:
            proxy.target = ("127.0.0.1", self.server.port)
            process = self.begin(self.dsn.replace(f"127.0.0.1:{self.server.port}", proxy.address))
            self.wait_for_progress(process)
            proxy.torment(f"{SEED} cuts", CUTS, lambda: process.poll() is None)
            process.wait()
            self.assertGreater(proxy.cuts, 0)
        self.expect_done(process, lines)

    def test_two_that_read_the_same_file(self):
        lines = self.write_race()
        both = [self.begin(), self.begin()]
        codes = [self.finish(process)[0] for process in both]
        self.assertIn(0, codes)
        self.assertLessEqual(set(codes), {0, 6}, self.messages())
        self.expect_exactly(lines)

    def test_a_password_is_never_shown(self):
        self.server.ask("DROP ROLE IF EXISTS ada; CREATE ROLE ada LOGIN PASSWORD 'geheim-77'", "postgres")
        self.server.ask(f"ALTER DATABASE {self.database} OWNER TO ada", "postgres")
        hba = self.server.folder / "data" / "pg_hba.conf"
        before = hba.read_text()
        hba.write_text("host all ada 127.0.0.1/32 scram-sha-256\n" + before)
        self.addCleanup(self.server.ask, "SELECT pg_reload_conf()")
        self.addCleanup(hba.write_text, before)
        self.server.ask("SELECT pg_reload_conf()")
        self.write("events.ndjson", "".join(self.racesim(*RACE, "--rate-hz", "1", "--cars", "1").stdout))
        self.write("password", "geheim-77\n")
        self.write("wrong", "falsch-88\n")
        where = f"host=127.0.0.1 port={self.server.port} dbname={self.database} user=ada"
        url = f"postgresql://ada:geheim-77@127.0.0.1:{self.server.port}/{self.database}"
        command = ["ingest", "--no-config", "--from", "file:events.ndjson", "-v", "--to"]
        cases = [
            (1, [f"postgres:{where}"], {}),
            (1, [f"postgres:{where} password=falsch-88"], {}),
            (1, [f"postgres:{where}", "--password-file", "wrong"], {}),
            (1, [f"postgres:{where}"], {"PGPASSWORD": "falsch-88"}),
            (2, [f"postgres:{where} pasword=geheim-77"], {}),
            (2, [f"postgre:{where} password=geheim-77"], {}),
            (0, [f"postgres:{where} password=geheim-77", "--dry-run"], {}),
            (0, [f"postgres:{where}", "--password-file", "password"], {}),
            (0, [url], {}),
            (0, [f"postgres:{where} password=geheim-77", "--json"], {}),
            (0, ["postgres:"], {"PGHOST": "127.0.0.1", "PGPORT": str(self.server.port), "PGDATABASE": self.database,
                                "PGUSER": "ada", "PGPASSWORD": "geheim-77"}),
        ]
        for code, options, env in cases:
            with self.subTest(options=options, env=env):
                done = self.racesim(*command, *options, env=env)
                self.assert_code(done, code)
                for secret in ("geheim-77", "falsch-88"):
                    self.assertNotIn(secret, done.stdout + done.stderr)
                if code == 1:
                    self.assertIn("--password-file", done.stderr)
        self.assertEqual(self.ask("SELECT count(DISTINCT (car, seq)) = count(*) AND count(*) > 100 FROM telemetry"), "t")


if __name__ == "__main__":
    unittest.main()
