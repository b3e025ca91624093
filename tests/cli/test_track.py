"""Goal: track show, import and list do what cli.md says: an SVG, a JSON that shows and races, broken files refused with
a reason. Method: made-up circuits in a scratch folder; the SVG is parsed as XML."""

import json
import unittest
import xml.etree.ElementTree as xml

from circuits import bean, broken, csv_text, eight
from workdir import SOURCE, Workdir


class Show(Workdir):
    def test_the_default_is_silverstone_on_stdout(self):
        result = self.racesim("track", "show")
        self.assert_code(result, 0)
        self.assertEqual(result.stderr, "")
        self.assertEqual(xml.fromstring(result.stdout).tag, "{http://www.w3.org/2000/svg}svg")
        self.assertIn("Silverstone", result.stdout)
        self.assertEqual(self.racesim("track", "show", "silverstone").stdout, result.stdout)

    def test_output_goes_to_the_file(self):
        result = self.racesim("track", "show", "--output", "map.svg")
        self.assert_code(result, 0)
        self.assertEqual((result.stdout, result.stderr), ("", "wrote map.svg\n"))
        self.assertEqual((self.dir / "map.svg").read_text(), self.racesim("track", "show").stdout)

    def test_a_file_is_drawn_too(self):
        shipped = SOURCE / "data/tracks/silverstone.json"
        self.assertEqual(self.racesim("track", "show", shipped).stdout, self.racesim("track", "show").stdout)
        self.write("bean.csv", csv_text(bean()))
        self.assertIn("bean", self.racesim("track", "show", "bean.csv").stdout)

    def test_errors(self):
        self.assert_refused(self.racesim("track", "show", "monza"), "no such track", "silverstone")
        self.assert_refused(self.racesim("track", "show", "none.csv"), "read none.csv: No such file", code=1)
        self.assert_refused(self.racesim("track", "show", "--output", "no/such/folder.svg"), code=1)
        self.assert_refused(self.racesim("track"), "no command given")
        self.assert_refused(self.racesim("track", "shwo"), "did you mean: racesim track show")


class Import(Workdir):
    def test_the_json_is_a_track(self):
        self.write("bean.csv", csv_text(bean()))
        result = self.racesim("track", "import", "bean.csv", "--output", "bean.json", "--name", "Bean Park")
        self.assert_code(result, 0)
        self.assertEqual(result.stdout, "")
        self.assertIn("Bean Park: 2.", result.stderr)
        track = json.loads((self.dir / "bean.json").read_text())
        self.assertEqual((track["format"], track["name"]), ("racesim track 1", "Bean Park"))
        self.assertGreaterEqual(len(track["checkpoints"]), 12)
        self.assert_code(self.racesim("track", "show", "bean.json"), 0)

    def test_the_file_itself_is_not_written_over(self):
        text = csv_text(bean())
        self.write("bean.csv", text)
        for output in ("bean.csv", "./bean.csv", self.dir / "bean.csv"):
            with self.subTest(output=output):
                self.assert_refused(self.racesim("track", "import", "bean.csv", "--output", output),
                                    "is the file to import")
        self.assertEqual((self.dir / "bean.csv").read_text(), text)

    def test_stdout_file_and_summary(self):
        self.write("bean.csv", csv_text(bean()))
        piped = self.racesim("track", "import", "bean.csv", "-q")
        self.assert_code(piped, 0)
        self.assertEqual(piped.stderr, "")
        summary = self.racesim("track", "import", "bean.csv", "--output", "b.json", "--json")
        self.assertEqual(json.loads(summary.stdout)["path"], "b.json")
        self.assertEqual((self.dir / "b.json").read_text(), piped.stdout)
        again = self.racesim("track", "import", "b.json", "-q", "--name", "bean")
        self.assertEqual(again.stdout, piped.stdout, "a track's JSON stays what it is")

    def test_dry_run_writes_nothing(self):
        self.write("bean.csv", csv_text(bean()))
        result = self.racesim("track", "import", "bean.csv", "--output", "b.json", "--dry-run")
        self.assert_code(result, 0)
        self.assertFalse((self.dir / "b.json").exists())

    def test_a_crossing_is_a_bridge(self):
        self.write("eight.csv", csv_text(eight()))
        self.assert_code(self.racesim("track", "import", "eight.csv"), 0)

    def test_broken_files_are_refused_with_a_reason(self):
        for fault, (text, reason) in broken().items():
            with self.subTest(fault):
                self.write("bad.csv", text)
                self.assert_refused(self.racesim("track", "import", "bad.csv", "--output", "bad.json"), "bad.csv: ",
                                    reason)
                self.assertFalse((self.dir / "bad.json").exists())

    def test_names_tell_the_columns(self):
        lap = [f"{x:.3f},{y:.3f},6.5,5.0" for x, y in bean()]
        self.write("bean.csv", "\n".join(["x_m,y_m,w_tr_right_m,w_tr_left_m", *lap]))
        right = self.racesim("track", "import", "bean.csv", "-q", "--name", "b").stdout
        self.write("other.csv", "\n".join(["y_m;x_m;w_left;w_right"] + [
            ";".join([y, x, left, right_m]).replace(".", ",")
            for x, y, right_m, left in (line.split(",") for line in lap)]))
        other = self.racesim("track", "import", "other.csv", "--name", "b")
        self.assert_code(other, 0)
        self.assertEqual(other.stdout, right)
        self.write("bad.csv", "\n".join(["x_m,y_m,slope,w_tr_right_m,w_tr_left_m", *lap]))
        self.assert_refused(self.racesim("track", "import", "bad.csv"), "bad.csv: line 1: column 'slope' is not known",
                            "known: x_m, y_m")

    def test_geojson(self):
        lap = bean()
        degrees = [[-1.0168 + x / 68_500, 52.0706 + y / 111_260, 150.0] for x, y in lap + lap[:1]]
        line = {"type": "LineString", "coordinates": degrees}
        self.write("bean.geojson", json.dumps({"type": "FeatureCollection", "features": [
            {"type": "Feature", "properties": {}, "geometry": line}]}, indent=1))
        result = self.racesim("track", "import", "bean.geojson", "--output", "b.json", "--width", 14, "--json")
        self.assert_code(result, 0)
        self.assertEqual(json.loads(result.stdout)["notices"][1:],
                         ["the road is taken to be 14 m wide", "heights from 150.0 to 150.0 m, slopes up to 0.0 %"])
        track = json.loads((self.dir / "b.json").read_text())
        self.assertEqual(track["anchor"]["latitude_deg"], 52.0706)
        window = ("--historical", "--start-datetime", "2026-07-05T14:00Z", "--end-datetime", "2026-07-05T14:01Z",
                  "--volume", 3, "-q")
        made = self.racesim("run", "--track", "bean.geojson", *window)
        self.assert_code(made, 0)
        self.assertAlmostEqual(json.loads(made.stdout.splitlines()[0])["lat"], 52.07, 1)
        self.write("swapped.geojson", json.dumps({"type": "LineString", "coordinates": [[52.07, 140.0], [52.08, 140.0]]}))
        self.assert_refused(self.racesim("track", "import", "swapped.geojson"), "[latitude, longitude]; swap them")
        self.write("bean.csv", csv_text(lap))
        self.assert_refused(self.racesim("track", "import", "bean.csv", "--width", 14), "has widths of its own")

    def test_a_file_that_is_no_text(self):
        (self.dir / "wide.csv").write_bytes(csv_text(bean()).encode("utf-16"))
        self.assert_refused(self.racesim("track", "import", "wide.csv"), "it is UTF-16", "iconv -f UTF-16", code=1)

    def test_other_errors(self):
        self.assert_refused(self.racesim("track", "import"), "FILE is missing")
        self.assert_refused(self.racesim("track", "import", "none.csv"), "read none.csv: No such file", code=1)
        self.assert_refused(self.racesim("track", "import", "silverstone"), "racesim track list")
        self.write("bean.csv", csv_text(bean()))
        self.assert_refused(self.racesim("track", "import", "bean.csv", "--output", "bean.csv"), "is the file to import")


class List(Workdir):
    def test_text_and_json(self):
        self.assertIn("5.891 km", self.racesim("track", "list").stdout)
        tracks = json.loads(self.racesim("track", "list", "--json").stdout)
        self.assertEqual([(t["name"], t["corners"]) for t in tracks], [("silverstone", 18)])


if __name__ == "__main__":
    unittest.main()
