#!/usr/bin/env python3
"""Goal: what an earlier racesim wrote stays usable: its manifests verify, its checkpoints are gone on with; where its
scenario made other events, it is refused and the racesim named that can read it, but the events are still taken.
Method: kept/ holds manifests with their events, and checkpoints with what killed runs had written, made by kept/make.py
with the racesims of then. Each manifest is verified against its events, also with one of them missing; each checkpoint
is resumed with its own command line, and the file has to be the one that an unbroken run writes. kept/race2 is made
anew, with the command at make.py's head, as long as race@2 is not published."""

import json
import lzma
import pathlib
import shutil
import subprocess
import tempfile
import unittest

import program

KEPT = pathlib.Path(__file__).parent / "kept"


def version_of(record):
    """plays@1; format 1 had two members for it."""
    return record["scenario"] if "@" in record["scenario"] else f"{record['scenario']}@{record['scenario_version']}"


def is_of_race_1(path):
    record = json.loads(path.read_text(encoding="utf-8"))
    if record.get("checkpoint") == 1:  # which knew one version of each scenario alone
        return "scenario race," in record["content"]
    return version_of(record) == "race@1"


@unittest.skipUnless(program.AVAILABLE, "RACESIM_BIN names no program")
class Kept(unittest.TestCase):
    def folder_of(self, case):
        """A scratch folder as the run had it; the options, and the name of the file of events."""
        folder = pathlib.Path(tempfile.mkdtemp(prefix="racesim-kept-"))
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        (folder / "data").symlink_to(program.SOURCE / "data")
        shutil.copy(KEPT / "ring.csv", folder)
        options = json.loads((case / "options.json").read_text(encoding="utf-8"))
        events = next(case.glob("events.*.xz"))
        return folder, options, events.name.removesuffix(".xz"), lzma.decompress(events.read_bytes())

    def run_in(self, folder, *arguments):
        return subprocess.run([program.PROGRAM, *arguments], cwd=folder, stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, errors="surrogateescape", timeout=program.HANG_S, check=False,
                              env={"PATH": "/usr/bin:/bin", "HOME": str(folder), "XDG_RUNTIME_DIR": str(folder)})

    def verify(self, folder, manifest, events):
        return self.run_in(folder, "verify", "--no-config", "--manifest", manifest, "--against", f"file:{events}")

    def test_manifests_verify(self):
        cases = sorted(KEPT.glob("*/finished/*"))
        self.assertEqual(len(cases), 19)
        for case in cases:
            with self.subTest(case.relative_to(KEPT)):
                folder, _, events, content = self.folder_of(case)
                shutil.copy(case / "run.json", folder)
                (folder / events).write_bytes(content)
                if is_of_race_1(case / "run.json"):
                    for against in (("--against", f"file:{events}"), ("--aggregates", "--against", f"file:{events}")):
                        self.assert_refused(self.run_in(folder, "verify", "--no-config", "--manifest", "run.json", *against))
                    continue
                good = self.verify(folder, "run.json", events)
                self.assertEqual(good.returncode, 0, good.stdout + good.stderr)
                self.assertIn("VERIFIED", good.stdout)
                lines = content.splitlines(keepends=True)
                del lines[len(lines) // 2]
                (folder / events).write_bytes(b"".join(lines))
                damaged = self.verify(folder, "run.json", events)
                self.assertEqual(damaged.returncode, 5, damaged.stdout + damaged.stderr)

    def test_a_new_manifest_says_the_same(self):
        """Made again with the options of then, the run has the same name and sends the same bytes."""
        for case in sorted(KEPT.glob("*/finished/*")):
            old = json.loads((case / "run.json").read_text(encoding="utf-8"))
            if old["mode"] == "live" or is_of_race_1(case / "run.json"):
                continue  # it starts when it does; it made other events
            with self.subTest(case.relative_to(KEPT)):
                folder, options, events, content = self.folder_of(case)
                made = self.run_in(folder, "run", "--no-config", "-q", *options)
                self.assertEqual(made.returncode, 0, made.stderr)
                new = json.loads((folder / "run.json").read_text(encoding="utf-8"))
                self.assertEqual(new["format"], 2)
                self.assertEqual((folder / events).read_bytes(), content)
                self.assertEqual(new["scenario"], version_of(old))
                for member in ("run", "seed", "start", "end", "most_events", "master_data", "event_format", "shard",
                               "fault_rules", "sent"):
                    self.assertEqual(new[member], old[member], member)

    def assert_refused(self, refused):
        self.assertEqual(refused.returncode, 2, refused.stdout + refused.stderr)
        self.assertIn("is for race@1, but this racesim makes race@2, which has other events", refused.stderr)
        self.assertIn("use the racesim version that wrote it: racesim 0.1.0", refused.stderr)

    def test_checkpoints_are_gone_on_with(self):
        cases = sorted(KEPT.glob("*/killed/*"))
        self.assertEqual(len(cases), 11)
        for case in cases:
            with self.subTest(case.relative_to(KEPT)):
                folder, options, events, content = self.folder_of(case)
                shutil.copy(case / "run.at", folder)
                (folder / (events + ".partial")).write_bytes(content)
                if is_of_race_1(case / "run.at"):
                    self.assert_refused(self.run_in(folder, "run", "--no-config", "-q", *options, "--resume"))
                    self.assertEqual((folder / (events + ".partial")).read_bytes(), content, "it is left alone")
                    continue
                resumed = self.run_in(folder, "run", "--no-config", "-q", *options, "--resume", "--manifest", "m.json",
                                      *([] if "--live" in options else ["--posting-rate", "0"]))
                self.assertEqual(resumed.returncode, 0, resumed.stderr)
                done = self.verify(folder, "m.json", events)
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
                self.assertTrue((folder / events).read_bytes().startswith(content[:len(content) // 2]))
                self.assertEqual(json.loads((folder / "run.at").read_text(encoding="utf-8"))["checkpoint"], 2)

    def test_recordings_of_race_1_are_taken(self):
        """What its laps and messages do not tell is missing; replayed, they are what they were."""
        folder, _, events, content = self.folder_of(KEPT / "format1/finished/race")
        (folder / events).write_bytes(content)
        taken = self.run_in(folder, "ingest", "--no-config", "--from", f"file:{events}", "--to", "sqlite:s.db", "--json", "-q")
        self.assertEqual(taken.returncode, 0, taken.stderr)
        counts = json.loads(taken.stdout)
        self.assertEqual((counts["stored"], counts["dead_lettered"]), (len(content.splitlines()), 0))
        laps = self.run_in(folder, "query", "--no-config", "--db", "sqlite:s.db", "--format", "json",
                           "SELECT count(lap_time_s) AS timed, count(start_time_s) AS begun, count(deleted) AS told FROM laps")
        self.assertEqual(json.loads(laps.stdout), {"timed": content.count(b'"lap_time_s"'), "begun": 0, "told": 0})
        again = self.run_in(folder, "replay", "--no-config", "-q", events, "--speed", "max", "--sink", "file:again.ndjson")
        self.assertEqual(again.returncode, 0, again.stderr)
        self.assertEqual((folder / "again.ndjson").read_bytes(), content)

    def test_a_checkpoint_of_another_run_is_refused(self):
        case = KEPT / "format1/killed/plays_faults"
        folder, options, events, content = self.folder_of(case)
        shutil.copy(case / "run.at", folder)
        (folder / (events + ".partial")).write_bytes(content)
        refused = self.run_in(folder, "run", "--no-config", "-q", *options, "--resume", "--seed", "8")
        self.assertEqual(refused.returncode, 2, refused.stderr)
        self.assertIn("seed 42", refused.stderr)
        self.assertEqual((folder / (events + ".partial")).read_bytes(), content)


if __name__ == "__main__":
    unittest.main()
