"""Goal: query and verify say of a PostgreSQL store what they say of an SQLite store with the same events, and nobody can do
harm through query. Method: a real server; the same runs into both stores; every named question to both; rows that psql's
superuser deletes and changes, which verify must name; statements that attack, run as a superuser, after which the database
dumps to the same text."""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

SOURCE = pathlib.Path(os.environ.get("RACESIM_SOURCE_DIR", pathlib.Path(__file__).resolve().parents[2]))
BINARY = os.environ.get("RACESIM_BIN", "")
MASTER = str(SOURCE / "data" / "master") + "/"
SECONDS_MAX = 240  # hang guard

RUNS = {
    "race": ["--historical", "--start-datetime", "2024-07-07T14:00:00Z", "--end-datetime", "2024-07-07T14:06:30Z",
             "--laps", "2", "--rate-hz", "1", "--cars", "4", "--streams", "telemetry,laps,checkpoints,race-control,results"],
    "fleet": ["--scenario", "fleet", "--historical", "--start-datetime", "2025-08-09T12:00:00Z", "--end-datetime",
              "2025-08-09T12:04:00Z", "--vehicles", "20", "--rate-hz", "1"],
    "plays": ["--scenario", "plays", "--historical", "--start-datetime", "2024-01-01", "--end-datetime", "2024-01-02",
              "--volume", "500", "--master-data-dir", MASTER, "--faults", "duplicate=3%,late=3%,corrupt=2%"],
}
ATTACKS = [
    "SELECT 1 AS a --\r, set_config('role','none',true) AS b, query_to_xml('select 1',true,true,'')::text AS f\n, 2 AS c",
    "SELECT e'a'\n'\\'' || pg_backend_pid()::text || '' AS x",
    "INSERT INTO runs (run) VALUES ('x')", "UPDATE laps SET lap = 1", "DELETE FROM laps", "DROP TABLE laps", "TRUNCATE laps",
    "CREATE TABLE t (a int)", "CREATE TEMP TABLE t (a int)", "SELECT 1 INTO t", "COMMIT", "ROLLBACK", "BEGIN", "VACUUM",
    "SET TRANSACTION READ WRITE", "SET statement_timeout = 0", "RESET ALL", "LOCK laps", "COPY laps TO '/tmp/stolen'",
    "COPY laps TO PROGRAM 'cat > /tmp/stolen'", "COPY laps FROM PROGRAM 'echo'", "COPY (SELECT 1) TO STDOUT",
    "DO $$ BEGIN DELETE FROM laps; END $$", "CALL x()", "EXECUTE x", "PREPARE x AS DELETE FROM laps", "LISTEN x",
    "WITH gone AS (DELETE FROM laps RETURNING *) SELECT * FROM gone", "SELECT 1; DELETE FROM laps",
    "SELECT 1) AS a; DELETE FROM laps; SELECT (1", "SELECT 1) a; COMMIT; DROP TABLE laps; --", "SELECT 1 /* */; DROP TABLE laps",
    "-- SELECT\nDELETE FROM laps", "SELECT pg_read_file('/etc/passwd')", "SELECT pg_read_binary_file('PG_VERSION')",
    "SELECT * FROM pg_ls_dir('.')", "SELECT lo_import('/etc/passwd')", "SELECT lo_export(1, '/tmp/stolen')",
    "SELECT lo_create(0)", "SELECT pg_terminate_backend(pid) FROM pg_stat_activity", "SELECT pg_reload_conf()",
    "SELECT set_config('statement_timeout', '0', false), pg_sleep(20)", "SELECT pg_sleep(1000)",
    "SELECT set_config('transaction_read_only', 'off', false)", "SELECT nextval('dead_letter_id_seq')",
    "SELECT query_to_xml('DELETE FROM laps', true, true, '')", "SELECT dblink('dbname=racesim', 'DELETE FROM laps')",
    "SELECT pg_advisory_lock(1)", "SELECT pg_notify('a', 'b')", "EXPLAIN ANALYZE DELETE FROM laps", "",
]
EVERY = ("runs", "tables", "laps", "standings", "results", "top-songs", "violations", "dead-letters")


class QueryPostgres(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if not BINARY:
            raise unittest.SkipTest("RACESIM_BIN names no binary")
        if not any(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb")):
            raise unittest.SkipTest("PostgreSQL is missing: scripts/install-packages test")
        cls.dir = pathlib.Path(tempfile.mkdtemp(prefix="racesim-query-pg-"))
        cls.addClassCleanup(shutil.rmtree, cls.dir, ignore_errors=True)
        cls.dir.chmod(0o755)
        started = subprocess.run([SOURCE / "scripts/postgres/start", cls.dir / "server"], capture_output=True, text=True,
                                 timeout=SECONDS_MAX, check=False)
        if started.returncode != 0:
            raise AssertionError(started.stderr)
        cls.addClassCleanup(subprocess.run, [SOURCE / "scripts/postgres/stop", cls.dir / "server"], timeout=SECONDS_MAX,
                            check=False)
        cls.dsn = started.stdout.strip()
        cls.stores = {"sqlite": "sqlite:store.db", "postgres": f"postgres:{cls.dsn}"}
        for name, run in RUNS.items():
            cls.racesim("run", *run, "--sink", f"file:{name}.ndjson", "--manifest", f"{name}.json", "-q", code=0)
            for store in cls.stores.values():
                cls.racesim("ingest", "--from", f"file:{name}.ndjson", "--to", store, "-q")
        for store in cls.stores.values():
            cls.racesim("ingest", "--from", f"file:{MASTER}songs.csv", "--to", store, "-q", code=0)

    @classmethod
    def racesim(cls, *args, code=None):
        done = subprocess.run([BINARY, *map(str, args)], cwd=cls.dir, capture_output=True, text=True, timeout=SECONDS_MAX,
                              stdin=subprocess.DEVNULL, check=False,
                              env={"PATH": "/usr/bin:/bin", "HOME": str(cls.dir), "LANG": "C.UTF-8"})
        if code is not None and done.returncode != code:
            raise AssertionError(f"{args}: {done.returncode}\n{done.stderr}")
        return done

    def psql(self, sql, database=None):
        dsn = self.dsn if database is None else self.dsn.rsplit("/", 1)[0] + "/" + database
        done = subprocess.run(["psql", "-qAt", "-v", "ON_ERROR_STOP=1", dsn, "-c", sql], capture_output=True, text=True,
                              timeout=SECONDS_MAX, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def rows(self, store, what, *options):
        done = self.racesim("query", what, "--db", self.stores[store], "--format", "json", *options)
        self.assertEqual(done.returncode, 0, done.stderr)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def plain(self, row):
        """The same value in both: SQLite has no booleans, and times as events show them."""
        left_out = ("added", "time", "timestamp", "first_time", "last_time")
        return {name: int(value) if isinstance(value, bool) else value for name, value in row.items()
                if name not in left_out}

    def test_both_stores_answer_the_same(self):
        for what in EVERY:
            with self.subTest(what):
                found = {store: [self.plain(row) for row in self.rows(store, what)] for store in self.stores}
                if what == "runs":  # the last one first, by a clock
                    found = {store: sorted(map(str, rows)) for store, rows in found.items()}
                self.assertEqual(found["postgres"], found["sqlite"])
                self.assertGreater(len(found["sqlite"]), 0)
        for options in (("laps", "--car", "1"), ("standings", "--at", "2024-07-07T14:02:30Z")):
            both = [[self.plain(row) for row in self.rows(store, *options)] for store in self.stores]
            self.assertEqual(*both)

    def verify(self, name):
        done = self.racesim("verify", "--manifest", f"{name}.json", "--against", self.stores["postgres"], "--json")
        report = json.loads(done.stdout)
        kinds = ("lost", "duplicated", "altered", "reordered", "phantom", "expired", "unreadable", "refused")
        return {kind: report[kind] for kind in kinds if report[kind]}, report

    def test_all_is_there_and_changes_are_named(self):
        for name in RUNS:
            differences, report = self.verify(name)
            self.assertEqual(differences, {}, report["examples"])
            self.assertEqual(report["found"], report["expected"])
        one = "ctid = (SELECT min(ctid) FROM {0})"
        for name, table, changes in (
                ("race", "telemetry", [("DELETE FROM {0} WHERE " + one, "lost"),
                                       ("UPDATE {0} SET speed_kmh = speed_kmh + 0.1 WHERE " + one, "altered"),
                                       ("UPDATE {0} SET speed_kmh = speed_kmh + 0.001 WHERE " + one, "altered"),
                                       ("UPDATE {0} SET gear = NULL WHERE " + one, "altered"),
                                       ("UPDATE {0} SET seq = 999999 WHERE " + one, "altered")]),
                ("plays", "plays", [("DELETE FROM {0} WHERE " + one, "lost"),
                                    ("UPDATE {0} SET play_duration_ms = play_duration_ms + 1 WHERE " + one, "altered")])):
            self.psql(f"CREATE TABLE kept AS TABLE {table}")
            for change, kind in changes:
                with self.subTest(change):
                    self.psql(change.format(table))
                    self.assertEqual(self.verify(name)[0], {kind: 1})
                    self.psql(f"TRUNCATE {table}; INSERT INTO {table} SELECT * FROM kept")
            self.psql("DROP TABLE kept")
            self.assertEqual(self.verify(name)[0], {})

    def dump(self):
        done = subprocess.run(["pg_dump", self.dsn], capture_output=True, text=True, timeout=SECONDS_MAX, check=True)
        return "\n".join(line for line in done.stdout.split("\n") if not line.startswith("\\"))

    def test_nothing_is_changed(self):
        before = self.dump()
        for attack in ATTACKS:
            with self.subTest(attack=attack):
                done = self.racesim("query", attack + " ", "--db", self.stores["postgres"], "--timeout", "2s")
                self.assertEqual(done.returncode, 2, done.stdout)
                self.assertTrue(done.stderr.startswith("error: "), done.stderr)
        self.assertEqual(self.dump(), before)
        self.assertFalse(pathlib.Path("/tmp/stolen").exists())

    def test_what_never_ends_is_ended(self):
        endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n WHERE i < 0"
        done = self.racesim("query", endless, "--db", self.stores["postgres"], "--timeout", "500ms", code=2)
        self.assertIn("took longer than 500ms", done.stderr)

    def test_mistakes_are_explained(self):
        done = self.racesim("query", "SELECT * FROM lapz", "--db", self.stores["postgres"], code=2)
        self.assertIn('relation "lapz" does not exist', done.stderr)
        self.assertIn("telemetry", done.stderr)
        done = self.racesim("query", "SELECT FROM WHERE", "--db", self.stores["postgres"], code=2)
        self.assertIn("syntax error", done.stderr)


if __name__ == "__main__":
    unittest.main()
