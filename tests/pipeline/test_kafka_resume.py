"""Goal: a run to Kafka that is killed at any moment goes on with --resume: no event is lost, doubled or put out of order
(K1), and two writers of one run never meet (R2). Method: the real binary killed with SIGKILL at random moments (the
seed is printed), a real broker; the topic is compared with stdout of a run that nobody killed."""

import json
import pathlib
import signal
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from kafka_broker import RUN_SECONDS_MAX, by_key, require, run  # noqa: E402
from kafka_resume_case import FULL, RACE, ResumeCase  # noqa: E402

KILLS = 200 if FULL else 20
STOPS = 50 if FULL else 5


def setUpModule():
    require()


class ResumeTest(ResumeCase):
    def test_k1_killed_at_random(self):
        self.expect_killed_at_random("k1", KILLS)

    def test_r2_a_stopped_writer_keeps_its_lock(self):
        self.broker.make_topic("r2", 3)
        process = self.start(self.command("r2", "--posting-rate", "40k/s"))
        for stop in range(STOPS):
            while process.poll() is None and self.settled() <= stop * 2000:
                pass
            process.send_signal(signal.SIGSTOP)
            second = run(*self.command("r2"), cwd=self.folder)
            self.assertEqual(second.returncode, 6, second.stderr)
            self.assertIn(b"is already sending run", second.stderr)
            process.send_signal(signal.SIGCONT)
        self.assertEqual(process.wait(timeout=RUN_SECONDS_MAX), 0)
        self.expect_all("r2")

    def test_s1_a_topic_that_is_made_again(self):
        self.expect_sent_anew("anew", "--create-topics", "--partitions", "2")

    def test_s1_a_topic_that_is_made_again_by_hand(self):
        self.expect_sent_anew("byhand")

    def test_another_place_is_refused(self):
        self.broker.make_topic("three", 3)
        self.kill_behind(self.start(self.command("three", "--posting-rate", "5k/s")), 1)
        self.broker.tool("topics", "--alter", "--topic", "three", "--partitions", "4")
        refused = run(*self.command("three"), cwd=self.folder)
        self.assertEqual(refused.returncode, 2)
        self.assertIn(b"three with 3 partitions, but now the sink is", refused.stderr)
        other = run(*self.command("other"), "--create-topics", cwd=self.folder)
        self.assertEqual(other.returncode, 2)
        self.assertIn(b"was written for other sinks", other.stderr)

    def test_others_write_to_the_topic_meanwhile(self):
        """The topic's ends never rest; the other part's records are none of ours."""
        self.broker.make_topic("parts", 3)
        other = self.start([*RACE, "--shard", "2/2", "--brokers", self.broker.address, "--topic", "parts",
                            "--posting-rate", "2k/s", "--progress", "never", "-q"])
        command = self.command("parts", "--shard", "1/2", "--posting-rate", "20k/s")
        self.assertFalse(self.kill_behind(self.start(command), 20_000))
        result = run(*command, cwd=self.folder)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIsNone(other.poll(), "the other part wrote all along")
        other.kill()
        lines = run(*RACE, "--shard", "1/2", "-q", cwd=self.folder).stdout.decode().splitlines()
        own = by_key((str(json.loads(line)["car"]), line) for line in lines)
        records = by_key((r.key, r.value) for r in self.broker.records("parts"))
        self.assertGreater(len(records), len(own))
        self.assertEqual({key: records[key] for key in own}, own)

    def dead_letters(self):
        path = self.folder / "dead-letter.ndjson"
        return path.read_bytes().count(b"\n") if path.exists() else 0

    def killed_behind_a_checkpoint(self, command):
        """Kills the run once ten events were refused since the last checkpoint. False: another one came meanwhile, or its end."""
        process = self.start(command)
        checkpoint = refused = -1
        while process.poll() is None and (checkpoint <= 0 or self.dead_letters() < refused + 10):
            if checkpoint != (checkpoint := self.settled()):
                refused = self.dead_letters()
        ended = self.kill(process) == 0
        return not ended and self.settled() == checkpoint

    def test_what_was_refused_before_a_kill_is_told(self):
        """Refused events that no checkpoint knows of: found to be missing, in the dead-letter file, exit code 4."""
        content = (*RACE[:RACE.index("--faults")], "--volume", "6000")
        lines = run(*content, "-q", cwd=self.folder).stdout.decode().splitlines()
        middle = sorted(len(line) for line in lines)[len(lines) // 2]
        # A request of one record is larger than its value by some 72 bytes; so a part of them is refused.
        # A checkpoint may come between the look at it and the kill: then there is nothing to find, and it is tried again.
        for attempt in range(20):
            topic = f"small-{attempt}"
            self.broker.make_topic(topic, 1, f"max.message.bytes={middle + 72}")
            command = [*content, "--brokers", self.broker.address, "--topic", topic, "--checkpoint", "at", "--resume",
                       "--compression", "none", "--settle", "500ms", "--json", "--progress", "never"]
            if self.killed_behind_a_checkpoint(command):
                break
            for name in ("at", "dead-letter.ndjson"):
                (self.folder / name).unlink(missing_ok=True)
        self.broker.tool("configs", "--alter", "--topic", topic, "--add-config", "max.message.bytes=100000")
        before = self.dead_letters()
        result = run(*command, cwd=self.folder)
        self.assertEqual(result.returncode, 4, result.stderr)
        summary = json.loads(result.stdout)
        self.assertEqual(summary["failed"], 0)
        dead = (self.folder / "dead-letter.ndjson").read_text().splitlines()
        self.assertTrue(any("refused before the run was resumed" in line for line in dead[before:]))
        arrived = [record.value for record in self.broker.records(topic)]
        refused = [line[len('{"event":'):line.index(',"sink":')] for line in dead]
        self.assertEqual(sorted({*arrived, *refused}), sorted(lines))
        self.assertEqual(len(arrived), len(set(arrived)))


if __name__ == "__main__":
    unittest.main()
