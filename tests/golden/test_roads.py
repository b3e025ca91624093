"""Goal: the fleet's roads and their map are what the committed scripts make of a seed.
Method: scripts/make-roads and scripts/draw-fleet into a scratch folder; their files against those of the tree."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(os.environ.get("RACESIM_SOURCE_DIR", pathlib.Path(__file__).resolve().parents[2]))


def made_by(script, *arguments):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "made"
        subprocess.run([sys.executable, ROOT / "scripts" / script, *arguments, path], check=True, capture_output=True)
        return path.read_text()


class Roads(unittest.TestCase):
    def test_network_is_the_scripts(self):
        text = (ROOT / "data/fleet/roads.geojson").read_text()
        self.assertTrue(made_by("make-roads") == text, "run scripts/make-roads and scripts/draw-fleet")
        self.assertLess(len(text), 500_000)

    def test_map_is_the_scripts(self):
        text = (ROOT / "docs/fleet-map.svg").read_text()
        self.assertTrue(made_by("draw-fleet", "-o") == text, "run scripts/draw-fleet")
        self.assertLess(len(text), 400_000)

    def test_roads_keep_off_each_others_points_in_the_air(self):
        """No crossing of a motorway or expressway shares a point with the road below, but for slip roads."""
        fast, slow = set(), set()
        for feature in json.loads((ROOT / "data/fleet/roads.geojson").read_text())["features"]:
            cls = feature["properties"].get("highway", "")
            if feature["geometry"]["type"] != "MultiLineString" or cls.endswith("_link"):
                continue
            for line in feature["geometry"]["coordinates"]:
                # Ends may meet: a motorway goes on as a main road.
                inner = {tuple(p) for p in line[1:-1]}
                (fast if cls in ("motorway", "trunk") else slow).update(inner)
        self.assertFalse(fast & slow)


if __name__ == "__main__":
    unittest.main()
