"""Goal: what the built program writes is right in the eyes of a judge that shares no code with it.
Method: historical runs of plays over the shipped master data, as JSON and as CSV, whole and in shards, and a live run,
judged by judge.py."""

import os
import pathlib
import subprocess
import tempfile
import unittest

import judge

SOURCE = pathlib.Path(os.environ.get("RACESIM_SOURCE_DIR", pathlib.Path(__file__).resolve().parents[2]))
PROGRAM = os.environ.get("RACESIM_BIN", "")
MASTER = SOURCE / "data/master"
START, END = "2024-01-01T00:00:00Z", "2024-01-08T00:00:00Z"
TIMEOUT_S = 60  # a hang guard


@unittest.skipUnless(os.access(PROGRAM, os.X_OK), "RACESIM_BIN names no program")
class Plays(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    def racesim(self, name, *options):
        """Runs `racesim run` into a file and returns its path."""
        path = self.folder / name
        run = subprocess.run(
            [PROGRAM, "run", "--no-config", "--quiet", "--scenario", "plays", "--master-data-dir", MASTER,
             "--sink", f"file:{path}", *map(str, options)],
            cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=TIMEOUT_S, check=False)
        self.assertEqual(run.returncode, 0, run.stderr)
        return path

    def historical(self, name, *options, volume=20000):
        return self.racesim(name, "--historical", "--start-datetime", START, "--end-datetime", END,
                            "--volume", volume, *options)

    def assert_good(self, report):
        self.assertEqual(report["faults"], {})
        self.assertEqual(report["verdict"], "good")

    def test_json_and_csv_are_the_same_good_run(self):
        as_json = self.historical("plays.ndjson")
        as_csv = self.historical("plays.csv", "--format", "csv")
        report = judge.judge(MASTER, as_json, as_csv, count=20000, start_ms=judge.window_time(START),
                             end_ms=judge.window_time(END))
        self.assert_good(report)
        self.assertGreater(report["users"], 500)

    def test_a_dense_month(self):
        start, end = "2024-01-01T00:00:00Z", "2024-01-31T23:59:59Z"
        path = self.racesim("month.ndjson", "--historical", "--start-datetime", start, "--end-datetime", end,
                            "--volume", "300000", "--seed", "99")
        report = judge.judge(MASTER, path, count=300000, start_ms=judge.window_time(start),
                             end_ms=judge.window_time(end))
        self.assert_good(report)
        self.assertGreater(report["cells"], 50)

    def test_other_seeds_and_laws(self):
        for number, options in enumerate((("--seed", "7"), ("--popularity", "uniform"), ("--popularity", "stretched"),
                                          ("--seed", "8", "--threads", "1"))):
            with self.subTest(options=options):
                self.assert_good(judge.judge(MASTER, self.historical(f"{number}.ndjson", *options, volume=4000),
                                             count=4000))

    def test_run_id_is_in_the_ids(self):
        path = self.historical("plays.ndjson", "--run-id", "0badcafe", volume=1000)
        self.assert_good(judge.judge(MASTER, path, run="0badcafe", count=1000))

    def test_shards_together_are_the_run(self):
        texts = []
        for shard in ("1/3", "2/3", "3/3"):
            path = self.historical(f"shard-{shard[0]}.ndjson", "--shard", shard)
            report = judge.judge(MASTER, path, partial=True)
            self.assert_good(report)
            self.assertGreater(report["events"], 4000, shard)
            texts.append(path.read_bytes())
        joined = self.folder / "joined.ndjson"
        joined.write_bytes(b"".join(texts))
        self.assert_good(judge.judge(MASTER, joined, unordered=True, count=20000))

    def test_volume_per_minute_keeps_to_its_window(self):
        path = self.racesim("per_minute.ndjson", "--historical", "--start-datetime", START, "--end-datetime",
                            "2024-01-01T03:00:00Z", "--volume", "60/min")
        report = judge.judge(MASTER, path, partial=True, start_ms=judge.window_time(START),
                             end_ms=judge.window_time("2024-01-01T03:00:00Z"))
        self.assert_good(report)
        self.assertGreater(report["events"], 180 * 60 * 0.8)

    def test_live(self):
        path = self.racesim("live.ndjson", "--live", "--volume", "6000/min", "--duration", "2s")
        report = judge.judge(MASTER, path, partial=True)
        self.assert_good(report)
        self.assertGreater(report["events"], 0)


if __name__ == "__main__":
    unittest.main()
