"""Goal: what `racesim serve --db` has made of a run outlives the process: laps, standings, violations and charts, and the manifest
by which verify proves the stored events; every stage is held against what the run sent; a manifest makes the same run again.
Method: a short race that is over at once (its start lies in the past), a service that is ended or killed and started anew, and
`racesim aggregate` and `racesim verify` over the same database.
"""

import json
import os
import signal
import sqlite3
import unittest

from serve_process import Service
from workdir import HANG_S, Workdir

RACE = {"scenario": "race", "cars": 3, "rate_hz": 10, "laps": 2, "streams": "telemetry,race-control", "backfill": "30m"}


class ServeResultsTest(Workdir):
    def service(self, *options, db="kept.db"):
        service = Service(self.dir, "--db", f"sqlite:{db}", *options)
        self.addCleanup(service.cleanup)
        return service

    def rows(self, sql, *values, db="kept.db"):
        database = sqlite3.connect(self.dir / db, timeout=HANG_S)
        database.row_factory = sqlite3.Row
        try:
            return [dict(row) for row in database.execute(sql, values)]
        finally:
            database.close()

    def run_to_its_end(self, service, fields):
        status, run = service.post("/start", fields)
        self.assertEqual(status, 200, run)
        service.until("/status", lambda body: body["runs"][0]["state"] == "stopped")
        return run["run"]

    def answers(self, service, run):
        """REST's and GraphQL's, of one run."""
        query = """query($run: ID!) { race(run: $run) { session track seed started standings { position driver driverName gapS }
                   laps(first: 100) { nodes { driver lap lapTimeS sector1S isComplete driverName } } } }"""
        status, graph = service.post("/graphql", {"query": query, "variables": {"run": run}})
        self.assertEqual(status, 200)
        self.assertNotIn("errors", graph)
        return {"laps": service.get(f"/api/v1/races/{run}/laps")[1], "standings": service.get(f"/api/v1/races/{run}/standings")[1],
                "graphql": graph["data"]}

    def aggregate(self, db="kept.db"):
        """What racesim aggregate makes of the stored events, by table, in the order of the keys."""
        self.assert_code(self.racesim("aggregate", "--from", f"sqlite:{db}", "--by", "lap,standings", "--to", "sqlite:made.db"), 0)
        return self.results("made.db")

    def results(self, db="kept.db"):
        return {"lap_metrics": self.rows("SELECT * FROM lap_metrics ORDER BY run, session, car, lap", db=db),
                "standings": self.rows("SELECT * FROM standings ORDER BY run, session, car, passing", db=db)}

    def without_keys(self, results):
        return {table: [{name: value for name, value in row.items() if name != "row_key"} for row in rows]
                for table, rows in results.items()}

    def test_an_earlier_race_is_answered_as_before(self):
        service = self.service()
        run = self.run_to_its_end(service, RACE)
        before = self.answers(service, run)
        self.assertEqual(len(before["standings"]["items"]), 3)
        self.assertEqual(sum(row["is_complete"] for row in before["laps"]["items"]), 6)
        self.assertTrue(all(row["driver_name"] for row in before["laps"]["items"]))
        self.assertEqual(service.stop(), 0)
        self.assertEqual(self.without_keys(self.results()), self.without_keys(self.aggregate()))
        service = self.service()
        self.assertEqual(self.answers(service, run), before)
        listed = service.get("/api/v1/races")[1]["items"]
        self.assertEqual([(row["run"], row["session"], row["seed"], row["live"]) for row in listed], [(run, "race", 42, False)])
        standings = self.racesim("query", "standings", "--db", "sqlite:kept.db", "--format", "json")
        self.assert_code(standings, 0)
        self.assertIn(before["standings"]["items"][0]["driver"], standings.stdout)

    def test_results_of_a_killed_process_are_those_of_its_stored_events(self):
        service = self.service("--speed", "60")
        status, run = service.post("/start", {**RACE, "laps": 50, "backfill": "10m"})
        self.assertEqual(status, 200)
        service.until("/status", lambda body: body["store"]["stored"] > 15_000)
        os.kill(service.process.pid, signal.SIGKILL)
        service.process.wait()
        kept, made = self.without_keys(self.results()), self.without_keys(self.aggregate())

        def whole(rows):
            return [row for row in rows["lap_metrics"] if row["is_complete"]]

        self.assertGreater(len(whole(kept)), 6)
        self.assertEqual(whole(kept), whole(made))
        # Places are as they were known then: who was not over the line yet may change the gap, never the passing.
        passings = [[(row["car"], row["passing"], row["last_lap_s"]) for row in rows["standings"]] for rows in (kept, made)]
        self.assertEqual(*passings)
        service = self.service()
        found = service.get(f"/api/v1/races/{run['run']}/laps")[1]["items"]
        self.assertEqual(len([row for row in found if row["is_complete"]]), len(whole(kept)))
        check = service.get(f"/api/v1/pipeline/verify?run={run['run']}")[1]
        self.assertEqual((check["status"], check["events"]), ("unknown", None))
        # The next run is another one, and does not touch them.
        self.run_to_its_end(service, RACE)
        self.assertEqual([row for row in whole(self.without_keys(self.results())) if row["run"] == run["run"]], whole(kept))

    def test_every_stage_has_what_the_run_sent(self):
        service = self.service()
        run = self.run_to_its_end(service, RACE)
        manifest = service.get(f"/api/v1/runs/{run}/manifest")[1]
        sent = sum(manifest["sent"]["streams"].values())
        service.until(f"/api/v1/pipeline/verify?run={run}", lambda body: body["status"] == "ok")
        check = service.get("/api/v1/pipeline/verify")[1]
        self.assertEqual((check["run"], check["scenario"], check["state"], check["events"], check["digest"]),
                         (run, "race", "stopped", sent, manifest["sent"]["digest"]))
        stages = {stage["name"]: stage for stage in check["stages"]}
        self.assertEqual(list(stages), ["simulation", "live", "store", "rows", "processing", "results"])
        for name, stage in stages.items():
            expected = manifest["sent"]["streams"]["telemetry"] if name in ("processing", "results") else sent
            self.assertEqual((stage["status"], stage["expected"], stage["found"], stage["missing"], stage["extra"]),
                             ("ok", expected, expected, 0, 0), name)
        self.assertEqual(stages["rows"]["digest"], check["digest"])
        query = "{ pipelineCheck { run status events digest stages { name status expected found missing extra digest note } } }"
        graph = service.post("/graphql", {"query": query})[1]["data"]["pipelineCheck"]
        self.assertEqual(graph, {name: check[name] for name in graph})
        self.assertEqual(service.get("/api/v1/pipeline/verify?run=00000000")[0], 404)

        database = sqlite3.connect(self.dir / "kept.db", timeout=HANG_S)
        self.addCleanup(database.close)
        car, seq, speed = database.execute("SELECT car, seq, speed_kmh FROM telemetry ORDER BY seq DESC LIMIT 1").fetchone()

        def stage_of_rows():
            return next(stage for stage in service.get("/api/v1/pipeline/verify")[1]["stages"] if stage["name"] == "rows")

        database.execute("UPDATE telemetry SET speed_kmh = ? WHERE car = ? AND seq = ?", (speed + 1, car, seq))
        database.commit()
        self.assertEqual((stage_of_rows()["status"], stage_of_rows()["missing"]), ("altered", 0))
        database.execute("DELETE FROM telemetry WHERE car = ? AND seq = ?", (car, seq))
        database.commit()
        self.assertEqual((stage_of_rows()["status"], stage_of_rows()["missing"]), ("missing", 1))

    def test_faults_are_accounted_for(self):
        service = self.service()
        run = self.run_to_its_end(service, {**RACE, "laps": 1, "streams": "telemetry", "faults": "duplicate=1%,late=1%,drop=1%"})
        service.until(f"/api/v1/pipeline/verify?run={run}", lambda body: body["status"] == "ok")

    def test_the_manifest_proves_the_store_and_makes_the_run_again(self):
        service = self.service()
        run = self.run_to_its_end(service, {**RACE, "seed": 7})
        status, _, text = service.ask("GET", f"/api/v1/runs/{run}/manifest")
        self.assertEqual(status, 200)
        (self.dir / "m.json").write_text(text, encoding="utf-8")
        self.assertEqual(service.stop(), 0)
        self.assert_code(self.racesim("verify", "--manifest", "m.json", "--against", "sqlite:kept.db"), 0)
        service = self.service()
        self.assertEqual(service.ask("GET", f"/api/v1/runs/{run}/manifest")[2], text, "an earlier run's is in the store")
        self.assertEqual(service.get("/api/v1/runs/00000000/manifest")[0], 404)
        self.assertEqual(service.stop(), 0)

        again = self.service(db="again.db")
        started = self.racesim("start", "--url", again.url, "--manifest", "m.json", "--json")
        self.assert_code(started, 0)
        self.assertEqual(json.loads(started.stdout)["run"], run)
        # By event time a race takes its time.
        again.until("/status", lambda body: body["runs"][0]["acked"] > 0)
        again.post("/stop")
        self.assertEqual(self.rows("SELECT min(seq) AS first FROM telemetry", db="again.db"), [{"first": 0}])
        whole = again.post("/start", {"manifest": json.loads(text), "posting_rate": "50k/s"})
        self.assertEqual(whole[0], 200, whole)
        again.until("/status", lambda body: body["runs"][0]["state"] == "stopped")
        once_more = again.get(f"/api/v1/runs/{run}/manifest")[1]
        self.assertEqual(once_more["sent"]["digest"], json.loads(text)["sent"]["digest"])
        self.assertEqual(again.stop(), 0)
        self.assert_code(self.racesim("verify", "--manifest", "m.json", "--against", "sqlite:again.db"), 0)
        self.assertEqual(self.without_keys(self.results("again.db")), self.without_keys(self.results()))

    def test_a_stopped_run_is_made_as_far_as_it_came(self):
        service = self.service()
        _, run = service.post("/start", {"scenario": "fleet", "vehicles": 3, "rate_hz": 50})
        service.until("/status", lambda body: body["runs"][0]["sent"] > 20)
        service.post("/stop")
        manifest = service.get(f"/api/v1/runs/{run['run']}/manifest")[1]
        again = self.service(db="again.db")
        self.assertEqual(again.post("/start", {"manifest": manifest, "posting_rate": "10k/s"})[0], 200)
        again.until("/status", lambda body: body["runs"][0]["state"] == "stopped")
        made = again.get(f"/api/v1/runs/{run['run']}/manifest")[1]
        self.assertEqual((made["sent"]["released"], made["sent"]["digest"]),
                         (manifest["sent"]["released"], manifest["sent"]["digest"]))

    def test_manifests_that_are_refused(self):
        service = self.service()
        run = self.run_to_its_end(service, {**RACE, "laps": 1})
        manifest = service.get(f"/api/v1/runs/{run}/manifest")[1]
        for fields, said in (({"manifest": "run.manifest.json"}, "not a racesim manifest"),
                             ({"manifest": {}}, "not a racesim manifest"),
                             ({"manifest": {**manifest, "scenario": "race@1"}}, "other events"),
                             ({"manifest": {**manifest, "event_format": "csv"}}, "a service makes JSON"),
                             ({"manifest": {**manifest, "format": 99}}, "format 99"),
                             ({"manifest": manifest, "seed": 3}, "seed: the manifest says"),
                             ({"manifest": manifest, "scenario": "fleet"}, "the manifest is of race"),
                             ({"manifest": manifest, "sink": "file:x"}, "not for a request"),
                             ({"manifest": {**manifest, "options": {**manifest["options"], "cars": 0}}}, "cars")):
            status, problem = service.post("/start", fields)
            self.assertEqual(status, 400, problem)
            self.assertIn(said, problem["detail"])
        other = {**manifest, "master_data": {"dir": "/etc", "named": True, "hash": "0" * 32}}
        status, problem = service.post("/start", {"manifest": other})
        self.assertNotEqual(status, 200)
        self.assertNotIn("/etc", problem["detail"])
        self.write("bad.json", "[1]")
        self.assert_refused(self.racesim("start", "--url", service.url, "--manifest", "bad.json"), "no JSON object")

    def test_violations_and_charts_of_earlier_runs(self):
        self.assert_code(self.racesim("generate-master", "--num-songs", "30", "--num-users", "200", "--output-dir", "master"), 0)
        service = self.service("--master-data-dir", "master")
        fleet = service.post("/start", {"scenario": "fleet", "vehicles": 4, "backfill": "2h", "rate_hz": 1})[1]["run"]
        service.until("/status", lambda body: body["store"]["stored"] > 28_000)
        service.post("/stop?scenario=fleet")
        service.until(f"/api/v1/pipeline/verify?run={fleet}", lambda body: body["status"] == "ok")
        violations = service.get(f"/api/v1/fleet/{fleet}/violations")[1]
        self.assertTrue(violations["items"])
        self.assertEqual(service.post("/start", {"scenario": "plays", "backfill": "3m", "volume": 600})[0], 200)
        service.until("/api/v1/songs/top?window=5m", lambda body: len(body["items"]) == 10)
        service.post("/stop")
        charts = ["/api/v1/songs/top?window=5m&limit=20", "/api/v1/songs/top?window=1h&country=DE"]

        def chart(of):
            return [[{name: row[name] for name in row if name != "is_final"} for row in of.get(target)[1]["items"]] for target in charts]

        before = chart(service)
        self.assertEqual(service.stop(), 0)
        service = self.service("--master-data-dir", "master")
        self.assertEqual(service.get(f"/api/v1/fleet/{fleet}/violations")[1], violations)
        self.assertEqual(chart(service), before)


if __name__ == "__main__":
    unittest.main()
