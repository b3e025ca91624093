"""Goal: what README.md tells a reader to type works, and prints what README.md says.

Method: every block marked "sh runnable" runs in order, in one scratch folder that holds copies of what the clone
ships (data/), with the built binary on PATH. Where a "text" block follows, each of its lines must appear in the output
in that order; "…" stands for anything.
"""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^```sh runnable\n(.*?)^```\n(?:\n?```text\n(.*?)^```\n)?", re.MULTILINE | re.DOTALL)


def line_pattern(line):
    return ".*".join(re.escape(part) for part in line.split("…"))


def first_missing_line(expected, output):
    """The first line of `expected` that `output` lacks behind those found before it."""
    lines = iter(output.splitlines())
    for wanted in expected.splitlines():
        if not any(re.fullmatch(line_pattern(wanted), line.rstrip()) for line in lines):
            return wanted
    return None


class Readme(unittest.TestCase):
    """The blocks build on one another, so they are one test."""

    def test_runnable_blocks(self):
        blocks = BLOCK.findall((ROOT / "README.md").read_text(encoding="utf-8"))
        self.assertGreater(len(blocks), 3)
        with tempfile.TemporaryDirectory() as scratch:
            folder = pathlib.Path(scratch)
            (folder / "bin").mkdir()
            (folder / "bin/racesim").symlink_to(pathlib.Path(os.environ["RACESIM_BIN"]).resolve())
            shutil.copytree(ROOT / "data", folder / "data")
            environment = dict(os.environ, PATH=f"{folder / 'bin'}:{os.environ['PATH']}", NO_COLOR="1",
                               XDG_CONFIG_HOME=str(folder / "config"))
            for block, expected in blocks:
                run = subprocess.run(["bash", "-euo", "pipefail", "-c", block], cwd=folder, env=environment,
                                     stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                     text=True, timeout=300, check=False)
                self.assertEqual(run.returncode, 0, f"{block}\n{run.stdout}")
                missing = first_missing_line(expected, run.stdout)
                self.assertIsNone(missing, f"{block}\nprints:\n{run.stdout}")


if __name__ == "__main__":
    unittest.main()
