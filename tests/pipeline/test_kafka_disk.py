"""Goal (row D1 of docs/reliability.md, with Kafka): events that neither the broker nor a full disk took are not forgotten:
the run says so, and once there is room --resume brings them into the dead-letter file, and the topic has all others once.
Method: a real broker with a topic that finds some events too large, dead letters on a tmpfs that is full."""

import json
import pathlib
import sys
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parent), str(pathlib.Path(__file__).resolve().parents[1] / "support")]
from kafka_broker import BrokerTest, by_key, require, run  # noqa: E402
from small_disk import SmallDisk, enter_private_mounts  # noqa: E402

CONTENT = ("run", "--historical", "--start-datetime", "2026-07-05T14:00:00Z", "--end-datetime", "2026-07-05T14:00:10Z")


def setUpModule():
    require()
    enter_private_mounts()


class FullDiskTest(BrokerTest):
    def letters(self):
        path = self.folder / "disk" / "dead"
        return [json.loads(line)["event"] for line in path.read_text().splitlines()] if path.exists() else []

    def test_d1_events_that_nobody_took(self):
        lines = run(*CONTENT, "-q", cwd=self.folder).stdout.decode().splitlines()
        # A request adds 61 bytes, and 11 for the record of a car with two digits: a few events in a hundred are too large.
        sizes = sorted(map(len, lines))
        limit = max(size for size in sizes if size < sizes[-len(lines) // 40]) + 61 + 11
        self.broker.make_topic("small", 3, f"max.message.bytes={limit}")
        disk = SmallDisk(self.folder / "disk", 64)
        self.addCleanup(disk.remove)
        disk.fill(leave_kib=8)
        command = [*CONTENT, "--posting-rate", "20k/s", "--brokers", self.broker.address, "--topic", "small", "--compression",
                   "none", "--dead-letter", "disk/dead", "--checkpoint", "at", "--resume", "--settle", "500ms", "--json",
                   "--progress", "never"]
        full = run(*command, cwd=self.folder)
        self.assertIn(full.returncode, (1, 4), full.stderr)
        self.assertIn(b"No space left on device", full.stderr)
        summary = json.loads(full.stdout)
        self.assertEqual(summary["sent"], summary["acked"] + summary["failed"])
        self.assertEqual(len(self.letters()), summary["dead_lettered"])
        self.assertLess(summary["dead_lettered"], summary["failed"])
        disk.make_room()
        again = run(*command, cwd=self.folder)
        self.assertEqual(again.returncode, 4, again.stderr)  # what is too large stays so
        dead = self.letters()
        records = self.broker.records("small")
        gone = {json.dumps(event) for event in dead}
        self.assertEqual(len(dead) - len(gone), 0, "a letter twice")
        self.assertEqual(len(records) + len(dead), len(lines))
        kept = [line for line in lines if json.dumps(json.loads(line)) not in gone]
        self.assertEqual(by_key((r.key, r.value) for r in records),
                         by_key((str(json.loads(line)["car"]), line) for line in kept))


if __name__ == "__main__":
    unittest.main()
