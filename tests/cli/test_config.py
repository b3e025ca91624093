"""Goal: flag > environment > --config or ./racesim.toml > the user's file > default; racesim config tells which.
Method: one option set in all places, taken away one after the other."""

import json
import unittest

from workdir import MASTER, Workdir


class Precedence(Workdir):
    def setUp(self):
        super().setUp()
        self.write("home/.config/racesim/config.toml", "[run]\nseed = 1\nthreads = 9\n")
        self.write("racesim.toml", "[run]\nseed = 2\n")
        self.write("other.toml", "[run]\nseed = 3\n")

    def plan(self, *args, **env):
        window = ["--scenario", "plays", "--historical", "--start-datetime", "2024-01-01", "--end-datetime",
                  "2024-01-02", "--master-data-dir", MASTER, "--dry-run", "--json"]
        result = self.racesim("run", *window, *args, env=env)
        self.assert_code(result, 0)
        return json.loads(result.stdout)

    def test_each_place_beats_the_next(self):
        self.assertEqual(self.plan("--seed", "5", "--config", "other.toml", RACESIM_SEED="4")["seed"], 5)
        self.assertEqual(self.plan("--config", "other.toml", RACESIM_SEED="4")["seed"], 4)
        self.assertEqual(self.plan("--config", "other.toml")["seed"], 3)
        self.assertEqual(self.plan()["seed"], 2)
        (self.dir / "racesim.toml").unlink()
        self.assertEqual(self.plan()["seed"], 1)
        self.assertEqual(self.plan("--no-config")["seed"], 42)

    def test_places_are_merged_option_by_option(self):
        self.assertEqual((self.plan()["seed"], self.plan()["threads"]), (2, 9))

    def test_xdg_config_home(self):
        self.write("xdg/racesim/config.toml", "[run]\nthreads = 7\n")
        self.assertEqual(self.plan(XDG_CONFIG_HOME=str(self.dir / "xdg"))["threads"], 7)

    def test_the_environment_names_the_config_too(self):
        self.assertEqual(self.plan(RACESIM_CONFIG="other.toml")["seed"], 3)
        self.assertEqual(self.plan(RACESIM_NO_CONFIG="1")["seed"], 42)

    def test_globals_and_lists(self):
        self.write("racesim.toml", "json = true\n[run]\nsink = ['null', 'file:a']\n")
        self.assertEqual(self.plan()["sinks"], ["null", "file:a"])
        self.assertEqual(self.plan("--sink", "stdout")["sinks"], ["stdout"])

    def test_a_mode_in_a_file_is_overruled(self):
        self.write("racesim.toml", "[run]\nlive = true\nduration = '5m'\n")
        self.assertEqual(self.plan()["mode"], "historical")

    def test_a_bad_value_is_named_with_its_place(self):
        self.assert_refused(self.racesim("run", "--scenario", "plays", env={"RACESIM_SEED": "x"}),
                            "RACESIM_SEED: 'x' is not a whole number")
        self.write("racesim.toml", "[run]\n\nthreads = 0\n")
        self.assert_refused(self.racesim("run", "--scenario", "plays"), "./racesim.toml:3: run.threads: 0 is out of")


class Config(Workdir):
    def test_show_origin(self):
        self.write("racesim.toml", "[run]\nthreads = 3\n")
        text = self.racesim("config", "show", "--origin", env={"RACESIM_SEED": "7"}).stdout
        self.assertRegex(text, r"(?m)^seed = 7 +# RACESIM_SEED$")
        self.assertRegex(text, r"(?m)^threads = 3 +# \./racesim\.toml:2: run\.threads$")
        self.assertRegex(text, r"(?m)^batch = 1 +# default$")
        self.assertRegex(text, r"(?m)^quiet = false +# default$")

    def test_show_json(self):
        shown = json.loads(self.racesim("config", "show", "--json", env={"RACESIM_SEED": "7"}).stdout)
        self.assertEqual(shown["run"]["seed"], {"value": "7", "origin": "RACESIM_SEED"})
        self.assertEqual(shown["generate-master"]["num-songs"]["value"], "1000")

    def test_show_can_be_read_back(self):
        shown = self.racesim("config", "show").stdout
        self.write("shown.toml", shown)
        again = self.racesim("config", "show", "--config", "shown.toml")
        self.assert_code(again, 0)
        self.assertEqual(again.stdout.replace('config = "shown.toml"', "").split(), [
            word for word in shown.replace("# config is not set (default ./racesim.toml if there is one)", "").split()])

    def test_show_marks_bad_values(self):
        result = self.racesim("config", "show", env={"RACESIM_THREADS": "0"})
        self.assertEqual(result.returncode, 2)
        self.assertIn("threads = 0  # invalid: 0 is out of range", result.stdout)

    def test_init_writes_a_file_that_changes_nothing(self):
        before = self.racesim("config", "show").stdout
        self.assert_code(self.racesim("config", "init"), 0)
        self.assertEqual(self.racesim("config", "show").stdout, before)
        self.assert_refused(self.racesim("config", "init"), "racesim.toml exists already")

    def test_init_lines_are_valid_once_uncommented(self):
        self.assert_code(self.racesim("config", "init"), 0)
        text = (self.dir / "racesim.toml").read_text()
        text = text.replace("# log-level = ", "log-level = ").replace("# seed = ", "seed = ")
        self.write("racesim.toml", text)
        self.assert_code(self.racesim("config", "show"), 0)

    def test_init_elsewhere_and_dry(self):
        self.assert_code(self.racesim("config", "init", "--config", "mine.toml"), 0)
        self.assertTrue((self.dir / "mine.toml").exists())
        dry = self.racesim("config", "init", "--dry-run")
        self.assertIn("[run]", dry.stdout)
        self.assertFalse((self.dir / "racesim.toml").exists())

    def test_path(self):
        self.write("racesim.toml", "")
        lines = self.racesim("config", "path").stdout.splitlines()
        self.assertEqual(lines[0], "./racesim.toml")
        self.assertIn(".config/racesim/config.toml  (missing)", lines[1])

    def test_a_command_is_needed(self):
        self.assert_refused(self.racesim("config"), "no command given")
        self.assert_refused(self.racesim("config", "shwo"), "did you mean: racesim config show")


if __name__ == "__main__":
    unittest.main()
