"""Goal: racesim ingest reads files as users have them - compressed, several, torn, replaced, pipes - and follows files that
grow, are rotated and truncated, each event once however often it is killed. Method: a race's file is written piece by
piece by the test, as a writer with log rotation does; racesim verify and a plain count of the rows judge the database."""

import gzip
import json
import os
import random
import shutil
import signal
import sqlite3
import threading
import unittest

from workdir import Workdir, wait_until

RACE = ["run", "--no-config", "--historical", "--start-datetime", "2026-07-05T14:00Z", "--end-datetime",
        "2026-07-05T14:00:30Z", "--rate-hz", "20", "--cars", "4", "-q"]
KILLS = 60 if os.environ.get("RACESIM_FULL") == "1" else 8
DAMAGED = b'{"schema":"f1.telem'


class Ingesting(Workdir):
    def race(self, *args, name="sent.ndjson"):
        self.assert_code(self.racesim(*RACE, "--sink", f"file:{name}", "--manifest", "m.json", *args), 0)
        return (self.dir / name).read_bytes()

    def ingest(self, *args, code=0):
        result = self.racesim("ingest", "--no-config", *args, "--json")
        self.assert_code(result, code)
        return json.loads(result.stdout)

    def follow(self, *args):
        return self.start("ingest", "--no-config", "-q", "--follow", "--flush-ms", "20", *args)

    def rows(self, sql):
        if not (self.dir / "racesim.db").exists():
            return []
        with sqlite3.connect(f"file:{self.dir / 'racesim.db'}?mode=ro", uri=True) as connection:
            try:
                return connection.execute(sql).fetchall()
            except sqlite3.OperationalError:  # its tables are being made
                return []

    def wait_for_rows(self, count):
        wait_until(lambda: self.rows("select count(*) from telemetry") == [(count,)], f"{count} rows")

    def assert_verified(self):
        self.assert_code(self.racesim("verify", "--no-config", "--manifest", "m.json", "--against", "sqlite:racesim.db"), 0)


class Files(Ingesting):
    def test_a_pipe_of_two(self):
        result = self.shell('"$RACESIM" ' + " ".join(RACE) + ' --sink stdout --manifest m.json'
                            ' | "$RACESIM" ingest --no-config -q')
        self.assert_code(result, 0)
        self.assert_verified()

    def test_a_pattern_of_parts_and_nothing_the_second_time(self):
        sent = self.race().splitlines(keepends=True)
        cuts = [0, len(sent) // 3, len(sent) // 2, len(sent)]
        (self.dir / "part1.ndjson").write_bytes(b"".join(sent[cuts[0]:cuts[1]]))
        with gzip.open(self.dir / "part2.ndjson.gz", "wb") as part:
            part.write(b"".join(sent[cuts[1]:cuts[2]]))
        (self.dir / "part3.ndjson").write_bytes(b"".join(sent[cuts[2]:]))
        summary = self.ingest("--from", "file:part*", "--from", "file:part1.ndjson")
        self.assertEqual((summary["stored"], summary["duplicates"]), (len(sent), 0))
        self.assertEqual(self.ingest("--from", "file:part*")["consumed"], 0)
        with open(self.dir / "part3.ndjson", "ab") as part:
            part.write(sent[0])
        summary = self.ingest("--from", "file:part*")
        self.assertEqual((summary["consumed"], summary["duplicates"]), (1, 1))
        self.assert_verified()

    def test_csv_and_zst(self):
        for options, name in ((["--format", "csv"], "sent.csv"), ([], "sent.ndjson.zst")):
            with self.subTest(name=name):
                (self.dir / "racesim.db").unlink(missing_ok=True)
                self.race(*options, name=name)
                self.assertEqual(self.ingest("--from", f"file:{name}")["dead_lettered"], 0)
                self.assert_verified()

    def test_a_torn_end_is_kept_and_read_again_once_it_is_whole(self):
        sent = self.race()
        (self.dir / "growing.ndjson").write_bytes(sent[:-20])
        self.assertEqual(self.ingest("--from", "file:growing.ndjson")["dead_lettered"], 1)
        ((reason, raw),) = self.rows("select reason, raw from dead_letter")
        self.assertIn("torn", reason)
        self.assertTrue(sent.endswith(raw + sent[-20:]))
        (self.dir / "growing.ndjson").write_bytes(sent)
        self.assertEqual(self.ingest("--from", "file:growing.ndjson")["stored"], 1)
        self.assert_verified()

    def test_another_file_of_the_same_name(self):
        sent = self.race()
        self.ingest("--from", "file:sent.ndjson")
        (self.dir / "sent.ndjson").write_bytes(sent[len(sent) // 2:])
        result = self.racesim("ingest", "--no-config", "--from", "file:sent.ndjson")
        self.assert_code(result, 1)
        self.assertIn("is another file now", result.stderr)
        self.assertIn("racesim ingest --from stdin <", result.stderr)
        self.assertEqual(self.rows("select count(*) from telemetry"), [(sent.count(b"\n"),)])

    def test_what_is_not_there(self):
        for args, text, code in ((["file:none.ndjson"], "none.ndjson", 1), (["file:*.ndjson"], "no file matches", 2),
                                 (["file:."], "is a directory", 2), (["file:"], "names no PATH", 2)):
            result = self.racesim("ingest", "--no-config", "--from", *args)
            self.assert_refused(result, text, code=code)

    def test_a_named_pipe_whose_writer_dies_in_mid_line(self):
        sent = self.race()
        os.mkfifo(self.dir / "pipe")

        def write():
            with open(self.dir / "pipe", "wb") as pipe:
                pipe.write(sent + DAMAGED)

        writer = threading.Thread(target=write)
        writer.start()
        summary = self.ingest("--from", "file:pipe")
        writer.join()
        self.assertEqual((summary["stored"], summary["dead_lettered"]), (sent.count(b"\n"), 1))
        self.assertEqual(self.rows("select raw from dead_letter"), [(DAMAGED,)])
        self.assert_verified()


class Following(Ingesting):
    def setUp(self):
        super().setUp()
        self.live = self.dir / "live.ndjson"
        self.rotations = 0

    def rotate(self, chance):
        """As logrotate does: the newest is live.ndjson.1."""
        for number in range(self.rotations, 0, -1):
            for ending in "", ".gz":
                old = self.dir / f"live.ndjson.{number}{ending}"
                if old.exists():
                    old.rename(self.dir / f"live.ndjson.{number + 1}{ending}")
        self.live.rename(self.dir / "live.ndjson.1")
        self.rotations += 1
        if chance.random() < 0.3:
            with open(self.dir / "live.ndjson.1", "rb") as old, gzip.open(self.dir / "live.ndjson.1.gz", "wb") as new:
                shutil.copyfileobj(old, new)
            (self.dir / "live.ndjson.1").unlink()

    def test_kills_while_the_file_grows_and_is_rotated(self):
        for seed in range(2):
            chance = random.Random(seed)
            for old in self.dir.glob("*"):
                if old.is_file():
                    old.unlink()
            self.rotations = 0
            sent = self.race()
            ends = [at + 1 for at in range(len(sent)) if sent[at] == 10]
            at, lines, kills = 0, 0, 0
            process = self.follow("--from", "file:live.ndjson")
            while at < len(sent):
                # Up to the middle of a line, which the next piece ends; a rotation only where a line ends.
                to = min(len(sent), at + chance.randrange(1, len(sent) // KILLS))
                with open(self.live, "ab") as file:
                    file.write(sent[at:to])
                at = to
                # What had the name before anything of it was stored is not known after a kill.
                lines = sum(end <= at for end in ends)
                if kills == 0 or chance.random() < 0.3:
                    self.wait_for_rows(lines)
                if chance.random() < 0.7:
                    process.kill()
                    process.wait()
                    kills += 1
                    process = None
                if at in ends or chance.random() < 0.5:
                    rest = next(end for end in ends if end >= at)
                    with open(self.live, "ab") as file:
                        file.write(sent[at:rest])
                    at = rest
                    self.rotate(chance)
                if process is None:
                    process = self.follow("--from", "file:live.ndjson")
            self.live.touch()
            self.wait_for_rows(len(ends))
            process.send_signal(signal.SIGTERM)
            self.assertEqual(self.finish(process)[0], 0, self.messages())
            self.assertEqual(self.rows("select count(*) from dead_letter"), [(0,)])
            self.assertEqual(self.rows("pragma integrity_check"), [("ok",)])
            self.assert_verified()
            self.assertGreater(kills, 0)

    def test_a_file_that_comes_later_and_is_truncated(self):
        sent = self.race().splitlines(keepends=True)
        process = self.follow("--from", "file:live*.ndjson")
        half = len(sent) // 2
        self.live.write_bytes(b"".join(sent[:half]))
        self.wait_for_rows(half)
        os.truncate(self.live, 0)
        with open(self.live, "ab") as file:
            file.write(b"".join(sent[half:-1]))
        (self.dir / "live2.ndjson").write_bytes(sent[-1])
        self.wait_for_rows(len(sent))
        process.send_signal(signal.SIGINT)
        self.assertEqual(self.finish(process)[0], 0, self.messages())
        self.assert_verified()


if __name__ == "__main__":
    unittest.main()
