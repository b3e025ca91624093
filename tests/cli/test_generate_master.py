"""Goal: generate-master writes what cli.md promises: counts, formats, the same bytes for the same options, nothing
overwritten by accident, all files or none.
Method: the files it leaves in a scratch folder."""

import csv
import json
import signal
import unittest

from circuits import bean, csv_text
from workdir import MASTER, Workdir, wait_until


class GenerateMaster(Workdir):
    def rows(self, path):
        with open(self.dir / path, newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))

    def test_defaults(self):
        result = self.racesim("generate-master")
        self.assert_code(result, 0)
        self.assertEqual(result.stdout, "")
        self.assertIn("created", result.stderr)
        for name, count in (("songs", 1000), ("users", 5000), ("locations", 100), ("vehicles", 10),
                            ("drivers", 20), ("teams", 10), ("cars", 20), ("checkpoints", 14)):
            self.assertEqual(len(self.rows(f"data/master/{name}.csv")), count)

    def test_the_shipped_files_are_what_the_defaults_write(self):
        self.assert_code(self.racesim("generate-master"), 0)
        for name in ("songs", "users", "locations", "vehicles", "drivers", "teams", "cars", "checkpoints"):
            with open(f"{MASTER}{name}.csv", "rb") as shipped:
                self.assertEqual((self.dir / f"data/master/{name}.csv").read_bytes(), shipped.read(), name)

    def test_counts_formats_and_only(self):
        result = self.racesim("generate-master", "--output-dir", "m", "--num-songs", 7, "--only", "songs,users",
                              "--num-users", 3, "--format", "json")
        self.assert_code(result, 0)
        self.assertEqual(sorted(p.name for p in (self.dir / "m").iterdir()), ["songs.json", "users.json"])
        self.assertEqual(len(json.loads((self.dir / "m/songs.json").read_text())), 7)
        self.assert_code(self.racesim("generate-master", "--output-dir", "l", "--format", "jsonl"), 0)
        lines = (self.dir / "l/songs.jsonl").read_text().splitlines()
        self.assertEqual(len([json.loads(line) for line in lines]), 1000)

    def test_checkpoints_of_another_track(self):
        self.write("bean.csv", csv_text(bean()))
        options = ("--only", "checkpoints", "--output-dir")
        self.assert_code(self.racesim("generate-master", *options, "b", "--track", "bean.csv"), 0)
        self.assert_code(self.racesim("generate-master", *options, "s"), 0)
        places = [float(row["s_m"]) for row in self.rows("b/checkpoints.csv")]
        self.assertEqual(places, sorted(places))
        self.assertLess(places[-1], 3000)
        self.assertNotEqual(self.rows("b/checkpoints.csv"), self.rows("s/checkpoints.csv"))
        self.assert_refused(self.racesim("generate-master", "--track", "monza"), "--track: track 'monza'")
        self.assert_refused(self.racesim("generate-master", "--track", "none.csv"), "none.csv", code=1)

    def test_ids_are_unique(self):
        self.assert_code(self.racesim("generate-master"), 0)
        users = self.rows("data/master/users.csv")
        for key in ("user_id", "username", "email"):
            self.assertEqual(len({user[key] for user in users}), len(users), key)

    def test_the_seed_decides(self):
        for folder, seed in (("a", 1), ("b", 1), ("c", 2)):
            self.assert_code(self.racesim("generate-master", "--output-dir", folder, "--seed", seed), 0)
        self.assertEqual((self.dir / "a/songs.csv").read_bytes(), (self.dir / "b/songs.csv").read_bytes())
        self.assertNotEqual((self.dir / "a/songs.csv").read_bytes(), (self.dir / "c/songs.csv").read_bytes())

    def test_equal_files_stay_and_different_ones_need_force(self):
        self.assert_code(self.racesim("generate-master"), 0)
        again = self.racesim("generate-master")
        self.assert_code(again, 0)
        self.assertEqual(again.stderr.count("unchanged"), 8)
        other = self.racesim("generate-master", "--seed", 7)
        self.assert_refused(other, "songs.csv", "--force")
        self.assertEqual(len(self.rows("data/master/songs.csv")), 1000)
        self.assert_code(self.racesim("generate-master", "--seed", 7, "--force"), 0)

    def test_dry_run_writes_nothing(self):
        result = self.racesim("generate-master", "--dry-run")
        self.assert_code(result, 0)
        self.assertIn("would create", result.stderr)
        self.assertFalse((self.dir / "data").exists())

    def test_json_result(self):
        result = self.racesim("generate-master", "--json")
        report = json.loads(result.stdout)
        self.assertEqual([f["rows"] for f in report["files"]], [1000, 5000, 100, 10, 20, 10, 20, 14])
        self.assertEqual({f["state"] for f in report["files"]}, {"created"})

    def test_quiet(self):
        result = self.racesim("generate-master", "-q")
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "", ""))

    def test_limits(self):
        self.assert_refused(self.racesim("generate-master", "--num-locations", 1000000), "--num-locations",
                            "built-in cities")
        self.assert_refused(self.racesim("generate-master", "--num-songs", 0), "--num-songs")
        self.assert_refused(self.racesim("generate-master", "--only", "songs,sogns"), "--only", "sogns")
        self.assert_refused(self.racesim("generate-master", "--format", "xml"), "--format: 'xml'", "csv, json, jsonl")

    def test_output_folder_that_cannot_be_made(self):
        self.write("plain", "")
        self.assert_refused(self.racesim("generate-master", "--output-dir", "plain/master"), "plain", code=1)

    def test_a_signal_leaves_nothing_behind(self):
        process = self.start("generate-master", "--num-songs", 100_000_000, "--only", "songs", "--output-dir", "m")
        wait_until(lambda: (self.dir / "m").exists() and any((self.dir / "m").iterdir()), "the first bytes")
        process.send_signal(signal.SIGTERM)
        self.assertEqual(self.finish(process)[0], 143)
        self.assertEqual([p.name for p in (self.dir / "m").iterdir() if not p.name.endswith(".partial")], [])

    def test_alias_of_the_songs_document(self):
        self.assert_code(self.racesim("simulate", "generate-master", "--output-dir", "m"), 0)
        self.assertEqual((self.dir / "m/songs.csv").read_bytes(), open(f"{MASTER}songs.csv", "rb").read())


if __name__ == "__main__":
    unittest.main()
