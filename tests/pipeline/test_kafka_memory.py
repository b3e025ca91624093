"""Goal (row M1 of docs/reliability.md): with a broker that stands still racesim's memory stays where it is, within its
queues' limits; when the broker goes on, everything arrives. Method: the real binary at full speed, a real broker that
SIGSTOP holds; resident memory is read from /proc."""

import os
import pathlib
import signal
import sys
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parent), str(pathlib.Path(__file__).resolve().parents[1] / "support")]
from kafka_broker import BrokerTest, require  # noqa: E402
from memory import PAUSE, growth_allowed_kb, status_kb, wait_until_it_rests  # noqa: E402

FULL = os.environ.get("RACESIM_FULL") == "1"
STANDSTILL_S = 600 if FULL else 12
VOLUME = 1_500_000
RACE = ("run", "--historical", "--start-datetime", "2026-07-05T14:00:00Z", "--end-datetime", "2026-07-05T17:00:00Z",
        "--volume", str(VOLUME))
# 64 MiB and 100,000 events in the client's queue, requests in flight, what the threads of the generator hold.
PEAK_KB_MAX = 300 * 1024


def setUpModule():
    require()


class MemoryTest(BrokerTest):
    def test_m1_a_broker_that_stands_still(self):
        self.broker.make_topic("still", 3)
        process = self.start([*RACE, "--brokers", self.broker.address, "--topic", "still", "--json", "--progress",
                              "never"])
        while process.poll() is None and self.broker.count("still", 3) == 0:
            pass
        self.broker.signal(signal.SIGSTOP)
        self.addCleanup(self.broker.signal, signal.SIGCONT)
        warm_kb = wait_until_it_rests(process.pid)
        for _ in range(STANDSTILL_S * 2):
            PAUSE.wait(0.5)
            self.assertIsNone(process.poll(), "it did not wait for the broker")
        peak_kb = status_kb(process.pid, "VmHWM")
        self.broker.signal(signal.SIGCONT)
        print(f"warm {warm_kb} KiB, after {STANDSTILL_S} s {peak_kb} KiB")
        self.assertLess(peak_kb - warm_kb, growth_allowed_kb(warm_kb))
        self.assertLess(peak_kb, PEAK_KB_MAX)
        summary = self.finish(process)
        self.assertEqual([summary["sent"], summary["acked"], summary["failed"]], [VOLUME, VOLUME, 0])
        self.assertEqual(self.broker.count("still", 3), VOLUME)


if __name__ == "__main__":
    unittest.main()
