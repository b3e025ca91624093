"""Goal: scripts/scale/plan tells what its arithmetic says. Method: hashes that Kafka's own tests have; plans with one
partition, where the numbers can be worked out by hand; one that cannot keep up."""

import importlib.machinery
import importlib.util
import re
import subprocess
import unittest

from workdir import SOURCE

PLAN = SOURCE / "scripts/scale/plan"
HASHES = {"21": -973932308, "foobar": -790332482, "a-little-bit-long-string": -985981536, "abc": 479470107}


def load():
    loader = importlib.machinery.SourceFileLoader("plan", str(PLAN))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("plan", loader))
    loader.exec_module(module)
    return module


class ScalePlanTest(unittest.TestCase):
    def plan(self, code=0, **options):
        command = [str(PLAN)]
        for name, value in options.items():
            command += [f"--{name.replace('_', '-')}", str(value)]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60)
        self.assertEqual(done.returncode, code, done.stderr)
        return done.stdout + done.stderr

    def test_keys_go_where_kafka_puts_them(self):
        plan = load()
        for text, signed in HASHES.items():
            self.assertEqual(plan.murmur2(text.encode()), signed & 0xFFFFFFFF)
        self.assertAlmostEqual(sum(plan.shares(1000, 7)), 1)

    def test_one_process_that_is_away_for_a_minute(self):
        # 10,000/s of at most 40,000: a minute leaves 600,000 events, which 30,000/s to spare work off in 20 s.
        text = self.plan(rate=10_000, partitions=1, processes=1, cpu_s_per_million=25, outage=60)
        self.assertIn("10,000 events/s of at most 40,000: 25% of a core", text)
        behind, seconds = re.search(r"at most ([\d,]+) events behind, nobody (\d+) s", text).groups()
        self.assertEqual(int(behind.replace(",", "")), 600_000)
        self.assertAlmostEqual(int(seconds), 80, delta=1)

    def test_others_take_over(self):
        alone = self.plan(rate=10_000, partitions=6, processes=3, cpu_s_per_million=25, outage=600, session=600)
        shared = self.plan(rate=10_000, partitions=6, processes=3, cpu_s_per_million=25, outage=600, session=10)
        behind = [int(re.search(r"at most ([\d,]+) events behind", text)[1].replace(",", "")) for text in (alone, shared)]
        self.assertGreater(behind[0], 20 * behind[1])

    def test_too_few(self):
        self.assertIn("for ever", self.plan(code=1, rate=100_000, partitions=4, processes=2, cpu_s_per_million=25))
        self.assertIn("would have no partition", self.plan(code=2, rate=1, partitions=1, processes=2, cpu_s_per_million=1))


if __name__ == "__main__":
    unittest.main()
