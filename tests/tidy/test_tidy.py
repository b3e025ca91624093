"""Goal: the house rules hold, and the checker that says so would notice if they did not.

Method: run each check of scripts/tidy over this tree; then plant one offence per check in a scratch tree beside
a copy of the checker and see that it is found there, by file and line, and nothing else.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
CLEAN_HEADER = "// A thing.\n#pragma once\n"

# check → (file, content, what the finding says). The words are put together here so that this file is clean.
OFFENCES = {
    "include-direction": ("src/codec/x.cpp", '#include "io/sink.h"\n', "src/codec/x.cpp:1: codec may not include io"),
    "third-party": ("src/run/x.h", CLEAN_HEADER + "#include <CLI/CLI.hpp>\n", "src/run/x.h:3: <CLI/CLI.hpp>"),
    "size": ("src/base/long.cpp", "int x;\n" * 601, "src/base/long.cpp:600: 601 lines"),
    "scenario-wall": ("src/run/x.h", CLEAN_HEADER + 'constexpr bool is_rally = name == "rally";\n',
                      "src/run/x.h:3: the scenario 'rally' is named outside its folder"),
    "speech": ("src/io/x.cpp", "void f() {\n  std::" "cout << 1;\n}\n", "src/io/x.cpp:2: std::" "cout outside src/cli"),
    "head-comment": ("src/base/x.h", "#pragma once\n", "src/base/x.h:1: no comment at the top"),
    "words": ("src/base/x.cpp", "// TO" "DO: more\n", "src/base/x.cpp:1: 'TO" "DO'"),
    "links": ("README.md", "# A\n[b](docs/c.md)\n", "README.md:2: the link to docs/c.md leads nowhere"),
    "format": ("src/base/x.cpp", "int   x ;\n", "src/base/x.cpp:1: clang-format -i would change it"),
}


def tidy(tree, *arguments):
    return subprocess.run([sys.executable, str(tree / "scripts/tidy"), *arguments], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, timeout=120, check=False)


class Tree(unittest.TestCase):
    """This tree is clean; one test per check."""


def add_tree_test(check):
    def test(self):
        build = os.path.dirname(os.environ.get("RACESIM_BIN", "")) or str(ROOT / "build/release")
        run = tidy(ROOT, "--objects", build, check)
        if "skipped" in run.stderr:
            self.skipTest(run.stderr.strip())
        if run.returncode != 0:
            self.fail(run.stdout + run.stderr)

    setattr(Tree, "test_" + check.replace("-", "_"), test)


for name in tidy(ROOT, "--list").stdout.split():
    add_tree_test(name)


class Wall(unittest.TestCase):
    def test_each_scenario_declares_itself(self):
        """The wall is looked for by these files: without them the check would find nothing."""
        declared = {path.parent.name for path in (ROOT / "src/sim").glob("*/entry.cpp")}
        registry = (ROOT / "src/sim/registry.cpp").read_text(encoding="utf-8")
        registered = set(re.findall(r"&(\w+)::entry\(\)", registry))
        self.assertEqual(declared, registered)
        self.assertGreaterEqual(len(declared), 2)


class Offences(unittest.TestCase):
    """Each check finds what it is there for."""

    def setUp(self):
        self.scratch = tempfile.TemporaryDirectory()
        self.addCleanup(self.scratch.cleanup)
        self.tree = pathlib.Path(self.scratch.name)
        for folder in ("scripts", "src/base", "src/io", "src/run", "src/codec"):
            (self.tree / folder).mkdir(parents=True)
        shutil.copy(ROOT / "scripts/tidy", self.tree / "scripts")
        shutil.copy(ROOT / ".clang-format", self.tree)
        (self.tree / "src/io/sink.h").write_text(CLEAN_HEADER, encoding="utf-8")
        (self.tree / "src/sim/rally").mkdir(parents=True)
        (self.tree / "src/sim/rally/entry.cpp").write_text("int rally_entry;\n", encoding="utf-8")

    def test_clean_tree(self):
        run = tidy(self.tree)
        self.assertEqual((run.returncode, run.stdout), (0, ""))

    def test_each_offence_is_found(self):
        for check, (path, content, expected) in OFFENCES.items():
            with self.subTest(check):
                if check == "format" and not shutil.which("clang-format"):
                    continue
                (self.tree / path).write_text(content, encoding="utf-8")
                run = tidy(self.tree, check)
                (self.tree / path).unlink()
                self.assertEqual(run.returncode, 1)
                self.assertIn(expected, run.stdout)
                self.assertEqual({line.split(":")[0] for line in run.stdout.splitlines()} - {"src"}, {path})

    def test_rep_movs(self):
        compiler = shutil.which("g++") or shutil.which("c++")
        # What g++ 12 makes of a large constant memcpy, written out so that any compiler gives it.
        source = self.tree / "x.cpp"
        source.write_text('void json_encode(char* to, const char* from, long n) {\n'
                          '  asm volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(n) : : "memory");\n}\n',
                          encoding="utf-8")
        subprocess.run([compiler, "-c", "-o", str(self.tree / "x.o"), str(source)], check=True, timeout=120)
        subprocess.run(["ar", "rc", str(self.tree / "libracesim_codec.a"), str(self.tree / "x.o")], check=True)
        run = tidy(self.tree, "--objects", str(self.tree), "rep-movs")
        self.assertEqual(run.returncode, 1)
        self.assertIn("rep movs in json_encode", run.stdout)


if __name__ == "__main__":
    unittest.main()
