"""Goal: the table of scripts/test counts every test once, shows why one was skipped, and never calls a failure
anything else.

Method: results of ctest written by hand, one per kind of ending, through scripts/test-table.
"""

import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]

PASSED = '<testcase name="io.File.writes" time="0.5" status="run"><system-out>fine</system-out></testcase>'
FAILED = ('<testcase name="io.File.fails" time="0.1" status="fail"><failure message="Failed"/>'
          "<system-out>x.cpp:3: expected 1\x01</system-out></testcase>")
SKIPPED = ('<testcase name="io.Mount.full" time="0.1" status="notrun">'
           '<skipped message="SKIP_REGULAR_EXPRESSION_MATCHED"/>'
           "<system-out>x.cpp:3: Skipped\nprivilege: no mount\n</system-out></testcase>")
NOT_BUILT = ('<testcase name="test_io_NOT_BUILT" time="0" status="notrun">'
             '<skipped message="Unable to find executable"/><system-out></system-out></testcase>')
PYTHON = ('<testcase name="cli.test_run" time="3" status="fail"><failure message="Failed"/><system-out>'
          "@test passed 1.00 test_run.A.test_x\n@test skipped 0.00 test_run.A.test_y no tmpfs\n"
          "@test failed 2.00 test_run.A.test_z 1 != 2\n</system-out></testcase>")
CRASHED = ('<testcase name="cli.test_log" time="3" status="fail"><failure message="Timeout"/><system-out>'
           "@test passed 1.00 test_log.A.test_x\n</system-out></testcase>")


def table(cases, steps=""):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder)
        (path / "steps.tsv").write_text(steps, encoding="utf-8")
        (path / "release.xml").write_text(f'<?xml version="1.0"?><testsuite>{"".join(cases)}</testsuite>',
                                          encoding="utf-8")
        return subprocess.run([sys.executable, str(ROOT / "scripts/test-table"), folder], stdout=subprocess.PIPE,
                              text=True, timeout=60, check=False)


class Table(unittest.TestCase):
    """One kind of ending per test."""

    def check(self, run, exit_code, last_line):
        self.assertEqual((run.returncode, run.stdout.splitlines()[-1]), (exit_code, last_line), run.stdout)

    def test_passed(self):
        self.check(table([PASSED]), 0, "1 passed, 0 failed, 0 skipped")

    def test_failed_shows_output(self):
        run = table([PASSED, FAILED])
        self.check(run, 1, "1 passed, 1 failed, 0 skipped")
        self.assertIn("x.cpp:3: expected 1", run.stdout)

    def test_skipped_shows_reason(self):
        run = table([PASSED, SKIPPED])
        self.check(run, 0, "1 passed, 0 failed, 1 skipped")
        self.assertIn("release io.Mount.full: privilege: no mount", run.stdout)

    def test_program_that_was_not_built_is_a_failure(self):
        self.check(table([PASSED, NOT_BUILT]), 1, "1 passed, 1 failed, 0 skipped")

    def test_methods_of_a_python_file_count_one_by_one(self):
        run = table([PYTHON])
        self.check(run, 1, "1 passed, 1 failed, 1 skipped")
        self.assertIn("release cli.test_run.A.test_y: no tmpfs", run.stdout)
        self.assertIn("release cli.test_run.A.test_z: 1 != 2", run.stdout)

    def test_python_file_that_ends_badly_after_its_tests(self):
        self.check(table([CRASHED]), 1, "1 passed, 1 failed, 0 skipped")

    def test_steps(self):
        run = table([PASSED], "failed\tlint\tshellcheck\t3\tsee the log\n")
        self.check(run, 1, "1 passed, 1 failed, 0 skipped")
        self.assertIn("lint shellcheck: see the log", run.stdout)

    def test_nothing_ran_is_no_success(self):
        self.check(table([]), 1, "0 passed, 0 failed, 0 skipped")


if __name__ == "__main__":
    unittest.main()
