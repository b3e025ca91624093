"""Goal: what is committed of the pages is what their sources give: web/dist, the types of events; and the sources hold what
they promise. Method: a copy of web/ without web/dist, built anew from the lock file and compared byte for byte; types made
anew of the program's own schemas; the type checker; the unit tests of web/test.
"""

import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from web_packages import ROOT, modules


class WebTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        found = modules()
        cls.home = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        cls.web = cls.home / "web"
        shutil.copytree(ROOT / "web", cls.web, ignore=shutil.ignore_patterns("dist", "node_modules"))
        (cls.web / "node_modules").symlink_to(found)

    def npm(self, script):
        done = subprocess.run(["npm", "run", "--silent", script], cwd=self.web, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_dist_is_what_the_sources_give(self):
        self.npm("build")

        def content(folder):
            return {file.name: file.read_bytes() for file in folder.iterdir()}

        self.assertEqual(content(self.web / "dist"), content(ROOT / "web/dist"), "run scripts/web/build and commit web/dist")

    def test_types_are_those_of_the_schemas(self):
        script = ROOT / "web/scripts/make-types.py"
        done = subprocess.run([script, os.environ["RACESIM_BIN"], "--check"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_types_hold(self):
        self.npm("check")

    def test_units(self):
        self.npm("test")

    def test_the_lock_file_names_no_host(self):
        self.assertNotIn('"resolved"', (ROOT / "web/package-lock.json").read_text(encoding="utf-8"))


if __name__ == "__main__":
    unittest.main()
