"""Goal: racesim run --scenario fleet makes the vehicles that were asked for and refuses what no fleet can be, naming it;
its runs verify, keep their laws and are gone on with after a kill.
Method: packets of short runs on stdout and in files; one mistake at a time. That fleets are the same bytes over threads,
shards and modes is tested in tests/golden/test_fleet_determinism.py."""

import collections
import json
import math
import shutil
import signal
import subprocess
import unittest

from workdir import MASTER, Workdir

NOON = ("--scenario", "fleet", "--historical", "--start-datetime", "2025-08-09T12:00:00Z", "--end-datetime")
TEN_MINUTES = (*NOON, "2025-08-09T12:10:00Z")
SECONDS = (*NOON, "2025-08-09T12:00:02Z")
FIELDS = ["vehicle_id", "timestamp", "location", "speed_kmh", "engine_rpm", "gear", "fuel_level_pct", "fault_codes",
          "road_type", "speed_limit_kmh", "speeding", "rpm_over_redline", "seq", "run"]


def line_feature(points, **properties):
    return {"type": "Feature", "properties": properties, "geometry": {"type": "LineString", "coordinates": points}}


def road(longitude=20.9, latitude=52.1, step=0.002, count=40):
    return [[round(longitude + step * i, 6), round(latitude + 0.0005 * (i % 2), 6)] for i in range(count)]


class FleetCase(Workdir):
    def packets(self, *options, window=TEN_MINUTES, env=None):
        result = self.racesim("run", *window, *options, env=env)
        self.assert_code(result, 0)
        return [json.loads(line) for line in result.stdout.splitlines()]

    def geojson(self, *features):
        self.write("road.geojson", json.dumps({"type": "FeatureCollection", "features": list(features)}))
        return "road.geojson"


class Vehicles(FleetCase):
    def test_the_first_taste_is_a_driving_car(self):
        packets = self.packets()
        self.assertEqual(len(packets), 10 * 60 * 5)
        self.assertEqual(list(packets[0]), FIELDS)
        self.assertEqual(packets[0]["vehicle_id"], "TESTCAR01")
        self.assertEqual(packets[0]["location"], {"lat": 52.2304, "lon": 21.0122})
        self.assertEqual(packets[0]["timestamp"], "2025-08-09T12:00:00.000000+00:00")
        driving = [p for p in packets if p["speed_kmh"] > 0]
        self.assertLess(driving[0]["seq"], 60, "it sets off within some seconds")
        self.assertGreater(len(driving), len(packets) / 2)
        for packet in packets:
            self.assertEqual(packet["speeding"], packet["speed_kmh"] > packet["speed_limit_kmh"])
        self.assertGreater(max(math.hypot(p["location"]["lat"] - 52.2304, p["location"]["lon"] - 21.0122)
                               for p in packets), 0.01)

    def test_names(self):
        def names(*options, env=None):
            return {p["vehicle_id"] for p in self.packets(*options, window=SECONDS, env=env)}
        self.assertEqual(names("--vehicles", 3), {"TESTCAR01", "TESTCAR02", "TESTCAR03"})
        self.assertEqual(names("--vehicles", 3, "--vehicle-id", "MYCAR"), {"MYCAR", "MYCAR2", "MYCAR3"})
        self.assertEqual(names("--vehicles", 2, env={"VEHICLE_ID": "bus 9"}), {"bus 9", "bus 10"})
        self.assertEqual(names("--vehicle-id", 'wóz "7"'), {'wóz "7"'})

    def test_vehicles_of_master_data_take_part_under_their_own_ids(self):
        shutil.copytree(MASTER, self.dir / "master")
        path = self.dir / "master/vehicles.csv"
        path.write_text(path.read_text().replace("TESTCAR02", "ambulance"))
        packets = self.packets("--vehicles", 3, "--master-data-dir", "master", window=SECONDS)
        self.assertEqual({p["vehicle_id"] for p in packets}, {"TESTCAR01", "ambulance", "TESTCAR03"})
        self.assert_refused(self.racesim("run", *SECONDS, "--vehicles", 11, "--master-data-dir", "master"),
                            "--vehicles 11: the master data have 10 vehicles")
        self.assert_refused(self.racesim("run", *SECONDS, "--vehicle-id", "X", "--master-data-dir", "master"),
                            "--vehicle-id: the vehicles of --master-data-dir have ids of their own")
        path.write_text(path.read_text().replace("TESTCAR03", "ambulance"))
        twice = self.racesim("run", *SECONDS, "--vehicles", 3, "--master-data-dir", "master")
        self.assert_code(twice, 3)
        self.assertIn("rows 2 and 3 have the same vehicle_id, ambulance", twice.stderr)

    def test_a_radio_gap_ends_in_a_burst(self):
        window = (*NOON, "2025-08-09T15:00:00Z")
        packets = self.packets("--vehicles", 20, "--rate-hz", 1, window=window)
        seqs = collections.defaultdict(list)
        for packet in packets:
            seqs[packet["vehicle_id"]].append(packet["seq"])
        for of_vehicle in seqs.values():
            self.assertEqual(of_vehicle, list(range(len(of_vehicle))))
        times = [packet["timestamp"] for packet in packets]
        self.assertNotEqual(times, sorted(times), "late ones come in between")


class Routes(FleetCase):
    def test_a_file_is_driven_to_and_fro(self):
        path = self.geojson(line_feature(road(), maxspeed=70))
        packets = self.packets("--route", path, window=(*NOON, "2025-08-09T13:00:00Z"))
        self.assertEqual({p["speed_limit_kmh"] for p in packets}, {70})
        longitudes = [p["location"]["lon"] for p in packets]
        self.assertAlmostEqual(min(longitudes), 20.9, places=4)
        self.assertAlmostEqual(max(longitudes), 20.978, places=4)
        # The same text under another name is the same run.
        shutil.copy(self.dir / path, self.dir / "other.geojson")
        again = self.packets("--route", "other.geojson", window=(*NOON, "2025-08-09T13:00:00Z"))
        self.assertEqual(packets, again)

    def test_bad_routes(self):
        polygon = {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [
            [[20.9, 52.1], [21.0, 52.1], [21.0, 52.2], [20.9, 52.1]],
            [[20.92, 52.11], [20.93, 52.11], [20.93, 52.12], [20.92, 52.11]]]}}
        far = line_feature(road(-70.7, -33.4), maxspeed=50)
        for name, feature, word in (("a polygon", polygon, "olygon"),
                                    ("one point", line_feature(road(count=1)), "point"),
                                    ("a jump", line_feature([*road(count=3), [22.9, 53.1]]), "jump"),
                                    ("a hole", line_feature([*road(count=3), [], *road(count=3)]), "")):
            with self.subTest(name):
                result = self.racesim("run", *SECONDS, "--route", self.geojson(feature))
                self.assert_code(result, 2)
                self.assertIn("road.geojson", result.stderr)
                self.assertIn(word, result.stderr)
        result = self.racesim("run", *SECONDS, "--route", self.geojson(far), "--master-data-dir", MASTER)
        self.assert_code(result, 2)
        self.assertIn("road.geojson", result.stderr)
        self.assert_refused(self.racesim("run", *SECONDS, "--route", "berlin"), "there are no built-in routes 'berlin'")
        missing = self.racesim("run", *SECONDS, "--route", "missing.geojson")
        self.assert_code(missing, 1)
        self.assertIn("read missing.geojson: No such file", missing.stderr)


class Mistakes(FleetCase):
    def test_numbers_out_of_range(self):
        for option, value in (("--vehicles", 0), ("--vehicles", 10_000_000), ("--rate-hz", "0.09"),
                              ("--rate-hz", "100.1"), ("--rate-hz", 0)):
            with self.subTest(option=option, value=value):
                result = self.racesim("run", *SECONDS, option, value)
                self.assert_code(result, 2)
                self.assertIn(option, result.stderr)
                if option == "--rate-hz":
                    self.assertIn("between 0.1 and 100", result.stderr, "the range of this scenario")
        self.assertIn("1000000", self.racesim("run", *SECONDS, "--vehicles", 10_000_000).stderr.replace(",", ""))

    def test_names_that_are_none(self):
        for name, word in (("", "needs a name"), ("x" * 65, "longer than 64"), ("a\tb", "control character"),
                           (b"\xff\xfe", "not UTF-8")):
            with self.subTest(name=name):
                command = [self.binary, "run", *SECONDS, "--vehicle-id", name]
                result = subprocess.run(command, cwd=self.dir, env=self.environment(), capture_output=True, timeout=120)
                self.assertEqual(result.returncode, 2, result.stderr)
                self.assertIn(word, result.stderr.decode(errors="replace"))

    def test_options_of_others(self):
        self.assert_code(self.racesim("run", *SECONDS, "--cars", 3), 2)
        self.assert_code(self.racesim("run", "--historical", "--vehicles", 3), 2)


class Proof(FleetCase):
    FLEET = (*NOON, "2025-08-09T13:30:00Z", "--vehicles", "20", "--rate-hz", "2")

    def test_runs_verify_and_keep_their_laws(self):
        self.assert_code(self.racesim("run", *self.FLEET, "--sink", "file:f.ndjson", "--manifest", "m.json",
                                      "--faults", "late=1%,duplicate=1%,reorder=1%,drop=0.1%"), 0)
        for more in ((), ("--fast",)):
            result = self.racesim("verify", "--manifest", "m.json", "--against", "file:f.ndjson", *more)
            self.assert_code(result, 0)
            self.assertIn("VERIFIED", result.stdout)
        self.assert_code(self.racesim("run", *self.FLEET, "--sink", "file:clean.ndjson"), 0)
        laws = self.racesim("verify", "--invariants", "--against", "file:clean.ndjson")
        self.assert_code(laws, 0)
        lines = (self.dir / "f.ndjson").read_text().splitlines(keepends=True)
        victim = json.loads(lines[70_000])
        (self.dir / "f.ndjson").write_text("".join(lines[:70_000] + lines[70_001:]))
        result = self.racesim("verify", "--manifest", "m.json", "--against", "file:f.ndjson")
        self.assert_code(result, 5)
        self.assertIn(victim["vehicle_id"], result.stdout)

    def test_names_with_quotes_are_told_apart_by_fast_too(self):
        self.assert_code(self.racesim("run", *SECONDS, "--vehicles", 2, "--vehicle-id", 'a "b\\",c} 7', "--sink",
                                      "file:f.ndjson", "--manifest", "m.json"), 0)
        for more in ("--full", "--fast", "--by-value"):
            result = self.racesim("verify", "--manifest", "m.json", "--against", "file:f.ndjson", more)
            self.assert_code(result, 0)
        lines = (self.dir / "f.ndjson").read_text().splitlines(keepends=True)
        (self.dir / "f.ndjson").write_text("".join(lines[:3] + lines[4:]))
        result = self.racesim("verify", "--manifest", "m.json", "--against", "file:f.ndjson", "--fast")
        self.assert_code(result, 5)
        self.assertIn("1 lost", result.stdout)

    def test_a_killed_run_goes_on(self):
        whole = self.racesim("run", *self.FLEET)
        self.assert_code(whole, 0)
        command = ["run", *self.FLEET, "--sink", "file:out.ndjson", "--checkpoint", "at", "--resume"]
        process = subprocess.Popen([self.binary, *command, "--posting-rate", "60k/s"], cwd=self.dir,
                                   env=self.environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while process.poll() is None and not (self.dir / "at").exists():
            pass
        process.send_signal(signal.SIGKILL)
        process.wait()
        self.assert_code(self.racesim(*command), 0)
        self.assertEqual((self.dir / "out.ndjson").read_text(), whole.stdout)


if __name__ == "__main__":
    unittest.main()
