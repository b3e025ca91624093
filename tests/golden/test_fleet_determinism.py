"""Goal: a fleet is the same bytes whatever the threads, the sink, the pace and the shards, and whether it is live or
historical. Method: the built program; SHA-256 of what each run wrote against that of the simplest run."""

import hashlib
import json
import pathlib
import tempfile
import unittest

import program

WINDOW = ("--historical", "--start-datetime", "2025-08-11T05:00:00Z", "--end-datetime", "2025-08-11T07:00:00Z")
FLEET = (*WINDOW, "--vehicles", "40", "--rate-hz", "1")


def sha256(data):
    return hashlib.sha256(data).hexdigest()


@unittest.skipUnless(program.AVAILABLE, "RACESIM_BIN names no program")
class FleetDeterminism(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory(prefix="racesim-golden-")
        cls.addClassCleanup(cls.scratch.cleanup)
        cls.all = cls.run_fleet("--threads", "1")

    @classmethod
    def run_fleet(cls, *options, base=FLEET):
        return program.racesim(cls.scratch.name, "run", "--no-config", "--quiet", "--scenario", "fleet", *base, *options)

    def test_threads(self):
        for threads in (2, 3, 8):
            with self.subTest(threads=threads):
                self.assertEqual(sha256(self.run_fleet("--threads", threads)), sha256(self.all))

    def test_pace(self):
        for pace in (("--posting-rate", "500k/s"), ("--stages", "50ms:100k,1s:1M", "--arrivals", "poisson")):
            with self.subTest(pace=pace):
                self.assertEqual(sha256(self.run_fleet(*pace)), sha256(self.all))

    def test_a_file_holds_the_same(self):
        path = pathlib.Path(self.scratch.name, "fleet.ndjson")
        self.assertEqual(self.run_fleet("--sink", f"file:{path}"), b"")
        self.assertEqual(sha256(path.read_bytes()), sha256(self.all))

    def test_the_shards_are_the_whole(self):
        parts = [self.run_fleet("--shard", f"{i}/3") for i in (1, 2, 3)]
        for part in parts:
            self.assertGreater(part.count(b"\n"), 0)
        self.assertEqual(sorted(b"".join(parts).splitlines()), sorted(self.all.splitlines()))

    def test_a_shorter_window_and_a_limit_are_prefixes(self):
        short = (*WINDOW[:4], "2025-08-11T06:03:04.567Z", *FLEET[len(WINDOW):])
        part = self.run_fleet(base=short)
        self.assertGreater(part.count(b"\n"), 100_000)
        self.assertTrue(self.all.startswith(part))
        limited = self.run_fleet("--volume", 12345)
        self.assertEqual(limited.count(b"\n"), 12345)
        self.assertTrue(self.all.startswith(limited))

    def test_a_live_fleet_is_made_again_from_its_start(self):
        options = ("--vehicles", "3", "--rate-hz", "20")
        live = self.run_fleet(base=("--live", "--duration", "2s", *options))
        self.assertEqual(live.count(b"\n"), 2 * 20 * 3)
        start = json.loads(live.splitlines()[0])["timestamp"]
        again = self.run_fleet("--volume", 120, base=("--historical", "--start-datetime", start, "--end-datetime",
                                                      "2100-01-01T00:00:00Z", *options))
        self.assertEqual(sha256(again), sha256(live))


if __name__ == "__main__":
    unittest.main()
