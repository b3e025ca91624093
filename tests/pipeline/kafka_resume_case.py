"""Runs to a Kafka broker that are killed and gone on with, for the tests of resuming."""

import json
import os
import pathlib
import random
import signal
import subprocess
import tempfile
import unittest

from kafka_broker import BINARY, Broker, RUN_SECONDS_MAX, by_key, run

RACE = ("run", "--historical", "--start-datetime", "2026-07-05T14:00:00Z", "--end-datetime", "2026-07-05T14:03:00Z",
        "--faults", "late=1%,duplicate=1%,reorder=2%,drop=1%", "--late-delay", "10s")
FULL = os.environ.get("RACESIM_FULL") == "1"
SEED = int(os.environ.get("RACESIM_CHAOS_SEED") or random.randrange(1 << 30))


class ResumeCase(unittest.TestCase):
    CONTENT = RACE
    OPTIONS = ()  # of every run that sends to Kafka

    @classmethod
    def setUpClass(cls):
        cls.broker = Broker()
        cls.addClassCleanup(cls.broker.remove)
        cls.broker.start()

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="racesim-kafka-test-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.chance = random.Random(SEED)

    def command(self, topic, *more):
        return [*self.CONTENT, *self.OPTIONS, *more, "--brokers", self.broker.address, "--topic", topic, "--checkpoint", "at", "--resume",
                "--settle", "500ms", "--json", "--progress", "never"]

    def start(self, command, folder=None):
        process = subprocess.Popen([BINARY, *command], cwd=folder or self.folder, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        return process

    def settled(self):
        """How far the checkpoint says that the run has come."""
        try:
            return json.loads((self.folder / "at").read_text())["sinks"][0]["ordinal"]
        except FileNotFoundError:
            return 0

    def kill_behind(self, process, ordinal):
        """Kills the process once its checkpoint is behind the ordinal, or at once if that is no more. True: it had
        ended before."""
        while process.poll() is None and self.settled() < ordinal:
            try:
                process.wait(timeout=self.chance.random() * 0.2)
            except subprocess.TimeoutExpired:
                pass
        process.kill()
        message = process.communicate(timeout=RUN_SECONDS_MAX)[1]
        self.assertIn(process.returncode, (0, -signal.SIGKILL), message)
        return process.returncode == 0

    def expect_killed_at_random(self, topic, kills_wanted):
        """K1: a run that is killed so often, or until it has ended."""
        self.broker.make_topic(topic, 3)
        command = self.command(topic, "--posting-rate", "40k/s")
        kills = 0
        while kills < kills_wanted:
            # Some die before they have sent anything, some in the middle, some within the second after a checkpoint.
            more = self.chance.choice((0, 0, 1, 5_000, 20_000))
            if self.kill_behind(self.start(command), self.settled() + more):
                break
            kills += 1
        result = run(*command, cwd=self.folder)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertGreater(kills, kills_wanted // 4, f"seed {SEED}")
        self.expect_exactly(topic)

    def expect_exactly(self, topic):
        lines = run(*self.CONTENT, "-q", cwd=self.folder).stdout.decode().splitlines()
        records = self.broker.records(topic)
        self.assertEqual(len(records), len(lines), f"seed {SEED}")
        self.assertEqual(by_key((r.key, r.value) for r in records),
                         by_key((str(json.loads(line)["car"]), line) for line in lines), f"seed {SEED}")
