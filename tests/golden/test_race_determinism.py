"""Goal: a race is the same bytes whatever the threads, the sink, the pace, the shards and the choice of streams, and
whether it is live or historical; its laps can be computed from its telemetry alone.
Method: the built program; SHA-256 of what each run wrote against that of the simplest run."""

import hashlib
import json
import pathlib
import tempfile
import unittest

import program

WINDOW = ("--historical", "--start-datetime", "2026-07-05T14:00:00Z", "--end-datetime", "2026-07-05T17:00:00Z")
STREAMS = ("telemetry", "checkpoints", "laps", "race-control", "results")
RACE = (*WINDOW, "--laps", "3", "--rate-hz", "20")


def sha256(data):
    return hashlib.sha256(data).hexdigest()


@unittest.skipUnless(program.AVAILABLE, "RACESIM_BIN names no program")
class RaceDeterminism(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory(prefix="racesim-golden-")
        cls.addClassCleanup(cls.scratch.cleanup)
        cls.all = cls.run_race("--streams", ",".join(STREAMS), "--threads", "1")

    @classmethod
    def run_race(cls, *options, base=RACE):
        return program.racesim(cls.scratch.name, "run", "--scenario", "race", *base, *options)

    def test_threads(self):
        for threads in (2, 3, 8):
            with self.subTest(threads=threads):
                again = self.run_race("--streams", ",".join(STREAMS), "--threads", threads)
                self.assertEqual(sha256(again), sha256(self.all))

    def test_pace(self):
        for pace in (("--posting-rate", "500k/s"), ("--stages", "50ms:100k,1s:1M", "--arrivals", "poisson")):
            with self.subTest(pace=pace):
                self.assertEqual(sha256(self.run_race("--streams", ",".join(STREAMS), *pace)), sha256(self.all))

    def test_a_file_holds_the_same(self):
        path = pathlib.Path(self.scratch.name, "race.ndjson")
        self.assertEqual(self.run_race("--streams", ",".join(STREAMS), "--sink", f"file:{path}"), b"")
        self.assertEqual(sha256(path.read_bytes()), sha256(self.all))

    def test_each_stream_alone_is_its_part_of_all(self):
        keys = {"telemetry": b'"speed_kmh":', "checkpoints": b'"checkpoint":', "laps": b'"lap_time_s":',
                "race-control": b'"message":', "results": b'"classified":'}
        lines = self.all.splitlines(keepends=True)
        for stream in STREAMS:
            others = [key for name, key in keys.items() if name not in (stream, "telemetry")]
            part = [line for line in lines if keys[stream] in line and
                    (stream != "telemetry" or not any(key in line for key in others))]
            with self.subTest(stream=stream):
                self.assertGreater(len(part), 0)
                self.assertEqual(sha256(self.run_race("--streams", stream)), sha256(b"".join(part)))

    def test_the_shards_are_the_whole(self):
        parts = [self.run_race("--streams", ",".join(STREAMS), "--shard", f"{i}/3") for i in (1, 2, 3)]
        for part in parts:
            self.assertGreater(part.count(b"\n"), 0)
        self.assertEqual(sorted(b"".join(parts).splitlines()), sorted(self.all.splitlines()))
        for part in parts:
            times = [json.loads(line)["time"] for line in part.splitlines()[:20000]]
            self.assertEqual(times, sorted(times))

    def test_a_shorter_window_is_a_prefix(self):
        short = (*WINDOW[:4], "2026-07-05T14:01:30.500Z", "--laps", "3", "--rate-hz", "20")
        part = self.run_race("--streams", ",".join(STREAMS), base=short)
        self.assertGreater(part.count(b"\n"), 30000)
        self.assertTrue(self.all.startswith(part))

    def test_a_limit_is_a_prefix(self):
        part = self.run_race("--streams", ",".join(STREAMS), "--volume", 12345)
        self.assertEqual(part.count(b"\n"), 12345)
        self.assertTrue(self.all.startswith(part))

    def test_a_live_race_is_made_again_from_its_start(self):
        live = program.racesim(self.scratch.name, "run", "--live", "--duration", "2s", "--rate-hz", "100")
        self.assertEqual(live.count(b"\n"), 2 * 100 * 20)
        start = json.loads(live.splitlines()[0])["time"]
        again = program.racesim(self.scratch.name, "run", "--historical", "--start-datetime", start,
                                "--end-datetime", "2100-01-01T00:00:00Z", "--volume", 4000)
        self.assertEqual(sha256(again), sha256(live))


if __name__ == "__main__":
    unittest.main()
