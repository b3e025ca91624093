"""Goal: SIGINT, SIGTERM and SIGHUP drain: what was sent is acknowledged, the exit code tells bounded from unbounded; a
second signal ends at once, and so does SIGQUIT.
Method: signals sent once the run shows its first event."""

import json
import signal
import unittest

from endpoints import misbehaving
from workdir import HANG_S, JANUARY, MASTER, PAUSE, Workdir, wait_until

LIVE = ["run", "--scenario", "plays", "--live", "--volume", "60000/min", "--master-data-dir", MASTER]


class Signals(Workdir):
    def stopped(self, number, *args):
        process = self.start(*args)
        first = process.stdout.readline()
        process.send_signal(number)
        code, out, err = self.finish(process)
        return code, (first + out).splitlines(), err

    def test_unbounded_runs_end_with_0(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            code, lines, err = self.stopped(number, *LIVE, "--json")
            self.assertEqual(code, 0, err)
            summary = json.loads(err.splitlines()[-1])
            self.assertEqual(len(lines), summary["acked"])
            self.assertEqual(summary["sent"], summary["acked"] + summary["failed"])
            self.assertTrue(summary["drained"])
            json.loads(lines[-1])  # complete to the last byte

    def test_bounded_runs_are_cut_short(self):
        for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)):
            self.assertEqual(self.stopped(number, *LIVE, "--duration", "1h")[0], code)
            self.assertEqual(self.stopped(number, "run", *JANUARY, "--master-data-dir", MASTER, "--posting-rate",
                                          "100/s")[0], code)

    def test_a_file_that_was_cut_short_holds_what_was_sent(self):
        process = self.start(*LIVE, "--sink", "file:a.ndjson", "--sink", "stdout", "--json", "-v")
        process.stdout.readline()
        process.terminate()
        code, _, err = self.finish(process)
        self.assertEqual(code, 0, err)
        sinks = {sink["name"]: sink for sink in json.loads(err.splitlines()[-1])["sinks"]}
        self.assertEqual(len((self.dir / "a.ndjson").read_text().splitlines()), sinks["file:a.ndjson"]["acked"])

    def test_a_hang_up_leaves_summary_and_manifest(self):
        for number in (signal.SIGTERM, signal.SIGHUP):
            with self.subTest(number):
                process = self.start(*LIVE, "--duration", "1h", "--sink", "file:a.ndjson", "--sink", "stdout",
                                     "--manifest", "m.json", "--summary-export", "s.json")
                process.stdout.readline()
                process.send_signal(number)
                code, _, err = self.finish(process)
                self.assertEqual(code, 128 + number, err)
                self.assertIn("generated", err)
                summary = json.loads((self.dir / "s.json").read_text())
                self.assertEqual(summary["exit_code"], code)
                manifest = json.loads((self.dir / "m.json").read_text())
                self.assertFalse(manifest["sent"]["complete"])
                self.assertEqual(manifest["sent"]["released"], summary["sinks"][0]["sent"])
                lines = (self.dir / "a.ndjson").read_text().splitlines()
                self.assertEqual(len(lines), summary["sinks"][0]["acked"])

    def hanging(self, *more):
        """A run whose endpoint never answers, after the first request reached it."""
        reached = []

        def answer(connection, number):
            reached.append(number)
            PAUSE.wait(HANG_S)

        server = misbehaving(answer)
        url = server.__enter__()
        self.addCleanup(server.__exit__, None, None, None)
        process = self.start(*LIVE, "--api-endpoint", url, "--timeout", "10m", "--json", *more)
        wait_until(lambda: reached, "the first request")
        return process

    def test_a_second_signal_ends_at_once(self):
        process = self.hanging("--drain-timeout", "10m")
        process.send_signal(signal.SIGINT)
        # Two pending signals of one kind would be one.
        wait_until(lambda: "Ctrl-C again ends at once" in self.messages(), "the answer to the first signal")
        self.assertIsNone(process.poll())
        process.send_signal(signal.SIGINT)
        code, _, err = self.finish(process)
        self.assertEqual(code, 130, err)

    def test_quit_ends_at_once_with_its_letters(self):
        process = self.hanging("--drain-timeout", "10m", "--manifest", "m.json")
        process.send_signal(signal.SIGQUIT)
        code, out, err = self.finish(process)
        self.assertEqual(code, 131, err)
        summary = json.loads(out)
        self.assertEqual(summary["sent"], summary["failed"])
        self.assertEqual(len((self.dir / "dead-letter.ndjson").read_text().splitlines()), summary["dead_lettered"])
        self.assertFalse(json.loads((self.dir / "m.json").read_text())["sent"]["complete"])

    def test_the_drain_time_is_bounded(self):
        process = self.hanging("--drain-timeout", "200ms")
        process.send_signal(signal.SIGTERM)
        code, out, err = self.finish(process)
        self.assertEqual(code, 4, err)
        summary = json.loads(out)
        self.assertEqual(summary["sent"], summary["acked"] + summary["failed"])
        self.assertGreater(summary["failed"], 0)
        self.assertEqual(len((self.dir / "dead-letter.ndjson").read_text().splitlines()), summary["dead_lettered"])

    def test_the_longest_drain_time_drains(self):
        reached = []

        def answer(connection, number):
            reached.append(number)
            PAUSE.wait(0.3)
            connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

        with misbehaving(answer) as url:
            process = self.start(*LIVE, "--api-endpoint", url, "--drain-timeout", "106751d23h47m", "--timeout",
                                 "106751d23h47m", "--json")
            wait_until(lambda: reached, "the first request")
            process.send_signal(signal.SIGTERM)
            code, out, err = self.finish(process)
        self.assertEqual(code, 0, err)
        self.assertEqual(json.loads(out)["failed"], 0)

    def test_ignored_signals_stay_ignored(self):
        # As nohup and background jobs of a script have it: the signal comes once the run shows its first event.
        for number in ("INT", "HUP", "TERM", "QUIT"):
            result = self.shell(f"mkfifo {number}; trap '' {number}; \"$RACESIM\" {' '.join(LIVE)} --duration 1s "
                                f"--sink file:{number} & exec 3<{number}; read -r first <&3; kill -{number} $!; "
                                "cat <&3 >rest; wait $!")
            self.assert_code(result, 0)


if __name__ == "__main__":
    unittest.main()
