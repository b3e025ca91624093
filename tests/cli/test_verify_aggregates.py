"""Goal: verify --aggregates says that results are right when they are, names each one that somebody changed, and judges late
events by the rules that the engine had. Method: runs with every kind of fault, aggregated into files and databases; then lines
are dropped, changed and added at random places (a fixed seed)."""

import json
import random
import sqlite3

import json_schema
from workdir import MASTER, SOURCE, Workdir

FAULTS = ["--faults", "late=3%,duplicate=3%,reorder=3%,drop=1%,corrupt=0.3%", "--late-delay", "20s"]
RACE = ["run", "--historical", "--start-datetime", "2024-07-07T14:00:00Z", "--end-datetime", "2024-07-07T14:04:00Z",
        "--rate-hz", "5", "--cars", "6"]
RUNS = {
    "race": ([*RACE], "window,lap", ["--window", "5s"]),
    "sliding": ([*RACE], "window", ["--window", "20s", "--slide", "5s"]),
    "fleet": (["run", "--scenario", "fleet", "--historical", "--start-datetime", "2025-08-09T12:00:00Z", "--end-datetime",
               "2025-08-09T12:05:00Z", "--vehicles", "12", "--rate-hz", "2"], "window,violations", ["--window", "1m"]),
    "plays": (["run", "--scenario", "plays", "--historical", "--start-datetime", "2024-01-01", "--end-datetime",
               "2024-01-02", "--volume", "1500", "--master-data-dir", MASTER], "window,top-songs",
              ["--window", "1h", "--top", "5", "--top-by", "all,country,genre", "--master-data-dir", MASTER]),
    "sessions": (["run", "--scenario", "fleet", "--historical", "--start-datetime", "2025-08-09T12:00:00Z", "--end-datetime",
                  "2025-08-09T12:05:00Z", "--vehicles", "12", "--rate-hz", "0.5"], "window", ["--gap", "3s"]),
}


class VerifyAggregates(Workdir):
    @classmethod
    def setUpClass(cls):
        cls.schema = json_schema.load(SOURCE / "docs" / "formats" / "verify-aggregates.schema.json")

    def aggregate(self, name="race", *options, to="stdout"):
        run, by, how = RUNS[name]
        self.assert_code(self.racesim(*run, *FAULTS, "--sink", "file:sent.ndjson", "--manifest", "sent.json", "-q"), 0)
        result = self.racesim("aggregate", "--from", "file:sent.ndjson", "--by", by, *how, "--to", to, "-q", *options)
        self.assert_code(result, 0)
        if to == "stdout":
            (self.dir / "results.ndjson").write_text(result.stdout)

    def verify(self, *options, against="file:results.ndjson"):
        result = self.racesim("verify", "--aggregates", "--manifest", "sent.json", "--against", against, "--json", *options)
        self.assertIn(result.returncode, (0, 5), result.stderr)
        report = json.loads(result.stdout)
        json_schema.assert_fits(self, report, self.schema)
        return result.returncode, report

    def lines(self):
        return (self.dir / "results.ndjson").read_text().splitlines(keepends=True)

    def write(self, lines):
        (self.dir / "results.ndjson").write_text("".join(lines))

    def test_what_aggregate_gives_is_right(self):
        for name in RUNS:
            with self.subTest(name):
                self.aggregate(name)
                code, report = self.verify()
                self.assertEqual(code, 0, report)
                for counts in report["aggregations"].values():
                    self.assertEqual(counts["right"], counts["expected"])
                    self.assertGreater(counts["expected"], 0)
                (self.dir / "results.ndjson").unlink()

    def test_late_events_are_dropped_by_the_watermark(self):
        self.aggregate("race", "--watermark", "3s")
        code, report = self.verify("--watermark", "3s")
        self.assertEqual(code, 0, report)
        self.assertGreater(report["events"]["must_drop"], 100)
        code, report = self.verify("--watermark", "60s")
        self.assertEqual(code, 5)
        self.assertGreater(report["aggregations"]["window"]["altered"], 10)
        self.assertEqual(report["events"]["must_drop"], 0)

    def test_allowed_lateness_counts(self):
        self.aggregate("race", "--watermark", "1s", "--allowed-lateness", "5s", "--emit", "update")
        code, report = self.verify("--watermark", "1s", "--allowed-lateness", "5s")
        self.assertEqual(code, 0, report)
        self.assertGreater(report["aggregations"]["window"]["corrected"], 10)

    def test_batches_make_late_events_either(self):
        self.aggregate("race", "--watermark", "3s")
        code, report = self.verify("--watermark", "3s", "--batch-interval", "10s")
        self.assertEqual(code, 0, report)
        self.assertGreater(report["events"]["either"], 10)
        self.assertGreater(report["aggregations"]["window"]["either"], 10)

    def test_a_database_is_judged_too(self):
        self.aggregate("race", to="sqlite:results.db")
        code, report = self.verify(against="sqlite:results.db")
        self.assertEqual(code, 0, report)
        with sqlite3.connect(self.dir / "results.db") as db:
            db.execute("UPDATE windows SET samples = samples + 1 WHERE row_key = (SELECT min(row_key) FROM windows)")
        db.close()
        code, report = self.verify(against="sqlite:results.db")
        self.assertEqual((code, report["aggregations"]["window"]["altered"]), (5, 1))

    def test_changed_charts_and_sessions_are_named(self):
        for name, kind, field in (("plays", "top-songs", "unique_users"), ("plays", "top-songs", "previous_rank"),
                                  ("sessions", "window", "samples"), ("sessions", "window", "window_end")):
            with self.subTest(name=name, field=field):
                self.aggregate(name)
                rows = [json.loads(line) for line in self.lines()]
                changed = next(row for row in reversed(rows) if row["type"] == kind)
                changed[field] = rows[0][field] if field == "window_end" else (changed[field] or 0) + 1
                self.write([json.dumps(row) + "\n" for row in rows])
                code, report = self.verify()
                self.assertEqual((code, report["aggregations"][kind]["altered"]), (5, 1))
                self.assertEqual(report["examples"][0]["field"], field)

    def test_charts_without_titles_are_right_too(self):
        self.aggregate("plays")
        rows = [json.loads(line) for line in self.lines()]
        for row in rows:
            row.update({field: "" for field in ("title", "artist_name", "genre") if field in row})
        self.write([json.dumps(row) + "\n" for row in rows])
        code, report = self.verify()
        self.assertEqual(code, 0, report)

    def test_every_change_is_named(self):
        self.aggregate("race")
        good = self.lines()
        chance = random.Random(14)
        for _ in range(20):
            lines = list(good)
            i = chance.randrange(len(lines))
            row = json.loads(lines[i])
            what = chance.choice(["missing", "altered", "phantom"])
            if what == "missing":
                del lines[i]
            elif what == "altered":
                field = chance.choice(["samples", "avg_speed_kmh", "max_speed_kmh"])
                row[field] = round((row[field] or 0) + 0.1 + (field == "samples"), 3) if field != "samples" else row[field] + 1
                lines[i] = json.dumps(row) + "\n"
            else:
                row["car" if row["type"] == "lap" else "key"] = 99 if row["type"] == "lap" else "99"
                lines.append(json.dumps(row) + "\n")
            self.write(lines)
            code, report = self.verify()
            counts = report["aggregations"][row["type"]]
            self.assertEqual(code, 5)
            self.assertEqual({kind: counts[kind] for kind in ("missing", "altered", "phantom")},
                             {kind: int(kind == what) for kind in ("missing", "altered", "phantom")}, lines[i])
            self.assertEqual(report["examples"][0]["kind"], what)

    def test_the_last_row_of_a_key_counts(self):
        self.aggregate("race")
        lines = self.lines()
        row = json.loads(lines[0])
        row["samples"] += 5
        self.write([json.dumps(row) + "\n", *lines])
        code, report = self.verify()
        self.assertEqual((code, report["aggregations"]["window"]["corrected"]), (0, 1))
        self.write([*lines, json.dumps(row) + "\n"])
        code, report = self.verify()
        self.assertEqual((code, report["aggregations"]["window"]["altered"]), (5, 1))

    def test_what_is_no_result_is_told(self):
        self.aggregate("race")
        self.write([*self.lines(), "{\"type\":\"something\"}\n", "nonsense\n"])
        code, report = self.verify()
        self.assertEqual((code, report["unreadable"]), (5, 2))
        self.write([])
        code, report = self.verify()
        self.assertEqual(code, 5)
        self.assertIn("there are no results", report["verdict"])

    def test_results_of_other_runs_are_left_out(self):
        self.aggregate("race")
        row = json.loads(self.lines()[0])
        row["run"] = "00000001"
        self.write([*self.lines(), json.dumps(row) + "\n"])
        code, report = self.verify()
        self.assertEqual((code, report["of_other_runs"]), (0, 1))

    def test_errors_say_what_to_do(self):
        self.aggregate("race")
        for options, words in ((["--fast"], "--aggregates judges results"), (["--junit", "x.xml"], "--report")):
            result = self.racesim("verify", "--aggregates", "--manifest", "sent.json", "--against", "file:results.ndjson",
                                  *options)
            self.assert_code(result, 2)
            self.assertIn(words, result.stderr)
