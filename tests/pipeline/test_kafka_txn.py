"""Goal: with --txn readers of committed records see every event exactly once and in order, although runs and the broker
are killed, and although a stopped writer wakes up after another one went on with its run (R2). Method: the real binary,
a real broker; the topic as committed readers see it is compared with stdout of a run that nobody disturbed."""

import json
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from kafka_broker import Broker, RUN_SECONDS_MAX, require, run  # noqa: E402
from kafka_resume_case import FULL, RACE, ResumeCase, SEED  # noqa: E402

KILLS = 50 if FULL else 6
STOPS = 50 if FULL else 5
BROKER_KILLS = 20 if FULL else 2


def setUpModule():
    require()


class TransactionsTest(ResumeCase):
    CONTENT = (*RACE, "--volume", "120000")
    OPTIONS = ("--txn",)

    def other_folder(self):
        folder = tempfile.TemporaryDirectory(prefix="racesim-kafka-test-")
        self.addCleanup(folder.cleanup)
        return pathlib.Path(folder.name)

    def uncommitted(self, topic):
        """How many records readers see that do not ask whether they are committed."""
        done = subprocess.run(["kcat", "-b", self.broker.address, "-C", "-t", topic, "-o", "beginning", "-e", "-q", "-X",
                               "isolation.level=read_uncommitted", "-f", "%o\n"], stdout=subprocess.PIPE, check=True,
                              timeout=RUN_SECONDS_MAX)
        return done.stdout.count(b"\n")

    def test_k1_killed_at_random(self):
        self.expect_killed_at_random("k1", KILLS)

    def take_over(self, topic):
        """Stops a writer in the middle of its work, lets another one end the run, and wakes the first one. What it left
        behind: aborted records."""
        topic_options = ("--create-topics", "--partitions", "3")
        (self.folder / "at").unlink(missing_ok=True)
        # Six seconds of work, stopped in the first four: one that is at its last commit may have done all.
        old = self.start(self.command(topic, "--posting-rate", "20k/s", *topic_options))
        after = self.chance.randrange(1, 40_000)
        while old.poll() is None and self.settled() < after:
            pass
        old.send_signal(signal.SIGSTOP)
        folder = self.other_folder()
        shutil.copy(self.folder / "at", folder / "at")
        new = run(*self.command(topic), cwd=folder)
        old.send_signal(signal.SIGCONT)
        error = old.communicate(timeout=RUN_SECONDS_MAX)[1]
        self.assertEqual(new.returncode, 0, new.stderr)
        self.assertEqual(old.returncode, 6, error)
        self.assertIn("another process has resumed this run", error)
        self.assertFalse((self.folder / "dead-letter.ndjson").exists())
        self.expect_all(topic)
        return self.uncommitted(topic) - len(self.broker.records(topic))

    def test_s1_a_topic_that_is_made_again(self):
        self.expect_sent_anew("anew", "--create-topics", "--partitions", "2")

    def test_r2_a_stopped_writer_is_shut_out(self):
        aborted = 0
        for stop in range(STOPS):
            with self.subTest(stop=stop, seed=SEED):
                aborted += self.take_over(f"r2-{stop}")
        self.assertGreater(aborted, 0)  # they are there, but not for readers of committed records

    def test_a_second_run_that_does_not_go_on_is_refused(self):
        self.broker.make_topic("second", 1)
        first = self.start(self.command("second", "--posting-rate", "20k/s"))
        while first.poll() is None and self.settled() == 0:
            pass
        second = run(*self.CONTENT, "--txn", "--brokers", self.broker.address, "--topic", "second", cwd=self.other_folder())
        self.assertEqual(second.returncode, 6, second.stderr)
        first.send_signal(signal.SIGTERM)
        message = first.communicate(timeout=RUN_SECONDS_MAX)[1]
        self.assertEqual(first.returncode, 143, message)
        # What was released by then is committed.
        self.assertEqual(run(*self.command("second"), cwd=self.folder).returncode, 0)
        self.expect_all("second")

    def test_verify_reads_what_is_committed(self):
        self.take_over("checked")
        content = (*RACE, "--volume", "20000")
        done = run(*content, "--txn", "--brokers", self.broker.address, "--topic", "checked", "--manifest", "m",
                   cwd=self.folder)
        self.assertEqual(done.returncode, 0, done.stderr)
        verified = run("verify", "--manifest", "m", "--against", "kafka", "--brokers", self.broker.address, "--json",
                       cwd=self.folder)
        self.assertEqual(verified.returncode, 0, verified.stderr)
        found = json.loads(verified.stdout)
        self.assertEqual([found["lost"], found["duplicated"], found["reordered"]], [0, 0, 0])


class BrokerTest(ResumeCase):
    CONTENT = (*RACE, "--volume", str(80_000 * BROKER_KILLS))
    OPTIONS = ("--txn",)

    def test_broker_killed(self):
        chance = random.Random(SEED)
        self.broker.make_topic("killed", 3)
        process = self.start(self.command("killed", "--posting-rate", "20k/s"))
        for _ in range(BROKER_KILLS):
            after = self.settled() + chance.randrange(1, 50_000)
            while process.poll() is None and self.settled() < after:
                pass
            self.broker.kill()
            self.broker.start()
        output, error = process.communicate(timeout=RUN_SECONDS_MAX)
        self.assertEqual(process.returncode, 0, error)
        summary = json.loads(output)
        self.assertEqual([summary["acked"], summary["failed"]], [summary["sent"], 0])
        self.expect_all("killed")


if __name__ == "__main__":
    unittest.main()
