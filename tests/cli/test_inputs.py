"""Goal: verify reads what arrived however it is packed, and names what is no lines with the command that helps; the file
sink packs by the name it is given.
Method: one run's events, packed and spoilt by Python's and the system's tools, as files and on the standard input."""

import gzip
import json
import subprocess
import unittest

from workdir import Workdir

RUN = ["run", "--historical", "--start-datetime", "2024-07-07T14:00:00Z", "--end-datetime", "2024-07-07T14:00:10Z", "-q"]


class Inputs(Workdir):
    def setUp(self):
        super().setUp()
        self.assert_code(self.racesim(*RUN, "--sink", "file:a.ndjson", "--manifest", "m.json"), 0)
        self.events = (self.dir / "a.ndjson").read_bytes()

    def zstd(self, data):
        return subprocess.run(["zstd", "-qc"], input=data, capture_output=True, check=True).stdout

    def verify(self, against, *options, stdin=None):
        """`stdin`: the name of a file."""
        if stdin is not None:
            return self.shell(f"$RACESIM verify --manifest m.json --against - < {stdin}")
        return self.racesim("verify", "--manifest", "m.json", "--against", against, *options)

    def keep(self, name, data):
        (self.dir / name).write_bytes(data)
        return name

    def assert_verified(self, result):
        self.assert_code(result, 0)
        self.assertTrue(result.stdout.startswith("VERIFIED "), result.stdout)

    def test_packed_files_under_any_name(self):
        half = len(self.events) // 2
        for packed in (gzip.compress(self.events), self.zstd(self.events),
                       gzip.compress(self.events[:half]) + gzip.compress(self.events[half:]),
                       self.zstd(self.events[:half]) + self.zstd(self.events[half:])):
            for name in "b.ndjson.gz", "b.ndjson.zst", "b.ZST", "b.zstd", "b.ndjson":
                with self.subTest(name=name, first=packed[:4]):
                    self.keep(name, packed)
                    self.assert_verified(self.verify(f"file:{name}"))
            self.assert_verified(self.verify("-", stdin=name))
            self.assert_verified(self.verify(f"file:{name}", "--fast"))

    def test_the_sink_packs_by_the_name(self):
        for name, unpack in (("b.ndjson.gz", ["gzip", "-dc"]), ("b.GZ", ["gzip", "-dc"]), ("b.ZST", ["zstd", "-dc"]),
                             ("b.zstd", ["zstd", "-dc"])):
            with self.subTest(name=name):
                self.assert_code(self.racesim(*RUN, "--sink", f"file:{name}"), 0)
                with open(self.dir / name, "rb") as packed:
                    plain = subprocess.run(unpack, stdin=packed, capture_output=True, check=True).stdout
                self.assertEqual(plain, self.events)
                self.assertLess((self.dir / name).stat().st_size, len(self.events) / 2)
                self.assert_verified(self.verify(f"file:{name}"))

    def test_an_ending_that_cannot_be_kept_is_refused(self):
        for name in "b.ndjson.xz", "b.bz2", "b.parquet":
            for more in [], ["--dry-run"]:
                result = self.racesim(*RUN, "--sink", f"file:{name}", *more)
                self.assert_refused(result, f"write {name}: racesim writes lines, plain, as .gz or as .zst", code=2)
            self.assertFalse((self.dir / name).exists())

    def test_checkpoints_refuse_packed_files(self):
        for name in "b.gz", "b.zst", "b.ZST", "b.zstd":
            result = self.racesim(*RUN, "--sink", f"file:{name}", "--checkpoint", "at")
            self.assert_refused(result, "a compressed file cannot be resumed", code=2)

    def test_no_lines_are_named(self):
        text = self.events.decode()
        rows = [json.loads(line) for line in text.splitlines()]
        for data, what, command in (
                (text.encode("utf-16"), "UTF-16", "iconv -f UTF-16 -t UTF-8"),
                (text.encode("utf-16-be"), "UTF-16", "iconv -f UTF-16BE -t UTF-8"),
                (json.dumps(rows).encode(), "one JSON array", "jq -c '.[]'"),
                (json.dumps(rows, indent=2).encode(), "one JSON array", "jq -c '.[]'"),
                (json.dumps(rows[0], indent=2).encode(), "JSON over several lines", "jq -c ."),
                (b"BZh91AY&SY", "bzip2-compressed", "bzip2 -dc")):
            with self.subTest(what=what):
                for packed in data, gzip.compress(data):
                    self.keep("b.json", packed)
                    self.assert_refused(self.verify("file:b.json"), f"read b.json: it is {what}", code=1)
                    self.assertIn(f"{command} b.json > events.ndjson", self.verify("file:b.json").stderr)
                result = self.verify("-", stdin="b.json")
                self.assert_refused(result, f"read the standard input: it is {what}", code=1)
                self.assertIn(f"send it through: {command}", result.stderr)

    def test_damage_is_told(self):
        packed = gzip.compress(self.events)
        self.keep("half.gz", packed[:len(packed) // 2])
        self.assert_refused(self.verify("file:half.gz"), "half.gz: the compressed data is truncated", code=1)
        self.assertIn("gzip -t", self.verify("file:half.gz").stderr)
        self.keep("plain.gz", self.events)
        self.assert_refused(self.verify("file:plain.gz"), "plain.gz: gzip: it does not begin like compressed", code=1)

    def test_laws_are_judged_over_packed_files(self):
        self.keep("b.gz", gzip.compress(self.events))
        self.assert_code(self.racesim("verify", "--invariants", "--against", "file:b.gz"), 0)


if __name__ == "__main__":
    unittest.main()
