"""Goal: racesim aggregate makes results of what a pipe or a file holds, says how it went, keeps what it cannot use, and refuses what
makes no sense. Method: the built program in a scratch folder; counts are held against a plain reader of the same lines, what a
kill leaves against an undisturbed pass."""

import collections
import json
import os
import signal
import sqlite3
import subprocess
import unittest

import json_schema
from workdir import BINARY, SOURCE, Workdir, wait_until

RACE = ["run", "--no-config", "--historical", "--start-datetime", "2026-07-05T14:00Z", "--end-datetime",
        "2026-07-05T14:03:00Z", "--rate-hz", "5", "--cars", "4", "-q"]


class Aggregate(Workdir):
    @classmethod
    def setUpClass(cls):
        cls.schema = json_schema.load(SOURCE / "docs" / "formats" / "aggregate-summary.schema.json")

    def events(self, *args):
        result = self.racesim(*RACE, *args)
        self.assert_code(result, 0)
        return result.stdout.splitlines(keepends=True)

    def aggregate(self, *args, stdin="", code=0):
        """Result rows and the summary."""
        with open(self.write("input", stdin), "rb") as given:
            result = self.racesim("aggregate", "--no-config", *args, "--summary-export", "summary.json", "-q", stdin=given)
        self.assert_code(result, code)
        summary = json.loads((self.dir / "summary.json").read_text())
        json_schema.assert_fits(self, summary, self.schema)
        self.assertEqual(summary["exit_code"], code)
        self.assertEqual(summary["consumed"], sum(summary[name] for name in ("taken", "late", "late_idle", "duplicates",
                                                                             "unusable", "ignored", "dead_lettered")))
        return [json.loads(line) for line in result.stdout.splitlines()], summary

    def test_windows_of_a_pipe(self):
        lines = self.events()
        rows, summary = self.aggregate("--by", "window", "--window", "10s", stdin="".join(lines))
        plain = collections.Counter()
        for line in lines:
            event = json.loads(line)
            plain[str(event["car"]), event["time"][:18]] += 1
        found = {(row["key"], row["window_start"][:18]): row["samples"] for row in rows}
        self.assertEqual(found, dict(plain))
        self.assertEqual((summary["taken"], summary["results"]), (len(lines), {"window": len(rows)}))
        self.assertTrue(summary["reached_end"])

    def test_several_kinds_in_one_pass(self):
        lines = self.events()
        rows, summary = self.aggregate("--by", "lap,standings", "--by", "window", stdin="".join(lines))
        self.assertEqual({row["type"] for row in rows}, {"lap", "standings", "window"})
        for name in ("lap", "standings", "window"):
            alone, _ = self.aggregate("--by", name, stdin="".join(lines))
            self.assertEqual([row for row in rows if row["type"] == name], alone, name)
        self.assertEqual(sum(summary["results"].values()), len(rows))

    def test_what_is_no_event_is_kept(self):
        lines = self.events()
        mixed = [*lines[:500], "nonsense\n", "{\"half\":\n", *lines[500:], lines[0][:40]]
        rows, summary = self.aggregate("--by", "lap", "--dead-letter", "dead.ndjson", stdin="".join(mixed))
        whole, _ = self.aggregate("--by", "lap", stdin="".join(lines))
        self.assertEqual(rows, whole)
        self.assertEqual(summary["dead_lettered"], 3)
        self.assertEqual(len((self.dir / "dead.ndjson").read_text().splitlines()), 3)

    def test_mixed_kinds(self):
        lines = self.events("--streams", "telemetry,laps,race-control")
        rows, summary = self.aggregate("--by", "lap", stdin="".join(lines))
        others = sum('"lap_time_s"' in line or '"category"' in line for line in lines)
        self.assertEqual(summary["ignored"], others)
        self.assertGreater(len(rows), 0)
        fleet = self.racesim("run", "--no-config", "--scenario", "fleet", "--historical", "--start-datetime", "2026-07-05",
                             "--end-datetime", "2026-07-05T00:00:10Z", "-q").stdout
        with open(self.write("input", fleet), "rb") as given:
            result = self.racesim("aggregate", "--no-config", "--by", "lap", stdin=given)
        self.assert_code(result, 0)
        self.assertIn("of a kind that these aggregations read: telemetry", result.stderr)

    def test_late_events_go_to_the_late_output(self):
        lines = self.events()
        late = lines[100]
        rows, summary = self.aggregate("--by", "window", "--late-output", "late.ndjson", stdin="".join(lines) + late.replace(
            '"seq":', '"seq":9', 1))
        self.assertEqual(summary["late"], 1)
        self.assertIn('"seq":9', (self.dir / "late.ndjson").read_text())
        self.assertEqual(sum(row["samples"] for row in rows), len(lines))

    def test_a_leap_of_the_clock(self):
        """An event of the year 2099 moves the watermark, so that what follows is late: told, and none of it is lost."""
        lines = self.events()
        leap = lines[200].replace("2026-07-05T", "2099-07-05T").replace('"seq":', '"seq":9', 1)
        rows, summary = self.aggregate("--by", "window", "--late-output", "late.ndjson",
                                       stdin="".join([*lines[:200], leap, *lines[200:]]))
        self.assertEqual(summary["late"], len(lines) - 200)
        self.assertEqual(len((self.dir / "late.ndjson").read_text().splitlines()), len(lines) - 200)

    def test_thresholds(self):
        lines = self.events()
        self.aggregate("--by", "lap", "--threshold", "late==0", stdin="".join(lines))
        self.aggregate("--by", "lap", "--threshold", "results<1", stdin="".join(lines), code=5)
        result = self.racesim("aggregate", "--no-config", "--by", "lap", "--threshold", "laets==0")
        self.assert_code(result, 2)
        self.assertIn("late", result.stderr)

    def test_what_makes_no_sense_is_refused(self):
        self.write("e.ndjson", "".join(self.events()))
        for args, words in (
            (["--by", "laps"], "did you mean"),
            ([], "--by"),
            (["--by", "window", "--window", "0s"], "--window"),
            (["--by", "window", "--window", "400d"], "--window"),
            (["--by", "window", "--window", "5s", "--slide", "6s"], "--slide"),
            (["--by", "lap", "--window", "5s"], "is for --by"),
            (["--by", "lap", "--to", "sqllite:x"], "sqlite"),
            (["--by", "lap", "--resume"], "--checkpoint"),
            (["--by", "lap", "--txn"], "--to kafka"),
            (["--by", "lap", "--to", "sqlite:a.db", "--to", "sqlite:b.db"], "two databases"),
        ):
            with self.subTest(args):
                result = self.racesim("aggregate", "--no-config", "--from", "file:e.ndjson", *args)
                self.assert_code(result, 2)
                self.assertIn(words, result.stderr)
        self.assert_code(self.racesim("aggregate", "--no-config", "--from", "file:none.ndjson", "--by", "lap"), 1)
        result = self.racesim("aggregate", "--no-config", "--from", "http", "--by", "lap")
        self.assert_code(result, 2)
        self.assertIn("racesim ingest --from http", result.stderr)

    def test_a_dry_run_says_what_would_be_done(self):
        self.write("e.ndjson", "".join(self.events()))
        result = self.racesim("aggregate", "--no-config", "--from", "file:e.ndjson", "--by", "lap,window", "--to",
                              "sqlite:r.db", "--dry-run")
        self.assert_code(result, 0)
        self.assertIn("lap_metrics", result.stdout)
        self.assertFalse((self.dir / "r.db").exists())

    def test_a_database_goes_on_where_a_kill_left_it(self):
        lines = self.events("--streams", "telemetry")
        self.write("e.ndjson", "".join(lines))
        args = ["aggregate", "--no-config", "--from", "file:e.ndjson", "--by", "lap,standings,window", "-q"]
        self.assert_code(self.racesim(*args, "--to", "sqlite:whole.db"), 0)
        for _ in range(6):
            process = subprocess.Popen([BINARY, *args, "--to", "sqlite:killed.db", "--batch", "50"], cwd=self.dir,
                                       stderr=subprocess.DEVNULL)
            wait_until(lambda: process.poll() is not None or self.commits("killed.db") > 0, "a commit")
            process.kill()
            process.wait()
        self.assert_code(self.racesim(*args, "--to", "sqlite:killed.db"), 0)
        for table in ("lap_metrics", "standings", "windows"):
            self.assertEqual(self.table("killed.db", table), self.table("whole.db", table), table)

    def commits(self, db):
        try:
            with sqlite3.connect(f"file:{self.dir / db}?mode=ro", uri=True) as connection:
                return connection.execute("SELECT count(*) FROM ingest_offsets").fetchone()[0]
        except sqlite3.Error:
            return 0

    def table(self, db, name):
        with sqlite3.connect(f"file:{self.dir / db}?mode=ro", uri=True) as connection:
            columns = [row[1] for row in connection.execute(f"PRAGMA table_info({name})") if row[1] != "row_key"]
            return sorted(map(repr, connection.execute(f"SELECT {', '.join(columns)} FROM {name}")))

    def test_a_file_that_grows_is_gone_on_with(self):
        """What was open at the end of the first part is corrected by the second."""
        lines = self.events()
        half = len(lines) // 2 + 3
        args = ["aggregate", "--no-config", "--from", "file:e.ndjson", "--by", "lap,window", "-q", "--to"]
        self.write("e.ndjson", "".join(lines[:half]))
        self.assert_code(self.racesim(*args, "sqlite:grown.db"), 0)
        self.write("e.ndjson", "".join(lines))
        self.assert_code(self.racesim(*args, "sqlite:grown.db"), 0)
        self.assert_code(self.racesim(*args, "sqlite:whole.db"), 0)
        for table in ("lap_metrics", "windows"):
            self.assertEqual(self.table("grown.db", table), self.table("whole.db", table), table)

    def test_a_state_of_other_options_is_refused(self):
        self.write("e.ndjson", "".join(self.events()))
        args = ["aggregate", "--no-config", "--from", "file:e.ndjson", "--by", "window", "--to", "sqlite:r.db", "-q"]
        self.assert_code(self.racesim(*args), 0)
        result = self.racesim(*args, "--watermark", "30s")
        self.assert_code(result, 2)
        self.assertIn("watermark 30s", result.stderr)
        self.assert_code(self.racesim(*args, "--window", "20s"), 0)

    def laps(self, lines):
        rows, _ = self.aggregate("--by", "lap", stdin="".join(lines))
        return {(row["run"], row["session"], row["car"], row["lap"]): row for row in rows}

    def test_a_race_without_its_first_minutes(self):
        """The lap that was under way is not complete, those behind it are the same."""
        lines = self.events("--end-datetime", "2026-07-05T14:06:00Z", "--rate-hz", "20")
        whole = self.laps(lines)
        cut = self.laps([line for line in lines if json.loads(line)["time"] >= "2026-07-05T14:02:00"])
        first = {key[2]: min(k[3] for k in cut if k[2] == key[2]) for key in cut}
        self.assertTrue(all(lap > 1 for lap in first.values()))
        complete = 0
        for key, row in cut.items():
            if key[3] == first[key[2]]:
                self.assertFalse(row["is_complete"])
                self.assertIsNone(row["lap_time_s"])
            else:
                complete += row["is_complete"]
                for name in ("lap_time_s", "samples", "avg_speed_kmh", "gear_changes", "is_complete"):
                    self.assertEqual(row[name], whole[key][name], (key, name))
        self.assertGreater(complete, 3)

    def test_two_runs_in_one_stream(self):
        """Their events mixed, each has its own results."""
        one, other = self.events("--seed", "1"), self.events("--seed", "2")
        mixed = [line for pair in zip(one, other) for line in pair]
        found = self.laps(mixed)
        self.assertEqual({key[0] for key in found}, {json.loads(one[0])["run"], json.loads(other[0])["run"]})
        self.assertEqual(found, {**self.laps(one), **self.laps(other)})

    def test_a_store_is_a_source(self):
        lines = self.events()
        with open(self.write("input", "".join(lines)), "rb") as given:
            self.assert_code(self.racesim("ingest", "--no-config", "--to", "sqlite:r.db", "-q", stdin=given), 0)
        rows, _ = self.aggregate("--by", "lap,standings", stdin="".join(lines))
        stored, _ = self.aggregate("--from", "sqlite:r.db", "--by", "lap,standings")
        self.assertEqual(sorted(map(repr, rows)), sorted(map(repr, stored)))

    def test_followed_files_and_a_signal(self):
        lines = self.events()
        self.write("e.ndjson", "".join(lines))
        process = subprocess.Popen([BINARY, "aggregate", "--no-config", "--from", "file:e.ndjson", "--follow", "--by",
                                    "window", "--window", "10s", "-q"], cwd=self.dir, stdout=subprocess.PIPE, text=True)
        seen = {}
        for line in process.stdout:
            row = json.loads(line)
            seen[row["key"], row["window_start"]] = row["samples"]
            if sum(seen.values()) == len(lines):
                break
        process.send_signal(signal.SIGTERM)
        process.stdout.read()
        process.stdout.close()
        self.assertEqual(process.wait(), 0)

    def test_a_reader_that_goes_away_ends_it_quietly(self):
        self.write("e.ndjson", "".join(self.events()))
        result = subprocess.run(f"{BINARY} aggregate --no-config --from file:e.ndjson --by window -q | head -n 1; "
                                "echo ${PIPESTATUS[0]}", shell=True, cwd=self.dir, capture_output=True, text=True,
                                executable="/bin/bash", check=False)
        self.assertEqual(result.stdout.splitlines()[-1], "0", result.stderr)
        self.assertEqual(result.stderr, "")


if __name__ == "__main__":
    unittest.main()
