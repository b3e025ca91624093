#!/usr/bin/env python3
"""Goal: no change of the code changes the bytes of a scenario's version unnoticed.
Method: SHA-256 and first line of a handful of runs over the shipped master data, kept in digests.json.

    RACESIM_BIN=build/release/racesim tests/golden/test_digests.py --write    makes digests.json anew
"""

import hashlib
import json
import os
import pathlib
import sys
import tempfile
import unittest

import program

DIGESTS = program.SOURCE / "tests/golden/digests.json"
CHANGED = """
The bytes of these runs are not those of {version} any more: {names}.
Whoever has stored such a stream, or only its seed, can no longer make it again. So a change of bytes needs a new
version: raise it in src/sim/<scenario>/entry.cpp, say so in CHANGELOG.md, then write the digests anew:
    RACESIM_BIN=... tests/golden/test_digests.py --write
If no change of the events was meant, the change is a bug."""


def historical(start, end, volume, *options):
    return ("--historical", "--start-datetime", start, "--end-datetime", end, "--volume", volume, *options)


# Every law, both formats, both kinds of volume; sparse, dense and crowded; a leap day, a change of clocks, a year's
# end; thirty years in which most users register and most songs come out; a second.
PLAYS = {
    "defaults": historical("2024-01-01T00:00:00Z", "2024-01-31T23:59:59Z", 10000),
    "csv": historical("2024-02-28T12:00:00Z", "2024-03-01T12:00:00Z", 20000, "--format", "csv"),
    "another seed": historical("2024-01-01T00:00:00Z", "2024-01-02T00:00:00Z", 10000, "--seed", "18446744073709551615"),
    "uniform": historical("2024-01-01T00:00:00Z", "2024-01-02T00:00:00Z", 10000, "--popularity", "uniform"),
    "stretched": historical("2024-01-01T00:00:00Z", "2024-01-02T00:00:00Z", 10000, "--popularity", "stretched"),
    "own zipf": historical("2024-01-01T00:00:00Z", "2024-01-02T00:00:00Z", 10000, "--popularity", "zipf:s=0.8,q=3"),
    "dense": historical("2024-10-27T00:00:00Z", "2024-10-27T06:00:00Z", 200000),
    "crowded": historical("2024-12-31T23:30:00Z", "2025-01-01T00:30:00Z", 120000),
    "sparse": historical("2000-01-01T00:00:00Z", "2030-01-01T00:00:00Z", 3000),
    "one play": historical("2024-06-01T12:00:00Z", "2024-06-01T12:00:01Z", 1),
    "per minute": historical("2024-03-10T00:00:00Z", "2024-03-10T06:00:00Z", "600/min"),
    "slow per minute": historical("2024-03-10T00:00:00Z", "2024-03-12T00:00:00Z", "1/min"),
    "shard": historical("2024-10-27T00:00:00Z", "2024-10-27T06:00:00Z", 200000, "--shard", "2/3"),
    "named": historical("2024-01-01T00:00:00Z", "2024-01-02T00:00:00Z", 1000, "--run-id", "0badcafe"),
}


def race(*options, start="2026-07-05T14:00:00Z", end="2026-07-05T17:00:00Z"):
    return ("--historical", "--start-datetime", start, "--end-datetime", end, *options)


ALL_STREAMS = ("--streams", "telemetry,checkpoints,laps,race-control,results")
RACE = {
    "start": race("--volume", "200000"),
    "whole race at 1 Hz": race("--rate-hz", "1", *ALL_STREAMS),
    "timing of another race": race("--seed", "7", "--streams", "checkpoints,laps,race-control,results"),
    "three cars at 1000 Hz": race("--cars", "3", "--laps", "2", "--rate-hz", "1000", end="2026-07-05T14:02:00Z"),
    "odd rate": race("--cars", "2", "--laps", "3", "--rate-hz", "33.3"),
    "csv": race("--laps", "2", "--rate-hz", "10", "--format", "csv"),
    "full grid": race("--cars", "40", "--laps", "5", "--rate-hz", "2"),
    "qualifying": race("--session", "qualifying", "--rate-hz", "2", *ALL_STREAMS),
    "practice": race("--session", "practice", "--rate-hz", "2", *ALL_STREAMS),
    "sprint": race("--session", "sprint", "--rate-hz", "1", *ALL_STREAMS, end="2026-07-05T15:00:00Z"),
    "second session": race("--laps", "2", "--rate-hz", "5", *ALL_STREAMS, end="2026-07-05T18:00:00Z"),
    "simple": race("--model", "simple", "--cars", "7", "--rate-hz", "10", end="2026-07-05T14:10:00Z"),
    "simple as CSV": race("--model", "simple", "--rate-hz", "2", "--format", "csv", "--seed", "9",
                          end="2026-07-05T14:10:00Z"),
    "circuit from a file": race("--track", "bean.csv", "--laps", "3", "--rate-hz", "5", *ALL_STREAMS,
                                end="2026-07-05T14:10:00Z"),
    "simple on it": race("--model", "simple", "--track", "bean.csv", "--rate-hz", "5", end="2026-07-05T14:02:00Z"),
    "laps as fastf1": race("--streams", "laps", "--as", "fastf1", "--format", "csv"),
    "laps as openf1": race("--streams", "laps", "--as", "openf1"),
    "a car's shard": race("--laps", "3", "--rate-hz", "5", "--shard", "2/20", *ALL_STREAMS),
}


def fleet(*options, start="2025-08-09T12:00:00Z", end="2025-08-09T13:00:00Z"):
    return ("--historical", "--start-datetime", start, "--end-datetime", end, *options)


# A change of clocks, a radio gap, fuelling, a night, a Monday morning; odd rates, other names, many vehicles.
FLEET = {
    "TESTCAR01": fleet(),
    "a day of it": fleet("--rate-hz", "0.5", end="2025-08-10T12:00:00Z"),
    "another seed": fleet("--seed", "7", "--vehicle-id", "MYCAR", "--vehicles", "3"),
    "a town": fleet("--vehicles", "200", "--rate-hz", "0.2", start="2025-03-30T00:00:00Z", end="2025-03-31T06:00:00Z"),
    "thousands": fleet("--vehicles", "5000", "--volume", "50000", start="2025-08-11T06:30:00Z", end="2025-08-12T06:30:00Z"),
    "odd rate": fleet("--vehicles", "7", "--rate-hz", "33.3", end="2025-08-09T12:05:00Z"),
    "fast": fleet("--rate-hz", "100", end="2025-08-09T12:05:00Z"),
    "csv": fleet("--vehicles", "2", "--rate-hz", "1", "--format", "csv"),
    "a shard": fleet("--vehicles", "9", "--rate-hz", "1", "--shard", "2/3"),
    "master data": fleet("--vehicles", "10", "--rate-hz", "1", "--master-data-dir", program.MASTER),
    "route from a file": fleet("--route", "road.geojson", "--vehicles", "4", "--rate-hz", "1", end="2025-08-09T18:00:00Z"),
}


def road():
    """A road out of a town, with a limit that changes, from whole numbers alone."""
    def feature(first, last, limit):
        points = [[20.9 + 0.0015 * i, 52.1 + 0.0007 * i + 0.0002 * (i % 3)] for i in range(first, last + 1)]
        return {"type": "Feature", "properties": {"maxspeed": limit},
                "geometry": {"type": "LineString", "coordinates": [[round(x, 6), round(y, 6)] for x, y in points]}}
    return json.dumps({"type": "FeatureCollection", "features": [feature(0, 20, 50), feature(20, 80, 90)]})


def bean():
    """A circuit of some 2 km with bends to both sides, from whole numbers alone: the same text on every machine."""
    corners = [(0, 0), (300, 0), (420, 60), (440, 180), (360, 260), (240, 250), (160, 300), (150, 420), (60, 500),
               (-80, 480), (-140, 360), (-120, 220), (-200, 120), (-160, 20)]
    lines = ["# x_m,y_m,w_tr_right_m,w_tr_left_m"]
    for (x0, y0), (x1, y1) in zip(corners, corners[1:] + corners[:1]):
        lines += [f"{x0 + (x1 - x0) * i // 8},{y0 + (y1 - y0) * i // 8},6,5" for i in range(8)]
    return "\n".join(lines) + "\n"


SCENARIOS = {"plays": PLAYS, "race": RACE, "fleet": FLEET}


def digest(folder, scenario, options):
    (pathlib.Path(folder) / "bean.csv").write_text(bean(), encoding="utf-8")
    (pathlib.Path(folder) / "road.geojson").write_text(road(), encoding="utf-8")
    master = ("--master-data-dir", program.MASTER) if scenario == "plays" else ()
    text = program.racesim(folder, "run", "--no-config", "--quiet", "--scenario", scenario, *master, *options)
    lines = text.splitlines()
    return {"lines": len(lines), "sha256": hashlib.sha256(text).hexdigest(),
            "first": lines[0].decode() if lines else ""}


def scenario_version(scenario):
    """plays@N, as the program says."""
    with tempfile.TemporaryDirectory() as folder:
        told = json.loads(program.racesim(folder, "--version", "--json"))
    return next(name for name in told["features"]["scenarios"] if name.startswith(f"{scenario}@"))


@unittest.skipUnless(program.AVAILABLE, "RACESIM_BIN names no program")
class Digests(unittest.TestCase):
    def check(self, scenario):
        kept = json.loads(DIGESTS.read_text(encoding="utf-8"))[scenario]
        runs = SCENARIOS[scenario]
        self.assertEqual(kept["version"], scenario_version(scenario), "write the digests of the new version")
        self.assertEqual(list(kept["runs"]), list(runs), "write the digests of the new runs")
        changed = []
        with tempfile.TemporaryDirectory() as folder:
            for name, options in runs.items():
                with self.subTest(run=name):
                    found = digest(folder, scenario, options)
                    changed += [name] if found != kept["runs"][name] else []
                    self.assertEqual(found["first"], kept["runs"][name]["first"])
                    self.assertEqual(found, kept["runs"][name])
        if changed:
            self.fail(CHANGED.format(version=kept["version"], names=", ".join(changed)))

    def test_plays_have_the_bytes_of_their_version(self):
        self.check("plays")

    def test_races_have_the_bytes_of_their_version(self):
        self.check("race")

    def test_fleets_have_the_bytes_of_their_version(self):
        self.check("fleet")


def write():
    if not program.AVAILABLE:
        sys.exit("RACESIM_BIN names no program")
    content = {}
    with tempfile.TemporaryDirectory() as folder:
        for scenario, runs in SCENARIOS.items():
            content[scenario] = {"version": scenario_version(scenario),
                                 "runs": {name: digest(folder, scenario, options) for name, options in runs.items()}}
            print(f"{os.path.relpath(DIGESTS)}: {len(runs)} runs of {content[scenario]['version']}")
    DIGESTS.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        write()
    else:
        unittest.main()
