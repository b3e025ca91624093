"""Goal: the summary and the plan as JSON are what docs/formats/summary.md and its schemas say, however a run goes; the
command that the summary names works. Method: real runs to files, a server that refuses, a device that is full, a run
that is killed and resumed."""

import json
import shlex
import signal
import sys
import unittest

from endpoints import Recorder
from workdir import MASTER, SOURCE, Workdir, wait_until

sys.path.insert(0, str(SOURCE / "tests" / "support"))
import json_schema  # noqa: E402

FORMATS = SOURCE / "docs" / "formats"
RACE = ["run", "--no-config", "--historical", "--start-datetime", "2026-07-05T14:00Z", "--end-datetime",
        "2026-07-05T14:10Z"]


class Schemas(Workdir):
    def setUp(self):
        super().setUp()
        self.summary_schema = json_schema.load(FORMATS / "summary.schema.json")
        self.plan_schema = json_schema.load(FORMATS / "plan.schema.json")

    def summary(self, *args, code=0):
        result = self.racesim(*RACE, *args, "--json")
        self.assert_code(result, code)
        summary = json.loads(result.stdout)
        json_schema.assert_fits(self, summary, self.summary_schema)
        self.assertEqual(summary["exit_code"], code)
        return summary

    def test_the_page_names_every_member(self):
        page = (FORMATS / "summary.md").read_text()
        for schema in self.summary_schema, self.plan_schema:
            self.assertEqual([name for name in schema["properties"] if f"`{name}`" not in page], [])

    def test_schemas_let_no_unknown_member_pass(self):
        for schema in self.summary_schema, self.plan_schema:
            self.assertEqual(json_schema.open_objects(schema), [])
        self.assertNotEqual(json_schema.misfits({"scenario": "race"}, self.summary_schema), [])

    def test_files(self):
        summary = self.summary("--volume", "5000", "--sink", "file:a", "--sink", "file:b", "--posting-rate", "20k/s",
                               "--faults", "late=1%", "--threshold", "failed==0")
        sizes = [(self.dir / name).stat().st_size for name in "ab"]
        self.assertEqual([sink["bytes"] for sink in summary["sinks"]], sizes)
        self.assertEqual(summary["bytes"], sum(sizes))

    def test_an_exported_summary_is_the_same(self):
        summary = self.summary("--volume", "10", "--sink", "null", "--summary-export", "s.json")
        self.assertEqual(json.loads((self.dir / "s.json").read_text()), summary)

    def test_dead_letters(self):
        with Recorder(status=422) as server:
            summary = self.summary("--volume", "50", "--api-endpoint", server.url, code=4)
        self.assertEqual((summary["failed"], summary["dead_lettered"]), (50, 50))
        self.assertIsNone(summary["verify"])

    def test_failed(self):
        summary = self.summary("--volume", "5000", "--sink", "file:/dev/full", code=1)
        self.assertIn("No space left", summary["error"]["what"])

    def test_plans(self):
        window = ["--scenario", "plays", "--historical", "--start-datetime", "2024-01-01", "--end-datetime",
                  "2024-02-01", "--master-data-dir", MASTER]
        plans = [("--sink", "null", *RACE[2:]), ("--live",), ("--live", "--duration", "5m"), (*window, "--volume", "1000"),
                 (*window, "--volume", "60/min"), (*RACE[2:], "--shard", "1/3"), (*RACE[2:], "--streams", "laps")]
        for options in plans:
            with self.subTest(options=options):
                result = self.racesim("run", "--no-config", *options, "--dry-run", "--json")
                self.assert_code(result, 0)
                json_schema.assert_fits(self, json.loads(result.stdout), self.plan_schema)


class Sizes(Workdir):
    def plan(self, *args):
        result = self.racesim(*RACE, *args, "--dry-run", "--json")
        self.assert_code(result, 0)
        return json.loads(result.stdout)

    def test_the_plan_is_near_what_is_written(self):
        for options in ((), ("--streams", "laps,telemetry"), ("--shard", "2/3"), ("--format", "csv")):
            with self.subTest(options=options):
                plan = self.plan(*options, "--rate-hz", "10")
                self.assert_code(self.racesim(*RACE, *options, "--rate-hz", "10", "--sink", "file:out", "-q"), 0)
                written = (self.dir / "out").read_bytes()
                self.assertAlmostEqual(plan["events"], written.count(b"\n"), delta=0.05 * plan["events"])
                self.assertAlmostEqual(plan["bytes"], len(written), delta=0.05 * len(written))

    def test_a_volume_is_exact(self):
        plan = self.plan("--volume", "5000")
        self.assertEqual((plan["events"], plan["events_exact"]), (5000, True))
        self.assertIn("size      5,000 events, about ", self.racesim(*RACE, "--volume", "5000", "--dry-run").stdout)

    def test_a_run_without_an_end_tells_its_pace(self):
        text = self.racesim("run", "--no-config", "--live", "--dry-run").stdout
        self.assertRegex(text, r"size +about [\d.]+ B per event, [\d.]+ kB a second of event time")

    def test_a_disk_that_is_too_small_is_warned_of(self):
        year = ["run", "--no-config", "--scenario", "plays", "--historical", "--start-datetime", "2024-01-01",
                "--end-datetime", "2024-02-01", "--master-data-dir", MASTER, "--dry-run"]
        for sink, warned in ("file:a", True), ("file:a.zst", False), ("null", False):
            with self.subTest(sink=sink):
                result = self.racesim(*year, "--volume", "100000000000000", "--sink", sink)
                self.assert_code(result, 0)
                self.assertEqual("and the disk there has" in result.stderr, warned, result.stderr)


class NextStep(Workdir):
    def test_the_command_works(self):
        result = self.racesim(*RACE, "--volume", "2000", "--sink", "file:it's here.ndjson", "--manifest", "my run.json",
                              "--summary-export", "s.json")
        self.assert_code(result, 0)
        shown = result.stderr[result.stderr.index("next:") + 5:]
        command = json.loads((self.dir / "s.json").read_text())["verify"]
        self.assertEqual(shlex.split(shown), shlex.split(command))
        self.assertEqual(self.shell(command.replace("racesim", '"$RACESIM"', 1)).returncode, 0)

    def test_none_where_nothing_can_be_read_back(self):
        for options in ("--sink", "null", "--manifest", "m.json"), ("--sink", "file:a"):
            self.assertNotIn("next:", self.racesim(*RACE, "--volume", "10", *options).stderr)


class Resumed(Schemas):
    def resume(self, *args):
        """Kills a run that has written something, and goes on with it; returns the summary and what is shown."""
        line = [*args, "--sink", "file:out", "--checkpoint", "at", "--resume", "--summary-export", "s.json"]
        first = self.start(*line)
        wait_until(lambda: (self.dir / "out.partial").exists() and (self.dir / "out.partial").stat().st_size > 100_000,
                   "a part of the run is written")
        first.send_signal(signal.SIGKILL)
        first.wait()
        result = self.racesim(*line)
        self.assert_code(result, 0)
        summary = json.loads((self.dir / "s.json").read_text())
        json_schema.assert_fits(self, summary, self.summary_schema)
        return summary, result.stderr

    def test_says_what_was_there_and_what_it_added(self):
        summary, shown = self.resume(*RACE, "--volume", "4000", "--posting-rate", "2000/s")
        already = summary["resumed"]["already"]
        self.assertGreater(already, 0)
        self.assertEqual(already + summary["acked"], 4000)
        self.assertEqual(summary["sinks"][0]["already"], already)
        self.assertIn(f"{already:,} were there before", shown)

    def test_a_live_run_keeps_its_rate(self):
        summary, shown = self.resume("run", "--no-config", "--live", "--duration", "6s", "--rate-hz", "20")
        self.assertAlmostEqual(summary["target_rate"], 400, delta=20)
        self.assertGreater(summary["resumed"]["already"], 0)
        if summary["resumed"]["overdue"] > 0:
            self.assertIn("overdue", shown)


if __name__ == "__main__":
    unittest.main()
