"""Goal: the judge finds every kind of fault and blames nothing that is right.
Method: a small hand-made run with its master data is judged as it is and with one fault of each kind; the known
answers of docs/formats/event-id.md."""

import json
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import unittest

import event_id
import judge

SOURCE = pathlib.Path(os.environ.get("RACESIM_SOURCE_DIR", pathlib.Path(__file__).resolve().parents[2]))
RUN = 0xa1b2c3d4
SONGS = ["11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"]
USERS = ["aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa", "bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb"]
PLACE = "99999999-9999-4999-8999-999999999999"
UNKNOWN = "00000000-0000-4000-8000-000000000000"


def write_master(folder):
    (folder / "songs.csv").write_text(
        "song_id,title,artist_name,album_name,genre,duration_ms,release_date\n"
        f'{SONGS[0]},"Rain, Again",Ada Moor,First,Pop,200000,2000-01-01\n'
        f"{SONGS[1]},Zoë,Ada Moor,First,Pop,100000,2024-01-01\n", encoding="utf-8")
    (folder / "users.csv").write_text(
        "user_id,username,email,registration_date,country\n"
        f"{USERS[0]},mira,mira@example.com,2020-02-29,DE\n{USERS[1]},tom,tom@mail.example.org,2024-01-01,US\n",
        encoding="utf-8")
    (folder / "locations.csv").write_text(
        f"location_id,city,country_code,latitude,longitude\n{PLACE},Köln,DE,50.938361,6.959974\n", encoding="utf-8")


def good_events():
    """Two cells; the users take turns; a play starts every four minutes and lasts three at most."""
    events = []
    for i in range(20):
        minute = 4 * i
        events.append({
            "event_id": event_id.pack(RUN, i // 12, i % 12),
            "song_id": SONGS[i % 2],
            "user_id": USERS[i // 2 % 2],
            "location_id": PLACE,
            "played_at": f"2024-01-01T{minute // 60:02}:{minute % 60:02}:00.{i:03}Z",
            "play_duration_ms": 100000 if i % 2 else 180000,
            "device_type": sorted(judge.DEVICES)[i % 5],
        })
    return events


def json_text(events):
    return "".join(json.dumps(event, separators=(",", ":")) + "\n" for event in events)


def csv_text(events):
    return ",".join(judge.KEYS) + "\n" + "".join(",".join(str(e[k]) for k in judge.KEYS) + "\n" for e in events)


class JudgeTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        write_master(self.folder)

    def judged(self, json_lines=None, csv_lines=None, **options):
        paths = []
        for name, text in (("plays.ndjson", json_lines), ("plays.csv", csv_lines)):
            paths.append(self.folder / name if text is not None else None)
            if text is not None:
                paths[-1].write_bytes(text if isinstance(text, bytes) else text.encode())
        return judge.judge(self.folder, *paths, **options)

    def fault_kinds(self, *args, **options):
        return set(self.judged(*args, **options)["faults"])

    def changed(self, index, **values):
        events = good_events()
        events[index].update(values)
        return json_text(events)


class GoodRun(JudgeTest):
    def test_is_good(self):
        events = good_events()
        report = self.judged(json_text(events), csv_text(events), run="a1b2c3d4", count=20,
                             start_ms=judge.window_time("2024-01-01T00:00:00Z"),
                             end_ms=judge.window_time("2024-01-01T01:17:00"))
        self.assertEqual(report["faults"], {})
        self.assertEqual((report["verdict"], report["events"], report["run"], report["cells"], report["users"]),
                         ("good", 20, "a1b2c3d4", 2, 2))

    def test_no_events_is_good(self):
        self.assertEqual(self.judged("", csv_text([]))["verdict"], "good")


class OneFault(JudgeTest):
    """Each fault is found under its name, and nothing else is blamed."""

    def expect(self, kind, *args, **options):
        self.assertEqual(self.fault_kinds(*args, **options), {kind})

    def test_events(self):
        later = "2024-01-01T00:00:01.000Z"
        faults = {
            "uuid": [dict(song_id="x")],
            "device_type": [dict(device_type="phone"), dict(device_type="Mobile"), dict(device_type="")],
            "duration": [dict(play_duration_ms=100001), dict(play_duration_ms=-1)],
            "reference": [dict(song_id=UNKNOWN), dict(user_id=UNKNOWN), dict(location_id=UNKNOWN)],
            "played_at": [dict(played_at=text) for text in
                          ("2024-01-01T00:04:00Z", "2024-01-01T00:04:00.001+00:00", "2024-01-01 00:04:00.001Z",
                           "2024-02-30T00:04:00.001Z", "2024-01-01T24:04:00.001Z", "2024-01-01T00:04:60.001Z", "")],
            "before_release": [dict(played_at="2023-12-31T23:59:59.999Z")],
            "order": [dict(played_at="2024-01-01T00:00:00.000Z", user_id=USERS[1])],
            "overlap": [dict(played_at=later)],
            "event_id": [dict(event_id=UNKNOWN), dict(event_id="00000000-0000-1000-8000-000000000000")],
            "run": [dict(event_id=event_id.pack(RUN + 1, 0, 1))],
            "duplicate": [dict(event_id=event_id.pack(RUN, 0, 0))],
            "type": [dict(play_duration_ms="1000"), dict(play_duration_ms=1000.0), dict(play_duration_ms=True),
                     dict(song_id=None), dict(song_id=[SONGS[0]]), dict(device_type={})],
        }
        may_come_along = {
            "uuid": {"reference"}, "event_id": {"gap"}, "run": set(), "duplicate": {"gap"}, "type": {"gap"},
            "before_release": {"order", "overlap"}, "order": set(), "overlap": set(), "played_at": set(),
        }
        for kind, changes in faults.items():
            for change in changes:
                with self.subTest(kind=kind, change=change):
                    index = 2 if kind == "order" else 1
                    found = self.fault_kinds(self.changed(index, **change))
                    self.assertIn(kind, found)
                    self.assertLessEqual(found - {kind}, may_come_along.get(kind, set()))

    def test_before_registration(self):
        self.expect("before_registration", json_text([dict(
            good_events()[0], user_id=USERS[1], played_at="2023-12-31T23:00:00.000Z")]))

    def test_gap_in_a_cell(self):
        events = good_events()
        del events[5]
        self.expect("gap", json_text(events))
        self.assertEqual(self.fault_kinds(json_text(events), partial=True), set())

    def test_lost_tail_shows_in_the_count(self):
        self.expect("count", json_text(good_events()[:-1]), count=20)

    def test_window(self):
        self.expect("window", json_text(good_events()), start_ms=judge.window_time("2024-01-01T00:00:00.001Z"))
        self.expect("window", json_text(good_events()), end_ms=judge.window_time("2024-01-01T01:16:00Z"))

    def test_another_run_than_asked_for(self):
        self.expect("run", json_text(good_events()), run="00000001")

    def test_unordered_may_be_allowed(self):
        events = good_events()
        random.Random(1).shuffle(events)
        self.assertIn("order", self.fault_kinds(json_text(events)))
        self.assertEqual(self.fault_kinds(json_text(events), unordered=True), set())

    def test_overlap_is_found_over_other_users_plays(self):
        events = good_events()
        events[5]["user_id"] = events[3]["user_id"]
        events[3]["played_at"] = "2024-01-01T00:19:30.000Z"
        self.assertIn("overlap", self.fault_kinds(json_text(events), unordered=True))

    def test_json_lines(self):
        good = json_text(good_events()).splitlines()
        for kind, line in {
            "json": ["", " ", "nonsense", good[1][:-1], good[1] + "x", good[1].replace("100000", "NaN"),
                     good[1].replace("100000", "0100000"), "[]", "5", "null", good[1].replace('"2024-01-01T00:04:00.001Z"', "'x'")],
            "keys": ["{}", good[1].replace('"song_id"', '"song"'), good[1].replace("}", ',"x":1}'),
                     good[1].replace("}", ',"device_type":"tv"}'),
                     json.dumps(dict(reversed(json.loads(good[1]).items())), separators=(",", ":"))],
            "format": [good[1].replace(",", ", "), good[1].replace(":", ": ", 1), " " + good[1],
                       good[1].replace('"event_id"', '"\\u0065vent_id"')],
        }.items():
            for text in line:
                with self.subTest(kind=kind, line=text):
                    self.assertNotEqual(text, good[1])
                    found = self.fault_kinds("\n".join([good[0], text, *good[2:]]) + "\n")
                    self.assertIn(kind, found)
                    self.assertLessEqual(found - {kind}, {"gap"})

    def test_line_ends_and_encoding(self):
        text = json_text(good_events())
        self.expect("format", text[:-1])
        self.assertIn("format", self.fault_kinds(text.replace("\n", "\r\n")))
        self.assertIn("format", self.fault_kinds(b"\xef\xbb\xbf" + text.encode()))
        with self.assertRaises(judge.Unreadable):
            self.judged(text.encode().replace(b"mobile", b"mobil\xff"))

    def test_csv(self):
        good = csv_text(good_events())
        self.assertEqual(self.fault_kinds(None, good), set())
        self.assertIn("keys", self.fault_kinds(None, good.replace(",mobile", "")))
        self.assertIn("keys", self.fault_kinds(None, good.replace(",mobile", ",mobile,x")))
        self.assertIn("type", self.fault_kinds(None, good.replace(",180000,", ",180000.0,")))
        self.assertIn("type", self.fault_kinds(None, good.replace(",180000,", ",,")))
        self.assertIn("format", self.fault_kinds(None, good.replace("mobile", '"mobile"')))
        self.assertIn("device_type", self.fault_kinds(None, good.replace("mobile", " mobile")))
        for header in ("", "event_id\n", good.replace("song_id", "song", 1), good.split("\n", 1)[1]):
            with self.assertRaises(judge.Unreadable):
                self.judged(None, header)

    def test_json_against_csv(self):
        events = good_events()
        text = json_text(events)
        self.expect("csv_differs", text, csv_text(events[:-1]))
        self.expect("csv_differs", text, csv_text(events).replace(",100000,", ",100001,", 1))
        self.expect("csv_differs", text, csv_text([events[1], events[0], *events[2:]]))

    def test_master_data(self):
        text = json_text(good_events())
        for name, old, new in [
            ("songs.csv", "2024-01-01", "2024-02-30"), ("songs.csv", ",100000,", ",0,"),
            ("songs.csv", ",100000,", ",1e5,"), ("songs.csv", "Zoë", ""), ("songs.csv", SONGS[1], SONGS[0]),
            ("users.csv", "mira@example.com", "mira@mail.com"), ("users.csv", ",DE", ",de"),
            ("users.csv", "2020-02-29", "2021-02-29"), ("users.csv", USERS[1], "b"),
            ("locations.csv", "50.938361", "95.000000"), ("locations.csv", "50.938361", "50.9"),
            ("locations.csv", "DE", "Germany"), ("locations.csv", "Köln,DE", "DE"),
        ]:
            with self.subTest(name=name, new=new):
                write_master(self.folder)
                path = self.folder / name
                path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
                self.assertIn("master", self.fault_kinds(text))
        write_master(self.folder)
        (self.folder / "users.csv").write_text("", encoding="utf-8")
        with self.assertRaises(judge.Unreadable):
            self.judged(text)


class CommandLine(JudgeTest):
    def run_judge(self, *arguments):
        return subprocess.run([sys.executable, judge.__file__, "--master", self.folder, *arguments], check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def test_exit_codes_and_report(self):
        events = self.folder / "plays.ndjson"
        events.write_text(json_text(good_events()), encoding="utf-8")
        good = self.run_judge("--json", events, "--run", "a1b2c3d4", "--count", "20",
                              "--start", "2024-01-01T00:00:00Z", "--end", "2024-01-02T00:00:00")
        self.assertEqual((good.returncode, json.loads(good.stdout)["verdict"]), (0, "good"))
        report = self.folder / "report.json"
        bad = self.run_judge("--json", events, "--count", "21", "--report", report)
        self.assertEqual(bad.returncode, 1)
        self.assertEqual(json.loads(report.read_text(encoding="utf-8"))["faults"]["count"]["count"], 1)
        missing = self.run_judge("--json", self.folder / "none.ndjson")
        self.assertEqual(missing.returncode, 2)
        self.assertIn("none.ndjson", missing.stderr)


class EventIds(unittest.TestCase):
    def test_known_answers_of_the_page(self):
        page = (SOURCE / "docs/formats/event-id.md").read_text(encoding="utf-8")
        rows = re.findall(r"^\| `([0-9a-f]{8})` \| (\d+) \| (\d+) \| `([0-9a-f-]{36})` \|$", page, re.MULTILINE)
        self.assertGreaterEqual(len(rows), 8)
        for run, cell, seq, text in rows:
            parts = (int(run, 16), int(cell), int(seq))
            self.assertEqual(event_id.pack(*parts), text)
            self.assertEqual(event_id.unpack(text), parts)

    def test_constants_of_the_page(self):
        page = (SOURCE / "docs/formats/event-id.md").read_text(encoding="utf-8")
        found = {name: int(value, 16) for name, value in re.findall(r"`([AM]\d)` \| `([0-9a-f]{16})`", page)}
        self.assertEqual(found, {f"A{i}": a for i, a in enumerate(event_id.A)} |
                         {f"M{i}": m for i, m in enumerate(event_id.M)})

    def test_round_trip_and_foreign_ids(self):
        rng = random.Random(5)
        for _ in range(2000):
            parts = tuple(rng.getrandbits(32) for _ in range(3))
            self.assertEqual(event_id.unpack(event_id.pack(*parts)), parts)
            foreign = f"{rng.getrandbits(128):032x}"
            foreign = "-".join((foreign[:8], foreign[8:12], "4" + foreign[13:16], "a" + foreign[17:20], foreign[20:]))
            self.assertIsNone(event_id.unpack(foreign))


if __name__ == "__main__":
    unittest.main()
