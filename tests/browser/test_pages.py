"""Goal: the pages work in a browser as their users need them: live within moments, start, stop and rate, trail and heatmap,
CSV, coming back after the server was gone, polling where WebSockets are blocked, sign-in with the token; laps and sectors, two
laps compared, a race played again from memory and from a store, charts, the pipeline, REST and GraphQL to try; by keyboard,
without findings of axe, in both themes, from 360 pixels on, at the frames that were asked for and without a growing heap.
Method: tests/browser/pages.mjs drives Chromium against real servers; each of its checks is a test here. No check may log an
error or ask another origin. RACESIM_SHOTS=FOLDER keeps the screenshots; RACESIM_FULL=1 watches the heap for ten minutes.
"""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from web_packages import ROOT, modules

HANG_S = 1500 if os.environ.get("RACESIM_FULL") == "1" else 540
CHECKS = ("live_within_a_second", "trail_and_heatmap", "own_roads", "start_rate_stop", "export_csv",
          "server_killed_and_back", "hung_server_is_stale", "blocked_websocket_is_polled", "keyboard", "axe_clean",
          "units_and_clock", "pit_wall", "race_start_and_stop", "laps_and_sectors", "traces_as_a_table",
          "frames_and_heap", "another_circuit", "sign_in", "pipeline", "stages_compared", "api_try_it", "analysis",
          "lap_on_its_way", "replay", "songs", "every_page_by_keyboard", "graphql_explorer", "stored_race")


class PagesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if not pathlib.Path("/usr/bin/chromium").exists():
            raise unittest.SkipTest("no chromium; scripts/install-packages test installs it")
        found = modules()
        folder = os.environ.get("RACESIM_SHOTS") or cls.enterClassContext(tempfile.TemporaryDirectory())
        done = subprocess.run([shutil.which("node"), ROOT / "tests/browser/pages.mjs", os.environ["RACESIM_BIN"], found, folder],
                              capture_output=True, text=True, timeout=HANG_S)
        cls.errors = done.stderr
        cls.seen = {line["check"]: line for line in map(json.loads, done.stdout.splitlines())}

    def test_all_checks_are_known(self):
        self.assertEqual(sorted(self.seen), sorted(CHECKS), self.errors)


def test_of(check):
    def test(self):
        self.assertIn(check, self.seen, self.errors)
        line = self.seen[check]
        self.assertTrue(line["ok"], line["detail"])
        print(f"{check}: {line['seconds']:.1f} s {line['detail']}")
    return test


for name in CHECKS:
    setattr(PagesTest, f"test_{name}", test_of(name))


if __name__ == "__main__":
    unittest.main()
