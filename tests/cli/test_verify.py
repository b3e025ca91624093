"""Goal: racesim verify tells a user what became of a run: exit codes, messages, reports, refusals. Method: runs into
files and pipes, changed by programs that know nothing of racesim; the same for what is no manifest and no data."""

import json
import shutil
import signal
import sys
import xml.etree.ElementTree

from workdir import MASTER, Workdir, wait_until

RACE = ["run", "--historical", "--start-datetime", "2024-07-07T14:00:00Z", "--end-datetime", "2024-07-07T14:00:30Z"]
FILE = ["--sink", "file:sent.ndjson", "--manifest", "m.json", "--quiet"]
CLEAN = " events, 0 lost, 0 duplicated, 0 reordered, 0 altered"

# A downstream in another language: passes every line on but one.
DOWNSTREAM = """
import sys
at, what = int(sys.argv[1]), sys.argv[2]
for number, line in enumerate(sys.stdin.buffer):
    if number == at:
        if what == "drop":
            continue
        line = line.replace(b'"device_type":"', b'"device_type":"X')
    sys.stdout.buffer.write(line)
"""


class VerifyTest(Workdir):
    def sent(self, *options):
        self.assert_code(self.racesim(*RACE, *FILE, *options), 0)
        return (self.dir / "sent.ndjson").read_bytes().splitlines(keepends=True)

    def verify(self, *options, manifest="m.json", against="file:sent.ndjson", **more):
        return self.racesim("verify", "--manifest", manifest, "--against", against, *options, **more)

    def keep(self, lines):
        (self.dir / "arrived.ndjson").write_bytes(b"".join(lines))
        return "file:arrived.ndjson"

    def manifest(self):
        return json.loads((self.dir / "m.json").read_text())


class Verdicts(VerifyTest):
    def test_a_file_that_holds_all(self):
        lines = self.sent()
        for options in [], ["--full"], ["--fast"], ["--threads", "1"]:
            result = self.verify(*options)
            self.assert_code(result, 0)
            count = f"{len(lines):,}"
            self.assertEqual(result.stdout, f"VERIFIED {count} / {count}{CLEAN}\n")
            self.assertEqual(result.stderr, "")
        self.assertFalse((self.dir / "m.json.partial").exists())

    def test_csv_zst_plays_and_parts(self):
        for options in (["--format", "csv"], ["--sink", "file:more.zst"], ["--shard", "2/3"],
                        ["--streams", "telemetry,laps,checkpoints,race-control,results"], ["--model", "simple"],
                        ["--volume", "1234"], ["--run-id", "0000beef"]):
            with self.subTest(options=options):
                self.sent(*options)
                self.assert_code(self.verify(), 0)
                if "file:more.zst" in options:
                    self.assert_code(self.verify(against="file:more.zst"), 0)
        for form in "json", "csv":
            self.assert_code(self.play("--volume", "3000", "--format", form, *FILE), 0)
            for mode in "--full", "--fast":
                self.assertIn("VERIFIED 3,000 / 3,000", self.verify(mode).stdout)

    def test_parts_in_one_place(self):
        for what in ([], ["--scenario", "plays", "--volume", "6000", "--master-data-dir", MASTER]):
            parts = []
            for index in (1, 2, 3):
                parts.append(self.sent("--shard", f"{index}/3", *what))
                (self.dir / "m.json").rename(self.dir / f"m{index}.json")
            self.assertTrue(all(parts))
            source = self.keep(parts[1] + parts[2] + parts[0])
            for index in (1, 2, 3):
                result = self.verify(manifest=f"m{index}.json", against=source)
                self.assert_code(result, 0)
                others = sum(len(p) for p in parts) - len(parts[index - 1])
                self.assertIn(f"{others:,} events of other parts of this run left out", result.stdout)
            del parts[1][3]
            source = self.keep(parts[1] + parts[2] + parts[0])
            self.assert_code(self.verify(manifest="m1.json", against=source), 0)
            self.assert_code(self.verify(manifest="m2.json", against=source), 5)

    def test_a_difference_ends_with_5_and_is_named(self):
        lines = self.sent()
        victim = json.loads(lines[777])
        result = self.verify(against=self.keep(lines[:777] + lines[778:]))
        self.assert_code(result, 5)
        self.assertTrue(result.stdout.startswith(f"FAILED: found {len(lines) - 1:,} / {len(lines):,} events, 1 lost,"))
        self.assertIn(f"telemetry {victim['car']} seq {victim['seq']}", result.stdout)
        self.assertIn("before line 778, byte ", result.stdout)
        self.assert_code(self.verify("--allow", "lost", against="file:arrived.ndjson"), 0)
        self.assert_code(self.verify("--allow", "duplicate,late", against="file:arrived.ndjson"), 5)

    def test_json_report_and_junit(self):
        lines = self.sent()
        changed = lines[10].replace(b'"speed_kmh":0.0', b'"speed_kmh":0.1')
        self.keep([*lines[:10], changed, *lines[11:50], lines[20], *lines[50:], b"<&>\x01\n"])
        result = self.verify("--json", "--report", "r.json", "--junit", "r.xml", against="file:arrived.ndjson")
        self.assert_code(result, 5)
        report = json.loads(result.stdout)
        written = json.loads((self.dir / "r.json").read_text())
        self.assertEqual(report, written)
        counts = {kind: report[kind] for kind in ("expected", "found", "lost", "duplicated", "altered", "reordered",
                                                  "phantom", "redelivered", "expired", "late", "verdict")}
        self.assertEqual(counts, {"expected": len(lines), "found": len(lines), "lost": 0, "duplicated": 1, "altered": 1,
                                  "reordered": 0, "phantom": 1, "redelivered": 0, "expired": 0, "late": 0,
                                  "verdict": "failed"})
        altered = next(example for example in report["examples"] if example["kind"] == "altered")
        event = json.loads(lines[10])
        self.assertEqual((altered["entity"], altered["seq"]), (str(event["car"]), str(event["seq"])))
        self.assertEqual((altered["field"], altered["expected"], altered["found"]), ("speed_kmh", "0.0", "0.1"))
        suite = xml.etree.ElementTree.parse(self.dir / "r.xml").getroot()
        failed = {case.get("name").split(":")[0] for case in suite if case.find("failure") is not None}
        self.assertEqual(failed, {"duplicated", "altered", "phantom"})
        self.assertEqual((suite.get("failures"), suite.get("tests")), ("3", str(len(suite))))

    def test_a_digest_shows_an_altered_event_without_reading_it(self):
        lines = self.sent("--digest")
        self.assertIn("digest of all lines matches", self.verify("--fast").stdout)
        changed = lines[10].replace(b'"speed_kmh":0.0', b'"speed_kmh":0.1')
        self.keep([*lines[:10], changed, *lines[11:]])
        result = self.verify("--fast", against="file:arrived.ndjson")
        self.assert_code(result, 5)
        self.assertIn("without --fast", result.stdout)
        self.assert_code(self.racesim(*RACE, "--digest"), 2)


    def test_a_digest_says_nothing_where_not_all_arrived(self):
        lines = self.sent("--digest")
        source = self.keep([*lines, lines[-1]])
        result = self.verify("--fast", "--allow", "duplicated", against=source)
        self.assert_code(result, 0)
        self.assertIn("the digest proves nothing", result.stdout)
        self.assertIsNone(json.loads(self.verify("--fast", "--json", against=source).stdout)["digest_agrees"])
        lines = self.sent("--digest", "--faults", "duplicate=5%")
        self.assertIn("digest of all lines matches", self.verify("--fast").stdout)
        kept = list(dict.fromkeys(lines))  # each once
        self.assertLess(len(kept), len(lines))
        for mode in ("--fast", "--full"):
            self.assert_code(self.verify(mode, against=self.keep(kept)), 0)

    def test_what_fast_cannot_read_is_not_lost(self):
        lines = self.sent("--rate-hz", "1")
        source = self.keep([line.replace(b",", b", ") for line in lines])
        result = self.verify("--fast", against=source)
        self.assert_code(result, 5)
        count = f"{len(lines):,}"
        self.assertTrue(result.stdout.startswith(f"FAILED: found {count} / {count} events, 0 lost, 0 duplicated"), result.stdout)
        self.assertIn(f"{count} unreadable", result.stdout)
        self.assertIn("--by-value", result.stdout)
        self.assertEqual(json.loads(self.verify("--fast", "--json", against=source).stdout)["unreadable"], len(lines))
        for word in "altered", "corrupt":  # the old word
            self.assert_code(self.verify("--allow", word, against=source), 0)

    def test_nothing_arrived(self):
        result = self.racesim("verify", "--invariants", "--against", self.keep([]), "--junit", "r.xml")
        self.assert_code(result, 5)
        self.assertIn("nothing arrived", result.stdout)
        self.assertIn("nothing arrived", (self.dir / "r.xml").read_text())


class Faults(VerifyTest):
    ALL = ["late=1%", "duplicate=1%", "reorder=1%", "drop=1%", "corrupt=1%"]

    def test_injected_faults_are_subtracted(self):
        for rules in [*self.ALL, ",".join(self.ALL)]:
            for options in [], ["--format", "csv"]:
                with self.subTest(rules=rules, options=options):
                    self.sent("--faults", rules, *options)
                    for mode in "--full", "--fast":
                        result = self.verify("--json", mode)
                        self.assert_code(result, 0)
                        injected = json.loads(result.stdout)["injected"]
                        totals = self.manifest()["sent"]["faults"]
                        self.assertEqual(injected["drop"]["left_out"], totals["drop"])
                        for kind in "late", "duplicate", "reorder", "corrupt":
                            self.assertEqual(injected[kind], {"sent": totals[kind], "present": totals[kind]}, kind)
                        self.assertGreater(sum(totals.values()), 100)

    def test_a_pipeline_that_takes_out_copies(self):
        lines = self.sent("--faults", "duplicate=2%")
        result = self.verify(against=self.keep(dict.fromkeys(lines)))
        self.assert_code(result, 0)
        self.assertRegex(result.stdout, r"duplicate 0 of \d+")

    def test_a_watermark_tells_late_from_lost(self):
        lines = self.sent("--faults", "late=5%", "--late-delay", "10s")
        newest, kept = "", []
        for line in lines:
            when = json.loads(line)["time"]
            newest = max(newest, when)
            behind_s = float(newest[-7:-1]) - float(when[-7:-1])
            if behind_s < 5:
                kept.append(line)
        against = self.keep(kept)
        self.assert_code(self.verify(against=against), 5)
        result = self.verify("--watermark", "4s", "--json", against=against)
        report = json.loads(result.stdout)
        self.assertEqual((report["lost"], report["late"]), (0, len(lines) - len(kept)))


class Downstream(VerifyTest):
    def test_one_event_in_a_million(self):
        """Twice: once it is dropped, once changed."""
        (self.dir / "downstream.py").write_text(DOWNSTREAM)
        for what, found in ("drop", "1 lost, 0 duplicated, 0 reordered, 0 altered"), ("alter", "0 reordered, 1 altered"):
            result = self.shell(
                "set -o pipefail; $RACESIM run --scenario plays --historical --start-datetime 2024-01-01 "
                f"--end-datetime 2024-02-01 --volume 1M --master-data-dir {MASTER} --manifest m.json -q "
                f"| {sys.executable} downstream.py 654321 {what} | $RACESIM verify --manifest m.json --against -")
            self.assertEqual(result.returncode, 5, result.stderr)
            self.assertIn("/ 1,000,000 events", result.stdout)
            self.assertIn(found, result.stdout)
            self.assertIn("line 654,322,", result.stdout)

    def test_a_live_pipe(self):
        result = self.shell("set -o pipefail; $RACESIM run --duration 2s --faults late=1%,drop=1%,corrupt=1% "
                            "--late-delay 1s --manifest m.json -q | $RACESIM verify --manifest m.json --against -")
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        self.assertIn("VERIFIED", result.stdout)
        self.assertNotIn("does not say how the run ended", result.stdout)

    def test_an_older_manifest_is_not_mistaken_for_that_of_the_pipe(self):
        self.sent()
        result = self.shell("set -o pipefail; $RACESIM run --duration 2s --seed 7 --manifest m.json -q "
                            "| $RACESIM verify --manifest m.json --against -")
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)

    def test_a_run_that_was_killed(self):
        run = self.start("run", "--sink", "file:live.ndjson", "--manifest", "k.json")
        partial = self.dir / "live.ndjson.partial"
        wait_until(lambda: partial.exists() and partial.stat().st_size > 1_000_000, "events in the file")
        run.send_signal(signal.SIGKILL)
        run.wait()
        self.assertFalse((self.dir / "k.json").exists())
        result = self.verify(manifest="k.json.partial", against="file:live.ndjson.partial")
        self.assert_code(result, 0)
        self.assertIn("does not say how the run ended", result.stdout)

    def test_a_run_that_was_stopped(self):
        run = self.start("run", "--sink", "file:live.ndjson", "--manifest", "k.json")
        partial = self.dir / "live.ndjson.partial"
        wait_until(lambda: partial.exists() and partial.stat().st_size > 100_000, "events in the file")
        run.send_signal(signal.SIGTERM)
        self.assertEqual(run.wait(), 0)
        self.assert_code(self.verify(manifest="k.json", against="file:live.ndjson"), 0)


class Refusals(VerifyTest):
    def refused(self, code, text, *options, **more):
        result = self.verify(*options, **more)
        self.assert_code(result, code)
        self.assertIn(text, result.stderr)
        self.assertIn("\n  ", result.stderr, "a remedy")
        self.assertEqual(result.stdout, "")

    def edit(self, **changes):
        (self.dir / "bad.json").write_text(json.dumps({**self.manifest(), **changes}))

    def test_manifests(self):
        self.sent()
        text = (self.dir / "m.json").read_text()
        (self.dir / "half.json").write_text(text[:len(text) // 2])
        self.refused(1, "not a racesim manifest", manifest="half.json")
        (self.dir / "empty.json").write_text("")
        self.refused(1, "not a racesim manifest", manifest="empty.json")
        self.refused(1, "not a racesim manifest", manifest="sent.ndjson")
        result = self.verify(manifest="none.json")
        self.assert_code(result, 1)
        self.assertIn("none.json: No such file", result.stderr)
        self.edit(format=4)
        self.refused(2, "bad.json has manifest format 4", manifest="bad.json")
        self.edit(scenario="race@9")
        self.refused(2, "is for race@9, but this racesim makes race@2", manifest="bad.json")
        self.edit(scenario="chess@1")
        self.refused(2, "the scenario 'chess'", manifest="bad.json")
        self.edit(seed="forty-two")
        self.refused(1, "not a racesim manifest", manifest="bad.json")

    def test_options(self):
        self.sent()
        self.refused(2, "--allow: 'slow' is not known", "--allow", "slow")
        self.refused(2, "exclude each other", "--fast", "--full")
        self.refused(2, "--fast, --full and --by-value exclude each other", "--fast", "--by-value")
        self.refused(2, "'sent.ndjson' is not known", against="sent.ndjson")
        self.refused(2, "--invariants is for data without a manifest", "--invariants")
        self.assert_code(self.racesim("verify", "--manifest", "m.json"), 2)
        self.assert_code(self.racesim("verify", "--against", "-"), 2)
        self.sent("--as", "openf1")
        self.refused(2, "--fast: the lines of this run have no numbers", "--fast")

    def test_data(self):
        lines = self.sent()
        self.assertIn("none.ndjson: No such file", self.verify(against="file:none.ndjson").stderr)
        self.assert_code(self.verify(against="file:none.ndjson"), 1)
        self.assert_code(self.verify(against="file:."), 1)
        half = b"".join(lines)[:len(b"".join(lines)) // 2]
        result = self.verify(against=self.keep([half]))
        self.assert_code(result, 5)
        self.assertIn(f"{len(lines) - half.count(b'{') :,} lost", result.stdout)
        self.assertIn("1 altered", result.stdout)
        self.assert_code(self.verify(against=self.keep([])), 5)
        self.sent("--sink", "file:sent.zst")
        packed = (self.dir / "sent.zst").read_bytes()
        (self.dir / "half.zst").write_bytes(packed[:len(packed) // 2])
        self.refused(1, "half.zst: the compressed data is truncated", against="file:half.zst")
        (self.dir / "text.zst").write_bytes(lines[0])
        self.refused(1, "text.zst: zstd", against="file:text.zst")

    def test_master_data_that_changed(self):
        shutil.copytree(MASTER, self.dir / "master")
        run = ["run", "--scenario", "plays", "--historical", "--start-datetime", "2024-01-01",
               "--end-datetime", "2024-01-02", "--volume", "1000", "--master-data-dir", "master", *FILE]
        self.assert_code(self.racesim(*run), 0)
        self.assert_code(self.verify(), 0)
        songs = self.dir / "master" / "songs.csv"
        lines = songs.read_text().splitlines(keepends=True)
        songs.write_text("".join([lines[0], lines[2], lines[1], *lines[3:]]))
        self.refused(3, "differs from the run's")
        self.assert_code(self.verify("--master-data-dir", MASTER), 0)
        shutil.rmtree(self.dir / "master")
        self.refused(3, "master")

    def test_outputs_that_cannot_be_written(self):
        self.sent()
        for option in "--report", "--junit":
            self.refused(1, "none", option, "none/report")
        self.assert_code(self.racesim(*RACE, "--manifest", "none/m.json"), 1)
        self.assert_code(self.racesim(*RACE, "--sink", "file:same", "--manifest", "same"), 2)


if __name__ == "__main__":
    import unittest
    unittest.main()
