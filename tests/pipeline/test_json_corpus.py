"""Goal: whatever JSON text comes in, through a pipe, HTTP or Kafka, becomes a row or a dead letter with its reason and its
bytes as they came. Method: the corpus of tests/support/json_corpus.py, each text as a record and inside a field of a packet,
given to the real program once per source; rows and dead letters are read with Python's sqlite3. One line of 100 MB and one of
100,000 brackets go through a pipe, in memory that stays small."""

import json
import os
import pathlib
import resource
import sqlite3
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "servers"), str(HERE.parent / "support")]
import json_corpus  # noqa: E402
from http_ingest import HttpIngest  # noqa: E402
from kafka_broker import BINARY, BrokerTest, require  # noqa: E402

RUN_S = 240  # a hang guard
LONG_LINE = 100 << 20
KEPT_MOST = 1 << 20
RESIDENT_MOST_KIB = 300 << 10
REASONS = ("not JSON", "not UTF-8", "NUL byte", "nested deeper", "longer than", "'", "expected an object", "no known row",
           "none of its fields")


def packet(number, text):
    return (b'{"vehicle_id":"TESTCAR01","timestamp":"2025-08-09T12:34:56.789012+00:00","location":{"lat":52.230400,'
            b'"lon":21.012200},"speed_kmh":73.4,"engine_rpm":2140,"gear":4,"extra":' + text + b',"fuel_level_pct":92.1,'
            b'"fault_codes":[],"road_type":"urban","speed_limit_kmh":50,"speeding":true,"rpm_over_redline":false,"seq":'
            + str(number).encode() + b',"run":"a1b2c3d4"}')


def records(one_line):
    """(record, whether it is a row) of the corpus. `one_line`: only those that stand on one line."""
    made = []
    for case in json_corpus.corpus():
        if one_line and (b"\n" in case.text or b"\r" in case.text):
            continue
        inside = json_corpus.judge_inside(case.text)
        made.append((case.text, False))
        made.append((packet(len(made), case.text), inside in ("valid", "taken")))
    return made


class CorpusTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="racesim-corpus-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def expect(self, database, given):
        """Every row is there by its number, and every other record among the dead letters, byte by byte."""
        with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as store:
            rows = [number for number, in store.execute("SELECT seq FROM fleet ORDER BY seq")]
            dead = store.execute("SELECT raw, reason FROM dead_letter ORDER BY id").fetchall()
        self.assertEqual(rows, [i for i, (_, is_row) in enumerate(given) if is_row])
        raw = [value if isinstance(value, bytes) else value.encode() for value, _ in dead]
        self.assertEqual(sorted(raw), sorted(record for record, is_row in given if not is_row))
        for _, reason in dead:
            self.assertTrue(reason.startswith(REASONS), reason)

    def summary(self, done, code=0):
        self.assertEqual(done.returncode, code, done.stderr.decode(errors="replace"))
        return json.loads(done.stdout)

    def ingest(self, *options, stdin=subprocess.DEVNULL):
        return subprocess.run([BINARY, "ingest", "--no-config", "--to", f"sqlite:{self.folder / 'a.db'}", "--json", "--progress",
                               "never", *options], stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              cwd=self.folder, timeout=RUN_S)


@unittest.skipUnless(BINARY, "RACESIM_BIN names no binary")
class PlainSources(CorpusTest):
    def test_the_committed_corpus_is_what_its_program_writes(self):
        committed = (HERE.parent / "support/json_corpus.tsv").read_text(encoding="utf-8")
        self.assertEqual(committed, "".join(case.line() + "\n" for case in json_corpus.corpus()))
        self.assertGreaterEqual(len(committed.splitlines()), 600)

    def test_a_pipe(self):
        given = records(one_line=True)
        path = self.folder / "in"
        path.write_bytes(b"".join(record + b"\n" for record, _ in given))
        with open(path, "rb") as lines:
            summary = self.summary(self.ingest("--from", "stdin", stdin=lines))
        blank = sum(record.strip(b" \t\r") == b"" for record, _ in given)
        self.assertEqual(summary["consumed"], len(given) - blank)
        self.assertEqual(summary["stored"], sum(is_row for _, is_row in given))
        self.expect(self.folder / "a.db", [(r, row) for r, row in given if r.strip(b" \t\r")])

    def test_http(self):
        given = records(one_line=True)
        ingest = HttpIngest(BINARY, self.folder)
        self.addCleanup(ingest.cleanup)
        ingest.start()
        body = b"".join(record + b"\n" for record, _ in given)
        status, _, answer = ingest.post(body, path="/events", **{"Content-Type": "application/x-ndjson"})
        self.assertEqual(status, 200, answer)
        self.assertEqual(answer["accepted"], sum(is_row for _, is_row in given))
        self.assertEqual([one["index"] for one in answer["rejected"]],
                         [i for i, (_, is_row) in enumerate(given) if not is_row])
        self.expect(ingest.database, given)

    def test_long_and_deep_lines(self):
        path = self.folder / "in"
        with open(path, "wb") as out:
            out.write(b'{"a":"')
            for _ in range(LONG_LINE >> 20):
                out.write(b"x" * (1 << 20))
            out.write(b'"}\n' + packet(1, b"0") + b"\n" + b"[" * 100_000 + b"]" * 100_000 + b"\n" + b'{"a":' * 100_000 + b"\n" + packet(2, b"0"))
        with open(path, "rb") as lines:
            summary = self.summary(self.ingest("--from", "stdin", stdin=lines))
        self.assertEqual([summary["stored"], summary["dead_lettered"]], [2, 3])
        with sqlite3.connect(f"file:{self.folder / 'a.db'}?mode=ro", uri=True) as store:
            dead = store.execute("SELECT reason, length(raw) FROM dead_letter ORDER BY id").fetchall()
        self.assertTrue(dead[0][0].startswith("longer than 1048576 bytes"), dead)
        self.assertLessEqual(dead[0][1], KEPT_MOST + 1)
        self.assertEqual(dead[1], ("nested deeper than 64 levels", 200_000))
        self.assertTrue(dead[2][0].startswith("not JSON"), dead)
        self.assertEqual(dead[2][1], 500_000)
        self.assertLess(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, RESIDENT_MOST_KIB)


class KafkaSource(CorpusTest, BrokerTest):
    @classmethod
    def setUpClass(cls):
        require()
        super().setUpClass()

    def test_a_topic(self):
        given = records(one_line=False)
        files = []
        for i, (record, _) in enumerate(given):
            files.append(str(self.folder / f"{i}"))
            pathlib.Path(files[-1]).write_bytes(record)
        self.broker.make_topic("corpus", 1)
        # A file is a record, whatever bytes it holds.
        subprocess.run(["kcat", "-P", "-b", self.broker.address, "-t", "corpus", "-p", "0", *files], check=True, timeout=RUN_S)
        self.assertEqual(self.broker.count("corpus"), len(given))
        summary = self.summary(self.ingest("--from", "kafka", "--brokers", self.broker.address, "--topic", "corpus",
                                           "--exit-at-end"))
        self.assertEqual(summary["consumed"], len(given))
        self.expect(self.folder / "a.db", given)


if __name__ == "__main__":
    unittest.main()
