"""Goal: no event is lost, doubled or put out of order while the broker is killed and started again (B1), while
connections are cut and answers swallowed (N1), and when a run is told to end (S1).
Method: the real binary, a real broker, a proxy that makes trouble; the topic is compared with stdout of the same run.
"""

import json
import os
import pathlib
import signal
import sys
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from kafka_broker import Broker, FolderTest, RUN_SECONDS_MAX, require  # noqa: E402
from tcp_proxy import Proxy  # noqa: E402

RACE = ("run", "--historical", "--start-datetime", "2026-07-05T14:00:00Z", "--end-datetime", "2026-07-05T17:00:00Z")
FULL = os.environ.get("RACESIM_FULL") == "1"
KILLS = 50 if FULL else 3
CUTS = 500 if FULL else 30
SIGNALS = 100 if FULL else 10


def setUpModule():
    require()


class FaultTest(FolderTest):
    def start_broker(self, *options):
        broker = Broker(*options)
        self.addCleanup(broker.remove)
        return broker.start()

    def start_run(self, brokers, *arguments):
        return self.start([*arguments, "--brokers", brokers, "--json", "--progress", "never"])

    def test_b1_broker_killed(self):
        broker = self.start_broker()
        rate = 4000
        content = (*RACE, "--volume", str(rate * 6 * KILLS))
        process = self.start_run(broker.address, *content, "--posting-rate", f"{rate}/s", "--create-topics",
                                 "--partitions", "3", "--topic", "killed")
        seen = 0
        for _ in range(KILLS):
            # Only a broker that took something since the last time is worth killing.
            while process.poll() is None and (count := broker.count("killed", 3)) < seen + rate:
                pass
            seen = count
            broker.kill()
            broker.start()
        summary = self.finish(process)
        self.assertEqual([summary["acked"], summary["failed"]], [summary["sent"], 0])
        self.expect_exactly(broker, "killed", content)

    def test_n1_connections_cut(self):
        with Proxy() as proxy:
            broker = self.start_broker("--advertise", proxy.address)
            host, port = broker.address.split(":")
            proxy.target = (host, int(port))
            content = (*RACE, "--volume", str(7000 * CUTS))
            process = self.start_run(proxy.address, *content, "--posting-rate", "5000/s", "--create-topics",
                                     "--partitions", "2", "--topic", "cut", "-X", "linger.ms=5",
                                     "-X", "batch.num.messages=50", "-X", "socket.timeout.ms=10000")
            seed = int(os.environ.get("RACESIM_CHAOS_SEED", "1"))
            print(f"RACESIM_CHAOS_SEED={seed}")
            while process.poll() is None and broker.count("cut", 2) == 0:
                pass
            proxy.torment(seed, CUTS, lambda: process.poll() is None)
            summary = self.finish(process)
            self.assertEqual(proxy.cuts, CUTS, "the run ended before it was cut so often")
            self.assertEqual([summary["acked"], summary["failed"]], [summary["sent"], 0])
            self.expect_exactly(broker, "cut", content)

    def test_s1_told_to_end(self):
        broker = self.start_broker()
        total = 0
        for i in range(SIGNALS):
            name, number = ("TERM", signal.SIGTERM) if i % 2 == 0 else ("INT", signal.SIGINT)
            with self.subTest(signal=name, round=i):
                process = self.start_run(broker.address, "run", "--live", "--topic", "ended", "--create-topics")
                while process.poll() is None and broker.count("ended") <= total:
                    pass
                process.send_signal(number)
                summary = self.finish(process)
                self.assertEqual([summary["acked"], summary["failed"]], [summary["sent"], 0])
                total += summary["acked"]
                self.assertEqual(broker.count("ended"), total)
        process = self.start_run(broker.address, *RACE, "--posting-rate", "2000/s", "--topic", "bounded",
                                 "--create-topics")
        while process.poll() is None and broker.count("bounded") == 0:
            pass
        process.send_signal(signal.SIGTERM)
        summary = self.finish(process, code=143)
        self.assertEqual([summary["acked"], summary["failed"]], [summary["sent"], 0])

    def test_s1_a_dead_broker_does_not_hold_the_end_up(self):
        broker = self.start_broker()
        process = self.start_run(broker.address, "run", "--live", "--topic", "gone", "--create-topics",
                                 "--drain-timeout", "1s")
        while process.poll() is None and broker.count("gone") == 0:
            pass
        broker.kill()
        threading.Event().wait(0.5)  # so that something is open
        process.send_signal(signal.SIGTERM)
        output, error = process.communicate(timeout=RUN_SECONDS_MAX)
        self.assertEqual(process.returncode, 4, error)
        summary = json.loads(output)
        self.assertEqual(summary["sent"], summary["acked"] + summary["failed"])
        self.assertGreater(summary["failed"], 0)
        dead = (self.folder / "dead-letter.ndjson").read_text().splitlines()
        self.assertEqual(len(dead), summary["failed"])


if __name__ == "__main__":
    unittest.main()
