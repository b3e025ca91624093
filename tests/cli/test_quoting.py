"""Goal: what a user's environment, files and arguments hold reaches the terminal as text, a value with a Windows line
end is refused as such, and with --json every failure is one JSON object. Method: texts that would act on a terminal
through every way in; the JSON over all commands, found in --help-json."""

import json
import unittest

from workdir import Workdir

ACTS = "\x1b[31mred\r"


class Visible(Workdir):
    def assert_visible(self, result):
        self.assertNotEqual(result.returncode, 0)
        for line in result.stderr.splitlines():
            self.assertFalse([c for c in line if ord(c) < 0x20 or ord(c) == 0x7f], repr(line))
        self.assertIn("\\x1b", result.stderr)

    def test_whatever_is_quoted(self):
        self.write("bad.toml", 'log-level = "\\u001b[31mred"\n')
        for args, env in ((["run", "--seed", ACTS], {}), ([ACTS], {}), (["run", ACTS], {}), (["run", "--" + ACTS], {}),
                          (["run", "--sink", ACTS], {}), (["run", "--sink", f"file:{ACTS}x/y"], {}),
                          (["run", "--track", ACTS + "x"], {}), (["run", "--brokers", ACTS + "x"], {}),
                          (["run", "--config", ACTS + "x"], {}), (["run", "--config", "bad.toml"], {}),
                          (["verify", "--manifest", ACTS + "x", "--against", "-"], {}), (["help", ACTS], {}),
                          (["run"], {"RACESIM_SEED": ACTS + "x"}), (["run"], {"RACESIM_STREAMS": ACTS + "x"})):
            with self.subTest(args=args, env=env):
                self.assert_visible(self.racesim(*args, env=env))

    def test_warnings_too(self):
        warned = self.racesim("run", "--dry-run", env={"RACESIM_A\x1b[31m": "1"})
        self.assert_code(warned, 0)
        self.assertIn("RACESIM_A\\x1b[31m", warned.stderr)

    def test_a_carriage_return_is_told(self):
        for variable, value in (("RACESIM_SEED", "7\r"), ("RACESIM_MANIFEST", "m.json\r"), ("RACESIM_JSON", "1\r"),
                                ("RACESIM_SINK", "file:x\r")):
            with self.subTest(variable):
                self.assert_refused(self.racesim("run", env={variable: value}),
                                    f"{variable}: '{value[:-1]}\\r' ends in a carriage return", "Windows line ends")
        self.assertEqual(list(self.dir.iterdir()), [])


class Given(Workdir):
    def test_an_option_is_checked_where_it_has_no_use(self):
        self.assert_refused(self.racesim("run", "--live", "--tz", "Europe/Berln", "--dry-run"), "--tz: 'Europe/Berln'")
        self.assert_refused(self.racesim("run", "--historical", "--tz", "Mars", "--start-datetime", "2024-01-01",
                                         "--end-datetime", "2024-01-02"), "--tz: 'Mars'")

    def test_a_variable_of_no_option_is_told(self):
        warned = self.racesim("run", "--dry-run", env={"RACESIM_POSTING_RAT": "3", "RACESIM_BIN": "/x"})
        self.assert_code(warned, 0)
        self.assertIn("RACESIM_POSTING_RAT belongs to no option", warned.stderr)
        self.assertIn("did you mean: RACESIM_POSTING_RATE", warned.stderr)
        self.assertNotIn("RACESIM_BIN", warned.stderr)

    def test_spellings(self):
        for args in (["--start-datetime", "2024-01-01T00:00+0100", "--end-datetime", "2024-01-02T00:00-05:00",
                      "--historical"], ["--brokers", "a:9092, b:9092", "--sink", "null"]):
            self.assert_code(self.racesim("run", "--dry-run", *args), 0)

    def test_small_ones(self):
        home = str(self.dir / "home")
        self.write("seed.toml", "seed = 7\n")
        for args, parts in ((["--sink", "file:~/x/y"], ["did not expand '~'", f"{home}/x/y"]),
                            (["--brokers", "http://h:9092"], ["brokers are host:port", "drop http://"]),
                            (["--config", "seed.toml"], ["unknown key 'seed'", "[run]"])):
            with self.subTest(args):
                result = self.racesim("run", "--dry-run", *args)
                self.assertNotEqual(result.returncode, 0)
                for part in parts:
                    self.assertIn(part, result.stderr)
                self.assertNotIn("mkdir", result.stderr)

    def test_suggestions_for_values(self):
        for args, meant in ((["run", "--streams", "lap"], "laps"), (["run", "--track", "silverston"], "silverstone"),
                            (["run", "--faults", "lat=1%"], "late"), (["run", "--format", "jso"], "json"),
                            (["run", "--color", "alway"], "always"), (["verify", "--allow", "lst"], "lost"),
                            (["generate-master", "--only", "song"], "songs")):
            with self.subTest(args):
                self.assert_refused(self.racesim(*args), f"did you mean: {meant}")


class Json(Workdir):
    def commands(self):
        def walk(words, command):
            yield words
            for sub in command["commands"]:
                yield from walk(words + [sub["name"]], sub)
        return list(walk([], json.loads(self.racesim("--help-json").stdout)))

    def assert_error(self, result):
        self.assertEqual(result.stdout, "")
        error = json.loads(result.stderr)
        self.assertEqual(list(error), ["error", "hint", "code", "exit_code"])
        self.assertEqual(error["exit_code"], result.returncode)
        return error

    def test_of_every_command(self):
        for words in self.commands():
            with self.subTest(words):
                error = self.assert_error(self.racesim("--json", *words, "--no-such-option"))
                self.assertEqual((error["code"], error["exit_code"]), ("usage", 2))
                self.assertIn("--no-such-option", error["error"])

    def test_after_the_line_was_read(self):
        for args, code in ((["verify", "--against", "-"], "usage"), (["run", "--sink", "file:no/such"], "runtime"),
                           (["run", "--scenario", "plays", "--master-data-dir", "no/"], "master_data"),
                           (["track", "show", "monaco"], "usage"), (["config"], "usage")):
            with self.subTest(args):
                self.assertEqual(self.assert_error(self.racesim(*args, "--json"))["code"], code)

    def test_by_the_environment(self):
        self.assert_error(self.racesim("rnu", env={"RACESIM_JSON": "1"}))


if __name__ == "__main__":
    unittest.main()
