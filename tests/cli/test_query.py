"""Goal: racesim query answers what is in the store and nothing else can be done with it: no write, no file, no endless
run. Method: one database, filled once by racesim ingest from three runs and some garbage; named questions against plain
Python over the events that were sent; values of every kind against Python's csv, json and sqlite3; statements that
attack, after which the database has the same bytes."""

import collections
import contextlib
import csv
import hashlib
import io
import json
import os
import pty
import random
import shutil
import sqlite3
import subprocess
import tempfile
import pathlib

from workdir import BINARY, HANG_S, MASTER, Workdir

RUNS = {
    "race": ["run", "--historical", "--start-datetime", "2024-07-07T14:00:00Z", "--end-datetime", "2024-07-07T14:06:30Z",
             "--laps", "2", "--rate-hz", "1", "--cars", "5", "--streams",
             "telemetry,laps,checkpoints,race-control,results"],
    "fleet": ["run", "--scenario", "fleet", "--historical", "--start-datetime", "2025-08-09T12:00:00Z",
              "--end-datetime", "2025-08-09T12:05:00Z", "--vehicles", "20", "--rate-hz", "1"],
    "plays": ["run", "--scenario", "plays", "--historical", "--start-datetime", "2024-01-01", "--end-datetime",
              "2024-01-02", "--volume", "600", "--master-data-dir", MASTER],
}
GARBAGE = [b'{"car":', b"\x1b[31mred", b"\xff\xfe no text", b'"a text"']
ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT {} FROM n"

ATTACKS = [
    "INSERT INTO runs (run) VALUES ('x')", "UPDATE laps SET lap = 1", "DELETE FROM laps", "DROP TABLE laps",
    "CREATE TABLE t (a)", "CREATE TEMP TABLE t (a)", "ALTER TABLE laps ADD COLUMN a", "REINDEX", "ANALYZE", "VACUUM",
    "VACUUM INTO 'stolen.db'", "ATTACH 'other.db' AS other", "PRAGMA journal_mode = DELETE", "PRAGMA user_version = 9",
    "PRAGMA writable_schema = 1", "BEGIN IMMEDIATE", "COMMIT", "SAVEPOINT a", "EXPLAIN DELETE FROM laps",
    "WITH gone AS (SELECT 1) DELETE FROM laps", "INSERT INTO laps SELECT * FROM laps RETURNING lap",
    "REPLACE INTO runs (run) VALUES ('x')", "SELECT load_extension('libm.so.6')", "SELECT writefile('stolen', 'x')",
    "SELECT readfile('/etc/passwd')", "SELECT edit('x')", "SELECT 1; DELETE FROM laps", "SELECT 1;;SELECT 2",
    "SELECT 1 /* */; /* */ DROP TABLE laps", "-- SELECT\nDELETE FROM laps", "/* SELECT */ DELETE FROM laps",
    "SELECT 1; -- only a comment\n DROP TABLE laps", "DETACH main", "CREATE TRIGGER t AFTER INSERT ON runs BEGIN SELECT 1; END",
    "CREATE VIRTUAL TABLE t USING fts5(a)", " ; ", "/* nothing */ -- at all",
]


class Query(Workdir):
    @classmethod
    def setUpClass(cls):
        cls.home = pathlib.Path(tempfile.mkdtemp(prefix="racesim-query-"))
        cls.addClassCleanup(shutil.rmtree, cls.home, ignore_errors=True)
        cls.db = cls.home / "racesim.db"
        cls.sent = {}
        for name, run in RUNS.items():
            lines = cls.command(run, b"")
            cls.sent[name] = [json.loads(line) for line in lines.splitlines()]
            cls.command(["ingest", "--from", "stdin", "--to", f"sqlite:{cls.db}"], lines)
        cls.command(["ingest", "--from", "stdin", "--to", f"sqlite:{cls.db}"], b"\n".join(GARBAGE) + b"\n")
        for suffix in ("songs", "users", "locations"):
            cls.command(["ingest", "--from", f"file:{MASTER}{suffix}.csv", "--to", f"sqlite:{cls.db}"], b"")
        cls.values = cls.add_values()

    @classmethod
    def command(cls, args, data):
        done = subprocess.run([BINARY, *args, "-q"], cwd=cls.home, input=data, capture_output=True, timeout=HANG_S,
                              env={"PATH": "/usr/bin:/bin", "HOME": str(cls.home)}, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    @classmethod
    def add_values(cls):
        """A table of values that formats have to take care of."""
        draw = random.Random(13)
        pieces = ["a", "Zoë", " ", ",", ";", '"', "\\", "\n", "\r\n", "\t", "\x01", "\x1b[31m", "é", "漢字", "😀", "e\u0301", "'"]
        texts = ["", *("".join(draw.choices(pieces, k=draw.randrange(1, 9))) for _ in range(60))]
        numbers = [0, -1, 2**63 - 1, -2**63, 2**53 + 1]
        reals = [0.1, 1e300, -2.5e-9, 301.2, 1 / 3]
        rows = [(i, text, draw.choice(numbers), draw.choice(reals), draw.choice([None, b"\xff\x00", b"raw"]))
                for i, text in enumerate(texts)]
        with contextlib.closing(sqlite3.connect(cls.db)) as db, db:
            db.execute("CREATE TABLE odd (id INTEGER PRIMARY KEY, t TEXT, n INTEGER, r REAL, b BLOB)")
            db.executemany("INSERT INTO odd VALUES (?, ?, ?, ?, ?)", rows)
        return rows

    def ask(self, what, *options, db=None, **more):
        return self.racesim("query", what, "--db", f"sqlite:{db or self.db}", *options, **more)

    def rows(self, what, *options):
        """By --format json."""
        result = self.ask(what, "--format", "json", *options)
        self.assert_code(result, 0)
        return [json.loads(line) for line in result.stdout.splitlines()]

    # named questions

    def laps(self, until="9999"):
        return [e for e in self.sent["race"] if "lap_time_s" in e and e["time"] <= until]

    def test_laps(self):
        sent = sorted((e["session"], e["lap"], e["position"], e["car"], e["lap_time_s"]) for e in self.laps())
        self.assertGreater(len(sent), 5)
        found = [(r["session"], r["lap"], r["position"], r["car"], r["lap_time_s"]) for r in self.rows("laps")]
        self.assertEqual(found, sent)
        car = sent[0][3]
        one = [(r["lap"], r["car"]) for r in self.rows("laps", "--car", car)]
        self.assertEqual(one, [(s[1], s[3]) for s in sent if s[3] == car])
        self.assertEqual(self.rows("laps", "--run", "00000000"), [])

    def test_standings(self):
        times = sorted(e["time"] for e in self.laps())
        for at in (None, times[len(times) // 2], times[0]):
            with self.subTest(at=at):
                last = {}
                for event in self.laps(at or "9999"):
                    last[event["car"]] = event
                order = sorted(last.values(), key=lambda e: (-e["lap"], e["position"]))
                best = {car: min(e["lap_time_s"] for e in self.laps(at or "9999") if e["car"] == car and e["is_valid"])
                        for car in last if any(e["car"] == car and e["is_valid"] for e in self.laps(at or "9999"))}
                expected = [(e["car"], e["lap"], e["gap_s"], e["lap_time_s"], best.get(e["car"])) for e in order]
                found = [(r["car"], r["laps"], r["gap_s"], r["last_lap_s"], r["best_lap_s"])
                         for r in self.rows("standings", *(["--at", at] if at else []))]
                self.assertEqual(found, expected)

    def test_results(self):
        sent = sorted(((e["session"], e["position"], e["car"], e["driver"], e["time_s"], e["status"], e["points"])
                       for e in self.sent["race"] if "classified" in e), key=lambda e: e[:2])
        self.assertEqual(len(sent), 5)
        def found(*options):
            return [(r["session"], r["position"], r["car"], r["driver"], r["time_s"], r["status"], r["points"])
                    for r in self.rows("results", *options)]
        self.assertEqual(found(), sent)
        self.assertEqual(found("--car", sent[2][2]), sent[2:3])
        self.assertEqual(found("--at", "2024-07-07T14:01:00Z"), [], "nobody has finished yet")

    def test_top_songs(self):
        with open(MASTER + "songs.csv", encoding="utf-8", newline="") as file:
            titles = {row["song_id"]: row["title"] for row in csv.DictReader(file)}
        plays = collections.Counter(e["song_id"] for e in self.sent["plays"])
        expected = [(song, count, titles[song])
                    for song, count in sorted(plays.items(), key=lambda item: (-item[1], item[0]))][:25]
        self.assertEqual([(r["song_id"], r["plays"], r["title"]) for r in self.rows("top-songs", "--limit", "25")], expected)

    def test_violations(self):
        bad = [(e["timestamp"], e["vehicle_id"]) for e in self.sent["fleet"] if e["speeding"] or e["rpm_over_redline"]]
        self.assertGreater(len(bad), 0)
        found = [(r["timestamp"], r["vehicle_id"]) for r in self.rows("violations")]
        self.assertEqual(sorted(found), sorted(bad))
        self.assertEqual([time for time, _ in found], sorted((time for time, _ in bad), reverse=True))

    def test_runs_tables_and_dead_letters(self):
        scenarios = {r["scenario"]: r["events"] for r in self.rows("runs")}
        self.assertEqual(scenarios, {name: len(events) for name, events in self.sent.items()})
        counts = {r["table_name"]: r["rows"] for r in self.rows("tables")}
        self.assertEqual(counts["telemetry"], sum("speed_kmh" in e and "status" in e for e in self.sent["race"]))
        self.assertEqual((counts["plays"], counts["fleet"]), (600, len(self.sent["fleet"])))
        letters = self.rows("dead-letters")
        self.assertEqual(len(letters), len(GARBAGE))
        self.assertEqual(letters[0]["raw"], '"a text"')
        self.assertTrue(all(letter["reason"] for letter in letters))
        self.assertEqual(self.ask("tables").stdout, self.racesim("query", "--db", f"sqlite:{self.db}").stdout)

    # forms

    def test_csv_is_what_csv_readers_read(self):
        result = self.ask("SELECT id, t, n FROM odd ORDER BY id")
        rows = list(csv.reader(io.StringIO(result.stdout, newline="")))
        self.assertEqual(rows[0], ["id", "t", "n"])
        self.assertEqual(rows[1:], [[str(r[0]), r[1], str(r[2])] for r in self.values])
        self.assertEqual(self.ask("SELECT NULL AS a, '' AS b, 1 AS c").stdout, 'a,b,c\n,"",1\n')

    def test_json_has_the_same_values(self):
        rows = self.rows("SELECT * FROM odd ORDER BY id")
        self.assertEqual([(r["id"], r["t"], r["n"], r["r"]) for r in rows], [r[:4] for r in self.values])
        blobs = {None: None, b"raw": "raw", b"\xff\x00": "\\xff00"}
        self.assertEqual([r["b"] for r in rows], [blobs[r[4]] for r in self.values])
        self.assertEqual(self.rows("SELECT 1 AS a, 2 AS a, 9e999 AS b"), [{"a": 1, "a_2": 2, "b": "Inf"}])
        self.assertEqual(self.ask("SELECT 1 AS a", "--json").stdout, '{"a":1}\n')

    def test_table_lines_up_and_hides_nothing(self):
        result = self.ask("SELECT id, t, n FROM odd ORDER BY id", "--format", "table")
        self.assert_code(result, 0)
        self.assertIn(f"{len(self.values)} rows", result.stderr)
        lines = result.stdout.split("\n")[:-1]
        self.assertEqual(len(lines), len(self.values) + 1)
        self.assertNotIn("\x1b", result.stdout)
        self.assertIn("\\x1b[31m", result.stdout)
        # Numbers stand at the right: all lines end in the same column, counted as a terminal does.
        def width(line):
            wide = sum(c in "漢字😀" for c in line)
            return len(line) + wide - line.count("\u0301")
        self.assertEqual({width(line) for line in lines}, {width(lines[0])})
        self.assertIn("NULL", self.ask("SELECT NULL AS a", "--format", "table").stdout)

    def test_a_terminal_gets_a_table_of_its_width(self):
        for sql, expected in (("SELECT run, message, message AS again, 7 AS n FROM race_control", "run"),
                              ("SELECT * FROM telemetry LIMIT 2", "-- row 1")):
            with self.subTest(sql=sql):
                leader, follower = pty.openpty()
                done = subprocess.Popen([BINARY, "query", sql, "--db", f"sqlite:{self.db}"], stdin=subprocess.DEVNULL,
                                        stdout=follower, stderr=subprocess.DEVNULL, cwd=self.dir,
                                        env=self.environment(COLUMNS="60", TERM="xterm"))
                os.close(follower)
                text = b""
                try:
                    while piece := os.read(leader, 65536):
                        text += piece
                except OSError:  # the end of a terminal
                    pass
                os.close(leader)
                self.assertEqual(done.wait(timeout=HANG_S), 0)
                lines = text.decode().replace("\r", "").split("\n")
                self.assertTrue(lines[0].startswith(expected), lines[0])
                self.assertLessEqual(max(map(len, lines)), 80)

    def test_limit(self):
        self.assertEqual(len(self.rows("SELECT * FROM odd", "--limit", "3")), 3)
        result = self.ask(ENDLESS.format("i") + " LIMIT 2000", "--format", "table")
        self.assertEqual(result.stdout.count("\n"), 1001)
        self.assertIn("1,000 rows shown, there are more: --limit 0 shows all", result.stderr)
        self.assertEqual(self.ask(ENDLESS.format("i") + " LIMIT 2000").stdout.count("\n"), 2001)
        self.assertEqual(self.ask(ENDLESS.format("i") + " LIMIT 2000", "--format", "table", "--limit", "0", "-q").stderr, "")

    def test_head_ends_it_well(self):
        done = self.shell(f'$RACESIM query "{ENDLESS.format("i")}" --db sqlite:{self.db} --timeout 0 | head -n 2; '
                          'echo "${PIPESTATUS[0]}"')
        self.assertEqual(done.stdout, "i\n1\n0\n")

    # what is refused

    def contents(self):
        """What SQLite's own dump says; files beside the database come and go with its readers."""
        with contextlib.closing(sqlite3.connect(f"file:{self.db}?mode=ro", uri=True)) as db:
            text = "\n".join(db.iterdump())
            settings = [db.execute(f"PRAGMA {name}").fetchone() for name in ("user_version", "journal_mode", "schema_version")]
        files = sorted(name for name in os.listdir(self.home) if not name.endswith(("-wal", "-shm")))
        return hashlib.sha256(text.encode()).hexdigest(), settings, files

    def test_nothing_is_changed(self):
        before = self.contents()
        for attack in ATTACKS:
            with self.subTest(attack=attack):
                self.assert_refused(self.ask(attack + " "))
        self.assertEqual(os.listdir(self.dir), [])
        self.assertEqual(self.contents(), before)

    def test_one_long_step_ends_too(self):
        """SQLite looks at its clock between steps, and this one would take hours."""
        long_step = "SELECT instr(zeroblob(4000000), cast(zeroblob(2000000)||x'01' as blob))"
        self.assert_refused(self.ask(long_step, "--timeout", "1s"), "longer than its limit")

    def test_what_only_looks_dangerous_runs(self):
        for good in ("SELECT 'DROP TABLE laps; --' AS a", "SELECT 1 AS a; -- DELETE FROM laps", "SELECT 1 AS a ; /* x */ ;",
                     "WITH t AS (SELECT 1 AS a) SELECT a FROM t", "VALUES (1)", "SELECT replace('a', 'a', 'b') AS a"):
            with self.subTest(good=good):
                self.assert_code(self.ask(good), 0)

    def test_what_never_ends_is_ended(self):
        for sql in (ENDLESS.format("count(*)"), ENDLESS.format("i") + " WHERE i < 0",
                    "SELECT count(*) FROM odd a, odd b, odd c, odd d, odd e, odd f"):
            with self.subTest(sql=sql):
                result = self.ask(sql, "--timeout", "200ms", "--format", "json")
                self.assert_refused(result, "took longer than 200ms", "--timeout")

    def test_mistakes_are_explained(self):
        self.assert_refused(self.ask("SELECT speed FROM telemetri"), "no such table: telemetri", "telemetry",
                            f"racesim query tables --db sqlite:{self.db}")
        self.assert_refused(self.ask("SELECT * FROM laps WHERE lap = = 3"), 'near "="', "at character")
        self.assert_refused(self.ask("SELECT nobody FROM laps"), "no such column: nobody",
                            f"racesim query tables --db sqlite:{self.db}")
        self.assert_refused(self.ask("lapz"), "'lapz' is not known", "laps")
        self.assert_refused(self.ask("violations", "--car", "3"), "--car: violations does not have it", "laps")
        self.assert_refused(self.ask("SELECT 1 AS a", "--run", "a1b2c3d4"), "narrow named queries")
        self.assert_refused(self.ask("laps", "--run", "x' OR '1"), "is not the name of a run")
        self.assert_refused(self.ask("laps", "--car", "1 OR 1"), "is not the number of a car")
        self.assert_refused(self.ask("standings", "--at", "yesterday"), "yesterday")
        self.assert_refused(self.racesim("query", "runs", "--db", "influx:x"), "--db")
        self.assert_refused(self.racesim("query", "runs"), "racesim.db: no such file", "racesim ingest", code=1)
        text = self.write("text.db", "no database")
        self.assert_code(self.ask("runs", db=text), 2)

    def test_a_store_without_laps_says_how_to_get_them(self):
        lines = self.racesim("run", "--historical", "--start-datetime", "2024-07-07T14:00:00Z", "--end-datetime",
                             "2024-07-07T14:00:02Z", "--rate-hz", "1", "--sink", "file:few.ndjson")
        self.assert_code(lines, 0)
        self.assert_code(self.racesim("ingest", "--from", "file:few.ndjson", "--to", "sqlite:few.db"), 0)
        result = self.ask("standings", "--format", "table", db="few.db")
        self.assert_code(result, 0)
        self.assertIn("0 rows", result.stderr)
        self.assertIn("--streams telemetry,laps", result.stderr)

    def test_dry_run_shows_the_sql(self):
        result = self.ask("laps", "--car", "7", "--dry-run")
        self.assert_code(result, 0)
        self.assertIn("car = 7", result.stdout)
