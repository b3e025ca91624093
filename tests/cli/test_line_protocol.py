"""Goal: --format lineprotocol says of every event what --format json says, each event a point of its own; sinks carry it,
and verify tells what happened to each. Method: the same runs in both formats, read by a reader of line protocol that has
nothing in common with racesim; damage of each kind for verify; a small InfluxDB for the http sink."""

import json
import pathlib
import sys
import unittest

from workdir import MASTER, Workdir

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from fake_influx import FakeInflux, read_point  # noqa: E402

RACE = ["run", "--historical", "--start-datetime", "2026-07-05T14:00:00Z", "--laps", "2", "--cars", "3", "--rate-hz", "2",
        "--end-datetime", "2026-07-05T14:06:30Z", "-q"]
RUNS = {
    "race": [*RACE, "--streams", "telemetry,checkpoints,laps,race-control,results"],
    "fastf1": [*RACE, "--as", "fastf1", "--streams", "telemetry,laps"],
    "openf1": [*RACE, "--as", "openf1", "--streams", "telemetry,laps"],
    "simple": ["run", "--historical", "--model", "simple", "--start-datetime", "2026-07-05T14:00:00Z", "--end-datetime",
               "2026-07-05T14:01:00Z", "--rate-hz", "1", "-q"],
    "fleet": ["run", "--scenario", "fleet", "--vehicles", "20", "--rate-hz", "1", "--vehicle-id", "my car, \"no\"=1",
              "--historical", "--start-datetime", "2025-08-11T06:00:00Z", "--end-datetime", "2025-08-11T06:02:00Z", "-q"],
    "plays": ["run", "--scenario", "plays", "--historical", "--start-datetime", "2024-01-01T00:00:00Z", "--end-datetime",
              "2024-01-02T00:00:00Z", "--volume", "2000", "--master-data-dir", MASTER, "-q"],
}
TIMES = ("time", "timestamp", "played_at", "Date", "LapStartDate", "date", "date_start")


def flat(event, prefix=""):
    for key, value in event.items():
        if isinstance(value, dict):
            yield from flat(value, key + "_")
        else:
            yield prefix + key, value


class LineProtocolTest(Workdir):
    def lines(self, command, *more):
        done = self.racesim(*command, *more)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.splitlines()

    def test_says_what_json_says(self):
        for name, command in RUNS.items():
            with self.subTest(name):
                events = [json.loads(line) for line in self.lines(command)]
                points = [read_point(line) for line in self.lines(command, "--format", "lineprotocol")]
                self.assertGreater(len(events), 50)
                self.assertEqual(len(points), len(events))
                for event, ((_, tags, time_ns), fields) in zip(events, points):
                    self.compare(dict(flat(event)), dict(tags), fields, time_ns)
                self.assertEqual(len({key for key, _ in points}), len(points), "points overwrite each other")

    def compare(self, event, tags, fields, time_ns):
        """Every value of the event is a tag, a field of its type, or the time; nothing else is there but a play's run."""
        left = dict(fields)
        for name, value in event.items():
            if name in TIMES and not isinstance(value, float):
                self.assertEqual(time_ns // 1000, self.microseconds(value))
            elif name in tags:
                self.assertEqual(tags.pop(name), str(value))
            elif value is None or (value == "" and name not in left):
                self.assertNotIn(name, left)
            else:
                found = left.pop(name)
                expected = ";".join(value) if isinstance(value, list) else value
                self.assertEqual((type(found), found), (type(expected), expected), name)
        self.assertEqual(left, {})
        self.assertLessEqual(set(tags), {"run"})
        if "seq" in event:
            self.assertEqual(time_ns % 1000, event["seq"] % 1000)

    @staticmethod
    def microseconds(text):
        from datetime import datetime, timezone
        at = datetime.fromisoformat(text.replace("Z", "+00:00")) - datetime(1970, 1, 1, tzinfo=timezone.utc)
        return (at.days * 86400 + at.seconds) * 1_000_000 + at.microseconds

    def test_http_sink_writes_to_influxdb(self):
        (self.dir / "token").write_text("s3cret\n")
        events = self.lines(RUNS["race"], "--format", "lineprotocol")
        with FakeInflux() as influx:
            done = self.racesim(*RUNS["race"], "--format", "lineprotocol", "--api-endpoint",
                                influx.url + "/api/v2/write?org=o&bucket=b&precision=ns", "--batch", "500", "--token-file",
                                "token", "--posting-rate", "0", "--json")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(json.loads(done.stdout)["acked"], len(events))
            self.assertEqual(influx.points, dict(read_point(line) for line in events))
            self.assertLess(len(influx.requests), len(events) / 2)
            path, query, headers = influx.requests[0]
            self.assertEqual((path, query["precision"], headers["Authorization"]), ("/api/v2/write", "ns", "Token s3cret"))
            self.assertEqual(headers["Content-Type"], "text/plain; charset=utf-8")
        refused = self.racesim(*RUNS["race"], "--format", "csv", "--sink", "http")
        self.assertEqual(refused.returncode, 2)
        self.assertIn("the http sink sends JSON or line protocol, not csv", refused.stderr)

    def verify(self, lines, *options):
        (self.dir / "arrived.lp").write_text("".join(lines))
        done = self.racesim("verify", "--manifest", "run.json", "--against", "file:arrived.lp", "--json", *options)
        return done.returncode, json.loads(done.stdout) if done.stdout else done.stderr

    def test_verify_tells_what_happened_to_each(self):
        for name in ("race", "fleet", "plays"):
            with self.subTest(name):
                self.racesim(*RUNS[name], "--format", "lineprotocol", "--sink", "file:sent.lp", "--manifest", "run.json")
                sent = (self.dir / "sent.lp").read_text().splitlines(keepends=True)
                code, report = self.verify(sent)
                self.assertEqual((code, report["found"]), (0, len(sent)), report)
                middle = len(sent) // 2
                damage = {
                    "lost": sent[:middle] + sent[middle + 1:],
                    "duplicated": sent[:middle] + [sent[middle - 30]] + sent[middle:],
                    "altered": sent[:middle] + [self.other_value(sent[middle])] + sent[middle + 1:],
                    "phantom": sent[:middle] + [sent[middle].replace("run=", "run=f")] + sent[middle:],
                }
                if name == "plays":  # the event id alone says whose it is
                    del damage["phantom"]
                for kind, lines in damage.items():
                    code, report = self.verify(lines)
                    wrong = {k: report[k] for k in ("lost", "duplicated", "altered", "reordered", "phantom") if report[k]}
                    self.assertEqual((code, wrong), (5, {kind: 1}), (kind, report["examples"]))
                code, report = self.verify(damage["altered"])
                self.assertEqual(report["examples"][0]["field"], self.altered_field(sent[middle]))

    @staticmethod
    def altered_field(line):
        return "device_type" if line.startswith("plays") else "speed_kmh"

    def other_value(self, line):
        if line.startswith("plays"):
            return line.replace('device_type="', 'device_type="x')
        return line.replace("speed_kmh=", "speed_kmh=1")

    def test_verify_refuses_what_it_cannot_do(self):
        self.racesim(*RUNS["fleet"], "--format", "lineprotocol", "--sink", "file:sent.lp", "--manifest", "run.json")
        sent = (self.dir / "sent.lp").read_text().splitlines(keepends=True)
        for option in ("--fast", "--by-value"):
            code, error = self.verify(sent, option)
            self.assertEqual(code, 2)
            self.assertIn("the run wrote line protocol, which is compared byte by byte only", error)


if __name__ == "__main__":
    unittest.main()
