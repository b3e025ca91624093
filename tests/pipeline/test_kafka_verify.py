"""Goal: what racesim verify says of a topic is what happened to it. Method: real runs with faults on purpose to a real
broker, which is killed and started again while the run itself is killed and resumed; and a topic that a careless
program changed."""

import json
import pathlib
import signal
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from kafka_broker import BrokerTest, RUN_SECONDS_MAX, require, run  # noqa: E402

FAULTS = ("--faults", "late=1%,duplicate=0.5%,reorder=2%,drop=0.1%,corrupt=0.1%", "--late-delay", "10s")
HALF_A_MINUTE = ("--end-datetime", "2026-07-05T14:00:30Z")
FIVE_MINUTES = ("--end-datetime", "2026-07-05T14:05:00Z")
RACE = ("run", "--historical", "--start-datetime", "2026-07-05T14:00:00Z", "--streams", "telemetry,checkpoints,laps",
        *FAULTS)
KINDS = ("lost", "duplicated", "altered", "reordered", "phantom", "redelivered", "expired", "late")


def setUpModule():
    require()


class VerifyTest(BrokerTest):
    def to_topic(self, topic):
        return ["--brokers", self.broker.address, "--topic", topic, "--create-topics", "--partitions", "3"]

    def verify(self, *options, code=0):
        done = run("verify", "--manifest", "m.json", "--against", "kafka", "--brokers", self.broker.address, "--json",
                   *options, cwd=self.folder)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return json.loads(done.stdout)

    def differences(self, report):
        return {kind: report[kind] for kind in KINDS if report[kind]}

    def test_broker_killed_three_times_and_racesim_twice(self):
        command = [*RACE, *FIVE_MINUTES, *self.to_topic("killed"), "--checkpoint", "at", "--resume", "--settle",
                   "1s", "--manifest", "m.json", "--json", "--progress", "never"]
        process, broker_kills, own_kills = None, 0, 0
        for step in ("broker", "self", "broker", "broker", "self"):
            process = process or self.start([*command, "--posting-rate", "6k/s"])
            self.wait_for_progress(process)
            if step == "broker":
                self.broker.kill()
                self.broker.start()
                broker_kills += 1
            else:
                self.assertEqual(self.kill(process), -signal.SIGKILL)
                process, own_kills = None, own_kills + 1
        summary = self.finish(self.start(command))
        self.assertEqual((broker_kills, own_kills), (3, 2))
        self.assertEqual(summary["failed"], 0)
        report = self.verify()
        self.assertEqual(self.differences(report), {})
        self.assertGreater(report["found"], 500_000)
        for kind in ("late", "duplicate", "reorder", "drop", "corrupt"):
            self.assertGreater(max(report["injected"][kind].values()), 0, report["injected"])

    def wait_for_progress(self, process):
        """Until the checkpoint has come on by some thousand events."""
        goal = self.settled() + 5_000
        while self.settled() < goal:
            self.assertIsNone(process.poll(), "the run ended too early")

    def test_another_run_in_the_topic_does_not_matter(self):
        for manifest, seed in (("m.json", "1"), ("other.json", "2")):
            done = run(*RACE, *HALF_A_MINUTE, *self.to_topic("shared"), "--seed", seed, "--manifest", manifest, "-q",
                       cwd=self.folder)
            self.assertEqual(done.returncode, 0, done.stderr)
        # The first run's records lie before those of the second, which are no part of it.
        report = self.verify(code=5)
        self.assertEqual(set(self.differences(report)), {"phantom"})
        (self.folder / "other.json").rename(self.folder / "m.json")
        self.assertEqual(self.differences(self.verify()), {})

    def test_s2_partitions_that_are_added_later_do_not_matter(self):
        done = run(*RACE, *HALF_A_MINUTE, *self.to_topic("grown"), "--manifest", "m.json", "-q", cwd=self.folder)
        self.assertEqual(done.returncode, 0, done.stderr)
        before = self.verify()
        self.broker.tool("topics", "--alter", "--topic", "grown", "--partitions", "7")
        after = self.verify()
        self.assertEqual(self.differences(after), {})
        self.assertEqual(after["found"], before["found"])

    def test_s2_a_topic_with_fewer_partitions_was_made_anew(self):
        done = run(*RACE, *HALF_A_MINUTE, *self.to_topic("shrunk"), "--manifest", "m.json", "-q", cwd=self.folder)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.broker.tool("topics", "--delete", "--topic", "shrunk")
        self.broker.make_topic("shrunk", 1)
        done = run("verify", "--manifest", "m.json", "--against", "kafka", "--brokers", self.broker.address,
                   cwd=self.folder)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn(b"shrunk has 1 partition, and the run wrote to 3", done.stderr)

    def test_a_careless_receiver_is_found_out(self):
        done = run(*RACE, *HALF_A_MINUTE, *self.to_topic("source"), "--manifest", "m.json", "-q", cwd=self.folder)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.broker.make_topic("copy", 3)
        records = [r for r in self.broker_lines("source")]
        gone = records.pop(len(records) // 2)
        twice = records[len(records) // 3]
        records.insert(len(records) // 3 + 1, twice)
        self.write("copy", records)
        report = self.verify("--topic", "copy", code=5)
        self.assertEqual(self.differences(report), {"lost": 1, "duplicated": 1}, gone)

    def test_s2_a_consumer_that_parses_and_writes_again(self):
        """By value its topic holds the run; then one record under a wrong key and one in a wrong partition."""
        done = run(*RACE, *HALF_A_MINUTE, *self.to_topic("read"), "--manifest", "m.json", "-q", cwd=self.folder)
        self.assertEqual(done.returncode, 0, done.stderr)
        records = [(p, key, self.again(value)) for p, key, value in self.broker_lines("read")]
        self.broker.make_topic("written", 3)
        self.write("written", records)
        report = self.verify("--topic", "written", "--by-value")
        self.assertEqual(self.differences(report), {})
        self.assertGreater(report["found"], len(records) * 9 // 10)
        whole = [i for i, (_, _, value) in enumerate(records) if value.startswith(b'{"run"') and b"\x1f" not in value]
        rekeyed, moved = whole[len(whole) // 3], whole[len(whole) // 2]
        partition, key, value = records[rekeyed]
        records[rekeyed] = (partition, b"nobody", value)
        partition, key, value = records[moved]
        records[moved] = ((partition + 1) % 3, key, value)
        self.broker.make_topic("mixed", 3)
        self.write("mixed", records)
        report = self.verify("--topic", "mixed", "--by-value", code=5)
        self.assertEqual(self.differences(report), {"altered": 2}, report["examples"])
        found = {example["field"]: (example["expected"], example["found"]) for example in report["examples"]}
        self.assertEqual(set(found), {"key", "partition"}, report["examples"])
        self.assertIn("nobody", found["key"][1])
        self.assertEqual(found["partition"], (f"mixed [{partition}]", f"mixed [{(partition + 1) % 3}]"))

    def again(self, value):
        """Parsed and written; what is no JSON is passed on."""
        try:
            return json.dumps(json.loads(value)).encode()
        except ValueError:
            return value

    def write(self, topic, records):
        for partition in range(3):
            text = b"".join(key + b"\x1f" + value + b"\n" for p, key, value in records if p == partition)
            subprocess.run(["kcat", "-b", self.broker.address, "-P", "-t", topic, "-p", str(partition), "-K", "\x1f"],
                           input=text, check=True, timeout=RUN_SECONDS_MAX)

    def broker_lines(self, topic):
        """(partition, key, value) of every record, as bytes: damaged events need not be UTF-8."""
        done = subprocess.run(["kcat", "-b", self.broker.address, "-C", "-t", topic, "-o", "beginning", "-e", "-q",
                               "-f", "%p\x1f%k\x1f%s\n"], stdout=subprocess.PIPE, check=True,
                              timeout=RUN_SECONDS_MAX)
        for line in done.stdout.split(b"\n")[:-1]:
            partition, key, value = line.split(b"\x1f", 2)
            yield int(partition), key, value

    def test_bad_input(self):
        done = run(*RACE, *HALF_A_MINUTE, "--sink", "null", "--manifest", "m.json", "-q", cwd=self.folder)
        self.assertEqual(done.returncode, 0, done.stderr)
        missing = run("verify", "--manifest", "m.json", "--against", "kafka", "--brokers", self.broker.address,
                      "--topic", "nowhere", cwd=self.folder)
        self.assertEqual(missing.returncode, 2)
        self.assertIn(b"has no topic nowhere", missing.stderr)
        nobody = run("verify", "--manifest", "m.json", "--against", "kafka", "--brokers", "127.0.0.1:1", cwd=self.folder)
        self.assertEqual(nobody.returncode, 1)
        self.assertIn(b"127.0.0.1:1", nobody.stderr)
        laws = run("verify", "--invariants", "--against", "kafka", cwd=self.folder)
        self.assertEqual(laws.returncode, 2)
        self.assertIn(b"kcat -C", laws.stderr)


if __name__ == "__main__":
    unittest.main()
