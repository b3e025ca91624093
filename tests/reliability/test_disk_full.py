"""Goal (row D1 of docs/reliability.md): whatever file a full disk does not take, racesim says so, ends with 1 or 4 and
loses nothing: once there is room, --resume, or without a checkpoint the same command, gives exactly the stream.
Method: real runs onto a tmpfs of a few hundred KiB, which is filled at the start or in the middle, and then made larger.
"""

import json
import os
import pathlib
import random
import subprocess
import sys

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / "cli"), str(TESTS / "support")]
from endpoints import Recorder  # noqa: E402
from small_disk import SmallDisk, enter_private_mounts  # noqa: E402
from workdir import JANUARY, MASTER, SOURCE, Workdir, wait_until  # noqa: E402

RACE = ["run", "--historical", "--start-datetime", "2024-07-07T14:00:00Z", "--end-datetime", "2024-07-07T14:00:10Z"]
NO_SPACE = "No space left on device"
FULL = os.environ.get("RACESIM_FULL") == "1"
SEED = int(os.environ.get("RACESIM_CHAOS_SEED") or random.randrange(1 << 30))
# Of 8.5 MB that a run writes.
DISKS_KIB = [300, 4000]


def setUpModule():
    enter_private_mounts()
    if FULL:
        DISKS_KIB[:] = random.Random(SEED).sample(range(64, 8000), 20)


class DiskFull(Workdir):
    def disk(self, kib):
        disk = SmallDisk(self.dir / "disk", kib)
        self.addCleanup(disk.remove)
        return disk

    def whole(self):
        """What the run writes where there is room."""
        self.assert_code(self.racesim(*RACE, "--sink", "file:whole", "-q"), 0)
        return (self.dir / "whole").read_bytes()

    def read(self, name):
        return (self.dir / name).read_bytes()

    def assert_full(self, result, *texts, codes=(1,)):
        self.assertIn(result.returncode, codes, result.stderr)
        self.assertIn("error: ", self.said(result))
        for text in (NO_SPACE, *texts):
            self.assertIn(text, result.stderr)


class Output(DiskFull):
    def test_the_file(self):
        whole = self.whole()
        for checkpoint in ("at", "disk/at"):
            for kib in DISKS_KIB:
                with self.subTest(checkpoint=checkpoint, kib=kib, seed=SEED):
                    disk = self.disk(kib)
                    command = [*RACE, "--sink", "file:disk/out", "--checkpoint", checkpoint, "--resume"]
                    self.assert_full(self.racesim(*command), "write disk/out.partial", "free space")
                    part = self.read("disk/out.partial")
                    self.assertTrue(whole.startswith(part) and part.endswith(b"\n"))
                    # Still full: nothing gets worse.
                    self.assert_full(self.racesim(*command))
                    disk.make_room()
                    self.assert_code(self.racesim(*command, "-q"), 0)
                    self.assertEqual(self.read("disk/out"), whole)
                    disk.remove()
                    (self.dir / "at").unlink(missing_ok=True)

    def test_the_compressed_file(self):
        whole = self.whole()
        for kib in [kib // 30 for kib in DISKS_KIB]:  # it becomes some 300 KB
            with self.subTest(kib=kib, seed=SEED):
                disk = self.disk(kib)
                command = [*RACE, "--sink", "file:disk/out.zst"]
                self.assert_full(self.racesim(*command), "write disk/out.zst.partial")
                self.assertFalse((self.dir / "disk/out.zst").exists())
                disk.make_room()
                self.assert_code(self.racesim(*command, "-q"), 0)
                packed = subprocess.run(["zstd", "-dc", self.dir / "disk/out.zst"], capture_output=True, check=True)
                self.assertEqual(packed.stdout, whole)
                disk.remove()

    def test_master_data(self):
        for kib in [kib // 16 for kib in DISKS_KIB]:  # they are 600 KB
            with self.subTest(kib=kib, seed=SEED):
                disk = self.disk(kib)
                self.assert_full(self.racesim("generate-master", "--output-dir", "disk/m"))
                left = list((self.dir / "disk").glob("m/*"))
                self.assertEqual(left, [])
                disk.make_room()
                self.assert_code(self.racesim("generate-master", "--output-dir", "disk/m", "-q"), 0)
                for file in (SOURCE / "data" / "master").glob("*.csv"):
                    self.assertEqual((self.dir / "disk/m" / file.name).read_bytes(), file.read_bytes())
                disk.remove()


class BesideIt(DiskFull):
    """The small files that a run writes beside its events."""

    SLOW = [*RACE, "--posting-rate", "8k/s", "--sink", "file:out"]

    def run_while_it_fills(self, command, disk, when):
        """The exit code and the messages of a run during which the disk becomes full once `when` is there."""
        process = self.start(*command)
        wait_until(when, "the run to begin")
        disk.fill()
        code, _, messages = self.finish(process)
        return code, messages

    def test_a_checkpoint_that_cannot_be_begun(self):
        disk = self.disk(200)
        disk.fill()
        command = [*RACE, "--sink", "file:out", "--checkpoint", "disk/at", "--resume"]
        self.assert_full(self.racesim(*command), "disk/at")
        disk.make_room()
        whole = self.whole()
        self.assert_code(self.racesim(*command, "-q"), 0)
        self.assertEqual(self.read("out"), whole)

    def test_a_checkpoint_that_cannot_be_replaced(self):
        disk = self.disk(200)
        command = [*self.SLOW, "--checkpoint", "disk/at", "--resume"]
        code, messages = self.run_while_it_fills(command, disk, (self.dir / "disk/at").exists)
        self.assertEqual(code, 1, messages)
        self.assertIn("disk/at.partial: " + NO_SPACE, messages)
        # The last one that could be written still holds.
        self.assertIn("positions", json.loads(self.read("disk/at"))["sinks"][0])
        disk.make_room()
        self.assert_code(self.racesim(*command, "-q"), 0)
        self.assertEqual(self.read("out"), self.whole())

    def test_a_manifest_and_a_summary_that_cannot_be_begun(self):
        for option in ("--manifest", "--summary-export"):
            with self.subTest(option=option):
                disk = self.disk(200)
                disk.fill()
                command = [*RACE, "--sink", "file:out", "--checkpoint", "at", "--resume", option, "disk/f"]
                self.assert_full(self.racesim(*command), "disk/f")
                disk.make_room()
                self.assert_code(self.racesim(*command, "-q"), 0)
                self.assertEqual(self.read("out"), self.whole())
                json.loads(self.read("disk/f"))
                disk.remove()
                (self.dir / "at").unlink()

    def test_a_manifest_and_a_summary_have_their_room_from_the_start(self):
        disk = self.disk(400)
        command = [*self.SLOW, "--manifest", "disk/m", "--summary-export", "disk/s"]
        code, messages = self.run_while_it_fills(
            command, disk, lambda: (self.dir / "out.partial").exists() and self.read("out.partial"))
        self.assertEqual(code, 0, messages)
        self.assertEqual(json.loads(self.read("disk/s"))["acked"], 20_000)
        self.assert_code(self.racesim("verify", "--manifest", "disk/m", "--against", "file:out"), 0)

    def test_reports_of_verify(self):
        self.assert_code(self.racesim(*RACE, "--sink", "file:out", "--manifest", "m", "-q"), 0)
        for option in ("--report", "--junit"):
            with self.subTest(option=option):
                disk = self.disk(200)
                disk.fill()
                command = ["verify", "--manifest", "m", "--against", "file:out", option, "disk/r"]
                self.assert_full(self.racesim(*command), "disk/r")
                disk.make_room()
                self.assert_code(self.racesim(*command), 0)
                self.assertGreater(len(self.read("disk/r")), 100)
                disk.remove()


class DeadLetters(DiskFull):
    PLAYS = ["run", *JANUARY, "--master-data-dir", MASTER, "--volume", "400", "--checkpoint", "at", "--resume", "--json",
             "--dead-letter", "disk/dead", "--posting-rate", "0"]

    def letters(self):
        path = self.dir / "disk/dead"
        return [json.loads(line)["event"]["event_id"] for line in path.read_text().splitlines()] if path.exists() else []

    def test_events_that_no_file_took_are_sent_again(self):
        for leave_kib in (0, 40):
            with self.subTest(leave_kib=leave_kib):
                disk = self.disk(100)
                disk.fill(leave_kib)
                with Recorder(status=422) as server:
                    command = [*self.PLAYS, "--api-endpoint", server.url]
                    result = self.racesim(*command)
                    self.assert_full(result, "undelivered events could not be written to the dead-letter file: write dead-letter file disk/dead", codes=(1, 4))
                    summary = json.loads(result.stdout)
                    self.assertEqual(summary["sent"], summary["acked"] + summary["failed"])
                    kept = self.letters()
                    self.assertEqual(len(kept), summary["dead_lettered"])
                    self.assertLess(len(kept), summary["failed"])
                    disk.make_room()
                    server.status = 201
                    again = self.racesim(*command)
                    arrived = server.ids()
                self.assert_code(again, 0)
                self.expect_all(kept + arrived)
                disk.remove()
                (self.dir / "at").unlink()

    def expect_all(self, found):
        result = self.play("--volume", "400", "-q")
        wanted = {json.loads(line)["event_id"] for line in result.stdout.splitlines()}
        self.assertEqual(set(found), wanted)


if __name__ == "__main__":
    import unittest
    unittest.main()
