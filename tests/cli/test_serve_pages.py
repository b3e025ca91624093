"""Goal: the program serves the pages that it carries as a browser wants them, byte for byte those of web/dist, and nothing
else; a page can sign in with the token; it draws the map of the run. Method: `racesim serve` on a port of its own; every file
asked for; headers, tags, HEAD, wrong paths, right and wrong cookies, a circuit of our own, and --no-ui.
"""

import json
import math
import os
import pathlib
import re
import unittest

from serve_process import Service, WebSocket
from workdir import Workdir

DIST = pathlib.Path(os.environ["RACESIM_SOURCE_DIR"]) / "web/dist"
TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
         ".svg": "image/svg+xml"}
SIZE_MOST = 400_000


def path_of(file):
    if file.name == "index.html":
        return "/"
    return f"/{file.stem}" if file.suffix == ".html" else f"/assets/{file.name}"


class PagesTest(Workdir):
    def serve(self, *options):
        service = Service(self.dir, *options)
        self.addCleanup(service.cleanup)
        return service

    def test_every_file(self):
        service = self.serve()
        files = sorted(DIST.iterdir())
        self.assertLess({"index.html", "dashboard.html"}, {file.name for file in files})
        self.assertLess(sum(file.stat().st_size for file in files), SIZE_MOST)
        tags = set()
        for file in files:
            status, headers, body = service.ask("GET", path_of(file))
            self.assertEqual((status, headers["Content-Type"], body),
                             (200, TYPES[file.suffix], file.read_text(encoding="utf-8")), file)
            self.assertEqual(headers["X-Content-Type-Options"], "nosniff")
            self.assertEqual("immutable" in headers["Cache-Control"], file.suffix != ".html", file)
            tags.add(headers["ETag"])
            head = service.ask("HEAD", path_of(file))
            self.assertEqual((head[0], head[1], head[2]), (200, headers, ""), file)
            for known in (headers["ETag"], f'"other", W/{headers["ETag"]}', "*"):
                status, again, body = service.ask("GET", path_of(file), headers={"If-None-Match": known})
                self.assertEqual((status, body, again["ETag"]), (304, "", headers["ETag"]), known)
                self.assertNotIn("Content-Length", again)
            self.assertEqual(service.ask("GET", path_of(file), headers={"If-None-Match": '"other"'})[0], 200)
        self.assertEqual(len(tags), len(files), "each file has a tag of its own")

    def test_a_page_may_use_this_server_only(self):
        headers = self.serve().ask("GET", "/dashboard")[1]
        policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
        self.assertEqual(policy["default-src"], "'none'")
        for kind in ("script-src", "style-src", "connect-src"):
            self.assertEqual(policy[kind], "'self'", kind)
        self.assertEqual(policy["frame-ancestors"], "'none'")
        page = (DIST / "dashboard.html").read_text(encoding="utf-8")
        self.assertEqual(re.findall(r"<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=", page), [], "nothing inline")
        self.assertEqual(re.findall(r"https?://", page), [])

    def test_what_is_not_there(self):
        service = self.serve()
        for path in ("/dashboard.html", "/dashboard/", "/assets/", "/assets/../dashboard", "/assets/none.js", "/nothing"):
            self.assertEqual(service.ask("GET", path)[0], 404, path)
        self.assertEqual(service.ask("POST", "/dashboard")[0], 405)

    def test_maps(self):
        service = self.serve()
        status, headers, body = service.ask("GET", "/map?scenario=fleet")
        self.assertEqual((status, json.loads(body)["type"]), (200, "FeatureCollection"))
        self.assertEqual(service.ask("GET", "/map?scenario=fleet", headers={"If-None-Match": headers["ETag"]})[0], 304)
        self.assertEqual(service.get("/map?scenario=race")[1]["name"], "silverstone")
        for path, expected in (("/map", 400), ("/map?scenario=plays", 404), ("/map?scenario=none", 400)):
            self.assertEqual(service.get(path)[0], expected, path)

    def test_pages_need_no_token_and_what_they_ask_does(self):
        (self.dir / "token").write_text("secret-of-this-test\n", encoding="utf-8")
        (self.dir / "token").chmod(0o600)
        service = self.serve("--token-file", "token")
        self.assertEqual(service.ask("GET", "/dashboard")[0], 200)
        for path in ("/status", "/map?scenario=race"):
            self.assertEqual(service.ask("GET", path)[0], 401, path)

    def test_a_page_carries_a_cookie_in_place_of_the_token(self):
        token = "secret-of-this-test"
        (self.dir / "token").write_text(token + "\n", encoding="utf-8")
        (self.dir / "token").chmod(0o600)
        service = self.serve("--token-file", "token")
        for wrong in ("", token[:-1], token + "x"):
            status, headers, _ = service.ask("POST", "/session", wrong)
            self.assertEqual((status, headers.get("Set-Cookie")), (401, None), wrong)
        self.assertEqual(service.ask("POST", "/session", token, headers={"Origin": "https://elsewhere.example"})[0], 403)
        status, headers, _ = service.ask("POST", "/session", token + "\n")
        self.assertEqual(status, 204)
        cookie, *ways = headers["Set-Cookie"].split("; ")
        self.assertEqual(sorted(ways), ["HttpOnly", "Path=/", "SameSite=Strict"])
        self.assertNotIn(token, cookie)
        name = cookie.split("=")[0]
        for sent, expected in ((cookie, 200), (f"a=b; {cookie}; c=d", 200), (f"a=b;{cookie}", 200), (cookie[:-1], 401),
                               (f"{name}={token}", 401), (f"{name}=", 401), (f"x{cookie}", 401), (";;; ", 401)):
            self.assertEqual(service.ask("GET", "/status", headers={"Cookie": sent})[0], expected, sent)
        with self.assertRaises(AssertionError):
            WebSocket(service)
        WebSocket(service, headers=[f"Cookie: {cookie}"]).close()
        status, headers, _ = service.ask("DELETE", "/session")
        self.assertEqual((status, headers["Set-Cookie"].split("; ")[0]), (204, f"{name}="))
        self.assertIn("Max-Age=0", headers["Set-Cookie"])
        again = self.serve("--token-file", "token")
        self.assertEqual(again.ask("GET", "/status", headers={"Cookie": cookie})[0], 200, "it holds when the server starts again")
        (self.dir / "other").write_text("another-one\n", encoding="utf-8")
        (self.dir / "other").chmod(0o600)
        other = self.serve("--token-file", "other")
        self.assertEqual(other.ask("GET", "/status", headers={"Cookie": cookie})[0], 401)
        self.assertNotEqual(other.ask("POST", "/session", "another-one")[1]["Set-Cookie"].split("=")[0], name)
        self.assertEqual(self.serve().ask("POST", "/session", token)[0], 400)

    def test_the_map_is_that_of_the_run(self):
        oval = [(600 * math.cos(way), 250 * math.sin(way)) for way in (2 * math.pi * i / 500 for i in range(500))]
        (self.dir / "oval.csv").write_text("".join(f"{x:.2f},{y:.2f},6,6\n" for x, y in oval), encoding="utf-8")
        service = self.serve("--scenario", "race", "--track", "oval.csv")
        self.assertEqual(service.get("/map?scenario=race")[1]["name"], "silverstone", "nothing ran yet")
        self.assertEqual(service.ask("POST", "/start?scenario=race")[0], 200)
        self.assertEqual(service.get("/map?scenario=race")[1]["name"], "oval")
        service.ask("POST", "/stop")
        self.assertEqual(service.get("/map?scenario=race")[1]["name"], "oval")

    def test_the_map_of_the_fleet_is_that_of_its_routes(self):
        line = [[2.35, 48.85], [2.36, 48.86], [2.38, 48.86]]
        route = {"type": "FeatureCollection", "features": [
            {"type": "Feature", "properties": {"maxspeed": 110}, "geometry": {"type": "LineString", "coordinates": line}},
            {"type": "Feature", "properties": {"amenity": "fuel"}, "geometry": {"type": "Point", "coordinates": line[1]}}]}
        (self.dir / "paris.geojson").write_text(json.dumps(route), encoding="utf-8")
        service = self.serve("--scenario", "fleet", "--route", "paris.geojson")
        self.assertGreater(len(service.get("/map?scenario=fleet")[1]["features"]), 3, "nothing ran yet: the built-in roads")
        self.assertEqual(service.ask("POST", "/start?scenario=fleet")[0], 200)
        status, headers, body = service.ask("GET", "/map?scenario=fleet")
        [road] = json.loads(body)["features"]
        self.assertEqual((status, road["geometry"]), (200, {"type": "MultiLineString", "coordinates": [line]}))
        self.assertEqual(road["properties"], {"highway": "trunk", "road_type": "expressway", "speed_limit_kmh": 110})
        self.assertEqual(service.ask("GET", "/map?scenario=fleet", headers={"If-None-Match": headers["ETag"]})[0], 304)
        self.assertEqual(service.ask("POST", "/stop")[0], 200)
        self.assertEqual(service.ask("POST", "/start?scenario=fleet&route=warsaw")[0], 200)
        self.assertGreater(len(service.get("/map?scenario=fleet")[1]["features"]), 3)

    def test_no_ui(self):
        service = self.serve("--no-ui")
        for path in ("/", "/dashboard", "/map?scenario=fleet", *(path_of(file) for file in DIST.iterdir())):
            self.assertEqual(service.ask("GET", path)[0], 404, path)
        self.assertEqual(service.ask("GET", "/status")[0], 200)


if __name__ == "__main__":
    unittest.main()
