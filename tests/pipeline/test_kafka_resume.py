"""Goal: a run to Kafka that is killed at any moment goes on with --resume: no event is lost, doubled or put out of order
(K1), and two writers of one run never meet (R2). Method: the real binary killed with SIGKILL at random moments (the
seed is printed), a real broker; the topic is compared with stdout of a run that nobody killed."""

import os
import pathlib
import random
import signal
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from kafka_broker import BrokerTest, RUN_SECONDS_MAX, require, run  # noqa: E402

RACE = ("run", "--historical", "--start-datetime", "2026-07-05T14:00:00Z", "--end-datetime", "2026-07-05T14:03:00Z",
        "--faults", "late=1%,duplicate=1%,reorder=2%,drop=1%", "--late-delay", "10s")
FULL = os.environ.get("RACESIM_FULL") == "1"
KILLS = 200 if FULL else 20
STOPS = 50 if FULL else 5
SEED = int(os.environ.get("RACESIM_CHAOS_SEED") or random.randrange(1 << 30))


def setUpModule():
    require()


class ResumeTest(BrokerTest):
    def setUp(self):
        super().setUp()
        self.chance = random.Random(SEED)
        print(f"RACESIM_CHAOS_SEED={SEED}")

    def command(self, topic, *more):
        return [*RACE, *more, "--brokers", self.broker.address, "--topic", topic, "--checkpoint", "at", "--resume",
                "--settle", "500ms", "--json", "--progress", "never"]

    def kill_behind(self, process, ordinal):
        """Kills the process once its checkpoint is behind the ordinal, or at once if that is no more. True: it had
        ended before."""
        while process.poll() is None and self.settled() < ordinal:
            try:
                process.wait(timeout=self.chance.random() * 0.2)
            except subprocess.TimeoutExpired:
                pass
        return self.kill(process) == 0

    def test_k1_killed_at_random(self):
        self.broker.make_topic("k1", 3)
        command = self.command("k1", "--posting-rate", "40k/s")
        kills = 0
        while kills < KILLS:
            # Some die before they have sent anything, some in the middle, some within the second after a checkpoint.
            more = self.chance.choice((0, 0, 1, 5_000, 20_000))
            if self.kill_behind(self.start(command), self.settled() + more):
                break
            kills += 1
        result = run(*command, cwd=self.folder)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertGreater(kills, KILLS // 4, f"seed {SEED}")
        self.expect_exactly(self.broker, "k1", RACE)

    def test_r2_a_stopped_writer_keeps_its_lock(self):
        self.broker.make_topic("r2", 3)
        process = self.start(self.command("r2", "--posting-rate", "40k/s"))
        for stop in range(STOPS):
            while process.poll() is None and self.settled() <= stop * 2000:
                pass
            process.send_signal(signal.SIGSTOP)
            second = run(*self.command("r2"), cwd=self.folder)
            self.assertEqual(second.returncode, 6, second.stderr)
            self.assertIn(b"is being sent there already", second.stderr)
            process.send_signal(signal.SIGCONT)
        self.assertEqual(process.wait(timeout=RUN_SECONDS_MAX), 0)
        self.expect_exactly(self.broker, "r2", RACE)

    def test_another_place_is_refused(self):
        self.broker.make_topic("three", 3)
        self.kill_behind(self.start(self.command("three", "--posting-rate", "5k/s")), 1)
        self.broker.tool("topics", "--alter", "--topic", "three", "--partitions", "4")
        refused = run(*self.command("three"), cwd=self.folder)
        self.assertEqual(refused.returncode, 2)
        self.assertIn(b"three with 3 partitions; now it is", refused.stderr)
        other = run(*self.command("other"), "--create-topics", cwd=self.folder)
        self.assertEqual(other.returncode, 2)
        self.assertIn(b"does not know", other.stderr)


if __name__ == "__main__":
    unittest.main()
