"""Goal: the PostgreSQL store does what its unit tests ask for, on a real server. Method: starts one and runs those tests of
the program test_io that need it; each is told as a test of its own."""

import os
import pathlib
import re
import subprocess
import unittest

import postgres_server

BINARY = os.environ.get("RACESIM_BIN", "")


class PostgresStore(unittest.TestCase):
    def test_with_a_real_server(self):
        program = pathlib.Path(BINARY).parent / "tests" / "test_io"
        if not program.exists():
            self.skipTest(f"full: {program} is not built")
        postgres_server.require()
        server = postgres_server.Server()
        self.addCleanup(server.remove)
        server.start()
        done = subprocess.run([program, "--gtest_filter=PostgresServer.*:PostgresFaults.*"], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=postgres_server.SECONDS_MAX,
                              env={**os.environ, "RACESIM_POSTGRES_DSN": server.dsn})
        for name in re.findall(r"^\[  FAILED  \] (\S+) \(", done.stdout, re.MULTILINE):
            with self.subTest(name):
                self.fail(done.stdout)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertNotIn("SKIPPED", done.stdout)
        self.assertGreaterEqual(int(re.search(r"\[  PASSED  \] (\d+) tests", done.stdout)[1]), 19)


if __name__ == "__main__":
    unittest.main()
