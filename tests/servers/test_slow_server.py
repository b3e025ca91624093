"""Goal: with a receiver that is slower than the plan, the summary's rate and lags are those of the receiver, and
--on-overload acts.
Method: the real binary posts to a server that answers one request at a time and takes a fixed time for each: however
busy the machine is, it is never faster, so all bounds are on one side."""

import http.server
import json
import os
import pathlib
import subprocess
import tempfile
import threading
import time
import unittest

BINARY = os.environ.get("RACESIM_BIN", "")
SOURCE = pathlib.Path(os.environ.get("RACESIM_SOURCE_DIR", pathlib.Path(__file__).resolve().parents[2]))
RUN_SECONDS_MAX = 240  # a hang guard
ANSWER_SECONDS = 0.02
PER_SECOND_MAX = 1 / ANSWER_SECONDS
NEVER = threading.Event()


class SlowServer:
    """Answers one request at a time, each after ANSWER_SECONDS."""

    def __init__(self):
        self.events, self.first, self.last = 0, None, None
        turn, server = threading.Lock(), self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                plays = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                with turn:
                    NEVER.wait(ANSWER_SECONDS)
                    server.events += len(plays) if isinstance(plays, list) else 1
                    server.last = time.monotonic()
                    server.first = server.first or server.last
                self.send_response(204)
                self.end_headers()

            def log_message(self, *args):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/play"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


@unittest.skipUnless(BINARY, "RACESIM_BIN names no binary")
class SlowServerTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="racesim-slow-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.server = SlowServer()
        self.addCleanup(self.server.close)

    def run_plays(self, *more):
        command = [BINARY, "run", "--scenario", "plays", "--master-data-dir", SOURCE / "data" / "master",
                   "--api-endpoint", self.server.url, "--json", *more]
        return subprocess.run(command, cwd=self.folder, capture_output=True, text=True, timeout=RUN_SECONDS_MAX,
                              stdin=subprocess.DEVNULL)

    def historical(self, *more):
        return self.run_plays("--historical", "--start-datetime", "2024-01-01T00:00:00", "--end-datetime",
                              "2024-02-01T00:00:00", *more)

    def summary(self, result, code=0):
        self.assertEqual(result.returncode, code, result.stderr)
        summary = json.loads(result.stdout)
        self.assertEqual(summary["sent"], summary["acked"] + summary["failed"])
        self.assertEqual(summary["generated"], summary["sent"] + summary["shed"])
        self.assertEqual(summary["acked"], self.server.events)
        return summary

    def check_rate(self, summary):
        """The rate is the receiver's own, from its first event to its last."""
        theirs = (self.server.events - 1) / (self.server.last - self.server.first)
        self.assertLess(summary["got_rate"], PER_SECOND_MAX * 1.01)
        # The receiver's time begins a moment later than the plan's.
        self.assertLess(summary["got_rate"], theirs * 1.05)

    def test_the_rate_is_what_the_receiver_got(self):
        summary = self.summary(self.historical("--volume", "200", "--posting-rate", "400/s"))
        self.assertEqual(summary["shed"], 0)
        self.assertAlmostEqual(summary["target_rate"], 400, delta=0.01)
        self.check_rate(summary)
        self.assertGreater(summary["rate_error"], 0.8)
        # The last of 200 is due after half a second and answered after four at the earliest.
        self.assertGreater(summary["ack_lag_ms"]["max"], 3400)
        # Sixteen connections hold one request each; all others wait to be written.
        self.assertGreater(summary["lag_ms"]["max"], 3000)
        self.assertLessEqual(summary["lag_ms"]["max"], summary["ack_lag_ms"]["max"])

    def test_a_threshold_on_the_rate_fails(self):
        result = self.historical("--volume", "100", "--posting-rate", "400/s", "--threshold", "rate_error<0.5")
        self.summary(result, code=5)
        self.assertIn("threshold rate_error<0.5 does not hold", result.stderr)

    def test_drop_leaves_out_what_the_receiver_cannot_take(self):
        summary = self.summary(self.historical("--volume", "800", "--posting-rate", "400/s", "--on-overload", "drop",
                                               "--max-lag", "300ms"))
        # In the plan's two seconds it answers a hundred at most; then what is queued is delivered.
        self.assertGreater(summary["shed"], 300)
        self.assertGreater(summary["acked"], 16)
        self.assertEqual(summary["generated"], 800)
        self.check_rate(summary)

    def test_drop_in_a_live_run(self):
        summary = self.summary(self.run_plays("--live", "--volume", "24000/min", "--duration", "2s", "--on-overload",
                                              "drop", "--max-lag", "300ms"))
        self.assertGreater(summary["shed"], 200)

    def test_fail_ends_the_run(self):
        result = self.historical("--volume", "800", "--posting-rate", "400/s", "--on-overload", "fail", "--max-lag",
                                 "200ms")
        summary = self.summary(result, code=1)
        self.assertIn("behind the plan", result.stderr)
        self.assertIn("--max-lag", result.stderr)
        self.assertLess(summary["generated"], 800)

    def test_a_receiver_that_keeps_up_sheds_nothing(self):
        summary = self.summary(self.historical("--volume", "30", "--posting-rate", "10/s", "--on-overload", "drop",
                                               "--max-lag", "30s"))
        self.assertEqual(summary["shed"], 0)
        self.assertEqual(summary["acked"], 30)

    def test_a_second_sink_does_not_hide_the_slow_one(self):
        summary = self.summary_of_two(self.historical("--volume", "100", "--posting-rate", "400/s", "--sink", "null",
                                                      "--sink", "http"))
        self.check_rate(summary)
        self.assertGreater(summary["lag_ms"]["max"], 1000)

    def summary_of_two(self, result):
        self.assertEqual(result.returncode, 0, result.stderr)
        summary = json.loads(result.stdout)
        self.assertEqual([sink["acked"] for sink in summary["sinks"]], [100, 100])
        return summary


if __name__ == "__main__":
    unittest.main()
