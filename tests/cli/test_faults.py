"""Goal: --faults does to a run what it says, and only to what is sent. Method: the same run with and without faults,
compared line by line."""

import collections
import json

from workdir import MASTER, Workdir

LIST = "late=1%,duplicate=0.5%,reorder=2%,drop=0.5%,corrupt=0.5%"
RACE = ["run", "--historical", "--start-datetime", "2024-07-07T14:00:00Z", "--end-datetime", "2024-07-07T14:01:00Z"]


class Faults(Workdir):
    def lines(self, *options):
        result = self.racesim(*RACE, "--json", *options)
        self.assert_code(result, 0)
        # Damaged bytes may be line ends to splitlines().
        return result.stdout.split("\n")[:-1], json.loads(result.stderr.splitlines()[-1])

    def test_all_is_accounted_for(self):
        clean, _ = self.lines()
        sent, summary = self.lines("--faults", LIST)
        totals = summary["faults"]
        for kind, count in totals.items():
            self.assertGreater(count, 0, kind)
        self.assertEqual(summary["generated"], len(clean))
        self.assertEqual(summary["sent"], len(sent))
        self.assertEqual(summary["sent"], summary["generated"] + totals["duplicate"] - totals["drop"])
        self.assertEqual(summary["sent"], summary["acked"] + summary["failed"])
        missing = collections.Counter(clean) - collections.Counter(sent)
        self.assertEqual(sum(missing.values()), totals["drop"] + totals["corrupt"])

    def test_pace_threads_and_sink_do_not_change_them(self):
        sent, _ = self.lines("--faults", LIST, "--threads", "1")
        again, _ = self.lines("--faults", LIST, "--threads", "3", "--posting-rate", "1M/s")
        self.assertEqual(sent, again)
        self.racesim(*RACE, "--faults", LIST, "--sink", "file:sent.ndjson")
        written = (self.dir / "sent.ndjson").read_bytes().decode(errors="surrogateescape")
        self.assertEqual(written.split("\n")[:-1], sent)

    def test_all_may_be_dropped(self):
        sent, summary = self.lines("--faults", "drop=100%", "--cars", "2")
        self.assertEqual(sent, [])
        self.assertEqual((summary["generated"], summary["faults"]["drop"]), (12_000, 12_000))

    def test_faults_do_not_change_the_run(self):
        _, clean = self.lines()
        _, disturbed = self.lines("--faults", LIST)
        self.assertEqual(clean["run"], disturbed["run"])

    def test_the_volume_is_the_first_events_whatever_becomes_of_them(self):
        clean, _ = self.lines("--volume", "3000")
        for faults in ("duplicate=20%", "drop=20%", "late=20%", "reorder=20%", LIST):
            with self.subTest(faults):
                sent, summary = self.lines("--volume", "3000", "--faults", faults)
                totals = summary["faults"]
                self.assertEqual((summary["generated"], summary["planned"]), (3000, 3000))
                self.assertEqual(len(sent), 3000 + totals["duplicate"] - totals["drop"])
                # Each is one of the first 3000, or a damaged one.
                self.assertLessEqual(len(set(sent) - set(clean)), totals["corrupt"])
                self.assertEqual(len(set(clean) - set(sent)), totals["drop"] + totals["corrupt"])
                self.assertTrue(summary["reached_end"])

    def test_verify_agrees_about_which_events_there_are(self):
        for options in ([], ["--faults", LIST]):
            volume = ["--volume", "2500", "--sink", "file:e.ndjson", "--manifest", "m.json", "-q"]
            self.assert_code(self.racesim(*RACE, *volume, *options), 0)
            result = self.racesim("verify", "--manifest", "m.json", "--against", "file:e.ndjson", "--json")
            self.assert_code(result, 0)
            manifest = json.loads((self.dir / "m.json").read_text())
            self.assertEqual(manifest["most_events_of"], "events")
            faults = manifest["sent"]["faults"]
            self.assertEqual(manifest["sent"]["released"], 2500 + faults["duplicate"] - faults["drop"])
        # Of a run that was killed the manifest says how many events, too: the rest are lost, and no more.
        manifest["sent"] = None
        self.write("killed.json", json.dumps(manifest))
        result = self.racesim("verify", "--manifest", "killed.json", "--against", "file:e.ndjson")
        self.assertIn("0 lost", result.stdout)

    def test_a_live_run_ends_behind_what_faults_held_back(self):
        result = self.racesim("run", "--live", "--rate-hz", "100", "--cars", "5", "--volume", "150", "--faults",
                              "late=30%,duplicate=30%", "--late-delay", "300ms", "--json")
        self.assert_code(result, 0)
        summary = json.loads(result.stderr.splitlines()[-1])
        self.assertEqual(summary["generated"], 150)
        self.assertEqual(len(result.stdout.splitlines()), 150 + summary["faults"]["duplicate"])
        self.assertTrue(summary["reached_end"])

    def test_plays_and_csv(self):
        result = self.play("--volume", "5000", "--format", "csv", "--faults", "drop=10%,duplicate=10%", "--json")
        self.assert_code(result, 0)
        totals = json.loads(result.stderr.splitlines()[-1])["faults"]
        self.assertEqual(len(result.stdout.splitlines()), 1 + 5000 + totals["duplicate"] - totals["drop"])
        self.assertGreater(totals["drop"], 400)

    def test_shards_together_are_the_whole(self):
        whole, _ = self.lines("--faults", LIST)
        parts = []
        for part in ("1/3", "2/3", "3/3"):
            parts += self.lines("--faults", LIST, "--shard", part)[0]
        self.assertEqual(collections.Counter(parts), collections.Counter(whole))

    def test_live_ends_behind_its_late_events(self):
        result = self.racesim("run", "--scenario", "plays", "--live", "--volume", "60000/min", "--duration-seconds", "1",
                              "--faults", "late=20%", "--late-delay", "500ms", "--master-data-dir", MASTER, "--json")
        self.assert_code(result, 0)
        summary = json.loads(result.stderr.splitlines()[-1])
        self.assertTrue(summary["reached_end"])
        times = [json.loads(line)["played_at"] for line in result.stdout.splitlines()]
        self.assertEqual(len(times), summary["generated"])
        self.assertNotEqual(times, sorted(times))
        self.assertGreater(summary["faults"]["late"], 100)

    def test_what_will_be_disturbed_is_told(self):
        self.assertIn("faults    late=0.01", self.racesim(*RACE, "--faults", "late=1%", "--dry-run").stdout)
        self.assertIn("late ", self.racesim(*RACE, "--faults", "late=1%", "--sink", "null").stderr)

    def test_refusals(self):
        for options, texts in (
                (("--faults", "late=2"), ("'late=2' is not a share", "example: --faults")),
                (("--faults", "lost=1%"), ("no fault 'lost'", "known: late, duplicate")),
                (("--faults", ""), ("--faults",)),
                (("--faults", "late=1%", "--late-delay", "0"), ("--late-delay", "must be above 0")),
                (("--faults", "late=1%", "--late-delay", "2d"), ("--late-delay", "at most a day")),
                (("--late-delay", "5s"), ("--late-delay has no effect: no event is late",)),
                (("--faults", "drop=1%", "--late-delay", "5s"), ("no event is late",))):
            with self.subTest(options=options):
                self.assert_refused(self.racesim(*RACE, *options), *texts)
