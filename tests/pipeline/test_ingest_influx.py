"""Goal: racesim ingest writes each event to an InfluxDB at least once, onto one point, whatever the server does in between,
and keeps what is no event or what the server refuses in the dead-letter file. Method: the real binary and a small InfluxDB
that fails on purpose; its points are compared with those that run --format lineprotocol writes."""

import json
import os
import pathlib
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "cli"), str(HERE.parent / "support")]
from fake_influx import FakeInflux, read_point  # noqa: E402
from workdir import MASTER, Workdir  # noqa: E402

RACE = ["run", "--historical", "--start-datetime", "2026-07-05T14:00:00Z", "--laps", "1", "--cars", "5", "--rate-hz", "4",
        "--end-datetime", "2026-07-05T14:05:00Z", "--streams", "telemetry,checkpoints,laps,race-control,results", "-q"]
PLAYS = ["run", "--scenario", "plays", "--historical", "--start-datetime", "2024-01-01T00:00:00Z", "--end-datetime",
         "2024-01-02T00:00:00Z", "--volume", "3000", "--master-data-dir", MASTER, "-q"]
FLEET = ["run", "--scenario", "fleet", "--vehicles", "10", "--historical", "--start-datetime", "2025-08-11T06:00:00Z",
         "--end-datetime", "2025-08-11T06:01:00Z", "-q"]


class IngestInfluxTest(Workdir):
    def make(self, *commands):
        """A file of events, and the points that they are to be."""
        points = {}
        with open(self.dir / "events.ndjson", "w", encoding="utf-8") as file:
            for command in commands:
                file.write(self.racesim(*command).stdout)
                points.update(read_point(line) for line in
                              self.racesim(*command, "--format", "lineprotocol").stdout.splitlines())
        return points

    def ingest(self, url, *options):
        with open(self.dir / "events.ndjson", "rb") as file:
            return self.racesim("ingest", "--to", "influx:" + url, "--batch", "1000", *options, stdin=file)

    def dead_letters(self):
        path = self.dir / "dead-letter.ndjson"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def test_every_event_is_the_point_that_run_writes(self):
        points = self.make(RACE, FLEET, PLAYS)
        (self.dir / "token").write_text("s3cret\n")
        with FakeInflux() as influx:
            done = self.ingest(influx.url, "--token-file", "token", "--org", "club", "--bucket", "races", "--json")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(influx.points, points)
            self.assertEqual(json.loads(done.stdout)["stored"], len(points))
            path, query, headers = influx.requests[0]
            self.assertEqual((path, query), ("/api/v2/write", {"org": "club", "bucket": "races", "precision": "ns"}))
            self.assertEqual((headers["Authorization"], headers["Content-Encoding"]), ("Token s3cret", "gzip"))
            again = self.ingest(influx.url)
            self.assertEqual((again.returncode, influx.points), (0, points))
        self.assertEqual(self.dead_letters(), [])

    def test_a_server_in_trouble(self):
        points = self.make(RACE, PLAYS)
        troubles = {1: (503, {"Retry-After": "1"}, "busy"), 2: (429, {}, ""), 3: "cut before", 5: "cut after",
                    6: (500, {}, "<html>oops</html>"), 8: (408, {}, ""), 9: "cut after"}
        with FakeInflux(lambda number, lines: troubles.get(number)) as influx:
            done = self.ingest(influx.url, "--json")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(influx.points, points)
            self.assertGreater(influx.writes, len(points), "nothing was written twice: the test is blunt")
            self.assertEqual(json.loads(done.stdout)["stored"], len(points))
        self.assertEqual(self.dead_letters(), [])

    def test_what_the_server_refuses_and_what_is_no_event_are_dead_letters(self):
        points = self.make(RACE)
        events = (self.dir / "events.ndjson").read_text().splitlines()
        events[100:100] = ["{\"car\":", json.dumps({"nothing": "known"})]
        (self.dir / "events.ndjson").write_text("\n".join(events) + "\n")
        lights = [line for line in events if "LIGHTS OUT" in line]
        with FakeInflux(refused=["LIGHTS OUT"]) as influx:
            done = self.ingest(influx.url, "--json")
            self.assertIn(done.returncode, (0, 4), done.stderr)
            self.assertEqual(len(influx.points), len(points) - len(lights))
        summary = json.loads(done.stdout)
        letters = self.dead_letters()
        self.assertEqual((summary["consumed"], summary["stored"], summary["dead_lettered"]),
                         (len(events), len(events) - len(letters), len(letters)))
        self.assertEqual(sorted(letter["raw"] for letter in letters), sorted([*events[100:102], *lights]))
        for letter in letters:
            begin = letter["offset"]
            self.assertTrue((self.dir / "events.ndjson").read_text()[begin:].startswith(letter["raw"]), letter)
        self.assertIn("HTTP 400", next(letter["reason"] for letter in letters if letter["raw"] in lights))

    def test_a_server_that_says_no(self):
        self.make(FLEET)
        (self.dir / "token").write_text("s3cret\n")
        for status, text in ((401, "it does not accept the token"), (403, "may not write to bucket 'racesim'"),
                             (404, "organisation 'racesim' or bucket 'racesim'")):
            with FakeInflux(lambda number, lines, status=status: (status, {}, "no")) as influx:
                done = self.ingest(influx.url, "--token-file", "token")
                self.assertEqual(done.returncode, 2, done.stderr)
                self.assertIn(text, done.stderr)
                self.assertNotIn("s3cret", done.stdout + done.stderr)
                self.assertEqual(len(influx.requests), 1)

    def test_what_does_not_apply_is_refused(self):
        self.make(FLEET)
        done = self.ingest("http://127.0.0.1:1", "--keep", "30d")
        self.assertEqual(done.returncode, 2)
        self.assertIn("a bucket removes what is old by itself", done.stderr)
        planned = self.ingest("http://127.0.0.1:1", "--dry-run")
        self.assertEqual(planned.returncode, 0, planned.stderr)
        self.assertIn("telemetry", planned.stdout)


if __name__ == "__main__":
    unittest.main()
