"""Goal: events that a consumer parsed and wrote again are verified by their values: whatever a JSON library writes
matches, whatever it changed is named, and nothing of it is lost. Method: the events of real runs through Python's json
and csv, through forms that jq and Jackson have, and through consumers that change, add and forget."""

import csv
import io
import json
import unittest

from workdir import MASTER, Workdir

RACE = ["run", "--historical", "--start-datetime", "2024-07-07T14:00:00Z", "--end-datetime", "2024-07-07T14:00:20Z",
        "--rate-hz", "5"]
FILE = ["--sink", "file:sent.ndjson", "--manifest", "m.json", "--quiet"]
RUNS = {
    "race": [*RACE, "--laps", "1", "--cars", "6", "--rate-hz", "1", "--end-datetime", "2024-07-07T14:05:00Z", "--streams",
             "telemetry,laps,checkpoints,race-control,results"],
    "fastf1": [*RACE, "--as", "fastf1"],
    "openf1": [*RACE, "--as", "openf1"],
    "simple": [*RACE, "--model", "simple"],
    "faults": [*RACE, "--faults", "late=2%,duplicate=2%,reorder=2%,drop=1%,corrupt=1%"],
    "fleet": ["run", "--scenario", "fleet", "--historical", "--start-datetime", "2025-08-09T12:00:00Z", "--end-datetime",
              "2025-08-09T12:00:10Z", "--vehicles", "900", "--rate-hz", "1", "--faults", "corrupt=40%"],
    "plays": ["run", "--scenario", "plays", "--historical", "--start-datetime", "2024-01-01", "--end-datetime",
              "2024-01-02", "--volume", "500", "--master-data-dir", MASTER],
}


def number(value):
    """As Jackson writes a double that is small or whole: 1.0E-4, 12.0."""
    if isinstance(value, float) and 0 < abs(value) < 1e-3:
        mantissa, exponent = f"{value:e}".split("e")
        return f"{float(mantissa)}E{int(exponent)}"
    return json.dumps(value)


def jackson(event):
    members = (f'"{name}":{number(value) if isinstance(value, float) else json.dumps(value)}'
               for name, value in event.items())
    return "{" + ",".join(members) + "}"


WRITERS = {
    "json.dumps": json.dumps,
    "jq -c": lambda event: json.dumps(event, separators=(",", ":")).replace(".0,", ","),
    "sorted": lambda event: json.dumps(event, sort_keys=True),
    "jackson": jackson,
    "escaped": lambda event: json.dumps(event).replace("/", "\\/").replace('"time"', '"\\u0074ime"'),
}


class ByValue(Workdir):
    def sent(self, *run):
        self.assert_code(self.racesim(*run, *FILE), 0)
        return (self.dir / "sent.ndjson").read_bytes().split(b"\n")[:-1]

    def again(self, lines, write):
        """Each line parsed and written; what is no JSON (a damaged line) is passed on."""
        for line in lines:
            try:
                yield write(json.loads(line)).encode()
            except ValueError:
                yield line

    def verify(self, lines, *options):
        (self.dir / "arrived.ndjson").write_bytes(b"".join(line + b"\n" for line in lines))
        return self.racesim("verify", "--manifest", "m.json", "--against", "file:arrived.ndjson", *options)

    def test_whatever_a_library_writes_matches(self):
        for name, run in RUNS.items():
            lines = self.sent(*run)
            for writer, write in WRITERS.items():
                with self.subTest(run=name, writer=writer):
                    result = self.verify(self.again(lines, write), "--by-value")
                    self.assert_code(result, 0)
                    self.assertTrue(result.stdout.startswith("VERIFIED "), result.stdout)

    def test_full_says_what_to_do(self):
        lines = self.sent(*RUNS["race"])
        result = self.verify(self.again(lines, json.dumps))
        self.assert_code(result, 5)
        self.assertIn("the same values, spelled otherwise: --by-value", result.stdout)
        self.assertNotIn("--by-value", self.verify([lines[0].replace(b'"lap":1', b'"lap":2'), *lines[1:]]).stdout)

    def test_a_value_that_differs_is_named(self):
        lines = self.sent(*RUNS["plays"])
        events = [json.loads(line) for line in lines]
        was = events[77]["play_duration_ms"]
        events[77]["play_duration_ms"] = 1
        result = self.verify((json.dumps(event).encode() for event in events), "--by-value")
        self.assert_code(result, 5)
        self.assertIn("1 altered", result.stdout)
        self.assertIn(f"play_duration_ms: {was} → 1\n", result.stdout)

    def test_what_is_added_is_counted_and_what_is_forgotten_is_named(self):
        lines = self.sent(*RUNS["race"])
        more = [json.dumps({**json.loads(line), "ingested_at": 7, "offset": 1}).encode() for line in lines]
        result = self.verify(more, "--by-value")
        self.assert_code(result, 0)
        self.assertIn(f"  {len(lines):,} events have fields that were not sent: ingested_at, offset\n", result.stdout)
        fewer = [json.loads(line) for line in lines]
        at = next(i for i, event in enumerate(fewer) if "gear" in event)
        del fewer[at]["gear"]
        result = self.verify((json.dumps(event).encode() for event in fewer), "--by-value")
        self.assert_code(result, 5)
        self.assertIn("gear: 0 → (missing)", result.stdout)

    def test_what_cannot_be_read_is_counted_and_not_lost(self):
        lines = list(self.again(self.sent(*RUNS["race"]), json.dumps))
        lines[10] = b"{'session': 1}"
        lines[20] = lines[20][:30]
        result = self.verify(lines, "--by-value", "--json")
        self.assert_code(result, 5)
        report = json.loads(result.stdout)
        self.assertEqual((report["unreadable"], report["lost"], report["altered"]), (2, 0, 0))
        self.assertEqual(report["expected"], len(lines))
        self.assertIn("an event (not JSON", report["examples"][0]["expected"])

    def test_blank_lines_a_mark_and_the_standard_input(self):
        lines = list(self.again(self.sent(*RUNS["race"]), json.dumps))
        (self.dir / "arrived.ndjson").write_bytes(b"\xef\xbb\xbf" + b"\r\n\r\n".join(lines))
        result = self.shell("$RACESIM verify --manifest m.json --against - --by-value < arrived.ndjson")
        self.assertEqual(result.returncode, 0, result.stdout)

    def test_cells_quoted_otherwise_and_in_another_order(self):
        self.assert_code(self.racesim(*RACE, *FILE, "--format", "csv"), 0)
        rows = list(csv.reader(io.StringIO((self.dir / "sent.ndjson").read_text())))
        text = io.StringIO()
        csv.writer(text, quoting=csv.QUOTE_ALL).writerows(row[::-1] for row in rows)
        result = self.verify(text.getvalue().encode().splitlines(), "--by-value")
        self.assert_code(result, 0)
        lap = rows[0].index("lap")
        rows[5][lap] = "9"
        text = io.StringIO()
        csv.writer(text).writerows(rows)
        result = self.verify(text.getvalue().encode().splitlines(), "--by-value")
        self.assert_code(result, 5)
        self.assertIn("lap: 1 → 9", result.stdout)

    def test_reports_say_so(self):
        lines = self.sent(*RUNS["race"])
        more = [json.dumps({**json.loads(line), "offset": 1}).encode() for line in lines]
        report = json.loads(self.verify(more, "--by-value", "--json", "--junit", "r.xml").stdout)
        self.assertEqual(report["mode"], "by-value")
        self.assertEqual(report["extra_fields"], {"events": len(lines), "names": ["offset"]})
        self.assertIn('failures="0"', (self.dir / "r.xml").read_text())


if __name__ == "__main__":
    unittest.main()
