"""Goal: the program serves the pages that it carries as a browser wants them, byte for byte those of web/dist, and nothing
else. Method: `racesim serve` on a port of its own; every file asked for; headers, tags, HEAD, wrong paths and --no-ui.
"""

import json
import os
import pathlib
import re
import unittest

from serve_process import Service
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
        self.assertEqual(service.ask("GET", "/status")[0], 401)

    def test_no_ui(self):
        service = self.serve("--no-ui")
        for path in ("/", "/dashboard", "/map?scenario=fleet", *(path_of(file) for file in DIST.iterdir())):
            self.assertEqual(service.ask("GET", path)[0], 404, path)
        self.assertEqual(service.ask("GET", "/status")[0], 200)


if __name__ == "__main__":
    unittest.main()
