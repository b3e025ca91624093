"""Goal: racesim replay sends what was recorded, byte for byte or as a run of its own, whoever recorded it; what cannot be
sent is told and kept. Method: the built program records races and plays and replays them from files, pipes, databases and
dead letters; racesim verify proves the result with the manifest of the recorded run; recordings are damaged by hand."""

import collections
import gzip
import json
import random
import sqlite3
import sys
import unittest

from endpoints import Recorder
from workdir import MASTER, SOURCE, Workdir

sys.path.insert(0, str(SOURCE / "tests" / "support"))
import json_schema  # noqa: E402

KINDS = ["lost", "duplicated", "altered", "reordered", "phantom", "unreadable"]
STREAMS = ["telemetry", "checkpoints", "laps", "race-control", "results"]


class Replay(Workdir):
    def record(self, name="race.ndjson", *args):
        """A short race with all its streams, in a file, and its manifest."""
        self.assert_code(self.racesim(
            "run", "--no-config", "--historical", "--start-datetime", "2026-07-05T14:00Z", "--end-datetime",
            "2026-07-05T14:05Z", "--laps", "1", "--rate-hz", "5", "--cars", "4", "--streams", ",".join(STREAMS), "-q", "--sink",
            f"file:{name}", "--manifest", "race.json", *args), 0)
        return (self.dir / name).read_bytes()

    def replay(self, *args, code=0, speed="max", **options):
        pace = ["--speed", speed] if speed else []
        result = self.racesim("replay", "--no-config", "-q", *args, *pace, **options)
        self.assert_code(result, code)
        return result

    def verify(self, *args):
        return self.racesim("verify", "--no-config", "--manifest", "race.json", "--against", *args)

    def dead(self, name="replay-dead-letter.ndjson"):
        return [json.loads(line) for line in (self.dir / name).read_text(encoding="utf-8").splitlines()]

    def test_files_come_back_byte_for_byte_and_verify(self):
        """Cut into one file per car and one for the rest, compressed or not, they are one stream again."""
        lines = self.record().splitlines(keepends=True)
        self.replay("race.ndjson", "--sink", "file:same.ndjson")
        self.assertEqual((self.dir / "same.ndjson").read_bytes(), b"".join(lines))
        self.assert_code(self.verify("file:same.ndjson"), 0)
        parts = {}
        for line in lines:
            parts.setdefault(json.loads(line).get("car"), []).append(line)
        for number, part in enumerate(parts.values()):
            (self.dir / f"part{number}.ndjson.gz").write_bytes(gzip.compress(b"".join(part)))
        self.replay("part*.ndjson.gz", "--sink", "file:merged.ndjson")
        merged = (self.dir / "merged.ndjson").read_bytes().splitlines(keepends=True)
        self.assertEqual(sorted(merged), sorted(lines))
        times = [json.loads(line)["time"] for line in merged]
        self.assertEqual(times, sorted(times))
        self.assert_code(self.verify("file:merged.ndjson"), 0)

    def test_a_pipe_at_a_speed(self):
        recorded = self.record()
        with open(self.dir / "race.ndjson", "rb") as given:
            result = self.racesim("replay", "--no-config", "-", "--speed", "600", "--json", "--sink", "file:out.ndjson",
                                  stdin=given)
        self.assert_code(result, 0)
        self.assertEqual((self.dir / "out.ndjson").read_bytes(), recorded)
        summary = json.loads(result.stdout)
        json_schema.assert_fits(self, summary, json_schema.load(SOURCE / "docs" / "formats" / "summary.schema.json"))
        self.assertEqual(summary["mode"], "replay")
        self.assertEqual(summary["replay"]["read"], recorded.count(b"\n"))
        self.assertEqual(summary["replay"]["speed"], 600)
        self.assertGreater(summary["replay"]["got_speed"], 0)
        self.assertLessEqual(summary["replay"]["got_speed"], 601)
        self.assertGreater(summary["lag_ms"]["count"], 0)

    def test_a_store_comes_back_line_by_line(self):
        lines = self.record().splitlines()
        self.assert_code(self.racesim("ingest", "--no-config", "-q", "--from", "file:race.ndjson", "--to", "sqlite:a.db"), 0)
        self.replay("sqlite:a.db", "--sink", "file:out.ndjson")
        self.assertEqual(sorted((self.dir / "out.ndjson").read_bytes().splitlines()), sorted(lines))
        self.assert_code(self.verify("file:out.ndjson"), 0)

    def test_a_part_of_a_recording(self):
        events = [json.loads(line) for line in self.record().splitlines()]
        first_of_lap_two = next(i for i, event in enumerate(events) if event.get("lap", 0) >= 2)
        cases = [(["--from", "lap:2"], events[first_of_lap_two:]),
                 (["--to", "offset:100"], events[:100]),
                 (["--from", "+30s", "--to", "+40s"],
                  [event for event in events if "2026-07-05T14:00:30" <= event["time"] < "2026-07-05T14:00:40"]),
                 (["--from", "2026-07-05T14:01:59.5Z"],
                  [event for event in events if event["time"] >= "2026-07-05T14:01:59.5"]),
                 (["--filter", "speed_kmh=200..", "--filter", f"car={events[0]['car']}"],
                  [event for event in events if event.get("speed_kmh", 0) >= 200 and event["car"] == events[0]["car"]])]
        for args, expected in cases:
            sent = [json.loads(line) for line in self.replay("race.ndjson", *args).stdout.splitlines()]
            self.assertEqual(sent, expected, args)
            self.assertTrue(sent, args)

    def test_another_run_collides_with_nothing_that_is_stored(self):
        """Plays, whose ids carry their run, and a race, shifted and looped, beside what was recorded."""
        self.record()
        self.assert_code(self.play("--volume", "500", "-q", "--sink", "file:plays.ndjson"), 0)
        for name, table in (("race.ndjson", "telemetry"), ("plays.ndjson", "plays")):
            self.replay(name, "--timestamps", "shift", "--start-datetime", "2030-01-01T00:00Z", "--loop", "2",
                        "--sink", f"file:shifted-{name}")
            for source in name, f"shifted-{name}":
                result = self.racesim("ingest", "--no-config", "--from", f"file:{source}", "--to", "sqlite:a.db", "--json")
                self.assert_code(result, 0)
                summary = json.loads(result.stdout)
                self.assertEqual((summary["duplicates"], summary["conflicts"], summary["dead_lettered"]), (0, 0, 0))
            with sqlite3.connect(self.dir / "a.db") as db:
                field = "played_at" if table == "plays" else "time"
                count, distinct = db.execute(f"SELECT count(*), count(DISTINCT row_key) FROM {table}").fetchone()
                first = db.execute(f"SELECT min({field}) FROM {table} WHERE {field} > "
                                   f"(SELECT max({field}) FROM {table}) - 100000000000").fetchone()
            db.close()
            self.assertEqual(count % 3, 0)
            self.assertEqual(count, distinct)
            self.assertTrue(first)
        shifted = (self.dir / "shifted-plays.ndjson").read_text().splitlines()
        self.assertTrue(json.loads(shifted[0])["played_at"].startswith("2030-01-01T00:00:00"))
        again = self.replay("plays.ndjson", "--timestamps", "shift", "--start-datetime", "2030-01-01T00:00Z", "--loop", "2")
        self.assertEqual(again.stdout.splitlines(), shifted, "the same replay is the same run")

    def test_recordings_of_others(self):
        rows = ["ts,vehicle,text", '1783260000.5,a,"one, two"', "1783260001.25,b,", "1783260003,a,x"]
        self.write("trips.csv", "\n".join(rows) + "\n")
        args = ["trips.csv", "--time-field", "ts", "--key-field", "vehicle"]
        self.assertEqual(self.replay(*args).stdout.splitlines(), rows)
        moved = self.replay(*args, "--timestamps", "scale", "--start-datetime", "2030-01-01T00:00Z", speed="10").stdout
        self.assertEqual(moved.splitlines(), [rows[0], '1893456000.0,a,"one, two"', "1893456000.07,b,", "1893456000,a,x"])
        self.write("other.ndjson", '{"a":{"when":"2026-07-05T16:00:00+02:00"},"v":1.50}\n'
                                   '{"v":2e3,"a":{"when":"2026-07-05T14:00:01Z"}}\n')
        lines = self.replay("other.ndjson", "--time-field", "a.when").stdout
        self.assertEqual(lines, (self.dir / "other.ndjson").read_text())

    def test_what_is_no_event_is_kept(self):
        """A file cut in the middle, wrong columns, numbers in another unit than was said."""
        whole = self.record()
        (self.dir / "cut.ndjson").write_bytes(whole[:len(whole) // 2])
        result = self.replay("cut.ndjson", "--sink", "file:out.ndjson", code=4)
        self.assertIn("1 record was no event and not sent; the first one is cut.ndjson at ", result.stderr)
        sent = (self.dir / "out.ndjson").read_bytes()
        self.assertEqual(sent, whole[:len(sent)])
        [dead] = self.dead()
        self.assertEqual(sent + dead["raw"].encode(), whole[:len(whole) // 2])
        self.write("ms.ndjson", '{"t":1783260000123}\n')
        result = self.replay("ms.ndjson", "--time-field", "t", "--time-unit", "s", code=1)
        self.assertIn("1783260000123 was taken for seconds since 1970", result.stderr)
        self.assertIn("--time-unit ms", result.stderr)
        result = self.replay("ms.ndjson", code=1)
        self.assertIn("--time-field", result.stderr)

    def test_clocks_that_jump_hold_nothing_up(self):
        """One time a year ahead, one from 1970, and a clock that is set back: each goes out with its neighbours."""
        lines = [json.loads(line) for line in self.record().splitlines()][:400]
        lines[100]["time"], lines[200]["time"] = "2027-07-05T14:00:00.000Z", "1970-01-01T00:00:00.000Z"
        for event in lines[300:]:
            event["time"] = event["time"].replace("2026", "2025")
        text = "".join(json.dumps(line) + "\n" for line in lines)
        self.write("jumps.ndjson", text)
        result = self.racesim("replay", "--no-config", "jumps.ndjson", "--speed", "100", "--json", "--sink", "file:out")
        self.assert_code(result, 0)
        self.assertEqual((self.dir / "out").read_text(), text)
        self.assertEqual(json.loads(result.stdout)["replay"]["jumps"], 3)

    def test_dead_letters_are_sent_again(self):
        with Recorder(status=422) as server:
            self.assert_code(self.play("--volume", "40", "-q", "--api-endpoint", server.url, "--posting-rate", "0"), 4)
        letters = [json.loads(line) for line in (self.dir / "dead-letter.ndjson").read_text().splitlines()]
        self.assertEqual(len(letters), 40)
        with Recorder() as server:
            self.replay("--dead-letter", "dead-letter.ndjson", "--api-endpoint", server.url, speed=None)
            sort = lambda events: sorted(events, key=lambda event: event["event_id"])  # noqa: E731
            self.assertEqual(sort(server.events), sort([letter["event"] for letter in letters]))
        self.write("texts.ndjson", '{"event":"no json","sink":"x","error":"y","persisted":"no"}\n'
                                   '{"event_base64":"/wA=","sink":"x","error":"y","persisted":"no"}\n'
                                   '{"source":"s","lane":"l","offset":1,"reason":"r","raw":"{\\"a\\":1.50}"}\n')
        self.replay("--dead-letter", "texts.ndjson", "--sink", "file:out", speed=None)
        self.assertEqual((self.dir / "out").read_bytes(), b'no json\n\xff\x00\n{"a":1.50}\n')

    def changed(self, lines, how, rng):
        """The lines with one of them changed: one that the faults have neither copied nor damaged."""
        once = {line for line, count in collections.Counter(lines).items() if count == 1}
        key, seq = {}, {}
        for at, line in enumerate(lines):
            if line in once and line.startswith(b"{") and line.endswith(b"}\n") and b'"car":' in line:
                try:
                    event = json.loads(line)
                except ValueError:  # damaged by the faults
                    continue
                if "seq" in event:
                    key[at], seq[at] = (tuple(event), event["car"]), event["seq"]
        at = rng.choice([at for at in key if 50 <= at < len(lines) - 200])
        if how == "lost":
            return lines[:at] + lines[at + 1:]
        if how == "duplicated":
            return lines[:at + 1] + lines[at:]
        if how == "altered":
            line = bytearray(lines[at])
            place = rng.randrange(len(line) - 1)
            line[place] = ord("7") if line[place] != ord("7") else ord("8")
            return lines[:at] + [bytes(line)] + lines[at + 1:]
        # A later event of the same stream and car: one that a fault had put behind its successor already would come right.
        behind = next((i for i in range(at + 1, len(lines)) if key.get(i) == key[at] and seq[i] > seq[at]), None)
        if behind is None:
            return self.changed(lines, how, rng)
        return lines[:at] + lines[at + 1:behind + 1] + [lines[at]] + lines[behind + 1:]

    def proof(self, *args, code, manifest="m.json"):
        """What verify finds between the manifest of a replay and out.ndjson."""
        result = self.racesim("verify", "--no-config", "--manifest", manifest, "--against", "file:out.ndjson", "--json", *args)
        self.assert_code(result, code)
        return json.loads(result.stdout) if code != 2 else result.stderr

    def test_a_manifest_proves_a_replay(self):
        """Every fault alone and all at once, each kind of new run, parts, CSV and a store: verified as they were sent."""
        self.record()
        self.assert_code(self.racesim("ingest", "--no-config", "-q", "--from", "file:race.ndjson", "--to", "sqlite:a.db"), 0)
        (self.dir / "trips.csv").write_text("ts,vehicle,note\n" + "".join(
            f"{1_700_000_000 + i // 3},v{i % 3},n{i}\n" for i in range(300)), encoding="utf-8")
        faults = ["late=4%", "duplicate=4%", "reorder=4%", "drop=4%", "corrupt=2%"]
        disturbed = ["--faults", ",".join(faults), "--seed", "7", "--late-delay", "5s"]
        shifted = ["--timestamps", "shift", "--start-datetime", "2030-01-01T00:00Z"]
        cases = [["race.ndjson", "--faults", fault] for fault in faults] + [
            ["race.ndjson"],
            ["race.ndjson", *disturbed],
            ["race.ndjson", *disturbed, *shifted, "--loop", "3"],
            ["race.ndjson", *disturbed, "--timestamps", "scale", "--speed", "60000"],
            ["race.ndjson", *disturbed, "--from", "+10s", "--to", "lap:2", "--filter", "speed_kmh=100.."],
            ["trips.csv", *disturbed, "--time-field", "ts", "--key-field", "vehicle"],
            ["sqlite:a.db", *disturbed]]
        for args in cases:
            (self.dir / "out.ndjson").unlink(missing_ok=True)
            self.replay(*args, "--sink", "file:out.ndjson", "--manifest", "m.json",
                        speed=None if "--speed" in args else "max")
            report = self.proof(code=0)
            self.assertGreater(report["expected"], 100, args)
            name = next((arg.split("=")[0] for arg in args if "%" in arg), None)
            if name:
                self.assertGreater(report["injected"][name].get("sent", report["injected"][name].get("left_out")), 0, args)

    def test_changes_behind_a_replay_are_named(self):
        """Twenty random changes of what arrived, of a replay with all faults: each gives its own finding and no other."""
        self.record()
        self.replay("race.ndjson", "--sink", "file:out.ndjson", "--manifest", "m.json", "--faults",
                    "late=2%,duplicate=2%,reorder=2%,drop=2%,corrupt=1%", "--timestamps", "shift", "--start-datetime",
                    "2030-01-01T00:00Z")
        clean = (self.dir / "out.ndjson").read_bytes().splitlines(keepends=True)
        rng = random.Random(14)
        for round_ in range(20):
            how = ("lost", "duplicated", "altered", "reordered")[round_ % 4]
            with self.subTest(round=round_, how=how):
                (self.dir / "out.ndjson").write_bytes(b"".join(self.changed(clean, how, rng)))
                report = self.proof(code=5)
                self.assertEqual({kind: report[kind] for kind in KINDS if report[kind]}, {how: 1})

    def test_the_manifest_of_the_run_proves_a_replay_that_keeps_it(self):
        self.record("race.ndjson", "--faults", "late=2%,duplicate=2%,drop=1%")
        self.replay("race.ndjson", "--sink", "file:out.ndjson", "--manifest", "m.json")
        self.proof(code=0)
        self.proof(code=0, manifest="race.json")

    def test_a_recording_that_has_changed_proves_nothing(self):
        """What changed is said, with exit code 2: more, fewer, other records, a file that came, one that went."""
        recorded = self.record("a.ndjson")
        for name in "b.ndjson", "c.ndjson":
            (self.dir / name).write_bytes(recorded)
        self.replay("?.ndjson", "--sink", "file:out.ndjson", "--manifest", "m.json")
        other = recorded.replace(b'"speed_kmh":', b'"speed_kmj":', 1)
        for content, said in ((recorded + recorded, "bytes"), (recorded[:-1000], "bytes"), (other, "content")):
            (self.dir / "b.ndjson").write_bytes(content)
            message = self.proof(code=2)
            self.assertIn("b.ndjson is not what was replayed", message)
            self.assertIn(said, message)
            self.assertIn("replay again", message)
        (self.dir / "b.ndjson").write_bytes(recorded)
        self.proof(code=0)
        (self.dir / "d.ndjson").write_bytes(recorded)
        self.assertIn("d.ndjson was added", self.proof(code=2))
        (self.dir / "d.ndjson").unlink()
        (self.dir / "c.ndjson").unlink()
        self.assertIn("c.ndjson is gone", self.proof(code=2))

    def test_refusals(self):
        self.record()
        self.write("a.csv", "ts,x\n1783260000,1\n")
        self.write("b.csv", "ts,y\n1783260000,1\n")
        cases = [(["replay"], ["SOURCE"]),
                 (["replay", "race.ndjson", "--speed", "0"], ["no speed", "max"]),
                 (["replay", "race.ndjson", "--speed", "2000000"], ["no speed"]),
                 (["replay", "race.ndjson", "--from", "noon"], ["lap:12"]),
                 (["replay", "race.ndjson", "--filter", "car"], ["car=63"]),
                 (["replay", "race.ndjson", "--sink", "file:race.ndjson"], ["race.ndjson"]),
                 (["replay", "race.ndjson", "--start-datetime", "2030-01-01"], ["--timestamps shift"]),
                 (["replay", "race.ndjson", "--timestamps", "scale", "--speed", "max"], ["scale"]),
                 (["replay", "-", "--loop", "2"], ["--loop"]),
                 (["replay", "-", "--manifest", "m.json"], ["--manifest", "standard input"]),
                 (["replay", "kafka"], ["no topic"]),
                 (["replay", "kafka:f1-laps", "--sink", "kafka"], ["into itself"]),
                 (["replay", "a.csv", "b.csv", "--time-field", "ts"], ["different columns"]),
                 (["replay", "a.csv", "race.ndjson", "--time-field", "ts"], ["different columns"]),
                 (["replay", "a.csv", "--time-field", "ts", "--sink", "http"], ["CSV"])]
        for args, texts in cases:
            with self.subTest(args):
                self.assert_refused(self.racesim(args[0], "--no-config", *args[1:]), *texts)
        for source in "none.ndjson", "sqlite:none.db":
            self.assert_refused(self.racesim("replay", "--no-config", source), "o such file", code=1)
        self.assert_refused(self.racesim("replay", "--no-config", "kafka:x", "--brokers", "127.0.0.1:1", "--sink", "null",
                                         "--connect-timeout", "1s"), "127.0.0.1:1", code=1)

    def test_a_dry_run_and_a_reader_that_goes(self):
        self.record()
        before = sorted(path.name for path in self.dir.iterdir())
        self.assertIn("7 times as recorded", self.replay("race.ndjson", "--dry-run", speed="7").stdout)
        plan = json.loads(self.replay("race.ndjson", "--dry-run", "--json", "--loop", "forever").stdout)
        self.assertEqual((plan["mode"], plan["speed"], plan["rounds"]), ("replay", "max", None))
        self.assertEqual(sorted(path.name for path in self.dir.iterdir()), before)
        result = self.shell("$RACESIM replay race.ndjson --speed max --loop forever -q | head -n 5; echo ${PIPESTATUS[0]}")
        self.assertEqual(result.stdout.splitlines()[-1], "0")
        self.assertEqual(len(result.stdout.splitlines()), 6)


if __name__ == "__main__":
    unittest.main()
