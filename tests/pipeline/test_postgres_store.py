"""Goal: the PostgreSQL store, and the history that is read from it, do what their unit tests ask for, on a real server.
Method: starts one and runs those tests of the programs test_io and test_serve that need it; each is told as a test of its own."""

import os
import pathlib
import re
import subprocess
import unittest

import postgres_server

BINARY = os.environ.get("RACESIM_BIN", "")


class PostgresStore(unittest.TestCase):
    def test_with_a_real_server(self):
        self.run_tests("test_io", "PostgresServer.*:PostgresFaults.*", 19)

    def test_history_with_a_real_server(self):
        self.run_tests("test_serve", "HistoryTest.*FromPostgres:HistoryInPostgres.*", 3)

    def run_tests(self, name, wanted, least):
        program = pathlib.Path(BINARY).parent / "tests" / name
        if not program.exists():
            self.skipTest(f"full: {program} is not built")
        postgres_server.require()
        server = postgres_server.Server()
        self.addCleanup(server.remove)
        server.start()
        done = subprocess.run([program, f"--gtest_filter={wanted}"], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=postgres_server.SECONDS_MAX,
                              env={**os.environ, "RACESIM_POSTGRES_DSN": server.dsn})
        for name in re.findall(r"^\[  FAILED  \] (\S+) \(", done.stdout, re.MULTILINE):
            with self.subTest(name):
                self.fail(done.stdout)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertNotIn("SKIPPED", done.stdout)
        self.assertGreaterEqual(int(re.search(r"\[  PASSED  \] (\d+) tests?", done.stdout)[1]), least)


if __name__ == "__main__":
    unittest.main()
