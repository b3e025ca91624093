"""Goal: every path of `racesim serve` keeps what /openapi.json says, whatever it is asked. Method: random requests over all
documented operations, from a seed that a failure names: parameters good, odd and hostile, unknown ones too, bodies of every
kind. Each answer must have a documented status and content type, JSON must be JSON and fit its schema where one is given,
errors must be RFC 9457 problems that hold no internals, and the service must live on.
"""

import json
import os
import pathlib
import random
import re
import sys
import unittest
import urllib.parse

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "cli"))
from serve_process import Service  # noqa: E402
from workdir import Workdir  # noqa: E402

try:
    import jsonschema
except ImportError:  # the system's Python has it (scripts/packages)
    jsonschema = None

ROUNDS = 2000 if os.environ.get("RACESIM_FULL") == "1" else 40  # of each operation
ODD = ["", "0", "1", "-1", "1e9", "99999999999999999999", "NaN", "Infinity", "-0", "true", "null", "None", " ", "5 ", "½",
       "٣", "a", "a" * 3000, "../../etc/passwd", "%00", "\u0000",
       "'; DROP TABLE telemetry; --", "<script>", "💥", "[]", "{}", "\u202e",
       "0x10", "1,2", "2026-07-05T14:00:00Z", "2026-02-30T00:00:00Z", "9999-12-31T23:59:59Z", "1s", "200ms", "0s", "-1s", "100y"]
GOOD = {"limit": ["1", "7", "2000", "500000"], "scenario": ["fleet", "race", "plays"], "rate_hz": ["1", "5"],
        "every": ["200ms", "1s"], "window": ["1m", "5m", "1h"], "fields": ["speed_kmh", "speed_kmh,gear"],
        "streams": ["race_control", "laps"],
        "lap": ["1", "2"],
        "spread": ["1"], "spreadsheet": ["1"], "query": ["{ __typename }", "{ nothing }", "{"]}
# Internals that no answer may show.
LEAKS = re.compile(r"0x[0-9a-f]{8}|/src/|\.cpp|std::|terminate called|SQL logic error|SELECT .* FROM")
STREAMS = ("/ws", "/events/stream")
BODIES = [None, b"", b"{}", b"[]", b"null", b"{", b'{"scenario": 5}', b'{"nothing": 1}', b'{"rate_hz": "NaN"}',
          b"\xff\xfe",
          b"1" * 70000, b'{"query": "{ __typename }"}', b'{"query": 5}', b'{"query": "{ a", "variables": []}',
          b'[' * 5000, b'{"a":1,"a":2}']


class Operation:
    def __init__(self, method, path, spec):
        self.method, self.path, self.spec = method.upper(), path, spec
        self.parameters = [p["name"] for p in spec.get("parameters", []) if p["in"] == "query"]
        self.in_path = [p["name"] for p in spec.get("parameters", []) if p["in"] == "path"]

    def request(self, draw, runs):
        """(target, body, headers), some of it bad."""
        target = self.path
        for name in re.findall(r"{(\w+)}", self.path):
            value = draw.choice(runs) if draw.random() < 0.7 else draw.choice(ODD)
            target = target.replace("{" + name + "}", urllib.parse.quote(value, safe=""))
        asked = []
        for name in draw.sample(self.parameters, k=min(len(self.parameters), draw.randrange(4))):
            good = draw.random() < 0.5 and GOOD.get(name)
            asked.append((name, draw.choice(good or ODD)))
        if draw.random() < 0.15:
            asked.append((draw.choice(["nothing", "limit", "", "\u0000"]), draw.choice(ODD)))
        if asked:
            target += "?" + urllib.parse.urlencode(asked)
        body = draw.choice(BODIES) if self.method == "POST" else None
        types = ["application/json", "text/plain", "application/x-www-form-urlencoded", "application/x-ndjson", "x/y", ""]
        headers = {"Content-Type": draw.choice(types)} if body is not None else {}
        return target, body, headers


class SchemaTest(Workdir):
    def setUp(self):
        super().setUp()
        self.service = Service(self.dir, "--scenario", "fleet", "--db", "sqlite:kept.db")
        self.addCleanup(self.service.cleanup)
        self.document = self.service.get("/openapi.json")[1]
        self.operations = [Operation(method, path, spec) for path, item in self.document["paths"].items()
                           for method, spec in item.items()]

    def test_the_document(self):
        self.assertTrue(self.document["openapi"].startswith("3.1."))
        for operation in self.operations:
            self.assertEqual(re.findall(r"{(\w+)}", operation.path), operation.in_path, operation.path)
            self.assertTrue(operation.spec.get("summary"), operation.path)
        text = json.dumps(self.document)
        for reference in re.findall(r'"\$ref": "#/([^"]+)"', text):
            at = self.document
            for step in reference.split("/"):
                at = at[step]

    def test_random_requests_keep_to_it(self):
        seed = random.randrange(1 << 32)
        draw = random.Random(seed)
        self.service.post("/start?scenario=race&cars=4&rate_hz=10&streams=telemetry,laps,race-control")
        self.service.post("/start?scenario=fleet&vehicles=3")
        self.service.until("/telemetry/latest?scenario=race", lambda body: len(body["items"]) == 4)
        runs = ["live", *(run["run"] for run in self.service.get("/status")[1]["runs"])]
        for operation in self.operations:
            if operation.path in STREAMS:
                continue
            for _ in range(ROUNDS):
                target, body, headers = operation.request(draw, runs)
                asked = f"{operation.method} {target[:200]} {headers} {body and body[:60]}"
                with self.subTest(seed=seed, request=asked):
                    self.check(operation, *self.service.ask(operation.method, target, body=body, headers=headers))
        self.assertEqual(self.service.get("/status")[0], 200)
        self.assertEqual(self.service.stop(), 0)

    def check(self, operation, status, headers, text):
        responses = operation.spec["responses"]
        documented = responses.get(str(status)) or responses.get(f"{status // 100}XX")
        self.assertIsNotNone(documented, f"{status} is not documented: {text[:300]}")
        self.assertNotEqual(status, 500, text[:300])
        self.assertIsNone(LEAKS.search(text if status >= 400 else ""), text[:300])
        kind = headers.get("Content-Type", "").partition(";")[0]
        if status == 204:
            return
        self.assertIn(kind, documented["content"], text[:300])
        if not kind.endswith("json"):
            return
        answer = json.loads(text)
        if kind == "application/problem+json":
            self.assertEqual(answer["status"], status)
            self.assertTrue(answer["title"] and answer["detail"], text)
        schema = documented["content"][kind].get("schema")
        if schema and jsonschema:
            jsonschema.Draft202012Validator({**schema, "components": self.document["components"]}).validate(answer)


if __name__ == "__main__":
    unittest.main()
