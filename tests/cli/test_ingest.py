"""Goal: racesim ingest stores what a pipe or a file holds, each event once, says how it went, and refuses what does not fit.
Method: the built program in a scratch folder; the database is read with Python's sqlite3; random damage is counted by a
plain reader of the same lines."""

import json
import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import unittest

from workdir import BINARY, SOURCE, Workdir, wait_until

sys.path.insert(0, str(SOURCE / "tests" / "support"))
import json_schema  # noqa: E402

RACE = ["run", "--no-config", "--historical", "--start-datetime", "2026-07-05T14:00Z", "--end-datetime",
        "2026-07-05T14:05Z", "--laps", "1", "-q"]
TABLES = ["telemetry", "checkpoints", "laps", "race_control", "results"]


class Ingest(Workdir):
    def setUp(self):
        super().setUp()
        self.schema = json_schema.load(SOURCE / "docs" / "formats" / "ingest-summary.schema.json")

    def events(self, *args):
        """Lines of a small race, with all its streams."""
        result = self.racesim(*RACE, "--rate-hz", "1", "--cars", "4", "--streams",
                              "telemetry,checkpoints,laps,race-control,results", *args)
        self.assert_code(result, 0)
        return result.stdout.splitlines()

    def fed(self, text, *args):
        """An ingest whose standard input holds the text."""
        with open(self.write("input", text), "rb") as given:
            return self.racesim("ingest", "--no-config", *args, stdin=given)

    def ingest(self, *args, stdin="", code=0):
        result = self.fed(stdin, *args, "--json")
        self.assert_code(result, code)
        summary = json.loads(result.stdout)
        json_schema.assert_fits(self, summary, self.schema)
        self.assertEqual(summary["exit_code"], code)
        self.assertEqual(summary["consumed"], summary["stored"] + summary["duplicates"] + summary["dead_lettered"]
                         + summary["rejected"] + summary["expired"])
        return summary

    def rows(self, sql, db="racesim.db"):
        with sqlite3.connect(f"file:{self.dir / db}?mode=ro", uri=True) as connection:
            return connection.execute(sql).fetchall()

    def test_a_pipe_into_the_default_database(self):
        lines = self.events()
        summary = self.ingest(stdin="\n".join(lines) + "\n")
        self.assertEqual((summary["stored"], summary["duplicates"]), (len(lines), 0))
        self.assertTrue(summary["reached_end"])
        for table, rows in summary["tables"].items():
            self.assertEqual(self.rows(f"select count(*) from {table}"), [(rows,)])
        sample = next(json.loads(line) for line in lines if "throttle_pct" in line)
        row = self.rows("select speed_kmh, engine_rpm, tyre, drs, time, lat from telemetry "
                        f"where car = {sample['car']} and seq = {sample['seq']}")[0]
        self.assertEqual(row, (sample["speed_kmh"], sample["engine_rpm"], sample["tyre"], int(sample["drs"]),
                               sample["time"], sample["lat"]))

    def test_the_same_again_changes_nothing(self):
        lines = self.events()
        self.ingest(stdin="\n".join(lines) + "\n")
        before = self.rows("select * from telemetry order by run, car, seq")
        shuffled = lines * 2
        random.Random(1).shuffle(shuffled)
        summary = self.ingest(stdin="\n".join(shuffled) + "\n")
        self.assertEqual((summary["stored"], summary["duplicates"]), (0, 2 * len(lines)))
        self.assertEqual(self.rows("select * from telemetry order by run, car, seq"), before)

    def test_random_damage_is_counted_and_kept(self):
        for seed in range(5):
            chance = random.Random(seed)
            lines = self.events()
            db = f"damage{seed}.db"
            sent, good, bad = [], set(), []
            for line in lines:
                kind = chance.randrange(10)
                if kind == 0:
                    line = line[:chance.randrange(1, len(line))]
                    bad.append(line)
                elif kind == 1:
                    line = line.replace('"seq":', '"sequence":', 1)
                    bad.append(line)
                elif kind == 2:
                    sent.append(line)
                    good.add(line)
                else:
                    good.add(line)
                sent.append(line)
            summary = self.ingest("--to", f"sqlite:{db}", stdin="\n".join(sent) + "\n")
            self.assertEqual((summary["stored"], summary["dead_lettered"], summary["duplicates"]),
                             (len(good), len(bad), len(sent) - len(good) - len(bad)))
            kept = [raw.decode() for (raw,) in self.rows("select raw from dead_letter order by id", db)]
            self.assertEqual(kept, bad)
            self.assertTrue(all(reason for (reason,) in self.rows("select reason from dead_letter", db)))

    def test_a_conflict_is_kept_and_told(self):
        line = next(line for line in self.events() if "throttle_pct" in line)
        other = re.sub(r'"throttle_pct":(\d+)', lambda m: f'"throttle_pct":{99 if m[1] == "42" else 42}', line)
        result = self.fed(f"{line}\n{other}\n")
        self.assert_code(result, 4)
        self.assertIn("1 event has the key of another one", result.stderr)
        self.assertEqual(self.rows("select count(*) from telemetry"), [(1,)])
        ((reason, raw),) = self.rows("select reason, raw from dead_letter")
        self.assertIn("conflict", reason)
        self.assertEqual(raw.decode(), other)

    def test_fail_ends_before_the_bad_record(self):
        lines = self.events()[:10]
        result = self.fed("\n".join(lines[:5] + ["what?"] + lines[5:]) + "\n", "--on-invalid", "fail")
        self.assert_code(result, 1)
        self.assertIn("--on-invalid dead-letter", result.stderr)
        self.assertEqual(self.rows("select count(*) from dead_letter"), [(0,)])

    def test_unknown_fields_are_told_once(self):
        lines = [line[:-1] + ',"weather":"wet"}' for line in self.events()]
        result = self.fed("\n".join(lines) + "\n")
        self.assert_code(result, 0)
        self.assertEqual(result.stderr.count("weather"), 1)

    def test_thresholds_decide_the_exit_code(self):
        summary = self.ingest("--threshold", "dead_lettered==0", "--threshold", "stored>=1", stdin="what?\n", code=5)
        self.assertEqual([t["holds"] for t in summary["thresholds"]], [False, False])
        result = self.fed("", "--threshold", "dead_leters==0")
        self.assert_code(result, 2)
        self.assertIn("dead_lettered", result.stderr)

    def test_master_data_beside_the_plays(self):
        plays = self.racesim("run", "--no-config", "--scenario", "plays", "--master-data-dir",
                             str(SOURCE / "data/master"), "--historical", "--start-datetime", "2024-01-01",
                             "--end-datetime", "2024-01-02", "--volume", "200", "-q").stdout
        self.ingest(stdin=plays)
        master = self.ingest("--from", f"file:{SOURCE}/data/master/songs.csv", "--from",
                             f"file:{SOURCE}/data/master/users.csv")
        self.assertEqual(master["dead_lettered"], 0)
        ((named,),) = self.rows("select count(*) from plays join songs using (song_id) join users using (user_id)")
        self.assertEqual(named, 200)

    def test_a_signal_stops_a_pipe_and_loses_nothing(self):
        lines = self.events()
        for number, code in ((signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGHUP, 129)):
            db = f"signal{number}.db"
            process = subprocess.Popen([BINARY, "ingest", "--no-config", "--to", f"sqlite:{db}"], cwd=self.dir,
                                       stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                       env={**os.environ, "HOME": str(self.dir)})
            process.stdin.write("\n".join(lines) + "\n")
            process.stdin.flush()
            wait_until(lambda: (self.dir / db).exists() and self.rows("select count(*) from telemetry", db)[0][0] > 0, "rows")
            process.send_signal(number)
            process.wait(timeout=60)
            process.stdin.close()
            self.assertEqual(process.returncode, code, process.stderr.read())
            process.stderr.close()

    def test_kills_in_the_middle(self):
        lines = self.events("--rate-hz", "20")
        whole = "\n".join(lines) + "\n"
        (self.dir / "events.ndjson").write_text(whole)
        kills = 0
        for delay in range(200):
            process = subprocess.Popen([BINARY, "ingest", "--no-config", "-q", "--from", "file:events.ndjson", "--batch",
                                        "50"], cwd=self.dir, stderr=subprocess.DEVNULL)
            try:
                process.wait(timeout=0.02 + 0.01 * delay)
                break
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                kills += 1
        self.assertGreater(kills, 0)
        self.ingest("--from", "file:events.ndjson")
        self.assertEqual(self.rows("pragma integrity_check"), [("ok",)])
        stored = sum(rows for (rows,) in [self.rows(f"select count(*) from {table}")[0] for table in TABLES])
        self.assertEqual(stored, len(lines))

    def test_an_event_that_breaks_a_law_is_refused_each_time(self):
        fleet = self.racesim("run", "--no-config", "--scenario", "fleet", "--historical", "--start-datetime",
                             "2025-08-09T12:00:00Z", "--end-datetime", "2025-08-09T12:00:10Z", "-q").stdout.splitlines()
        broken = re.sub(r'"speeding":(true|false)', lambda m: f'"speeding":{"false" if m[1] == "true" else "true"}', fleet[5])
        lines = [*fleet[:5], broken, *fleet[6:10], broken, *fleet[10:]]
        summary = self.ingest("--check-laws", stdin="\n".join(lines) + "\n")
        self.assertEqual((summary["stored"], summary["dead_lettered"]), (len(fleet) - 1, 2))

    def test_bytes_that_are_no_time_are_none(self):
        lines = [line for line in self.events() if "throttle_pct" in line][:3]
        lines[1] = re.sub(r'"time":"[^"]{17}', '"time":"' + "\0" * 17, lines[1])
        summary = self.ingest(stdin="\n".join(lines) + "\n")
        self.assertEqual((summary["stored"], summary["dead_lettered"]), (2, 1))

    def test_long_names_of_fields_are_cut(self):
        lines = [line[:-1] + ',"' + chr(97 + i) + "x" * 100_000 + '":1}' for i, line in enumerate(self.events()[:20])]
        result = self.fed("\n".join(lines) + "\n")
        self.assert_code(result, 0)
        self.assertLess(len(result.stderr), 4_000)

    def test_verbose_names_each_commit(self):
        lines = self.events()[:20]
        result = self.fed("\n".join(lines) + "\n", "-v")
        self.assertIn("Ingested 20 records", result.stderr)

    def test_a_transaction_is_no_larger_than_asked_for(self):
        lines = self.events()
        result = self.fed("\n".join(lines) + "\n", "-v", "--batch", "100", "--to", "sqlite:small.db")
        sizes = [int(n) for n in re.findall(r"Ingested (\d+) records?", result.stderr)]
        self.assertEqual(sum(sizes), len(lines))
        self.assertLessEqual(max(sizes), 100)

    def test_dry_run_makes_nothing(self):
        result = self.fed("", "--dry-run")
        self.assert_code(result, 0)
        self.assertIn("telemetry", result.stdout)
        plan = json.loads(self.fed("", "--dry-run", "--json").stdout)
        json_schema.assert_fits(self, plan, json_schema.load(SOURCE / "docs" / "formats" / "ingest-plan.schema.json"))
        self.assertEqual((plan["source"]["kind"], plan["schema"], plan["store"]), ("stdin", "auto", "sqlite"))
        self.assertIn("telemetry", plan["tables"])
        self.assertFalse((self.dir / "racesim.db").exists(), "a database")

    def test_refusals(self):
        (self.dir / "notes.txt").write_text("no database at all, and long enough to be read as one " * 50)
        for args, word in ((["--to", "mysql:x"], "sqlite"), (["--from", "kafcka"], "kafka"),
                           (["--schema", "rase"], "race"), (["--to", "sqlite:notes.txt"], "notes.txt"),
                           (["--from", "stdin", "--follow"], "--follow"), (["--org", "me"], "--org"),
                           (["--on-invalid", "reject"], "http"), (["--start-at", "yesterday"], "earliest"),
                           (["--from", "http", "--listen", "0.0.0.0:0"], "token")):
            result = self.fed("", *args)
            self.assert_code(result, 2)
            self.assertIn(word, result.stderr)

    def test_a_store_is_copied(self):
        """Every row of events of one store comes into the other, once; no database is copied into itself."""
        self.assert_code(self.fed("\n".join(self.events()) + "\n", "--to", "sqlite:a.db"), 0)
        for stored in (True, False):
            self.assert_code(self.racesim("ingest", "--no-config", "--from", "sqlite:a.db", "--to", "sqlite:b.db"), 0)
            rows = []
            for name in "ab":
                with sqlite3.connect(self.dir / f"{name}.db") as db:
                    # Row keys hang on the order in which owners came.
                    rows.append([sorted(row[1:] for row in db.execute(f"SELECT * FROM {t}")) for t in TABLES])
                db.close()
            self.assertEqual(rows[0], rows[1], f"copied anew: {stored}")
            self.assertTrue(all(rows[0]))
        again = self.racesim("ingest", "--no-config", "--from", "sqlite:a.db", "--to", "sqlite:./a.db")
        self.assert_code(again, 2)
        self.assertIn("the same database", again.stderr)

    def test_a_database_that_is_held_is_waited_for(self):
        """Also when it is opened: the holder goes once the ingest has said that it waits."""
        lines = self.events()[:50]
        self.write("events.ndjson", "\n".join(lines) + "\n")
        holder = sqlite3.connect(self.dir / "racesim.db", isolation_level=None)
        self.addCleanup(holder.close)
        holder.execute("BEGIN EXCLUSIVE")
        refused = self.racesim("ingest", "--no-config", "--from", "file:events.ndjson", "--retry-max-time", "1s")
        self.assert_code(refused, 6)
        self.assertIn("locked", refused.stderr)
        process = self.start("ingest", "--no-config", "--from", "file:events.ndjson")
        wait_until(lambda: "waiting" in self.messages(), "a word about the wait")
        holder.execute("ROLLBACK")
        code, _, messages = self.finish(process)
        self.assertEqual(code, 0, messages)
        self.assertEqual(sum(self.rows(f"select count(*) from {table}")[0][0] for table in TABLES), 50)

    def test_the_lock_keeps_a_second_one_out(self):
        first = subprocess.Popen([BINARY, "ingest", "--no-config", "-q", "--lock", "l"], cwd=self.dir,
                                 stdin=subprocess.PIPE)
        wait_until(lambda: (self.dir / "racesim.db").exists(), "a database")
        result = self.fed("", "--lock", "l")
        self.assert_code(result, 6)
        first.stdin.close()
        self.assertEqual(first.wait(timeout=60), 0)


if __name__ == "__main__":
    unittest.main()
