"""Goal: racesim run --scenario race makes the race that was asked for and refuses what no race can be, naming it.
Method: counts and fields of short races on stdout; one mistake at a time. That races are the same bytes over threads,
shards and modes is tested in tests/golden/test_race_determinism.py."""

import collections
import csv
import io
import json
import shutil
import unittest

from circuits import bean, broken, csv_text
from workdir import MASTER, Workdir

WINDOW = ("--historical", "--start-datetime", "2026-07-05T14:00:00Z", "--end-datetime", "2026-07-05T14:20:00Z")
SOME_SECONDS = (*WINDOW[:4], "2026-07-05T14:00:10Z")


class RaceCase(Workdir):
    def race(self, *options, window=WINDOW):
        return self.racesim("run", *window, *options)

    def events(self, *options, window=WINDOW):
        result = self.race(*options, window=window)
        self.assert_code(result, 0)
        return [json.loads(line) for line in result.stdout.splitlines()]


class Races(RaceCase):
    def test_laps_of_a_short_race(self):
        laps = self.events("--laps", 3, "--cars", 5, "--streams", "laps")
        by_car = collections.defaultdict(list)
        for lap in laps:
            by_car[lap["car"]].append(lap)
        self.assertGreaterEqual(len(by_car), 3, "most cars get round")
        for of_car in by_car.values():
            self.assertEqual([lap["lap"] for lap in of_car], list(range(1, len(of_car) + 1)))
            for lap in of_car:
                sectors = lap["sector1_s"] + lap["sector2_s"] + lap["sector3_s"]
                self.assertAlmostEqual(sectors, lap["lap_time_s"], places=6)
        self.assertEqual(max(len(of_car) for of_car in by_car.values()), 3)
        first = sorted(lap["position"] for lap in laps if lap["lap"] == 1)
        self.assertEqual(first, list(range(1, len(first) + 1)))

    def test_every_lap_passes_every_checkpoint(self):
        passes = self.events("--laps", 1, "--cars", 2, "--streams", "checkpoints")
        ids = [p["checkpoint"] for p in passes if p["car"] == passes[0]["car"]]
        self.assertEqual(sorted(set(ids)), list(range(max(ids) + 1)))
        self.assertEqual([p["sector"] for p in passes if p["car"] == passes[0]["car"] and p["sector"]], [1, 2, 3])

    def test_race_control_ends_with_the_flag(self):
        messages = self.events("--laps", 2, "--streams", "race-control")
        self.assertIn("CHEQUERED", [message["flag"] for message in messages])
        self.assertEqual([message["seq"] for message in messages], list(range(len(messages))))

    def test_samples_come_at_the_rate(self):
        for rate, count in (("1", 10), ("2.5", 25), ("1000", 10_000)):
            samples = self.events("--cars", 1, "--rate-hz", rate, window=SOME_SECONDS)
            self.assertEqual(len(samples), count, rate)
            self.assertEqual([s["seq"] for s in samples], list(range(count)))

    def test_csv_of_one_stream(self):
        result = self.race("--cars", 2, "--format", "csv", window=SOME_SECONDS)
        rows = list(csv.DictReader(io.StringIO(result.stdout)))
        self.assertEqual((len(rows), rows[0]["status"]), (2000, "grid"))

    def test_volume_ends_the_run(self):
        self.assertEqual(len(self.events("--volume", 777)), 777)
        self.assert_refused(self.race("--volume", 777, "--shard", "1/2"), "--volume and --shard exclude each other")
        self.assert_refused(self.race("--volume", "60/min"), "no volume per minute")
        self.assert_refused(self.race("--volume", 0), "--volume")

    def test_the_seed_decides(self):
        first = self.race("--volume", 5000, "--rate-hz", 1).stdout
        self.assertEqual(self.race("--volume", 5000, "--rate-hz", 1).stdout, first)
        self.assertNotEqual(self.race("--volume", 5000, "--rate-hz", 1, "--seed", 7).stdout, first)


class Sessions(RaceCase):
    """What ends each kind of session, and what a race is warned of that the rules do not know."""
    AFTERNOON = (*WINDOW[:4], "2026-07-05T15:59:00Z")

    def results(self, *options):
        """Of the first session, one a car, in the order of the result; its laps beside them."""
        events = self.events(*options, "--streams", "laps,results", window=self.AFTERNOON)
        events = [event for event in events if event["session"] == 1]
        laps = [event for event in events if "lap_time_s" in event]
        results = [event for event in events if "classified" in event]
        self.assertEqual(events[-len(results):], results, "they come at the session's end")
        self.assertEqual([r["position"] for r in results], list(range(1, len(results) + 1)))
        self.assertEqual(len({r["car"] for r in results}), len(results))
        for r in results:
            self.assertEqual(r["laps"], max((lap["lap"] for lap in laps if lap["car"] == r["car"]), default=0), r)
        return results, laps

    def test_a_sprint(self):
        results, laps = self.results("--session", "sprint", "--seed", 4)
        # The least beyond 100 km of 5,891 m.
        self.assertEqual(max(lap["lap"] for lap in laps), 17)
        points = [r["points"] for r in results if r["classified"]]
        self.assertEqual(points, [*range(8, 0, -1), *(0 for _ in points[8:])])
        self.assertEqual({r["points"] for r in results if not r["classified"]} - {0}, set())
        self.assertEqual(sorted(r["grid"] for r in results), list(range(1, 21)))
        self.assertEqual((results[0]["status"], results[0]["gap_s"]), ("Finished", 0))

    def test_a_race(self):
        results, _ = self.results("--laps", 8)
        finished = [r for r in results if r["status"] == "Finished"]
        self.assertEqual(finished, results[:len(finished)])
        times = [r["time_s"] for r in finished]
        self.assertEqual(times, sorted(times))
        self.assertEqual([r["gap_s"] for r in finished], [round(t - times[0], 3) for t in times])
        self.assertEqual(sum(r["points"] for r in results), 101, "25 to 1")

    def test_qualifying(self):
        results, _ = self.results("--session", "qualifying")
        self.assertEqual([sum(r[q] is not None for r in results) for q in ("q1_s", "q2_s", "q3_s")], [20, 15, 10])
        for part, first, last in (("q3_s", 0, 10), ("q2_s", 10, 15), ("q1_s", 15, 20)):
            times = [r[part] for r in results[first:last]]
            self.assertEqual(times, sorted(times), part)
            self.assertEqual(times, [r["time_s"] for r in results[first:last]], part)
        self.assertEqual({r["grid"] for r in results}, {None})
        self.assertEqual({r["points"] for r in results}, {0})
        # The race with this seed starts from there.
        race, _ = self.results("--laps", 1)
        self.assertEqual([r["car"] for r in sorted(race, key=lambda r: r["grid"])], [r["car"] for r in results])

    def test_practice(self):
        results, laps = self.results("--session", "practice", "--cars", 8)
        best = {}
        for lap in laps:
            if lap["lap_time_s"] is not None and lap["is_valid"]:
                best[lap["car"]] = min(lap["lap_time_s"], best.get(lap["car"], 999))
        self.assertEqual({r["car"]: r["time_s"] for r in results if r["time_s"] is not None}, best)

    def test_a_distance_that_breaks_the_rules_is_warned_of(self):
        long = self.race("--laps", 80, window=SOME_SECONDS)
        self.assert_code(long, 0)
        for words in ("--laps 80: that takes", "kg of fuel", "two hours", "leave out --laps for the 52"):
            self.assertIn(words, long.stderr)
        for options in ((), ("--laps", 52), ("--session", "sprint"), ("--laps", 3)):
            self.assertNotIn("warning", self.race(*options, window=SOME_SECONDS).stderr, options)


class Later(RaceCase):
    """--at: the run begins within the session. What is sent is what a run from the session's begin sends from then on."""

    def test_the_rest_of_the_session(self):
        options = ("--cars", 4, "--laps", 3, "--streams", "telemetry,laps,race-control", "--rate-hz", 2, "--run-id", "00000007")
        whole = self.race(*options).stdout.splitlines()
        later = self.race(*options, "--at", "3m", window=(*WINDOW[:2], "2026-07-05T14:03:00Z", *WINDOW[3:])).stdout.splitlines()
        self.assertEqual(later, [line for line in whole if json.loads(line)["time"] >= "2026-07-05T14:03:00"])
        self.assertEqual(json.loads(later[0])["session_time_s"], 180)

    def test_proof_and_plan(self):
        options = ("--at", "5m", "--cars", 3, "--volume", 900, "--manifest", "m.json", "--sink", "file:o.ndjson")
        self.assert_code(self.race(*options, window=SOME_SECONDS), 0)
        self.assertEqual(json.loads((self.dir / "m.json").read_text())["options"]["at"], "5m")
        self.assert_code(self.racesim("verify", "--manifest", "m.json", "--against", "file:o.ndjson"), 0)
        self.assertGreater(min(json.loads(line)["speed_kmh"] for line in (self.dir / "o.ndjson").read_text().splitlines()), 50)
        self.assertIn("from 5m on", self.race("--at", "5m", "--dry-run").stdout)

    def test_moments_that_there_are_not(self):
        self.assert_refused(self.race("--at", "3h"), "--at 3h: this session is over after 1h")
        for text in ("-5m", "soon", "25h", "1us"):
            self.assert_refused(self.race(f"--at={text}"), "--at")


class BadInput(RaceCase):
    def test_numbers_out_of_range(self):
        for option, values in (("--cars", ("0", "1000", "-1", "two")), ("--laps", ("0", "1001", "x")),
                               ("--rate-hz", ("0", "0.5", "1e9", "1001", "nan", "inf", "-1", "abc", "100x", ""))):
            for value in values:
                with self.subTest(option=option, value=value):
                    self.assert_refused(self.race(f"{option}={value}"), option)

    def test_names(self):
        self.assert_refused(self.race("--streams", "telemetry,lap"), "--streams: 'lap' is not known", "did you mean: laps",
                            "telemetry, checkpoints, laps, race-control, results")
        self.assert_refused(self.race("--streams", "laps,laps"), "'laps' is given twice")
        self.assert_refused(self.race("--streams", "laps,"), "'' is not known")
        self.assert_refused(self.race("--session", "warm-up"), "--session", "qualifying")
        self.assert_refused(self.race("--track", "monza"), "--track: track 'monza': no such track", "silverstone")

    def test_options_of_another_scenario(self):
        for option, value in (("--cars", "3"), ("--rate-hz", "5"), ("--track", "silverstone"), ("--model", "full")):
            self.assert_refused(self.race("--scenario", "plays", option, value), f"{option} is for the scenario{'s race and fleet' if option == '--rate-hz' else ' race'}, not for plays")
        self.assert_refused(self.race("--popularity", "uniform"), "--popularity is for the scenario plays")

    def test_csv_holds_one_stream(self):
        self.assert_refused(self.race("--streams", "telemetry,laps", "--format", "csv"), "--format csv has one header",
                            "--streams")


class SimpleModel(RaceCase):
    def test_the_documents_car(self):
        updates = self.events("--model", "simple", "--cars", 3, "--rate-hz", 5, window=SOME_SECONDS)
        self.assertEqual(len(updates), 150)
        self.assertEqual(list(updates[0]), ["id", "time", "speed", "location", "checkpoint", "seq", "run"])
        self.assertEqual(list(updates[0]["location"]), ["x_m", "y_m", "lat", "lon"])
        self.assertEqual([u["id"] for u in updates[:3]], ["car-1", "car-2", "car-3"])
        for update in updates:
            self.assertTrue(80 <= update["speed"] <= 340)

    def test_shards_csv_and_volume(self):
        options = ("--model", "simple", "--cars", 4, "--rate-hz", 10)
        whole = self.race(*options, window=SOME_SECONDS).stdout
        parts = [self.race(*options, "--shard", f"{i}/3", window=SOME_SECONDS).stdout for i in (1, 2, 3)]
        self.assertEqual(sorted("".join(parts).splitlines()), sorted(whole.splitlines()))
        self.assertEqual(self.race(*options, "--volume", 30).stdout, "".join(whole.splitlines(True)[:30]))
        header = self.race(*options, "--format", "csv", "--volume", 1).stdout.splitlines()[0]
        self.assertEqual(header, "id,time,speed,location_x_m,location_y_m,location_lat,location_lon,checkpoint,seq,run")

    def test_what_it_does_not_have(self):
        simple = ("--model", "simple")
        self.assert_refused(self.race(*simple, "--laps", 3), "--laps: simple cars drive until the run ends")
        self.assert_refused(self.race(*simple, "--streams", "laps"), "the simple model has only telemetry")
        self.assert_refused(self.race(*simple, "--session", "practice"), "--session: the simple model has none")
        self.assert_refused(self.race(*simple, "--as", "openf1"), "the simple model has its own")
        self.assert_refused(self.race("--model", "simpel"), "did you mean: simple")


class ColumnNames(RaceCase):
    def test_telemetry_and_laps(self):
        ours = self.events("--rate-hz", 5, "--volume", 2000)
        fast = self.events("--rate-hz", 5, "--volume", 2000, "--as", "fastf1")
        open_f1 = self.events("--rate-hz", 5, "--volume", 2000, "--as", "openf1")
        for a, b, c in zip(ours, fast, open_f1, strict=True):
            self.assertEqual((b["Date"], b["DriverNumber"], b["Speed"], b["nGear"], b["Brake"]),
                             (a["time"], str(a["car"]), a["speed_kmh"], a["gear"], a["brake_pct"] > 0))
            self.assertEqual((c["driver_number"], c["rpm"], c["throttle"], c["session_key"]),
                             (a["car"], a["engine_rpm"], a["throttle_pct"], 1))
        laps = self.events("--laps", 1, "--streams", "laps", "--as", "fastf1")
        self.assertAlmostEqual(laps[0]["Time"] - laps[0]["LapStartTime"], laps[0]["LapTime"], places=6)

    def test_streams_without_such_names(self):
        for stream in ("checkpoints", "race-control", "results"):
            self.assert_refused(self.race("--as", "fastf1", "--streams", stream), f"does not support the stream '{stream}'")
        self.assert_refused(self.race("--as", "fast-f1"), "did you mean: fastf1")


class Tracks(RaceCase):
    def test_a_race_on_a_file(self):
        self.write("bean.csv", csv_text(bean()))
        laps = self.events("--track", "bean.csv", "--laps", 2, "--cars", 3, "--streams", "laps")
        self.assertGreaterEqual(len(laps), 4)
        for lap in laps:
            self.assertTrue(25 < lap["lap_time_s"] < 80, lap)

    def test_where_the_file_lies_does_not_matter(self):
        self.write("bean.csv", csv_text(bean()))
        self.assert_code(self.racesim("track", "import", "bean.csv", "--output", "made/bean.json"), 1)
        self.assert_code(self.racesim("track", "import", "bean.csv", "--output", "bean.json"), 0)
        shutil.copy(self.dir / "bean.json", self.dir / "other.json")
        runs = {self.race("--track", path, window=SOME_SECONDS).stdout
                for path in ("bean.csv", "bean.json", "./other.json")}
        self.assertEqual(len(runs), 1)
        home = self.race(window=SOME_SECONDS).stdout
        self.assertNotEqual(json.loads(home.splitlines()[0])["run"], json.loads(runs.pop().splitlines()[0])["run"])

    def test_broken_files(self):
        for fault, (text, reason) in broken().items():
            with self.subTest(fault):
                self.write("bad.csv", text)
                self.assert_refused(self.race("--track", "bad.csv"), "--track: bad.csv: ", reason)

    def test_no_such_file(self):
        self.assert_refused(self.race("--track", "none.csv"), "--track: read none.csv: No such file", code=1)
        self.assert_refused(self.race("--track", "."), "--track: track '.'")
        self.assert_refused(self.race("--track", "./"), "--track: read ./: Is a directory", code=1)


class MasterData(RaceCase):
    def setUp(self):
        super().setUp()
        shutil.copytree(MASTER, self.dir / "m")

    def edit(self, name, old, new):
        path = self.dir / "m" / name
        text = path.read_text()
        self.assertIn(old, text)
        path.write_text(text.replace(old, new, 1))

    def race_of_folder(self):
        return self.race("--master-data-dir", "m", window=SOME_SECONDS)

    def first_rows(self, name, count):
        return (self.dir / "m" / name).read_text().splitlines()[:count + 1]

    def test_the_shipped_files_race_like_none(self):
        named = self.race_of_folder()
        self.assert_code(named, 0)
        drivers = [json.loads(line)["driver"] for line in named.stdout.splitlines()[:20]]
        built_in = self.race(window=SOME_SECONDS).stdout
        self.assertEqual(drivers, [json.loads(line)["driver"] for line in built_in.splitlines()[:20]])

    def test_a_missing_file(self):
        (self.dir / "m/drivers.csv").unlink()
        self.assert_refused(self.race_of_folder(), "drivers", "racesim generate-master", code=3)
        self.assert_refused(self.race("--master-data-dir", "nowhere"), "nowhere", code=3)

    def test_duplicate_car_numbers(self):
        head, first, second = self.first_rows("cars.csv", 2)
        at = head.split(",").index("car")
        cells = second.split(",")
        cells[at] = first.split(",")[at]
        self.edit("cars.csv", second, ",".join(cells))
        self.assert_refused(self.race_of_folder(), f"car {cells[at]}", code=3)

    def test_an_unknown_driver(self):
        head, first = self.first_rows("cars.csv", 1)
        cells = first.split(",")
        cells[head.split(",").index("driver_id")] = "XYZ"
        self.edit("cars.csv", first, ",".join(cells))
        self.assert_refused(self.race_of_folder(), "XYZ", code=3)

    def test_more_cars_than_the_folder_has(self):
        result = self.race("--master-data-dir", "m", "--cars", 30, window=SOME_SECONDS)
        self.assert_refused(result, "cars", code=3)


if __name__ == "__main__":
    unittest.main()
