"""Goal: simulator → store and processing → gateway: REST and GraphQL of `racesim serve` say the same, live and of stored runs,
and what they say is what `racesim aggregate` makes of the same events. Method: one service with a store and a race whose first
minutes are made at once; answers are compared field by field with each other and with the aggregation of the events that the
service itself gives out; graphql-js reads the schema; subscriptions by hand-made frames.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest
import urllib.parse

from serve_process import Service, WebSocket
from workdir import BINARY, HANG_S

RACE = {"scenario": "race", "cars": 4, "rate_hz": 10, "streams": "telemetry,race-control", "backfill": "5m"}
PROTOCOL = "Sec-WebSocket-Protocol: graphql-transport-ws"


def camel(name):
    return re.sub(r"[_.]([a-z])", lambda found: found.group(1).upper(), name)


class GatewayTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = pathlib.Path(tempfile.mkdtemp(prefix="racesim-gateway-"))
        cls.addClassCleanup(shutil.rmtree, cls.dir, ignore_errors=True)
        cls.service = Service(cls.dir, "--db", "sqlite:runs.db")
        cls.addClassCleanup(lambda: cls.service.cleanup())
        status, run = cls.service.post("/start", RACE)
        assert status == 200, run
        cls.run_name = run["run"]
        # Two laps of everybody are behind them.
        cls.service.until("/api/v1/races/live/standings", lambda body: len([row for row in body["items"] if row["laps"] > 1]) == 4)

    def graphql(self, query, variables=None):
        status, body = self.service.post("/graphql", {"query": query, "variables": variables})
        self.assertEqual(status, 200, body)
        return body

    def data(self, query, variables=None):
        body = self.graphql(query, variables)
        self.assertNotIn("errors", body)
        return body["data"]

    def fields_of(self, name):
        found = self.data("query($name: String!) { __type(name: $name) { fields { name } } }", {"name": name})
        return [field["name"] for field in found["__type"]["fields"]]

    def test_live_standings_are_the_same_by_rest_and_graphql(self):
        started = self.service.get("/api/v1/races")[1]["items"][0]
        self.assertEqual((started["run"], started["live"], started["stored"]), (self.run_name, True, True))
        # A moment that no event can change any more.
        at = started["started"].replace("Z", "")[:16] + ":59Z"
        rest = self.service.get(f"/api/v1/races/live/standings?at={at}")[1]["items"]
        fields = self.fields_of("Standing")
        found = self.data("query($at: DateTime) { race { standings(at: $at) { %s } } }" % " ".join(fields), {"at": at})
        expected = [{camel(name): value for name, value in row.items() if name != "type"} for row in rest]
        self.assertEqual(found["race"]["standings"], expected)
        live = self.data("{ race { live standings { position driver driverName laps } } }")["race"]
        self.assertTrue(live["live"])
        self.assertEqual(len(live["standings"]), RACE["cars"])
        self.assertTrue(all(row["driverName"] for row in live["standings"]))

    def test_telemetry_and_its_pages(self):
        driver = self.service.get("/api/v1/races/live/standings")[1]["items"][0]["driver"]
        target = f"/api/v1/races/{self.run_name}/telemetry?driver={driver}&fields=speed_kmh,seq,lap"
        whole = self.service.get(target + "&limit=50")[1]
        self.assertEqual([row["seq"] for row in whole["items"]], list(range(50)))
        rest = self.service.get(target + "&limit=10&from=" + urllib.parse.quote(whole["next"]))[1]["items"]
        self.assertEqual([row["seq"] for row in rest], list(range(50, 60)))
        query = """query($driver: String, $after: String) { race { telemetry(driver: $driver, first: 20, after: $after) {
                   nodes { eventTime seq speedKmh } pageInfo { hasNextPage hasPreviousPage endCursor } } } }"""
        rows, after = [], None
        for _ in range(3):
            page = self.data(query, {"driver": driver, "after": after})["race"]["telemetry"]
            self.assertEqual((page["pageInfo"]["hasNextPage"], page["pageInfo"]["hasPreviousPage"]), (True, after is not None))
            rows += page["nodes"]
            after = page["pageInfo"]["endCursor"]
        self.assertEqual([row["seq"] for row in rows], list(range(60)))
        self.assertEqual([row["speedKmh"] for row in rows], [row["speed_kmh"] for row in whole["items"] + rest])

    def test_spreads_hold_every_spike(self):
        first = self.service.get(f"/api/v1/races/{self.run_name}/telemetry?limit=1")[1]["items"][0]
        driver = first["driver"]
        rows = self.service.get(f"/api/v1/races/{self.run_name}/telemetry?driver={driver}&fields=speed_kmh&limit=600")[1]["items"]
        expected = {}
        for row in rows:
            expected.setdefault(row["event_time"][:18], []).append(row["speed_kmh"])
        buckets = self.service.get(f"/api/v1/races/{self.run_name}/telemetry?driver={driver}&fields=speed_kmh&every=10s&spread=1"
                                   "&limit=5")[1]["items"]
        for bucket in buckets[:5]:
            values = expected[bucket["event_time"][:18]]
            self.assertEqual((bucket["speed_kmh"], bucket["speed_kmh_min"], bucket["speed_kmh_max"]),
                             (values[-1], min(values), max(values)))
        found = self.data("query($driver: String) { race { telemetry(driver: $driver, every: \"10s\", first: 4) { nodes { eventTime "
                          "driver speedKmh speedKmhMin speedKmhMax } } } }", {"driver": driver})
        self.assertEqual([node["speedKmhMax"] for node in found["race"]["telemetry"]["nodes"]],
                         [bucket["speed_kmh_max"] for bucket in buckets[:4]])

    def test_what_is_asked_wrongly_is_told(self):
        race = f"/api/v1/races/{self.run_name}"
        for target, status, part in (
                ("/api/v1/races/deadbeef/laps", 404, "no run 'deadbeef'"), ("/api/v1/races/x'y/laps", 404, "no run"),
                ("/api/v1/races/", 404, "there is no"),
                (f"/api/v1/fleet/{self.run_name}/violations", 404, "no run"), (race + "/standings?at=yesterday", 400, "at:"),
                (race + "/telemetry?limit=0", 400, "limit"), (race + "/telemetry?limit=-1", 400, "limit"),
                (race + "/telemetry?fields=speed", 400, "'speed' is not known"), (race + "/telemetry?lap=x", 400, "lap"),
                (race + "/telemetry?every=0", 400, "every"), (race + "/telemetry?every=1s&fields=driver", 400, "only numbers"),
                (race + "/telemetry?spread=2", 400, "spread"), (race + "/telemetry?drivers=HAL", 400, "did you mean: driver"),
                (race + "/laps?from=2026-13-01", 400, "from"), ("/api/v1/songs/top?window=2m", 400, "1m, 5m, 1h"),
                ("/api/v1/songs/top?country=DE&genre=Pop", 400, "one of them"), ("/api/v1/races?scenario=x", 400, "scenario"),
                ("/api/v1/pipeline?x=1", 400, "unknown parameter")):
            code, body = self.service.get(target)
            self.assertEqual(code, status, (target, body))
            self.assertIn(part, body["detail"], target)
        self.assertEqual(self.service.get(race + "/laps?limit=1000000000")[0], 200)

    def test_graphql_over_http(self):
        ask = self.service.ask
        json_type = {"Content-Type": "application/json"}
        newer = {**json_type, "Accept": "application/graphql-response+json"}
        status, headers, _ = ask("POST", "/graphql", '{"query":"{ races { run } }"}', newer)
        self.assertEqual((status, headers["Content-Type"]), (200, "application/graphql-response+json; charset=utf-8"))
        for body, given, expected, part in (
                ('{"query":"{ nope }"}', json_type, 400, "no field 'nope'"), ("{", json_type, 400, "no JSON"),
                ("[]", json_type, 400, "no JSON object"), ("{}", json_type, 400, "no query"),
                ('{"query":5}', json_type, 400, "query is no text"), ('{"query":"{a}","x":1}', json_type, 400, "'x'"),
                ('{"query":"{races{run}}","variables":[]}', json_type, 400, "variables"), ("query=x", {}, 415, "application/json"),
                ('{"query":"subscription { status { state } }"}', json_type, 400, "graphql-transport-ws"),
                ('{"query":"{ races(limit: 1000000000) { run } }"}', json_type, 400, "complexity"),
                ('{"query":"{ races(limit: \\"x\\") { run } }"}', json_type, 400, "Int")):
            status, _, text = ask("POST", "/graphql", body, given)
            self.assertEqual(status, expected, text)
            self.assertIn(part, text)
        for limit in (0, -1):
            answer = self.graphql("{ races(limit: %d) { run } }" % limit) if limit else ask(
                "POST", "/graphql", '{"query":"{ races(limit: 0) { run } }"}', json_type)
            self.assertIn("limit", json.dumps(answer))
        deep = "{ __schema { types " + "{ ofType " * 30 + "{ name }" + " }" * 30 + " } }"
        self.assertEqual(ask("POST", "/graphql", json.dumps({"query": deep}), json_type)[0], 400)
        aliases = " ".join(f"a{i}: races {{ run }}" for i in range(21))
        status, _, text = ask("POST", "/graphql", json.dumps({"query": "{" + aliases + "}"}), json_type)
        self.assertEqual(status, 400)
        self.assertIn("aliases", text)
        status, headers, text = ask("GET", "/graphql?query=" + urllib.parse.quote("mutation { stop { state } }"))
        self.assertEqual((status, headers["Allow"]), (405, "POST"), text)
        self.assertEqual(ask("GET", "/graphql?query=" + urllib.parse.quote("{ races { run } }"))[0], 200)
        self.assertIn("no run 'deadbeef'", json.dumps(self.graphql('{ race(run: "deadbeef") { run } }')))

    def test_graphql_js_reads_the_schema(self):
        node = shutil.which("node") or shutil.which("nodejs")
        if not node or not pathlib.Path("/usr/share/nodejs/graphql/package.json").exists():
            self.skipTest("node and graphql-js are not installed (scripts/install-packages test)")
        program = """const graphql = require('graphql');
            const [sdl, port] = [require('fs').readFileSync(process.argv[2], 'utf8'), process.argv[3]];
            const body = JSON.stringify({query: graphql.getIntrospectionQuery({schemaDescription: true, specifiedByUrl: true, directiveIsRepeatable: true})});
            const request = require('http').request({port, path: '/graphql', method: 'POST',
              headers: {'Content-Type': 'application/json', 'Content-Length': body.length}}, answer => {
              let text = '';
              answer.on('data', piece => text += piece).on('end', () => {
                const schema = graphql.buildClientSchema(JSON.parse(text).data);
                const same = s => graphql.printSchema(graphql.lexicographicSortSchema(s));
                graphql.assertValidSchema(schema);
                const [asked, printed] = [same(schema), same(graphql.buildSchema(sdl))];
                console.log(asked === printed, Object.keys(schema.getTypeMap()).length);
                const lines = printed.split('\\n');
                if (asked !== printed) console.log(asked.split('\\n').filter((line, i) => line !== lines[i]).slice(0, 5));
              });
            });
            request.end(body);"""
        (self.dir / "reads.js").write_text(program, encoding="utf-8")
        (self.dir / "schema.graphql").write_text(self.service.ask("GET", "/graphql/schema")[2], encoding="utf-8")
        done = subprocess.run([node, self.dir / "reads.js", self.dir / "schema.graphql", str(self.service.port)], timeout=HANG_S,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", check=False,
                              env={**os.environ, "NODE_PATH": "/usr/share/nodejs"})
        self.assertRegex(done.stdout, r"^true \d+\n$")

    def test_subscriptions(self):
        with WebSocket(self.service, "/graphql", [PROTOCOL]) as client:
            self.assertIn(PROTOCOL, client.head)
            client.send(1, b'{"type":"connection_init"}')
            self.assertEqual(client.message(), {"type": "connection_ack"})
            for name, query in (("1", "subscription { standings { position driver } }"),
                                ("2", "subscription { telemetry(rateHz: 20) { driver speedKmh } }"),
                                ("3", "subscription { status { state } }"), ("4", "{ races { run } }"),
                                ("5", "subscription { raceControl { message } }"),
                                ("6", "subscription { telemetry(rateHz: 0) { driver } }"), ("7", "subscription { nope }")):
                client.send(1, json.dumps({"id": name, "type": "subscribe", "payload": {"query": query}}).encode())
            seen = {}
            while len(seen) < 7 or len(seen["2"]) < 3 or len(seen["4"]) < 2:
                message = client.message()
                seen.setdefault(message["id"], []).append((message["type"], message.get("payload")))
            self.assertEqual(len(seen["1"][0][1]["data"]["standings"]), RACE["cars"])
            for kind, payload in seen["2"]:
                self.assertEqual((kind, len(payload["data"]["telemetry"])), ("next", RACE["cars"]))
            self.assertEqual(seen["3"][0][1]["data"]["status"]["state"], "running")
            self.assertEqual([kind for kind, _ in seen["4"]], ["next", "complete"])
            self.assertEqual(seen["4"][0][1]["data"]["races"][0]["run"], self.run_name)
            self.assertEqual([seen[name][0][0] for name in "567"], ["next", "error", "error"])
            client.send(1, b'{"id":"2","type":"complete"}')
            client.send(1, b'{"id":"3","type":"subscribe","payload":{"query":"{ races { run } }"}}')
            self.assertEqual(client.close_code(), 4409, "an id that is in use")
        with WebSocket(self.service, "/graphql", [PROTOCOL]) as client:
            client.send(1, b'{"id":"1","type":"subscribe","payload":{"query":"{ races { run } }"}}')
            self.assertEqual(client.close_code(), 4401)
        with self.assertRaises(AssertionError) as caught:
            WebSocket(self.service, "/graphql", ["Sec-WebSocket-Protocol: graphql-ws"])
        self.assertIn("400 Bad Request", str(caught.exception), "a protocol that is not spoken here")

    def test_mutations_start_and_stop(self):
        again = self.graphql("mutation { start(options: {scenario: \"race\"}) { state } }")
        self.assertIn("race is running already", again["errors"][0]["message"])
        wrong = self.graphql("mutation { start(options: {scenario: \"fleet\", rateHz: \"fast\"}) { state } }")
        self.assertIn("rate_hz", wrong["errors"][0]["message"])
        started = self.data("mutation { start(options: {scenario: \"fleet\", vehicles: 3, rateHz: 5}) { state run scenario } }")["start"]
        self.assertEqual((started["state"], started["scenario"]), ("running", "fleet"))
        # In the store, which is a commit behind what is shown live.
        self.service.until("/api/v1/fleet/live/telemetry", lambda body: len(body["items"]) >= 3)
        vehicles = self.data("{ vehicles { vehicleId } packets(last: 3) { nodes { vehicleId } } }")
        self.assertEqual(len(vehicles["packets"]["nodes"]), 3)
        known = {vehicle["vehicleId"] for vehicle in vehicles["vehicles"]}
        self.assertLessEqual({packet["vehicleId"] for packet in vehicles["packets"]["nodes"]}, known)
        stopped = self.data("mutation { stop(scenario: \"fleet\") { runs { scenario state } } }")["stop"]["runs"]
        self.assertIn({"scenario": "fleet", "state": "stopped"}, stopped)
        self.assertEqual(self.service.get("/api/v1/runs?scenario=fleet")[1]["items"][0]["run"], started["run"])

    def test_pipeline_adds_up(self):
        names = {"simulation", "live", "store", "processing", "clients"}
        stages = self.service.until("/api/v1/pipeline", lambda body: {stage["name"] for stage in body["stages"]} >= names)["stages"]
        race = {stage["name"]: stage for stage in stages if stage["scenario"] in ("race", None)}
        self.assertGreaterEqual(race["simulation"]["out"], race["processing"]["in"])
        self.assertEqual(race["processing"]["failed"], 0)
        histogram = race["simulation"]["lag_histogram"]
        self.assertEqual(sorted(part["count"] for part in histogram), [part["count"] for part in histogram])
        self.assertIsNone(histogram[-1]["le_ms"])
        metrics = self.service.ask("GET", "/metrics")[2]
        self.assertIn("# TYPE racesim_run_send_lag_seconds histogram\n", metrics)
        self.assertRegex(metrics, r'racesim_run_send_lag_seconds_bucket\{scenario="race",le="\+Inf"\} \d+\n')
        by_graphql = self.data("{ pipeline { name in out lagMs { p50 histogram { count } } } }")["pipeline"]
        self.assertLessEqual(names, {stage["name"] for stage in by_graphql})


class EndedRunTest(unittest.TestCase):
    """What is left when the run, and then the service, has ended."""

    def test_results_are_those_of_the_aggregation_and_history_stays(self):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="racesim-gateway-"))
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        service = Service(folder, "--db", "sqlite:runs.db")
        self.addCleanup(lambda: service.cleanup())
        status, body = service.get("/api/v1/races/live/laps")
        self.assertEqual((status, body["detail"]), (404, "no run of race yet; start it: POST /start?scenario=race"))
        run = service.post("/start", RACE)[1]["run"]
        service.until("/api/v1/races/live/standings", lambda body: len([row for row in body["items"] if row["laps"] > 1]) == 4)
        service.post("/stop")
        service.until("/api/v1/pipeline", lambda body: len({stage["in"] for stage in body["stages"]
                                                           if stage["name"] in ("live", "processing")}) == 1)
        laps = service.get(f"/api/v1/races/{run}/laps")[1]["items"]
        standings = service.get(f"/api/v1/races/{run}/standings")[1]["items"]
        telemetry = service.get(f"/api/v1/races/{run}/telemetry?limit=200000")[1]["items"]
        with open(folder / "events.ndjson", "w", encoding="utf-8") as events:
            for row in telemetry:
                row = {name: value for name, value in row.items() if name != "event_time" and (name, value) != ("z_m", None)}
                events.write(json.dumps(row, separators=(",", ":")) + "\n")
        made = subprocess.run([BINARY, "aggregate", "--from", "file:events.ndjson", "--by", "lap,standings", "--to", "stdout",
                               "--format", "json"], cwd=folder, stdout=subprocess.PIPE, timeout=HANG_S, check=True)
        rows = [json.loads(line) for line in made.stdout.splitlines()]
        expected = sorted((row for row in rows if row["type"] == "lap"), key=lambda row: (row["car"], row["lap"]))
        self.assertEqual([{k: v for k, v in row.items() if k != "driver_name"} for row in laps], expected)
        newest = {}
        for row in rows:
            if row["type"] == "standings" and row["passing"] >= newest.get(row["car"], {"passing": 0})["passing"]:
                newest[row["car"]] = row
        self.assertEqual({row["car"]: {k: v for k, v in row.items() if k != "driver_name"} for row in standings}, newest)
        self.assertEqual(service.stop(), 0)
        later = Service(folder, "--db", "sqlite:runs.db")
        self.addCleanup(lambda: later.cleanup())
        listed = later.get("/api/v1/races")[1]["items"]
        self.assertEqual([(row["run"], row["live"], row["stored"]) for row in listed], [(run, False, True)])
        self.assertEqual(later.get(f"/api/v1/races/{run}/telemetry?limit=200000")[1]["items"], telemetry)


class RepeatedAnswersTest(unittest.TestCase):
    """What is asked again is answered from what was answered before, unless something has changed: never with something old."""

    def setUp(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="racesim-repeated-"))
        self.addCleanup(shutil.rmtree, self.dir, ignore_errors=True)
        self.service = Service(self.dir)
        self.addCleanup(self.service.cleanup)

    def graphql(self, query):
        status, body = self.service.post("/graphql", {"query": query})
        self.assertEqual(status, 200, body)
        return body

    def questions(self):
        """(asked again and again, the same in words that were never used)"""
        standings, laps = "/api/v1/races/live/standings", "/api/v1/races/live/laps"
        queries = ["{ race { run live standings { position car driver driverName gapS laps } } }",
                   "{ race { laps(last: 5) { nodes { driver lap lapTimeS } } } }",
                   "{ race { telemetry(every: \"10s\", last: 4) { nodes { eventTime driver speedKmh } } } }",
                   "{ races { run started live } }"]
        return [(lambda: self.service.get(standings), lambda n: self.service.get(f"{standings}?at=2199-01-01T00:00:00.{n:06}Z")),
                (lambda: self.service.get(laps), lambda n: self.service.get(f"{laps}?limit={20000 + n}")),
                *((lambda q=q: self.graphql(q), lambda n, q=q: self.graphql(f"{q} # {n}")) for q in queries)]

    def test_while_a_race_goes_on(self):
        race = {"scenario": "race", "cars": 6, "rate_hz": 5, "speed": 20, "backfill": "4m"}
        self.assertEqual(self.service.post("/start", race)[0], 200)
        self.service.until("/api/v1/races/live/laps", lambda body: len(body["items"]) > 10)
        number, settled = 0, 0
        for _ in range(40):
            for again, afresh in self.questions():
                before, repeated, behind = afresh(number + 1), again(), afresh(number + 2)
                number += 2
                if before == behind:  # nothing has changed in between
                    settled += 1
                    self.assertEqual(repeated, before)
        self.assertGreater(settled, 40)

    def test_starting_and_stopping_shows_at_once(self):
        query = "{ race { run live } races { run live } }"
        for seed in range(3):
            status, started = self.service.post("/start", {"scenario": "race", "cars": 3, "rate_hz": 5, "seed": seed})
            self.assertEqual(status, 200, started)
            for _ in range(2):
                self.assertEqual(self.graphql(query)["data"]["race"], {"run": started["run"], "live": True})
            self.assertEqual(self.service.post("/stop")[0], 200)
            for _ in range(2):
                found = self.graphql(query)["data"]
                self.assertEqual(found["race"], {"run": started["run"], "live": False})
                self.assertEqual([run["live"] for run in found["races"]], [False] * (seed + 1))


if __name__ == "__main__":
    unittest.main()
