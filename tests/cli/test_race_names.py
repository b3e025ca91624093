"""Goal: what --as fastf1 and --as openf1 write fits the sources whose names it has: columns, their order and their types.
Method: the table of Fast-F1's own columns with a value of each type, and OpenF1's fields by endpoint; with RACESIM_FULL=1
Fast-F1 itself (scripts/fastf1/fetch) takes the laps and the telemetry into its own classes and picks from them."""

import json
import os
import pathlib
import subprocess
import unittest

from test_race import WINDOW, RaceCase

ROOT = pathlib.Path(__file__).resolve().parents[2]
HANG_S = 600
NUMBER, TEXT, FLAG = (int, float), (str,), (bool,)

# Of fastf1.core.Laps in its order; its timedeltas are seconds here.
LAPS = {"Time": NUMBER, "Driver": TEXT, "DriverNumber": TEXT, "LapTime": NUMBER, "LapNumber": NUMBER, "Stint": NUMBER,
        "PitOutTime": NUMBER, "PitInTime": NUMBER, "Sector1Time": NUMBER, "Sector2Time": NUMBER, "Sector3Time": NUMBER,
        "Sector1SessionTime": NUMBER, "Sector2SessionTime": NUMBER, "Sector3SessionTime": NUMBER, "SpeedI1": NUMBER,
        "SpeedI2": NUMBER, "SpeedFL": NUMBER, "SpeedST": NUMBER, "IsPersonalBest": FLAG, "Compound": TEXT,
        "TyreLife": NUMBER, "FreshTyre": FLAG, "Team": TEXT, "LapStartTime": NUMBER, "LapStartDate": TEXT,
        "TrackStatus": TEXT, "Position": NUMBER, "Deleted": FLAG, "DeletedReason": TEXT, "FastF1Generated": FLAG,
        "IsAccurate": FLAG}
MAY_MISS = {"LapTime", "PitOutTime", "PitInTime", "Sector1Time", "Sector1SessionTime"}
# The channels that fastf1.core.Telemetry knows, and the driver, who is an attribute there.
TELEMETRY = {"Date": TEXT, "SessionTime": NUMBER, "Time": NUMBER, "DriverNumber": TEXT, "RPM": NUMBER, "Speed": NUMBER,
             "nGear": NUMBER, "Throttle": NUMBER, "Brake": FLAG, "DRS": NUMBER, "X": NUMBER, "Y": NUMBER, "Z": NUMBER,
             "Distance": NUMBER, "Status": TEXT, "Source": TEXT}
# car_data with location, and laps without the colours of mini-sectors.
OPEN_TELEMETRY = {"date", "driver_number", "speed", "rpm", "n_gear", "throttle", "brake", "drs", "meeting_key",
                  "session_key", "x", "y", "z"}
OPEN_LAPS = {"date_start", "driver_number", "lap_number", "lap_duration", "duration_sector_1", "duration_sector_2",
             "duration_sector_3", "i1_speed", "i2_speed", "st_speed", "is_pit_out_lap", "meeting_key", "session_key"}

LOADER = """
import json, sys
import pandas as pd
from fastf1.core import Laps, Telemetry
laps = pd.DataFrame([json.loads(line) for line in open(sys.argv[1])])
for name, kind in Laps._COLUMNS.items():
    if kind == "timedelta64[ns]":
        laps[name] = pd.to_timedelta(pd.to_numeric(laps[name]), unit="s")
    elif kind == "datetime64[ns]":
        laps[name] = pd.to_datetime(laps[name]).dt.tz_localize(None)
    elif kind == "float64":
        laps[name] = laps[name].astype("float64")
laps = Laps(laps, _force_default_cols=True)
assert list(laps.columns) == list(Laps._COLUMNS), list(laps.columns)
best = laps.pick_fastest()
quick = laps.pick_drivers([best["DriverNumber"]]).pick_accurate()
telemetry = pd.DataFrame([json.loads(line) for line in open(sys.argv[2])])
telemetry = telemetry[telemetry["DriverNumber"] == best["DriverNumber"]].drop(columns="DriverNumber")
for name in ("Time", "SessionTime"):
    telemetry[name] = pd.to_timedelta(telemetry[name], unit="s")
telemetry["Date"] = pd.to_datetime(telemetry["Date"]).dt.tz_localize(None)
telemetry = Telemetry(telemetry, driver=best["DriverNumber"], drop_unknown_channels=True)
one = telemetry.slice_by_lap(best)
driven = one.drop(columns="Distance").add_distance()
print(json.dumps({"lap_s": best["LapTime"].total_seconds(), "quick": len(quick), "without": len(laps.pick_wo_box()),
                  "samples": len(one), "from_s": one["Time"].iloc[0].total_seconds(),
                  "driven_m": float(driven["Distance"].iloc[-1]), "channels": list(telemetry.columns)}))
"""


class Names(RaceCase):
    def check(self, rows, columns, may_miss=()):
        for row in rows:
            self.assertEqual(list(row), list(columns))
            for name, kinds in columns.items():
                if row[name] is None:
                    self.assertIn(name, may_miss)
                    continue
                self.assertIsInstance(row[name], kinds, name)
                self.assertEqual(isinstance(row[name], bool), kinds is FLAG, name)

    def test_fastf1(self):
        for session in ("race", "qualifying"):
            laps = self.events("--session", session, "--streams", "laps", "--as", "fastf1", "--cars", 6)
            self.assertTrue(laps)
            self.check(laps, LAPS, MAY_MISS)
            self.assertFalse(any(lap["FastF1Generated"] for lap in laps))
            for lap in laps:
                self.assertEqual(lap["DeletedReason"] != "", lap["Deleted"])
        telemetry = self.events("--rate-hz", 1, "--as", "fastf1", "--cars", 6)
        self.check(telemetry, TELEMETRY)
        self.assertEqual({row["Status"] for row in telemetry} - {"OnTrack", "OffTrack"}, set())

    def test_openf1(self):
        laps = self.events("--streams", "laps", "--as", "openf1", "--cars", 4)
        self.assertEqual(set(laps[0]), OPEN_LAPS)
        self.assertEqual(set(self.events("--volume", 5, "--as", "openf1")[0]), OPEN_TELEMETRY)

    @unittest.skipUnless(os.environ.get("RACESIM_FULL") == "1", "RACESIM_FULL=1 loads it into Fast-F1 itself")
    def test_fast_f1_itself(self):
        fetched = subprocess.run([ROOT / "scripts/fastf1/fetch"], capture_output=True, text=True, timeout=HANG_S, check=False)
        self.assertEqual(fetched.returncode, 0, fetched.stderr)
        options = (*WINDOW, "--as", "fastf1", "--cars", 4)
        for name, more in (("laps", ("--streams", "laps")), ("telemetry", ("--rate-hz", 5))):
            made = self.racesim("run", *options, *more)
            self.assert_code(made, 0)
            (self.dir / name).write_text(made.stdout)
        (self.dir / "load.py").write_text(LOADER)
        loaded = subprocess.run([fetched.stdout.strip(), self.dir / "load.py", self.dir / "laps", self.dir / "telemetry"],
                                capture_output=True, text=True, timeout=HANG_S, check=False, cwd=self.dir)
        self.assertEqual(loaded.returncode, 0, loaded.stderr)
        seen = json.loads(loaded.stdout.splitlines()[-1])
        laps = [json.loads(line) for line in (self.dir / "laps").read_text().splitlines()]
        self.assertEqual(seen["lap_s"], min(lap["LapTime"] for lap in laps if lap["IsPersonalBest"]))
        self.assertEqual(seen["channels"], [name for name in TELEMETRY if name != "DriverNumber"])
        self.assertGreater(seen["quick"], 3)
        self.assertAlmostEqual(seen["samples"], 5 * seen["lap_s"], delta=2)
        self.assertLess(seen["from_s"], 0.2)
        self.assertAlmostEqual(seen["driven_m"], 5800, delta=60)  # the driven line is shorter than the centreline


if __name__ == "__main__":
    unittest.main()
