"""Goal: after racesim ingest, verify --against sqlite: says that everything is there once, and names what somebody changed
in the database, for every kind of run. Method: runs with and without injected faults, through ingest into a database;
then Python's sqlite3 deletes, changes and adds rows at random places (a fixed seed), and the report must name just that."""

import contextlib
import json
import random
import shutil
import sqlite3

import json_schema
from workdir import MASTER, SOURCE, Workdir

RACE = ["run", "--historical", "--start-datetime", "2024-07-07T14:00:00Z", "--end-datetime", "2024-07-07T14:03:00Z",
        "--rate-hz", "1", "--cars", "4"]
RUNS = {
    "race": [*RACE, "--laps", "1", "--end-datetime", "2024-07-07T14:05:00Z", "--streams",
             "telemetry,laps,checkpoints,race-control,results"],
    "simple": [*RACE, "--model", "simple"],
    "fastf1": [*RACE, "--as", "fastf1"],
    "openf1": [*RACE, "--as", "openf1"],
    "csv": [*RACE, "--format", "csv"],
    "fleet": ["run", "--scenario", "fleet", "--historical", "--start-datetime", "2025-08-09T12:00:00Z",
              "--end-datetime", "2025-08-09T12:00:40Z", "--vehicles", "20", "--rate-hz", "1"],
    "plays": ["run", "--scenario", "plays", "--historical", "--start-datetime", "2024-01-01", "--end-datetime",
              "2024-01-02", "--volume", "700", "--master-data-dir", MASTER],
}
FAULTS = ["--faults", "late=3%,duplicate=3%,reorder=3%,drop=1%,corrupt=3%", "--late-delay", "20s"]
TABLES = {"race": ["telemetry", "checkpoints", "laps", "race_control", "results"], "simple": ["simple_cars"],
          "fastf1": ["telemetry_fastf1"], "openf1": ["car_data_openf1"], "csv": ["telemetry"], "fleet": ["fleet"],
          "plays": ["plays"]}
ENTITY = {"telemetry": "car", "checkpoints": "car", "laps": "car", "race_control": "session", "results": "car", "simple_cars": "id",
          "telemetry_fastf1": "DriverNumber", "car_data_openf1": "driver_number", "fleet": "vehicle_id", "plays": "user_id"}
WHOLE = {"telemetry": "engine_rpm", "checkpoints": "checkpoint", "laps": "stint", "race_control": "lap", "results": "laps",
         "simple_cars": "checkpoint", "telemetry_fastf1": "RPM", "car_data_openf1": "rpm", "fleet": "engine_rpm",
         "plays": "play_duration_ms"}


class VerifyStore(Workdir):
    @classmethod
    def setUpClass(cls):
        cls.schema = json_schema.load(SOURCE / "docs" / "formats" / "verify-report.schema.json")

    def ingest(self, *run, name="sent", code=0):
        file = f"{name}.csv" if "csv" in run else f"{name}.ndjson"
        self.assert_code(self.racesim(*run, "--sink", f"file:{file}", "--manifest", f"{name}.json", "-q"), 0)
        self.assert_code(self.racesim("ingest", "--from", f"file:{file}", "--to", "sqlite:store.db", "-q"), code)

    def verify(self, *options, name="sent", store="store.db"):
        result = self.racesim("verify", "--manifest", f"{name}.json", "--against", f"sqlite:{store}", "--json", *options)
        report = json.loads(result.stdout)
        json_schema.assert_fits(self, report, self.schema)
        self.assertEqual(result.returncode, 0 if report["verdict"] == "verified" else 5, result.stderr)
        return report

    def differences(self, report):
        kinds = ("lost", "duplicated", "altered", "reordered", "phantom", "redelivered", "expired", "late", "unreadable",
                 "refused")
        return {kind: report[kind] for kind in kinds if report[kind]}

    def test_all_is_there(self):
        for name, run in RUNS.items():
            with self.subTest(run=name):
                self.ingest(*run, name=name)
                report = self.verify(name=name)
                self.assertEqual(self.differences(report), {})
                self.assertEqual(report["found"], report["expected"])
                self.assertGreater(report["found"], 100)
                self.assertEqual(report["mode"], "by-value")
                self.assertFalse(report["order_judged"])
                self.assertIn("not applicable", report["order_not_judged"])

    def test_a_receiver_may_keep_either_copy(self):
        """Late events and their copies, also where only the first of two arrivals is kept, as stores do."""
        for seed in range(1, 7):
            with self.subTest(seed=seed):
                name = f"copies{seed}"
                faults = ["--faults", "late=2%,duplicate=3%,reorder=2%", "--late-delay", "10s", "--seed", str(seed)]
                self.ingest(*RACE, "--rate-hz", "3", *faults, name=name)
                report = self.verify(name=name)
                self.assertEqual(self.differences(report), {})
                self.assertEqual(report["found"], report["expected"])
                lines = (self.dir / f"{name}.ndjson").read_text().splitlines(keepends=True)
                self.write("first.ndjson", "".join(dict.fromkeys(lines)))
                result = self.racesim("verify", "--manifest", f"{name}.json", "--against", "file:first.ndjson")
                self.assert_code(result, 0)
                self.assertIn("dedup complete", result.stdout)

    def test_injected_faults_are_subtracted(self):
        for name in ("race", "simple", "csv", "fleet", "plays"):
            with self.subTest(run=name):
                # In stores of their own: race and csv are one run, whose events are damaged in other places.
                # A damaged event may take the key of another one: 4 says so.
                self.assert_code(self.racesim(*RUNS[name], *FAULTS, "--sink", f"file:{name}.txt", "--manifest",
                                              f"{name}.json", "-q"), 0)
                done = self.racesim("ingest", "--from", f"file:{name}.txt", "--to", f"sqlite:{name}.db", "-q")
                self.assertIn(done.returncode, (0, 4), done.stderr)
                report = self.verify(name=name, store=f"{name}.db")
                self.assertEqual(self.differences(report), {}, report["examples"])
                self.assertEqual(report["injected"]["duplicate"]["present"], 0)
                self.assertGreater(report["injected"]["duplicate"]["sent"], 0)
                self.assertGreater(report["injected"]["corrupt"]["present"], 0)
                text = self.racesim("verify", "--manifest", f"{name}.json", "--against", f"sqlite:{name}.db").stdout
                self.assertTrue(text.startswith("VERIFIED "), text)
                self.assertIn("(dedup complete)", text)

    def change(self, statement, *values):
        for suffix in ("", "-wal", "-shm"):
            (self.dir / f"changed.db{suffix}").unlink(missing_ok=True)
        with contextlib.closing(sqlite3.connect(self.dir / "store.db")) as db:
            db.execute("VACUUM INTO ?", (str(self.dir / "changed.db"),))
        with contextlib.closing(sqlite3.connect(self.dir / "changed.db")) as db, db:
            return db.execute(statement, values).rowcount

    def differences_of_change(self, statement, *values):
        self.change(statement, *values)
        return self.differences(self.verify(store="changed.db"))

    def test_what_somebody_changed_is_named(self):
        draw = random.Random(5)
        for name, tables in TABLES.items():
            shutil.rmtree(self.dir, ignore_errors=True)
            self.dir.mkdir()
            self.ingest(*RUNS[name])
            for table in tables:
                with contextlib.closing(sqlite3.connect(self.dir / "store.db")) as db:
                    keys = [key for key, in db.execute(f"SELECT row_key FROM {table}")]
                    names = [row[1] for row in db.execute(f"PRAGMA table_info({table})")][1:]
                where = f"{table} WHERE row_key = {draw.choice(keys)}"
                entity = ENTITY[table]
                with self.subTest(run=name, table=table):
                    self.assertEqual(self.differences_of_change(f"DELETE FROM {where}"), {"lost": 1})
                    changed = f"UPDATE {table} SET {WHOLE[table]} = {WHOLE[table]} + 1 WHERE row_key = {draw.choice(keys)}"
                    self.assertEqual(self.differences_of_change(changed), {"altered": 1})
                    gone = f"UPDATE {table} SET {WHOLE[table]} = NULL WHERE row_key = {draw.choice(keys)}"
                    self.assertEqual(self.differences_of_change(gone), {"altered": 1})
                    where = f"(SELECT {entity} FROM {table} WHERE row_key = {draw.choice(keys)})"
                    count = self.change(f"DELETE FROM {table} WHERE {entity} = {where}")
                    self.assertEqual(self.differences(self.verify(store="changed.db")), {"lost": count})
                    if "run" in names and "seq" in names:
                        self.assertEqual(self.differences_of_change(self.copy_of(table, names, draw.choice(keys), "run")), {})
                        self.assertEqual(self.differences_of_change(self.copy_of(table, names, draw.choice(keys), "seq")),
                                         {"phantom": 1})

    def copy_of(self, table, names, key, changed):
        """A row that says that it is of another run, or another event of this one."""
        values = ["'00000001'" if name == changed == "run" else "seq + 5000" if name == changed else name for name in names]
        # A key that ingest would not give: only its being unique counts here.
        return (f"INSERT INTO {table} (row_key, {', '.join(names)}) SELECT (SELECT max(row_key) FROM {table}) + 1, "
                f"{', '.join(values)} FROM {table} WHERE row_key = {key}")

    def test_a_changed_value_is_shown(self):
        self.ingest(*RUNS["race"])
        self.change("UPDATE telemetry SET gear = 9 WHERE car = (SELECT min(car) FROM telemetry) AND seq = 50")
        report = self.verify(store="changed.db")
        example, = report["examples"]
        self.assertEqual((example["kind"], example["field"], example["seq"], example["found"]), ("altered", "gear", "50", "9"))
        self.assertIn("table telemetry", example["place"])

    def test_plays_of_others_are_left_out(self):
        self.ingest(*RUNS["plays"])
        self.ingest(*RUNS["plays"], "--seed", "7", name="other")
        self.assertEqual(self.differences(self.verify()), {})
        self.assertEqual(self.differences(self.verify(name="other")), {})
        names = "event_id, song_id, user_id, location_id, played_at, play_duration_ms, device_type"
        self.change(f"INSERT INTO plays (row_key, {names}) SELECT -77, '11111111-2222-4333-8444-555555555555', "
                    f"{names[10:]} FROM plays LIMIT 1")
        report = self.verify(store="changed.db")
        self.assertEqual((report["verdict"], report["of_unknown_runs"]), ("verified", 1))

    def test_what_keep_removed_is_expired(self):
        self.assert_code(self.racesim(*RUNS["race"], "--sink", "file:sent.ndjson", "--manifest", "sent.json", "-q"), 0)
        self.assert_code(self.racesim("ingest", "--from", "file:sent.ndjson", "--to", "sqlite:store.db", "--keep", "60s",
                                      "-q"), 0)
        report = self.verify()
        self.assertEqual(set(self.differences(report)), {"expired"})
        self.assertEqual(report["found"] + report["expired"], report["expected"])
        self.assertEqual(self.verify("--allow", "expired")["verdict"], "verified")

    def test_what_is_among_the_dead_letters_is_not_lost(self):
        self.ingest(*RUNS["race"])
        lines = (self.dir / "sent.ndjson").read_text(encoding="utf-8").splitlines()
        line = [line for line in lines if "throttle_pct" in line][40]
        event = json.loads(line)
        with contextlib.closing(sqlite3.connect(self.dir / "store.db")) as db, db:
            count = db.execute("DELETE FROM telemetry WHERE car = ? AND seq = ?", (event["car"], event["seq"])).rowcount
            db.execute("INSERT INTO dead_letter (source, lane, record_offset, reason, raw, added) "
                       "VALUES ('file', 'x', 0, 'too fast for us', ?, '2026-01-01')", (line.encode(),))
        self.assertEqual(count, 1)
        report = self.verify()
        self.assertEqual(self.differences(report), {"refused": 1})
        example, = report["examples"]
        self.assertEqual((example["place"], example["found"]), ("dead_letter id 1", "too fast for us"))

    def test_parts_of_a_run(self):
        for part in ("1/2", "2/2"):
            self.ingest(*RUNS["race"], "--shard", part, name=part[0])
        for part in ("1", "2"):
            report = self.verify(name=part)
            self.assertEqual(self.differences(report), {})
            self.assertGreater(report["of_other_parts"], 0)

    def test_what_is_refused(self):
        self.ingest(*RUNS["race"])
        against = ["verify", "--manifest", "sent.json", "--against"]
        self.assert_refused(self.racesim(*against, "sqlite:nothing.db"), "nothing.db", "racesim ingest", code=1)
        self.assert_refused(self.racesim(*against, "sqlite:store.db", "--fast"), "--fast")
        self.assert_refused(self.racesim("verify", "--invariants", "--against", "sqlite:store.db"), "not stores")
        self.assert_refused(self.racesim(*against, "mysql:x"), "'mysql:x' is not known", "sqlite:PATH")
        self.assertEqual(self.verify("--full")["verdict"], "verified")
