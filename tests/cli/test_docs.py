"""Goal: man pages, reference and completions are those of this binary: they come from one walk over the options.
Method: compare the committed files with what the binary writes; render the pages; complete words in a real bash."""

import json
import shutil
import subprocess
import unittest

from workdir import BINARY, SOURCE, Workdir


class ManPages(Workdir):
    def pages(self):
        return json.loads(self.racesim("--help-json").stdout)["man_pages"]

    def page(self, name):
        return self.racesim("man", *name.split("-", 1)[1:]).stdout

    def test_committed_pages_are_current(self):
        for name in self.pages():
            committed = SOURCE / "man" / f"{name}.1"
            self.assertTrue(committed.exists(), f"write it: racesim man > man/{name}.1")
            self.assertEqual(committed.read_text(encoding="utf-8"), self.page(name),
                             f"outdated: {committed.name}; write all: scripts/update-docs")
        self.assertEqual(sorted(p.stem for p in (SOURCE / "man").glob("*.1")), sorted(self.pages()))

    def test_they_render_without_warning(self):
        if shutil.which("groff") is None:
            self.skipTest("groff is not installed")
        for name in self.pages():
            result = subprocess.run(["groff", "-man", "-Tutf8", "-ww", "-k", "-z"], input=self.page(name), text=True,
                                    capture_output=True)
            self.assertEqual((result.returncode, result.stderr), (0, ""), name)

    def test_the_page_of_a_subcommand_is_that_of_its_command(self):
        page = self.racesim("man", "config", "show")
        self.assert_code(page, 0)
        self.assertEqual(page.stdout, self.racesim("man", "config").stdout)
        self.assertIn("show", page.stdout)

    def test_no_page_for_an_unknown_command(self):
        self.assert_refused(self.racesim("man", "rnu"), "did you mean: racesim run")


class Reference(Workdir):
    def test_committed_reference_is_current(self):
        committed = (SOURCE / "docs/reference/cli.md").read_text(encoding="utf-8")
        self.assertEqual(committed, self.racesim("--help-markdown").stdout, "write it: scripts/update-docs")

    def test_json_names_every_option_with_its_variable(self):
        root = json.loads(self.racesim("--help-json").stdout)
        run = next(c for c in root["commands"] if c["name"] == "run")
        seed = next(o for o in run["options"] if o["name"] == "--seed")
        self.assertEqual((seed["environment"], seed["default"], seed["group"]), ("RACESIM_SEED", "42", "What"))
        self.assertNotIn("simulate", [c["name"] for c in root["commands"]])


class Completions(Workdir):
    def complete(self, *words):
        """What bash offers behind `racesim words…`; the last word is the one being typed."""
        script = self.dir / "racesim.bash"
        if not script.exists():
            script.write_text(self.racesim("completions", "bash").stdout)
        typed = " ".join(f"'{word}'" for word in ("racesim", *words))
        result = self.shell(f"set -u; compopt() {{ :; }}; source racesim.bash; COMP_WORDS=({typed}); "
                            f"COMP_CWORD={len(words)}; _racesim; printf '%s\\n' \"${{COMPREPLY[@]}}\"")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        return result.stdout.split()

    def test_commands(self):
        self.assertEqual(sorted(self.complete("")), ["aggregate", "completions", "config", "generate-master", "help",
                                                     "ingest", "man", "query", "replay", "run", "schema", "serve",
                                                     "start", "status", "stop", "track", "verify"])
        self.assertEqual(self.complete("ge"), ["generate-master"])
        self.assertEqual(self.complete("config", "i"), ["init"])
        self.assertEqual(self.complete("completions", ""), ["bash", "zsh", "fish"])
        for command in ("help", "man"):
            self.assertEqual(self.complete(command, "ru"), ["run"])
            self.assertIn("config", self.complete(command, ""))

    def test_options_of_the_command_and_globals(self):
        self.assertEqual(self.complete("run", "--see"), ["--seed"])
        self.assertEqual(self.complete("run", "--quie"), ["--quiet"])
        self.assertEqual(self.complete("generate-master", "--num-so"), ["--num-songs"])
        self.assertEqual(self.complete("generate-master", "--post"), [])
        self.assertEqual(self.complete("--vers"), ["--version"])

    def test_values(self):
        self.assertEqual(self.complete("run", "--on-overload", ""), ["block", "drop", "fail"])
        self.assertEqual(self.complete("run", "--on-overload", "=", "d"), ["drop"])
        self.assertEqual(self.complete("run", "--color", "a"), ["auto", "always"])
        self.assertEqual(self.complete("--color", "never", "ru"), ["run"])
        self.assertEqual(self.complete("run", "--seed", ""), [])
        self.assertEqual(self.complete("run", "--sink", ""), ["stdout", "file:", "http", "kafka", "null"])
        self.assertEqual(self.complete("run", "--popularity", "s"), ["stretched"])
        self.assertEqual(self.complete("run", "--streams", "la"), ["laps"])
        self.write("monza.csv", "")
        self.assertEqual(self.complete("run", "--track", "mon"), ["monza.csv"])
        self.assertEqual(self.complete("run", "--track", "sil"), ["silverstone"])
        self.assertEqual(self.complete("run", "--streams", "laps,che"), ["laps,checkpoints"])
        self.assertEqual(self.complete("run", "--sink", "file", ":", "mon"), ["monza.csv"])
        self.assertEqual(self.complete("run", "--sink", "=", "file", ":", "mon"), ["monza.csv"])
        self.assertEqual(self.complete("run", "--sink", "file:mon"), ["file:monza.csv"])
        self.assertEqual(self.complete("verify", "--allow", "los"), ["lost"])
        self.assertEqual(self.complete("generate-master", "--only", "songs,us"), ["songs,users"])
        self.assertEqual(self.complete("generate-master", "--track", "sil"), ["silverstone"])
        self.assertEqual(self.complete("track", "show", "sil"), ["silverstone"])
        self.assertEqual(self.complete("track", "show", "mon"), ["monza.csv"])
        self.assertEqual(sorted(self.complete("help", "config", "")), ["init", "path", "show"])
        self.assertEqual(self.complete("help", "run", ""), [])
        self.write("plays.toml", "")
        self.assertEqual(self.complete("run", "--config", "pla"), ["plays.toml"])

    def test_every_option_is_offered(self):
        root = json.loads(self.racesim("--help-json").stdout)
        run = next(c for c in root["commands"] if c["name"] == "run")
        offered = set(self.complete("run", "--"))
        for option in run["options"] + root["options"]:
            if not option.get("hidden"):
                self.assertIn(option["name"], offered)

    def test_the_scripts_are_valid(self):
        for shell in ("bash", "zsh", "fish"):
            script = self.racesim("completions", shell)
            self.assert_code(script, 0)
            if shutil.which(shell) is None:
                continue
            check = subprocess.run([shell, "-n"], input=script.stdout, text=True, capture_output=True)
            self.assertEqual((check.returncode, check.stderr), (0, ""), shell)
        if shutil.which("shellcheck"):
            script = self.racesim("completions", "bash").stdout
            check = subprocess.run(["shellcheck", "-s", "bash", "-S", "error", "-"], input=script, text=True,
                                   capture_output=True)
            self.assertEqual(check.returncode, 0, check.stdout)

    def test_unknown_shell(self):
        self.assert_refused(self.racesim("completions", "bahs"), "SHELL: 'bahs' is not known", "did you mean: bash")
        self.assert_refused(self.racesim("completions"), "SHELL is missing")


if __name__ == "__main__":
    unittest.main()
