"""Goal: a run loses nothing to a receiver that is killed and restarted while it goes on, and its summary tells the truth.
Method: the real binary posts plays to play_server.py, which is ended with SIGKILL and started again on the same port and
file; then the server's file, its figures and the run's summary are compared.
"""

import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
BINARY = os.environ.get("RACESIM_BIN", "")
RUN_SECONDS_MAX = 240  # a hang guard
PLAYS = 10000
# Server downs: (share of the plays stored at which it is killed, seconds without a server).
DOWNS = ((0.2, 1.0), (0.6, 5.0))


class PlayServer:
    """play_server.py on a port that stays the same over restarts."""

    def __init__(self, file):
        self.file = file
        self.port = 0
        self.process = None

    def start(self):
        command = [sys.executable, HERE / "play_server.py", "--port", str(self.port), "--file", self.file]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if not line.startswith("listening on port "):
            raise RuntimeError(f"the play server did not start: {line!r}")
        self.port = int(line.split()[-1])

    def kill(self):
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process.stdout.close()
        self.process = None

    def stop(self):
        if self.process is not None:
            self.kill()

    def stats(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/stats", timeout=10) as answer:
            return json.load(answer)


def stored_lines(path):
    with open(path, "rb") as file:
        return sum(1 for line in file if line.endswith(b"\n"))


@unittest.skipUnless(BINARY, "RACESIM_BIN names no binary")
class HttpDeliveryTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="racesim-delivery-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.plays_file = self.folder / "plays.ndjson"
        self.server = PlayServer(self.plays_file)
        self.addCleanup(self.server.stop)
        subprocess.run([BINARY, "generate-master"], cwd=self.folder, check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)

    def command(self, *more):
        return [BINARY, "run", "--scenario", "plays", "--historical", "--start-datetime", "2024-01-01T00:00:00",
                "--end-datetime", "2024-01-31T23:59:59", "--api-endpoint",
                f"http://localhost:{self.server.port}/play", "--json", *more]

    def start_run(self, *more):
        process = subprocess.Popen(self.command(*more), cwd=self.folder, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True)
        self.addCleanup(lambda: process.poll() is None and process.kill())
        return process

    def finish(self, process):
        out, err = process.communicate(timeout=RUN_SECONDS_MAX)
        return process.returncode, out, err

    def let_it_run(self, process, seconds):
        """The run goes on for so long; that it ends is a failure."""
        try:
            process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            return
        self.fail(f"the run ended early: {self.finish(process)}")

    def wait_until_stored(self, process, count):
        deadline = time.monotonic() + RUN_SECONDS_MAX
        while stored_lines(self.plays_file) < count:
            self.let_it_run(process, 0.05)
            self.assertLess(time.monotonic(), deadline, "the plays do not arrive")

    def check_all_stored_once_by_id(self, summary):
        stats = self.server.stats()
        self.assertEqual(stats["unique"], PLAYS)
        self.assertEqual(stats["stored"], PLAYS + stats["repeats"])
        self.assertEqual(stats["repeats_with_other_key"], 0)
        self.assertEqual(stats["repeats_with_other_content"], 0)
        records = [json.loads(line) for line in self.plays_file.read_text().splitlines()]
        self.assertEqual(len({record["play"]["event_id"] for record in records}), PLAYS)
        self.assertEqual(summary["generated"], PLAYS)
        self.assertEqual(summary["sent"], PLAYS)
        self.assertEqual(summary["acked"], stats["unique"])
        self.assertEqual(summary["failed"], 0)
        self.assertEqual(summary["dead_lettered"], 0)
        # A repeat that arrived twice was an extra attempt; an extra attempt may never have arrived.
        self.assertGreaterEqual(summary["retried"], stats["repeats"])
        self.assertFalse((self.folder / "dead-letter.ndjson").exists())
        return records, stats

    def test_nothing_is_lost_while_the_server_is_killed_twice(self):
        self.server.start()
        process = self.start_run("--posting-rate", "500/s")
        for share, down_s in DOWNS:
            self.wait_until_stored(process, int(PLAYS * share))
            self.server.kill()
            self.let_it_run(process, down_s)
            self.server.start()
        code, out, err = self.finish(process)
        self.assertEqual(code, 0, err)
        records, _ = self.check_all_stored_once_by_id(json.loads(out))
        for record in records:
            self.assertEqual(record["key"], record["play"]["event_id"])
        self.assertGreater(json.loads(out)["retried"], 0)

    def test_batches_survive_a_kill_too(self):
        self.server.start()
        process = self.start_run("--posting-rate", "5000/s", "--batch", "50", "--connections", "3")
        self.wait_until_stored(process, PLAYS // 4)
        self.server.kill()
        self.server.start()
        code, out, err = self.finish(process)
        self.assertEqual(code, 0, err)
        self.check_all_stored_once_by_id(json.loads(out))

    def test_each_user_s_plays_arrive_in_order(self):
        self.server.start()
        code, out, err = self.finish(self.start_run("--posting-rate", "0"))
        self.assertEqual(code, 0, err)
        records, stats = self.check_all_stored_once_by_id(json.loads(out))
        self.assertEqual(stats["repeats"], 0)
        newest = {}
        for record in records:
            user, played_at = record["play"]["user_id"], record["play"]["played_at"]
            self.assertLessEqual(newest.get(user, ""), played_at)
            newest[user] = played_at

    def test_a_server_that_never_comes_ends_the_run_with_1(self):
        self.server.start()
        self.server.kill()
        code, _, err = self.finish(self.start_run("--posting-rate", "500/s"))
        self.assertEqual(code, 1, err)
        self.assertIn(f"cannot reach http://localhost:{self.server.port}/play: Connection refused", err)
        self.assertIn("--api-endpoint", err)


if __name__ == "__main__":
    unittest.main()
