"""Goal: help is complete, grouped and on stdout; --version says what the binary is.
Method: the texts themselves. bench/footprint.py judges how soon they come."""

import json
import unittest

from workdir import Workdir


class Help(Workdir):
    def test_three_ways_to_the_same_help(self):
        texts = {self.racesim(*args).stdout for args in (["run", "--help"], ["help", "run"], ["--help", "run"])}
        self.assertEqual(len(texts), 1)

    def commands(self):
        """Every command that is not hidden, as its words."""
        def walk(words, command):
            yield words
            for sub in command["commands"]:
                yield from walk(words + [sub["name"]], sub)
        return walk([], json.loads(self.racesim("--help-json").stdout))

    def test_every_command_has_a_short_and_a_long_help(self):
        for words in self.commands():
            with self.subTest(words):
                brief, full = self.racesim(*words, "-h").stdout, self.racesim(*words, "--help").stdout
                name = " ".join(["racesim", *words])
                self.assertTrue(brief.startswith(f"Usage: {name} "), brief[:80])
                self.assertTrue(brief.endswith(f"All options: {name} --help\n"), brief[-80:])
                self.assertLess(len(brief), len(full))
                self.assertIn("\nExit codes\n", full)
                self.assertNotIn("\nExit codes\n", brief)

    def test_examples_come_before_options(self):
        for length in ("-h", "--help"):
            text = self.racesim("run", length).stdout
            self.assertLess(text.index("\nExamples\n"), text.index("\nMode\n"))

    def test_the_short_help_has_the_options_people_use(self):
        text = self.racesim("run", "-h").stdout
        for option in ("--start-datetime", "--cars", "--streams", "--sink", "--manifest"):
            self.assertIn(f"{option} ", text)
        for option in ("--catch-up", "--txn", "--log-format", "--model"):
            self.assertNotIn(option, text)

    def test_shells_are_listed(self):
        self.assertIn("bash, zsh or fish", self.racesim("completions", "-h").stdout)

    def test_groups(self):
        text = self.racesim("run", "--help").stdout
        groups = [line for line in text.splitlines() if line.isalpha()]
        self.assertEqual(groups, ["Examples", "Mode", "What", "Pace", "Delivery", "Kafka", "Proof", "Global"])

    def test_no_arguments_shows_the_help(self):
        result = self.racesim()
        self.assert_code(result, 0)
        self.assertIn("Commands\n", result.stdout)
        self.assertEqual(result.stdout, self.racesim("-h").stdout)

    def test_hidden_names(self):
        text = self.racesim("--help").stdout
        self.assertNotIn("simulate", text)
        self.assertNotIn("--help-json", text)
        self.assertIn("--help-json", self.racesim("--help-all").stdout)

    def test_help_all_has_every_command(self):
        text = self.racesim("--help-all").stdout
        for command in ("run", "generate-master", "config show", "completions", "man", "help"):
            self.assertIn(f"Usage: racesim {command} ", text)

    def test_help_of_an_unknown_command(self):
        self.assert_refused(self.racesim("help", "rnu"), "did you mean: racesim run")

    def test_help_needs_no_valid_config(self):
        self.write("racesim.toml", "nonsense")
        self.assert_code(self.racesim("run", "--help"), 0)
        self.assert_code(self.racesim("help", "run"), 0)

    def test_help_fits_the_width(self):
        for columns in (60, 80, 110):
            text = self.racesim("help", "generate-master", env={"COLUMNS": str(columns)}).stdout
            before, rest = text.split("\nExamples\n")
            lines = before.splitlines()[1:] + rest.split("\n\n", 1)[1].splitlines()
            self.assertLessEqual(max(map(len, lines)), columns)

    def test_boxes_in_colour(self):
        text = self.racesim("run", "--help", "--color", "always").stdout
        self.assertIn("╭─", text)
        self.assertNotIn("╭", self.racesim("run", "--help", "--color", "always", env={"LANG": "C"}).stdout)


class Version(Workdir):
    def test_version(self):
        self.assertRegex(self.racesim("--version").stdout, r"^racesim \d+\.\d+\.\d+\n$")
        self.assertEqual(self.racesim("-V").stdout, self.racesim("run", "--version").stdout)

    def test_json(self):
        version = json.loads(self.racesim("--version", "--json").stdout)
        self.assertEqual(sorted(version), ["commit", "compiler", "features", "libraries", "version"])
        self.assertIn("plays@1", version["features"]["scenarios"])
        self.assertEqual(version["features"]["sinks"], ["stdout", "file", "http", "kafka", "null"])


if __name__ == "__main__":
    unittest.main()
