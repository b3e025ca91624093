#!/usr/bin/env python3
"""Goal: no change of the code changes the bytes of a scenario's version unnoticed.
Method: SHA-256 and first line of a handful of runs over the shipped master data, kept in digests.json.

    RACESIM_BIN=build/release/racesim tests/golden/test_digests.py --write    makes digests.json anew
"""

import hashlib
import json
import os
import sys
import tempfile
import unittest

import program

DIGESTS = program.SOURCE / "tests/golden/digests.json"
CHANGED = """
The bytes of these runs are not those of {version} any more: {names}.
Whoever has stored such a stream, or only its seed, can no longer make it again. So a change of bytes needs a new
version: raise it in src/sim/registry.cpp, say so in CHANGELOG.md, then write the digests anew:
    RACESIM_BIN=... tests/golden/test_digests.py --write
If no change of the events was meant, the change is a bug."""


def historical(start, end, volume, *options):
    return ("--historical", "--start-datetime", start, "--end-datetime", end, "--volume", volume, *options)


# Every law, both formats, both kinds of volume; sparse, dense and crowded; a leap day, a change of clocks, a year's
# end; thirty years in which most users register and most songs come out; a second.
RUNS = {
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


def digest(folder, options):
    text = program.plays(folder, *options)
    lines = text.splitlines()
    return {"lines": len(lines), "sha256": hashlib.sha256(text).hexdigest(),
            "first": lines[0].decode() if lines else ""}


def scenario_version():
    """plays@N, as the registry has it."""
    registry = (program.SOURCE / "src/sim/registry.cpp").read_text(encoding="utf-8")
    entry = registry[registry.index('{"plays"'):]
    return "plays@" + next(field.strip() for field in entry.split(",") if field.strip().isdigit())


@unittest.skipUnless(program.AVAILABLE, "RACESIM_BIN names no program")
class Digests(unittest.TestCase):
    def test_bytes_are_those_of_the_version(self):
        kept = json.loads(DIGESTS.read_text(encoding="utf-8"))
        self.assertEqual(kept["version"], scenario_version(), "write the digests of the new version")
        self.assertEqual(list(kept["runs"]), list(RUNS), "write the digests of the new runs")
        changed = []
        with tempfile.TemporaryDirectory() as folder:
            for name, options in RUNS.items():
                with self.subTest(run=name):
                    found = digest(folder, options)
                    changed += [name] if found != kept["runs"][name] else []
                    self.assertEqual(found["first"], kept["runs"][name]["first"])
                    self.assertEqual(found, kept["runs"][name])
        if changed:
            self.fail(CHANGED.format(version=kept["version"], names=", ".join(changed)))


def write():
    if not program.AVAILABLE:
        sys.exit("RACESIM_BIN names no program")
    with tempfile.TemporaryDirectory() as folder:
        content = {"version": scenario_version(),
                   "runs": {name: digest(folder, options) for name, options in RUNS.items()}}
    DIGESTS.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    print(f"{os.path.relpath(DIGESTS)}: {len(RUNS)} runs of {content['version']}")


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        write()
    else:
        unittest.main()
