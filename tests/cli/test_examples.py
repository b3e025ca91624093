"""Goal: every file in examples/ does what its first lines say.
Method: config files are checked and run against examples/receiver.py; the script runs in a scratch folder."""

import json
import pathlib
import subprocess
import sys
import unittest
import urllib.error
import urllib.request

from workdir import BINARY, HANG_S, MASTER, SOURCE, Workdir

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

    def test_replay(self):
        """The script proves its copy; both runs are in the database, each event once."""
        (self.dir / "bin").mkdir()
        (self.dir / "bin" / "racesim").symlink_to(BINARY)
        done = subprocess.run(["sh", str(EXAMPLES / "replay.sh")], cwd=self.dir, capture_output=True, text=True,
                              env=self.environment(PATH=f"{self.dir / 'bin'}:/usr/bin:/bin"), timeout=HANG_S, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("VERIFIED 12,000 / 12,000 events", done.stdout)
        self.assertIn("stored 24,000", done.stderr)

    def test_the_receiver_stores_a_repeated_play_once(self):
        url = self.receiver()
        for _ in range(2):
            self.assert_code(self.play("--volume", "50", "--posting-rate", "0", "--api-endpoint", url), 0)
        self.assertEqual(len(self.stored()), 50)

    def test_what_the_receiver_stores_is_what_was_sent(self):
        """Ends with the proof that racesim itself offers, one event per request and in arrays; then one value that was
        changed in the store has to be found."""
        for batch in "1", "7":
            with self.subTest(batch=batch):
                (self.dir / "plays.ndjson").unlink(missing_ok=True)
                self.assert_code(self.play("--volume", "2000", "--posting-rate", "0", "--batch", batch,
                                           "--api-endpoint", self.receiver(), "--manifest", "m.json"), 0)
                verify = ["verify", "--manifest", "m.json", "--against", "file:plays.ndjson"]
                result = self.racesim(*verify)
                self.assert_code(result, 0)
                self.assertTrue(result.stdout.startswith("VERIFIED 2,000 / 2,000 events"), result.stdout)
        stored = (self.dir / "plays.ndjson").read_bytes().splitlines(keepends=True)
        stored[999] = stored[999].replace(b'"play_duration_ms":', b'"play_duration_ms":1')
        (self.dir / "plays.ndjson").write_bytes(b"".join(stored))
        self.assert_code(self.racesim(*verify), 5)

    def test_a_store_that_parses_keeps_the_values(self):
        """Other bytes, which --full finds and which have the same values; then one value that was changed."""
        self.assert_code(self.play("--volume", "500", "--posting-rate", "0", "--api-endpoint", self.receiver(),
                                   "--manifest", "m.json"), 0)
        stored = self.stored()
        verify = ["verify", "--manifest", "m.json", "--against", "file:stored.ndjson"]
        text = "".join(json.dumps(play, sort_keys=True) + "\n" for play in stored)
        (self.dir / "stored.ndjson").write_text(text)
        full = self.racesim(*verify)
        self.assert_code(full, 5)
        self.assertIn("--by-value", full.stdout)
        result = self.racesim(*verify, "--by-value")
        self.assert_code(result, 0)
        self.assertTrue(result.stdout.startswith("VERIFIED 500 / 500 events"), result.stdout)
        stored[123]["play_duration_ms"] += 1
        text = "".join(json.dumps(play, sort_keys=True) + "\n" for play in stored)
        (self.dir / "stored.ndjson").write_text(text)
        changed = self.racesim(*verify, "--by-value")
        self.assert_code(changed, 5)
        self.assertIn("0 lost, 0 duplicated, 0 reordered, 1 altered", changed.stdout)
        self.assertIn("play_duration_ms", changed.stdout)

    def test_what_was_sent_in_no_order_is_not_judged_for_order(self):
        self.assert_code(self.play("--volume", "500", "--posting-rate", "0", "--unordered", "--api-endpoint",
                                   self.receiver(), "--manifest", "m.json"), 0)
        # Any order is one in which it may have sent: also the very last event first.
        stored = (self.dir / "plays.ndjson").read_bytes().splitlines(keepends=True)
        (self.dir / "plays.ndjson").write_bytes(b"".join(reversed(stored)))
        verify = ["verify", "--manifest", "m.json", "--against", "file:plays.ndjson"]
        result = self.racesim(*verify)
        self.assert_code(result, 0)
        self.assertTrue(result.stdout.startswith("VERIFIED 500 / 500 events"), result.stdout)
        self.assertIn("  order: not judged: the run was --unordered\n", result.stdout)
        # Everything else is judged.
        (self.dir / "plays.ndjson").write_bytes(b"".join(reversed(stored[1:])))
        self.assertIn("1 lost, 0 duplicated, 0 reordered", self.racesim(*verify).stdout)

    def test_the_receiver_keeps_the_bytes_of_each_event(self):
        """Bytes that every JSON library would write in another way, in one object and in an array of any form."""
        events = ['{"event_id":"a", "x" : 1.00}', '{"event_id":"b","x":1e2,"y":"[},{\\/"}', '{"event_id":"c","ö":"ö"}']
        url = self.receiver()
        post = lambda body: urllib.request.urlopen(urllib.request.Request(url, body.encode(), method="POST")).status
        self.assertEqual(post(events[0]), 201)
        self.assertEqual(post(f" [\n{events[1]} ,\t{events[2]}] "), 201)
        self.assertEqual(post('{"event_id":\n"d"}'), 201)
        self.assertEqual(post("[]"), 201)
        for bad in "", "{", "[1]", '{"id":1}', f"[{events[0]}", '[{"event_id":"e"},{}]', '{"event_id":"e"}{}':
            with self.assertRaises(urllib.error.HTTPError) as refused:
                post(bad)
            self.assertEqual(refused.exception.code, 400, bad)
            refused.exception.close()
        self.assertEqual((self.dir / "plays.ndjson").read_text(), "\n".join([*events, '{"event_id": "d"}', ""]))

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
