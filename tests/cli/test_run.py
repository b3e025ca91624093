"""Goal: racesim run makes the plays that were asked for and says how it went.
Method: counts, order and bytes on stdout and in files; the summary in all its forms."""

import csv
import io
import json
import unittest

from workdir import JANUARY, MASTER, Workdir, sanitized


class Historical(Workdir):
    def test_exactly_the_volume_in_order_within_the_window(self):
        result = self.play("--volume", "2500")
        self.assert_code(result, 0)
        times = [json.loads(line)["played_at"] for line in result.stdout.splitlines()]
        self.assertEqual(len(times), 2500)
        self.assertEqual(times, sorted(times))
        self.assertGreaterEqual(times[0], "2024-01-01T00:00:00.000Z")
        self.assertLess(times[-1], "2024-02-01T00:00:00.000Z")

    def test_the_default_volume(self):
        self.assertEqual(len(self.play().stdout.splitlines()), 10000)

    def test_the_same_bytes_whatever_the_pace_and_the_threads(self):
        first = self.play("--volume", "500").stdout
        for more in (["--threads", "1"], ["--threads", "8"], ["--posting-rate", "5k/s"],
                     ["--posting-rate", "5k/s", "--arrivals", "poisson"], ["--stages", "50ms:2k,1s:5k"]):
            self.assertEqual(self.play("--volume", "500", *more).stdout, first, more)

    def test_the_seed_decides(self):
        self.assertNotEqual(self.play("--volume", "50").stdout, self.play("--volume", "50", "--seed", "43").stdout)

    def test_shards_are_parts_of_the_whole(self):
        whole = sorted(self.play("--volume", "6000").stdout.splitlines())
        parts = [self.play("--volume", "6000", "--shard", f"{i}/3").stdout.splitlines() for i in (1, 2, 3)]
        for part in parts:
            self.assertGreater(len(part), 1000)
        self.assertEqual(sorted(sum(parts, [])), whole)

    def test_an_empty_part_is_told(self):
        for more in ((), ("--dry-run",)):
            first = self.play("--volume", "100", "--shard", "1/3", *more)
            self.assert_code(first, 0)
            self.assertIn("warning part 1 of 3 is empty: this run can be split into 1 part", first.stderr)
            self.assertNotIn("is empty", self.play("--volume", "100", "--shard", "3/3", *more).stderr)
        self.assertEqual(len(self.play("--volume", "100", "--shard", "3/3").stdout.splitlines()), 100)
        plan = json.loads(
            self.play("--volume", "100", "--shard", "3/3", "--posting-rate", "10", "--dry-run", "--json").stdout)
        self.assertEqual(plan["expected_seconds"], 10)

    def test_csv(self):
        result = self.play("--volume", "20", "--format", "csv")
        rows = list(csv.DictReader(io.StringIO(result.stdout)))
        self.assertEqual(len(rows), 20)
        self.assertIn("played_at", rows[0])

    def test_several_sinks_get_the_same(self):
        result = self.play("--volume", "300", "--sink", "stdout", "--sink", "file:a.ndjson")
        self.assert_code(result, 0)
        self.assertEqual((self.dir / "a.ndjson").read_text(), result.stdout)

    def test_the_zone(self):
        text = self.racesim("run", "--scenario", "plays", "--historical", "--start-datetime", "2024-01-01",
                            "--end-datetime", "2024-01-02", "--tz", "Asia/Tokyo", "--master-data-dir", MASTER, "--dry-run").stdout
        self.assertIn("2023-12-31T15:00:00Z to 2024-01-01T15:00:00Z", text)


class Limits(Workdir):
    def setUp(self):
        super().setUp()
        if sanitized():
            self.skipTest("privilege: a sanitizer maps terabytes and cannot run below a limit of memory")

    def limited(self, kilobytes, *options):
        line = " ".join(["run", *JANUARY, "--master-data-dir", MASTER, *options])
        return self.shell(f'ulimit -v {kilobytes}; "$RACESIM" {line}')

    def test_threads_that_cannot_be_started(self):
        result = self.limited(1500000, "--volume", "5", "--threads", "256", "--sink", "null")
        self.assert_code(result, 1)
        for text in ("error: start thread", "of 256", "lower --threads"):
            self.assertIn(text, result.stderr)

    def test_memory_that_runs_out(self):
        for kilobytes in (60000, 80000, 100000, 120000):
            with self.subTest(kilobytes=kilobytes):
                result = self.limited(kilobytes, "--volume", "3000000", "--sink", "file:out.ndjson")
                self.assertIn(result.returncode, (0, 1), result.stderr)
                if result.returncode == 1:
                    self.assertIn("error: ", result.stderr)
                    self.assertIn("ulimit", result.stderr)


class Live(Workdir):
    def test_ends_after_its_duration(self):
        result = self.racesim("run", "--scenario", "plays", "--live", "--volume", "6000/min", "--duration-seconds",
                              "1", "--master-data-dir", MASTER, "--json")
        self.assert_code(result, 0)
        summary = json.loads(result.stderr.splitlines()[-1])
        times = [json.loads(line)["played_at"] for line in result.stdout.splitlines()]
        self.assertEqual(len(times), summary["acked"])
        self.assertGreater(len(times), 30)  # a hundred are the mean
        self.assertEqual(times, sorted(times))
        self.assertTrue(all(summary["start"][:19] <= time < summary["end"] for time in times), summary)

    def test_a_live_run_can_be_made_again(self):
        live = self.racesim("run", "--scenario", "plays", "--live", "--volume", "6000/min", "--duration-seconds", "1",
                            "--master-data-dir", MASTER, "--json")
        summary = json.loads(live.stderr.splitlines()[-1])
        again = self.racesim("run", "--scenario", "plays", "--historical", "--volume", "6000/min",
                             "--start-datetime", summary["start"], "--end-datetime", summary["end"],
                             "--master-data-dir", MASTER, "--run-id", summary["run"])
        self.assertEqual(again.stdout, live.stdout)


class Results(Workdir):
    def test_summary_on_stderr(self):
        result = self.play("--volume", "200", "--sink", "file:a", "--posting-rate", "2k/s")
        self.assertIn("generated 200  sent 200  acked 200  retried 0  dead-lettered 0\n", result.stderr)
        self.assertIn("target 2,000/s", result.stderr)
        self.assertIn("seed 42", result.stderr)
        self.assertEqual(result.stdout, "")

    def test_json_goes_to_stdout_unless_events_own_it(self):
        summary = json.loads(self.play("--volume", "200", "--sink", "file:a", "--json").stdout)
        self.assertEqual((summary["sent"], summary["acked"], summary["failed"]), (200, 200, 0))
        self.assertEqual(summary["exit_code"], 0)
        result = self.play("--volume", "200", "--json")
        self.assertEqual(len(result.stdout.splitlines()), 200)
        self.assertEqual(json.loads(result.stderr)["acked"], 200)

    def test_quiet(self):
        result = self.play("--volume", "10", "--sink", "null", "-q")
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "", ""))

    def test_summary_export(self):
        self.assert_code(self.play("--volume", "10", "--sink", "null", "--summary-export", "s.json"), 0)
        self.assertEqual(json.loads((self.dir / "s.json").read_text())["acked"], 10)
        self.assertEqual([p.name for p in self.dir.iterdir() if p.name.endswith(".partial")], [])

    def test_threshold(self):
        self.assert_code(self.play("--volume", "10", "--sink", "null", "--threshold", "error_rate<0.01"), 0)
        result = self.play("--volume", "10", "--sink", "null", "--threshold", "acked>1000", "--threshold", "failed==0",
                           "--json")
        self.assert_code(result, 5)
        self.assertIn("threshold acked>1000 does not hold: 10", result.stderr)
        self.assertEqual([t["holds"] for t in json.loads(result.stdout)["thresholds"]], [False, True])

    def test_dry_run_sends_nothing(self):
        result = self.play("--volume", "5000", "--posting-rate", "10", "--sink", "file:a", "--dry-run")
        self.assert_code(result, 0)
        for text in ("2024-01-01T00:00:00Z to 2024-02-01T00:00:00Z", "5,000 events", "8m 20s", "file:a"):
            self.assertIn(text, result.stdout)
        self.assertFalse((self.dir / "a").exists())
        plan = json.loads(self.play("--posting-rate", "10", "--dry-run", "--json").stdout)
        self.assertEqual(plan["expected_seconds"], 1000)

    def test_dry_run_refuses_what_the_run_refuses(self):
        (self.dir / "file").write_text("")
        for options, text, code in (
                (("--master-data-dir", "none"), "no master data in none", 3),
                (("--start-datetime", "1950-01-01", "--end-datetime", "1950-02-01"), "in this window no user", 2),
                (("--sink", "file:no/such/a"), "directory no/such does not exist", 1),
                (("--sink", "file:file/a"), "file is a file, not a directory", 1),
                (("--sink", "http", "--dead-letter", "no/such/dead"), "--dead-letter: create no/such/dead", 1),
                (("--sink", "http", "--token-file", "none"), "cannot read token file none", 2),
                (("--lock", "no/such/lock"), "create no/such/lock", 1),
                (("--summary-export", "no/such/s.json"), "create no/such/s.json", 1),
                (("--run-id", "a1b2c3d4", "--threshold", "lag_p99_ms<5"), "is not measured", 2)):
            with self.subTest(options=options):
                self.assert_refused(self.play(*options, "--dry-run"), text, code=code)
                self.assertEqual(self.play(*options).returncode, code)
        self.assertEqual(sorted(path.name for path in self.dir.iterdir()), ["file"])

    def test_dry_run_keeps_what_a_killed_run_left(self):
        (self.dir / "a.partial").write_text("rescue me\n")
        self.assert_code(self.play("--sink", "file:a", "--dry-run"), 0)
        self.assertEqual((self.dir / "a.partial").read_text(), "rescue me\n")

    def test_dry_run_tells_total_and_rate(self):
        text = self.play("--volume", "60/min", "--posting-rate", "0.0000001", "--dry-run").stdout
        self.assertIn("60 events a minute, about 2,678,400 in all", text)
        self.assertIn("at most 0.00864/d", text)

    def test_posting_rate_defaults_to_ten_for_http(self):
        plan = json.loads(self.play("--sink", "http", "--dry-run", "--json").stdout)
        self.assertEqual(plan["expected_seconds"], 1000)
        self.assertEqual(plan["sinks"], ["http://localhost:8000/play"])

    def test_simulate_run_means_plays_to_http(self):
        window = ["--historical", "--start-datetime", "2024-01-01", "--end-datetime", "2024-01-02",
                  "--master-data-dir", MASTER]
        plan = json.loads(self.racesim("simulate", "run", *window, "--dry-run", "--json").stdout)
        self.assertEqual((plan["scenario"], plan["sinks"]), ("plays", ["http://localhost:8000/play"]))
        plan = json.loads(self.racesim("simulate", "run", *window, "--sink", "null", "--dry-run", "--json").stdout)
        self.assertEqual(plan["sinks"], ["null"])


class Progress(Workdir):
    def test_line_on_demand(self):
        result = self.play("--volume", "1000", "--posting-rate", "1000/s", "--sink", "null", "--progress", "always")
        self.assertIn("\r\x1b[K00:00", result.stderr)
        self.assertIn("/s of 1,000", result.stderr)
        self.assertIn("eta 00:0", result.stderr)

    def test_no_line_without_a_terminal(self):
        self.assertNotIn("\r", self.play("--volume", "1000", "--posting-rate", "1000/s", "--sink", "null").stderr)


if __name__ == "__main__":
    unittest.main()
