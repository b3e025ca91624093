"""Goal: completion works in the shells themselves. Method: a real interactive zsh in a pseudo-terminal (zsh/zpty), a
real fish (complete -C); bash is in test_docs.py. Where a shell is missing the test is skipped, with CI=true it fails."""

import os
import re
import shutil
import subprocess
import unittest

from workdir import HANG_S, Workdir

# Types each line and Tab, then a key that prints the line as it now is between @[ and ]@; the text before it is
# what the shell listed. The quotes inside READY and @[ keep the echo of this set-up from looking like an answer.
ZSH = r"""
zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z "PROMPT=; fpath=(\$PWD \$fpath); autoload -Uz compinit; compinit -u -D; LISTMAX=1000
show() { print -r -- '@'\"[\$BUFFER]@\" }; zle -N show; bindkey '^T' show; print REA''DY"
zpty -r z out '*READY*'
for line in "$@"; do
  zpty -w -n z "$line"$'\t\x14'
  zpty -r z out '*@\[*\]@*'
  print -r -- "$out"
  zpty -w -n z $'\x15'
done
zpty -d z
"""


class Shell(Workdir):
    shell = ""

    def setUp(self):
        super().setUp()
        if shutil.which(self.shell) is None:
            if os.environ.get("CI") == "true":
                self.fail(f"{self.shell} is not installed: scripts/install-packages test")
            self.skipTest(f"{self.shell} is not installed: scripts/install-packages test")
        self.write("events.ndjson", "")
        self.write("mine.csv", "")

    def run_shell(self, *command):
        done = subprocess.run(command, cwd=self.dir, capture_output=True, text=True, timeout=HANG_S,
                              env=self.environment(TERM="xterm"))
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout


class Zsh(Shell):
    shell = "zsh"

    def complete(self, line):
        self.write("_racesim", self.racesim("completions", "zsh").stdout)
        shown = self.run_shell("zsh", "-f", "-c", ZSH, "zsh", line)
        return re.findall(r"@\[(.*?)\]@", shown)[-1].strip(), shown

    def test_one_answer_is_typed(self):
        for line, whole in (("racesim run --streams laps,che", "racesim run --streams laps,checkpoints"),
                            ("racesim run --sink file:ev", "racesim run --sink file:events.ndjson"),
                            ("racesim verify --against file:ev", "racesim verify --against file:events.ndjson"),
                            ("racesim verify --allow los", "racesim verify --allow lost"),
                            ("racesim generate-master --only son", "racesim generate-master --only songs"),
                            ("racesim track show sil", "racesim track show silverstone"),
                            ("racesim track show mi", "racesim track show mine.csv"),
                            ("racesim run --track mi", "racesim run --track mine.csv"),
                            ("racesim gene", "racesim generate-master")):
            with self.subTest(line):
                self.assertEqual(self.complete(line)[0], whole)

    def test_several_answers_are_listed(self):
        for line, names in (("racesim help config ", ("init", "path", "show")),
                            ("racesim run --on-overload ", ("block", "drop", "fail")),
                            ("racesim completions ", ("bash", "zsh", "fish"))):
            with self.subTest(line):
                shown = self.complete(line)[1]
                for name in names:
                    self.assertIn(name, shown.replace(line, ""))


class Fish(Shell):
    shell = "fish"

    def complete(self, line):
        self.write("racesim.fish", self.racesim("completions", "fish").stdout)
        shown = self.run_shell("fish", "--no-config", "-c", f"source racesim.fish; complete -C '{line}'")
        return {answer.split("\t")[0] for answer in shown.splitlines()}

    def test_answers(self):
        for line, answers in (("racesim run --streams laps,che", {"laps,checkpoints"}),
                              ("racesim run --sink file:ev", {"file:events.ndjson"}),
                              ("racesim run --sink ", {"stdout", "file:", "http", "kafka", "null"}),
                              ("racesim verify --allow los", {"lost"}),
                              ("racesim generate-master --only son", {"songs"}),
                              ("racesim track show sil", {"silverstone"}),
                              ("racesim track show mi", {"mine.csv"}),
                              ("racesim help config ", {"init", "path", "show"}),
                              ("racesim run --on-overload ", {"block", "drop", "fail"})):
            with self.subTest(line):
                self.assertEqual(self.complete(line), answers)


del Shell  # the class of both, without a test of its own

if __name__ == "__main__":
    unittest.main()
