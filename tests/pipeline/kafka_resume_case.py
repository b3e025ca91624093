"""Runs to a Kafka broker that are killed and gone on with, for the tests of resuming."""

import json
import os
import random
import subprocess

from kafka_broker import BrokerTest, run

RACE = ("run", "--historical", "--start-datetime", "2026-07-05T14:00:00Z", "--end-datetime", "2026-07-05T14:03:00Z",
        "--faults", "late=1%,duplicate=1%,reorder=2%,drop=1%", "--late-delay", "10s")
FULL = os.environ.get("RACESIM_FULL") == "1"
SEED = int(os.environ.get("RACESIM_CHAOS_SEED") or random.randrange(1 << 30))


class ResumeCase(BrokerTest):
    CONTENT = RACE
    OPTIONS = ()  # of every run that sends to Kafka
    STRETCHES = (0, 0, 1, 5_000, 20_000)  # events from one kill to the next
    RATE = "40k/s"  # some seconds, with a checkpoint each

    def setUp(self):
        super().setUp()
        self.chance = random.Random(SEED)
        print(f"RACESIM_CHAOS_SEED={SEED}")

    def command(self, topic, *more):
        return [*self.CONTENT, *self.OPTIONS, *more, "--brokers", self.broker.address, "--topic", topic, "--checkpoint",
                "at", "--resume", "--settle", "500ms", "--json", "--progress", "never"]

    def kill_behind(self, process, ordinal):
        """Kills the process once its checkpoint is behind the ordinal, or at once if that is no more. True: it had
        ended before."""
        while process.poll() is None and self.settled() < ordinal:
            try:
                process.wait(timeout=self.chance.random() * 0.2)
            except subprocess.TimeoutExpired:
                pass
        return self.kill(process) == 0

    def expect_killed_at_random(self, topic, kills_wanted):
        """K1: a run that is killed so often, or until it has ended."""
        self.broker.make_topic(topic, 3)
        command = self.command(topic, "--posting-rate", self.RATE)
        kills = 0
        while kills < kills_wanted:
            # Some die before they have sent anything, some in the middle, some within the second after a checkpoint.
            more = self.chance.choice(self.STRETCHES)
            if self.kill_behind(self.start(command), self.settled() + more):
                break
            kills += 1
        result = run(*command, cwd=self.folder)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertGreater(kills, kills_wanted // 4, f"seed {SEED}")
        self.expect_all(topic)

    def expect_sent_anew(self, topic, *creation):
        """S1: the topic is deleted, and made again, while the run is dead: what was known to be there is sent again, and
        the manifest tells where the run is now. Another run was in the topic before it."""
        others = ("run", *self.CONTENT[1:self.CONTENT.index("--faults")], "--seed", "99", "--volume", "2000")
        target = ("--brokers", self.broker.address, "--topic", topic, "--create-topics", "--partitions", "2")
        filled = run(*others, *target, "-q", cwd=self.folder)
        self.assertEqual(filled.returncode, 0, filled.stderr)
        command = self.command(topic, *creation, "--manifest", "m.json")
        self.assertFalse(self.kill_behind(self.start([*command, "--posting-rate", "10k/s"]), 10_000))
        for position in json.loads((self.folder / "at").read_text())["sinks"][0]["positions"]:
            self.assertEqual(len(position["record_hash"]), 32)
            self.assertGreater(position["record_time_ms"], 1_700_000_000_000)
        self.broker.tool("topics", "--delete", "--topic", topic)
        if not creation:
            self.broker.make_topic(topic, 2)
        result = run(*command, cwd=self.folder)
        self.assertEqual(result.returncode, 0, result.stderr)
        # 1: the mark of a transaction that was open when the run was killed.
        self.assertRegex(result.stderr.decode(), "it ends at offset [01], and the run had come to")
        self.expect_all(topic)
        verified = run("verify", "--manifest", "m.json", "--against", "kafka", "--brokers", self.broker.address,
                       cwd=self.folder)
        self.assertEqual(verified.returncode, 0, verified.stdout + verified.stderr)
        self.assertIn(b"VERIFIED", verified.stdout)

    def expect_all(self, topic):
        self.expect_exactly(self.broker, topic, self.CONTENT)
