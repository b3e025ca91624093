"""Goal: every file in examples/ does what its first lines say.
Method: config files are checked and run against examples/receiver.py; the script runs in a scratch folder."""

import json
import pathlib
import subprocess
import sys
import unittest

from workdir import BINARY, MASTER, SOURCE, Workdir

EXAMPLES = SOURCE / "examples"


class Examples(Workdir):
    def receiver(self):
        """Starts it on a free port; returns its URL."""
        process = subprocess.Popen([sys.executable, str(EXAMPLES / "receiver.py"), "plays.ndjson", "0"], cwd=self.dir,
                                   stdout=subprocess.PIPE, text=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process.stdout.readline().split()[-1]

    def stored(self):
        return [json.loads(line) for line in (self.dir / "plays.ndjson").read_text().splitlines()]

    def test_config_files_hold_known_keys_and_good_values(self):
        for path in sorted(EXAMPLES.glob("*.toml")):
            self.assert_code(self.racesim("config", "show", "--config", path), 0)
            self.assert_code(self.racesim("run", "--config", path, "--master-data-dir", MASTER, "--dry-run"), 0)

    def test_history(self):
        result = self.racesim("run", "--config", EXAMPLES / "history.toml", "--api-endpoint", self.receiver(),
                              "--master-data-dir", MASTER, "--volume", "300")
        self.assert_code(result, 0)
        self.assertEqual(len({play["event_id"] for play in self.stored()}), 300)

    def test_load_profile(self):
        result = self.racesim("run", "--config", EXAMPLES / "load-profile.toml", "--api-endpoint", self.receiver(),
                              "--master-data-dir", MASTER, "--volume", "300", "--stages", "100ms:1k,1s:2k",
                              "--threshold", "error_rate<0.001")
        self.assert_code(result, 0)
        self.assertEqual(len(self.stored()), 300)
        self.assertEqual(json.loads((self.dir / "load-profile.json").read_text())["acked"], 300)

    def test_the_receiver_stores_a_repeated_play_once(self):
        url = self.receiver()
        for _ in range(2):
            self.assert_code(self.play("--volume", "50", "--posting-rate", "0", "--api-endpoint", url), 0)
        self.assertEqual(len(self.stored()), 50)

    def test_nightly(self):
        (self.dir / "bin").mkdir()
        (self.dir / "bin/racesim").symlink_to(BINARY)
        (self.dir / "data").symlink_to(pathlib.Path(MASTER).parent)
        script = EXAMPLES / "nightly.sh"
        result = self.shell(f"sh {script}", env={"PATH": f"{self.dir}/bin:/usr/bin:/bin"})
        self.assert_code(result, 0)
        self.assertEqual((result.stdout, result.stderr), ("", ""))
        summary = json.loads(next(self.dir.glob("plays-*.json")).read_text())
        self.assertEqual(summary["acked"], 50000)
        self.assertEqual(len(list(self.dir.glob("plays-*.ndjson.zst"))), 1)


if __name__ == "__main__":
    unittest.main()
