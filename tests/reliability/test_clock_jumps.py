"""Goal (row T1 of docs/reliability.md): the wall clock may jump in a live run; pace, counts and event times do not notice,
since all waiting is done on the steady clock. Method: the real binary below faketime, whose offset the test changes while
the run goes on. How many events a run of a given length has is exact, so nothing is measured; a burst would end the run
too early, a pause would show as a lag of the jump's size."""

import collections
import json
import os
import pathlib
import subprocess
import sys
import unittest
from datetime import datetime

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cli"))
from endpoints import Recorder  # noqa: E402
from workdir import BINARY, MASTER, Workdir, sanitized, wait_until  # noqa: E402

FULL = os.environ.get("RACESIM_FULL") == "1"
JUMPS = ("+3600", "+0", "-86400", "+86400") * (5 if FULL else 1)
LENGTH_S = 2 + len(JUMPS)
LIBRARIES = ("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1", "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1")
# Far above what a busy machine does, and far below the least jump.
LAG_MS_MAX = 600_000


def library():
    return next((path for path in LIBRARIES if os.path.exists(path)), "")


def setUpModule():
    if not library():
        raise unittest.SkipTest("libfaketime is missing: scripts/install-packages test")
    if sanitized():
        raise unittest.SkipTest("full: a sanitizer has to be the first library; without one it runs")


class ClockJumps(Workdir):
    def setUp(self):
        super().setUp()
        self.offset = self.dir / "offset"
        self.jump_to("+0")

    def jump_to(self, offset):
        new = self.dir / "offset.new"
        new.write_text(offset)
        new.rename(self.offset)

    def faked(self):
        return {"LD_PRELOAD": library(), "FAKETIME_TIMESTAMP_FILE": str(self.offset), "FAKETIME_NO_CACHE": "1",
                "FAKETIME_DONT_FAKE_MONOTONIC": "1"}

    def test_the_tool_works(self):
        """Or the others prove nothing."""
        show = ["python3", "-c", "import time; print(time.time(), time.monotonic())"]
        seen = []
        for offset in ("+0", "-86400"):
            self.jump_to(offset)
            done = subprocess.run(show, env=self.environment(**self.faked()), capture_output=True, text=True, check=True)
            seen.append([float(number) for number in done.stdout.split()])
        self.assertLess(seen[1][0], seen[0][0] - 80_000)
        self.assertGreater(seen[1][1], seen[0][1])

    def run_with_jumps(self, *arguments):
        """The summary of a live run that sees all jumps, about one a second."""
        process = self.start(*arguments, "--duration", f"{LENGTH_S}s", "--sink", "file:out", "--json", env=self.faked())
        partial = self.dir / "out.partial"
        wait_until(lambda: partial.exists() and partial.stat().st_size > 0, "the first event")
        jumped = 0
        # The file grows with event time, so its lines tell where the run is.
        for share, offset in enumerate(JUMPS, start=1):
            wait_until(lambda: process.poll() is not None or self.event_seconds() > share, "the run to go on")
            jumped += process.poll() is None
            self.jump_to(offset)
        code, out, messages = self.finish(process)
        self.assertEqual(code, 0, messages)
        self.assertEqual(jumped, len(JUMPS), "the run ended before its jumps")
        return json.loads(out)

    def event_seconds(self):
        """Seconds of event time between the first and the last line."""
        try:
            with open(self.dir / "out.partial", "rb") as file:
                first = file.readline()
                file.seek(max(len(first), os.fstat(file.fileno()).st_size - 5000))
                last = file.read().splitlines()[-2]
            return (self.time_of(last) - self.time_of(first)).total_seconds()
        except (FileNotFoundError, IndexError, ValueError):
            return 0

    @staticmethod
    def time_of(line):
        event = json.loads(line)
        return datetime.strptime(event.get("time") or event["played_at"], "%Y-%m-%dT%H:%M:%S.%fZ")

    def expect_steady(self, summary):
        self.assertEqual(summary["sent"], summary["acked"])
        self.assertEqual((summary["failed"], summary["shed"], summary["retried"]), (0, 0, 0))
        self.assertTrue(summary["reached_end"])
        # Never faster than its plan, whatever the wall clock says; and its pauses are the machine's.
        self.assertGreater(summary["uptime_s"], LENGTH_S - 0.5)
        for lag in ("lag_ms", "ack_lag_ms"):
            self.assertLess(summary[lag]["max"], LAG_MS_MAX)

    def test_a_race(self):
        summary = self.run_with_jumps("run", "--live", "--cars", "5")
        self.assertEqual(summary["acked"], 5 * 100 * LENGTH_S)
        self.expect_steady(summary)
        times, numbers = collections.defaultdict(list), collections.defaultdict(list)
        for line in (self.dir / "out").read_text().splitlines():
            event = json.loads(line)
            times[event["car"]].append(event["time"])
            numbers[event["car"]].append(event["seq"])
        for car, stamps in times.items():
            self.assertEqual(stamps, sorted(set(stamps)), f"car {car}")
            self.assertEqual(numbers[car], list(range(numbers[car][0], numbers[car][0] + len(stamps))))

    def test_plays_to_a_server(self):
        with Recorder() as server:
            summary = self.run_with_jumps("run", "--scenario", "plays", "--live", "--volume", "30000/min",
                                          "--master-data-dir", MASTER, "--sink", "http", "--api-endpoint", server.url,
                                          "--batch", "50")
            arrived = server.ids()
        self.expect_steady(summary)
        self.assertAlmostEqual(len(arrived), 500 * LENGTH_S, delta=100 * LENGTH_S)
        self.assertEqual(len(set(arrived)), len(arrived))
        self.assertEqual(summary["sent"], 2 * len(arrived))
        times = [self.time_of(line) for line in (self.dir / "out").read_text().splitlines()]
        self.assertEqual(times, sorted(times))
        self.assertLessEqual((times[-1] - times[0]).total_seconds(), LENGTH_S)


if __name__ == "__main__":
    unittest.main()
