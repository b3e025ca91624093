"""Goal: `racesim serve` answers as FleetStream's README has it, starts the same runs as `racesim run` with the same words for
what is wrong, shows every event live, and ends in order. Method: the real program on a port of its own; HTTP by Python's
http.client, WebSocket by hand; lines compared with those that `racesim run` writes.
"""

import csv
import http.client
import io
import json
import re
import signal
import unittest

from serve_process import EventStream, Service, WebSocket
from workdir import MASTER, PAUSE, Workdir


class ServeCase(Workdir):
    def serve(self, *options, **more):
        service = Service(self.dir, *options, **more)
        self.addCleanup(service.cleanup)
        return service


class FleetStreamTest(ServeCase):
    """FleetStream's README from top to bottom."""

    def test_the_readme(self):
        service = self.serve(env={"VEHICLE_ID": "MYCAR7"})
        self.assertEqual(service.get("/telemetry/latest")[0], 404)
        self.assertEqual(service.get("/telemetry/recent?limit=500"), (200, {"items": []}))
        self.assertEqual(service.get("/status")[1]["state"], "idle")
        with WebSocket(service) as early:
            self.assertEqual(early.message(), {"type": "snapshot", "items": []})
            self.assertEqual(service.post("/start-sim?rate_hz=20"), (200, {"status": "started", "rate_hz": 20}))
            status = service.get("/status")[1]
            self.assertEqual((status["state"], status["running"], status["scenario"]), ("running", True, "fleet"))
            self.assertEqual(service.post("/start-sim?rate_hz=5")[0], 409)
            service.until("/telemetry/recent", lambda body: len(body["items"]) >= 5)
            with WebSocket(service) as late:
                snapshot = late.message()
                self.assertEqual((snapshot["type"], len(snapshot["items"])), ("snapshot", 1))
                event = late.message()
                self.assertEqual((event["type"], event["data"]["vehicle_id"]), ("event", "MYCAR7"))
                self.assertEqual(event["data"]["seq"], snapshot["items"][0]["seq"] + 1)
            # Whoever was there before the start is shown what was started.
            self.assertEqual(early.message()["type"], "snapshot")
            self.assertEqual(early.message()["data"]["vehicle_id"], "MYCAR7")
        self.assertEqual(service.post("/stop-sim"), (200, {"status": "stopped"}))
        latest = service.get("/telemetry/latest")[1]["items"]
        recent = service.get("/telemetry/recent?limit=500")[1]["items"]
        self.assertEqual(latest, recent[-1:], "the newest comes last")
        self.assertEqual([item["seq"] for item in recent], list(range(len(recent))))
        self.assertEqual(service.get("/telemetry/recent?limit=2")[1]["items"], recent[-2:])
        self.assertEqual(list(recent[0])[:12],
                         ["vehicle_id", "timestamp", "location", "speed_kmh", "engine_rpm", "gear", "fuel_level_pct",
                          "fault_codes", "road_type", "speed_limit_kmh", "speeding", "rpm_over_redline"])
        status, headers, text = service.ask("GET", "/telemetry/export.csv?limit=2000")
        self.assertEqual((status, headers["Content-Type"]), (200, "text/csv; charset=utf-8"))
        self.assertIn("attachment", headers["Content-Disposition"])
        rows = list(csv.DictReader(io.StringIO(text)))
        self.assertEqual([(row["timestamp"], float(row["location_lat"])) for row in rows],
                         [(item["timestamp"], item["location"]["lat"]) for item in recent])
        self.assertEqual(service.stop(), 0)

    def test_violations(self):
        service = self.serve()
        service.post("/start?scenario=fleet&vehicles=100&rate_hz=1&speed=600")
        found = service.until("/telemetry/violations?limit=7", lambda body: len(body["items"]) == 7)["items"]
        service.post("/stop")
        for item in found:
            self.assertTrue(item["speeding"] or item["rpm_over_redline"], item)
        everything = service.get("/telemetry/recent?limit=2000")[1]["items"]
        wanted = [item for item in everything if item["speeding"] or item["rpm_over_redline"]]
        listed = service.get("/telemetry/violations?limit=2000")[1]["items"]
        self.assertEqual(listed[len(listed) - len(wanted):], wanted)
        status, problem = service.get("/telemetry/violations?scenario=race")
        self.assertEqual((status, problem), (200, {"items": []}), "nothing has been made of it")
        service.post("/start?scenario=race&cars=1&duration=200ms")
        service.until("/telemetry/recent?scenario=race", lambda body: body["items"])
        self.assertEqual(service.get("/telemetry/violations?scenario=race")[0], 404)


class ControlTest(ServeCase):
    def test_the_same_run_as_racesim_run(self):
        service = self.serve("--scenario", "race", "--cars", "3", "--seed", "7", "--autostart", "--laps", "2")
        service.until("/status", lambda body: body["runs"] and body["runs"][0]["sent"] > 300)
        stopped = service.post("/stop?scenario=race")[1]["runs"][0]
        self.assertEqual((stopped["state"], stopped["failed"]), ("stopped", 0))
        self.assertEqual(stopped["sent"], stopped["acked"])
        items = service.get("/telemetry/recent?limit=2000")[1]["items"]
        self.assertEqual(len(items), min(2000, stopped["sent"]))
        first = items[0]
        self.assertEqual(first["seq"], 0)
        run = self.racesim("run", "--scenario", "race", "--cars", "3", "--seed", "7", "--laps", "2", "--historical",
                           "--start-datetime", first["time"], "--end-datetime", "2099-01-01T00:00:00Z", "--volume",
                           str(len(items)), "--run-id", first["run"], "-q")
        self.assertEqual([json.loads(line) for line in run.stdout.splitlines()], items)
        self.assertEqual(first["run"], stopped["run"])

    def test_start_stop_and_start_again(self):
        service = self.serve("--scenario", "fleet", "--vehicle-id", "BASE1")
        status, run = service.post("/start", {"rate_hz": 50, "vehicles": 2})
        self.assertEqual((status, run["scenario"], run["state"]), (200, "fleet", "running"))
        status, conflict = service.post("/start", {})
        self.assertEqual((status, conflict["state"], conflict["scenario"]), (409, "running", "fleet"))
        self.assertEqual(service.post("/start?scenario=race&cars=2")[0], 200, "one run per scenario")
        self.assertEqual([r["state"] for r in service.get("/status")[1]["runs"]], ["running", "running"])
        service.until("/telemetry/latest?scenario=fleet", lambda body: len(body["items"]) == 2)
        ended = service.post("/stop", {"scenario": "fleet"})[1]
        self.assertEqual(ended["state"], "running")
        self.assertEqual({r["scenario"]: r["state"] for r in ended["runs"]}, {"fleet": "stopped", "race": "running"})
        self.assertEqual(service.post("/stop")[1]["state"], "stopped")
        self.assertEqual(service.post("/stop")[1]["state"], "stopped", "nothing to stop is no error")
        again = service.post("/start", {"scenario": "fleet", "vehicle_id": "OTHER"})[1]
        self.assertNotEqual(again["run"], run["run"])
        service.until("/telemetry/latest?scenario=fleet",
                      lambda body: [item["vehicle_id"] for item in body["items"]] == ["OTHER"])
        form = service.ask("POST", "/stop", body="scenario=fleet",
                           headers={"Content-Type": "application/x-www-form-urlencoded"})
        self.assertEqual(form[0], 200)

    def test_a_run_that_ends_by_itself(self):
        service = self.serve()
        service.post("/start", {"scenario": "fleet", "rate_hz": 100, "duration": "200ms"})
        ended = service.until("/status", lambda body: body["state"] == "stopped")["runs"][0]
        self.assertEqual((ended["sent"], ended["acked"], ended["failed"], ended["error"]), (20, 20, 0, None))

    def test_wrong_values_in_the_words_of_the_command_line(self):
        service = self.serve()
        for scenario, option, value in (("race", "cars", "abc"), ("race", "cars", "41"), ("fleet", "rate-hz", "nan"),
                                        ("fleet", "rate-hz", "1e30"), ("race", "seed", "-1"), ("race", "session", "x"),
                                        ("race", "faults", "late=200%"), ("plays", "popularity", "x"),
                                        ("race", "posting-rate", "fast"), ("race", "speed", "0"),
                                        ("race", "duration", "5 fortnights"), ("race", "track", "nowhere"),
                                        ("fleet", "seed", "99999999999999999999999")):
            told = self.racesim("run", "--scenario", scenario, f"--{option}", value, "--dry-run")
            self.assertEqual(told.returncode, 2, (option, told.stderr))
            words = told.stderr.splitlines()[0].removeprefix("error: ").removeprefix(f"--{option}: ")
            field = option.replace("-", "_")
            status, problem = service.post("/start", {"scenario": scenario, field: value})
            self.assertEqual(status, 400, problem)
            self.assertIn(words, problem["detail"])
            self.assertTrue(problem["detail"].startswith((f"{field}: ", f"--{option}")), problem["detail"])
        self.assertEqual(service.get("/status")[1]["runs"], [], "nothing was started")

    def test_unknown_and_forbidden_fields_are_named(self):
        service = self.serve()
        for body, words in (({"rate": 5}, ("'rate'", "known: ")), ({"car": 3}, ("'car'", "did you mean: cars")),
                            ({"rate-hz": 5}, ("'rate-hz'", "did you mean: rate_hz")), ({"cars": None}, ("'cars'",)),
                            ({"cars": [1]}, ("'cars'",)), ({"scenario": "rase"}, ("did you mean: race",)),
                            ({"scenario": "fleet", "cars": 2}, ("--cars is for the scenario race",)),
                            ({"sink": "file:out"}, ("sink", "kafka, null")), ({"sink": "stdout"}, ("sink",)),
                            ({"checkpoint": "x"}, ("'checkpoint'", "command line")),
                            ({"manifest": "run.manifest.json"}, ("manifest", "not a racesim manifest")),
                            ({"master_data_dir": "/"}, ("'master_data_dir'",)),
                            ({"token_file": "/etc/passwd"}, ("'token_file'",)),
                            ({"scenario": "race", "track": "/etc/passwd"}, ("file of the server",)),
                            ({"scenario": "fleet", "route": "../x.geojson"}, ("file of the server",))):
            status, problem = service.post("/start", body)
            self.assertEqual(status, 400, problem)
            for word in words:
                self.assertIn(word, problem["detail"])
        self.assertEqual(service.post("/stop", {"scenari": "race"})[0], 400)
        self.assertEqual(service.post("/start-sim?hz=5")[0], 400)
        self.assertEqual(service.post("/start-sim?rate_hz=abc")[0], 400)
        self.assertFalse((self.dir / "out").exists())

    def test_what_cannot_be_opened_is_told(self):
        service = self.serve()
        status, problem = service.post("/start", {"scenario": "plays"})
        self.assertEqual(status, 400)
        self.assertIn("no master data in data/master/", problem["detail"])
        self.assertEqual(service.get("/status")[1]["runs"][0]["state"], "failed")
        self.assertIn("no master data", service.messages())
        other = Service(self.dir, "--scenario", "plays", "--master-data-dir", MASTER)
        self.addCleanup(other.cleanup)
        self.assertEqual(other.post("/start", {"volume": "6000/min"})[0], 200)
        other.until("/telemetry/latest", lambda body: "song_id" in body["items"][0])

    def test_brokers_that_are_not_there(self):
        service = self.serve("--scenario", "fleet", "--connect-timeout", "300ms",
                             env={"KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1"})
        status, problem = service.post("/start")
        self.assertEqual(status, 503)
        self.assertIn("127.0.0.1:1", problem["detail"])
        failed = service.get("/status")[1]["runs"][0]
        self.assertEqual((failed["state"], failed["sent"]), ("failed", 0))
        self.assertEqual(service.post("/start", {"sink": "null"})[0], 200, "alone it serves")

    def test_files_beside_the_live_feed(self):
        service = self.serve("--scenario", "race", "--cars", "1", "--sink", "file:out.ndjson", "--autostart")
        service.until("/status", lambda body: body["runs"] and body["runs"][0]["sent"] > 50)
        run = service.post("/stop")[1]["runs"][0]
        self.assertEqual([sink["name"] for sink in run["sinks"]], ["file:out.ndjson", "live"])
        lines = (self.dir / "out.ndjson").read_text(encoding="utf-8").splitlines()
        self.assertEqual([json.loads(line) for line in lines], service.get("/telemetry/recent?limit=2000")[1]["items"])


class ThinClientTest(ServeCase):
    def test_start_status_stop(self):
        service = self.serve()
        url = ["--url", service.url]
        self.assertEqual(self.racesim("status", *url).stdout, "idle\n")
        started = self.racesim("start", "--scenario", "fleet", "--rate-hz", "20", *url)
        self.assertRegex(started.stdout, r"^fleet +running +run [0-9a-f]{8} ")
        again = self.racesim("start", "--scenario", "fleet", *url)
        self.assertEqual((again.returncode, again.stdout), (6, ""))
        self.assertIn("fleet is running already", again.stderr)
        wrong = self.racesim("start", "--scenario", "race", "--rate-hz", "abc", *url)
        self.assertEqual(wrong.returncode, 2)
        self.assertIn("rate_hz: 'abc' is not a number", wrong.stderr)
        status = json.loads(self.racesim("status", "--json", *url).stdout)
        self.assertEqual(status["runs"][0]["scenario"], "fleet")
        self.assertRegex(self.racesim("stop", *url).stdout, r"^fleet +stopped ")
        self.assertEqual(service.stop(), 0)
        gone = self.racesim("status", *url)
        self.assertEqual(gone.returncode, 1)
        self.assertIn("racesim serve", gone.stderr)
        self.assertEqual(self.racesim("status", "--url", "nonsense").returncode, 2)


class DescriptionTest(ServeCase):
    def test_openapi_says_what_is_there(self):
        service = self.serve()
        status, document = service.get("/openapi.json")
        self.assertEqual((status, document["openapi"]), (200, "3.1.0"))
        listed = service.get("/no_such_path")[1]["detail"]
        for path in document["paths"]:
            self.assertIn(path, listed)
        self.assertLessEqual({"/start", "/stop", "/status", "/start-sim", "/stop-sim", "/telemetry/latest", "/telemetry/recent",
                              "/telemetry/violations", "/telemetry/export.csv", "/ws", "/events/stream", "/play", "/events",
                              "/api/v1/races/{run}/standings", "/graphql", "/metrics"}, set(document["paths"]))
        for path, methods in document["paths"].items():
            for method, operation in methods.items():
                self.assertTrue(operation["summary"], path)
                # Those that wait for probes take anything; ingestion needs a store, and GraphQL a body, before its query counts.
                if path in ("/healthz", "/readyz", "/metrics", "/openapi.json", "/play", "/events", "/graphql"):
                    continue
                # What it names is known, and nothing else is.
                target = path.replace("{run}", "live")
                unknown = service.ask(method.upper(), target + "?no_such_name=1")
                self.assertIn(unknown[0], (400, 426), path)
                for parameter in operation["parameters"]:
                    self.assertTrue(parameter["description"], parameter)
                    if parameter["in"] == "query":
                        answer = service.ask(method.upper(), f"{target}?{parameter['name']}=%20")
                        self.assertNotIn("unknown parameter", answer[2], parameter)
        fields = document["paths"]["/start"]["post"]["requestBody"]["content"]["application/json"]["schema"]["properties"]
        self.assertLessEqual({"scenario", "seed", "rate_hz", "cars", "vehicles", "faults", "speed"}, set(fields))
        self.assertFalse({"master_data_dir", "token_file", "checkpoint", "summary_export"} & set(fields))

    def test_metrics(self):
        service = self.serve("--scenario", "fleet", "--rate-hz", "100", "--autostart")
        service.until("/status", lambda body: body["runs"] and body["runs"][0]["sent"] > 20)
        with WebSocket(service) as client:
            client.message()
            found = self.metrics(service.ask("GET", "/metrics")[2])
        self.assertEqual(found["racesim_serve_live_clients"], 1)
        self.assertGreater(found['racesim_run_events_total{scenario="fleet"}'], 20)
        self.assertEqual(found['racesim_sink_failed_total{scenario="fleet",sink="live"}'], 0)
        self.assertIn('racesim_run_send_lag_seconds_bucket{scenario="fleet",le="+Inf"}', found)

    def test_metrics_of_a_run(self):
        process = self.start("run", "--scenario", "fleet", "--rate-hz", "100", "--sink", "null", "--metrics-listen",
                             "127.0.0.1:0")
        text = self.stderr_with(process, "metrics at ")
        port = int(re.search(r"metrics at http://127.0.0.1:(\d+)/metrics", text)[1])
        found = {}
        while not found.get('racesim_run_events_total{scenario="fleet"}'):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            connection.request("GET", "/metrics")
            found = self.metrics(connection.getresponse().read().decode())
            connection.close()
        self.assertEqual(found['racesim_sink_failed_total{scenario="fleet",sink="null"}'], 0)
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(timeout=60), 0)
        off = self.racesim("run", "--metrics-listen", "0.0.0.0:0")
        self.assertEqual(off.returncode, 2)
        self.assertIn("127.0.0.1:9100", off.stderr)

    @staticmethod
    def metrics(text):
        return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in text.splitlines()
                                                       if not line.startswith("#"))}

    def stderr_with(self, process, words):
        while process.poll() is None:
            text = (self.dir / "stderr").read_text(encoding="utf-8")
            if words in text and text.endswith("\n"):
                return text
            PAUSE.wait(0.01)
        raise AssertionError("the run has ended")


class LiveTest(ServeCase):
    def test_websocket_gives_each_event_once_and_in_order(self):
        service = self.serve("--scenario", "race", "--cars", "2", "--autostart")
        with WebSocket(service) as client:
            snapshot = client.message()
            while not snapshot["items"]:  # it may have come before the first event
                snapshot = {"items": [client.message()["data"] for _ in range(2)]}
            seqs = {item["car"]: item["seq"] for item in snapshot["items"]}
            for _ in range(200):
                event = client.message()
                self.assertEqual(event["type"], "event")
                self.assertEqual(event["data"]["seq"], seqs[event["data"]["car"]] + 1)
                seqs[event["data"]["car"]] += 1

    def test_fields_rate_and_scenario(self):
        service = self.serve("--scenario", "race", "--cars", "2", "--autostart")
        with WebSocket(service, "/ws?scenario=race&fields=speed_kmh,car&rate=20") as client:
            client.message()
            for _ in range(6):
                self.assertEqual(set(client.message()["data"]), {"car", "speed_kmh"})
        for target, word in (("/ws?fields=speed", "speed_kmh"), ("/ws?rate=0", "rate"), ("/ws?rate=nan", "rate"),
                             ("/ws?rate=1e3", "rate"), ("/ws?rate=-1", "rate"), ("/ws?scenario=rase", "race"),
                             ("/ws?filter=x", "filter"), ("/events/stream?fields=", None)):
            if word is None:
                with EventStream(service, target) as stream:
                    self.assertEqual(stream.event()["event"], "snapshot", "no fields named: all of them")
                continue
            with self.assertRaises(AssertionError) as refused:
                WebSocket(service, target)
            self.assertIn("400 Bad Request", str(refused.exception))

    def test_corrupt_lines_are_texts(self):
        service = self.serve("--scenario", "fleet", "--rate-hz", "100", "--faults", "corrupt=50%", "--autostart")
        with WebSocket(service) as client:
            kinds = {client.message()["type"] for _ in range(100)}  # each is JSON
        self.assertEqual(kinds, {"snapshot", "event", "corrupt"})
        for item in service.get("/telemetry/recent")[1]["items"]:
            self.assertEqual(item["vehicle_id"], "TESTCAR01")

    def test_event_stream_goes_on_where_it_was(self):
        service = self.serve("--scenario", "fleet", "--rate-hz", "100", "--autostart")
        with EventStream(service) as stream:
            self.assertEqual(stream.answer.getheader("Content-Type"), "text/event-stream")
            self.assertEqual(stream.event()["event"], "snapshot")
            last = [stream.event() for _ in range(5)][-1]
        service.until("/status", lambda body: body["runs"][0]["sent"] > json.loads(last["data"])["seq"] + 20)
        with EventStream(service, headers={"Last-Event-ID": last["id"]}) as stream:
            first = stream.event()
            self.assertEqual(json.loads(first["data"])["seq"], json.loads(last["data"])["seq"] + 1)
            epoch, number = last["id"].split("-")
            self.assertEqual(first["id"], f"{epoch}-{int(number) + 1}")
        with EventStream(service, headers={"Last-Event-ID": "another-5"}) as stream:
            self.assertEqual(stream.event()["event"], "snapshot")

    def test_slow_clients_are_thinned_and_told_and_hold_up_nobody(self):
        service = self.serve("--scenario", "race", "--cars", "40", "--rate-hz", "500", "--autostart")
        with WebSocket(service, receive_buffer=4096) as slow, WebSocket(service) as quick:
            quick.message()
            clock = None
            for _ in range(1_000_000):  # the slow one reads nothing for some seconds of events
                event = quick.message()
                self.assertEqual(event["type"], "event", "the quick one is not thinned")
                clock = event["data"]["session_time_s"]
                if clock > 4:
                    break
            told = None
            for _ in range(1_000_000):
                told = slow.message()
                if told["type"] == "thinned":
                    break
            self.assertGreater(told["skipped"], 1000)
            snapshot = slow.message()
            self.assertEqual((snapshot["type"], len(snapshot["items"])), ("snapshot", 40))
            self.assertGreater(snapshot["items"][0]["session_time_s"], 2.5)
        self.assertEqual(service.stop(), 0)


class EndTest(ServeCase):
    def test_signals_end_in_order(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            service = self.serve("--scenario", "fleet", "--rate-hz", "50", "--autostart")
            with WebSocket(service) as client, EventStream(service) as stream:
                client.message()
                stream.event()
                service.process.send_signal(number)
                self.assertEqual(client.close_code(), 1001)
                client.send(8, b"\x03\xe9")
                with self.assertRaises(EOFError):
                    while True:
                        stream.event()
            self.assertEqual(service.process.wait(timeout=60), 0)

    def test_before_anything_is_listened_on(self):
        service = self.serve()
        for options, code, words in (
                (["--listen", f"127.0.0.1:{service.port}"], 6, "the port is taken"),
                (["--listen", "0.0.0.0:0"], 2, "--token-file"),
                (["--listen", "nonsense"], 2, "HOST:PORT"),
                (["--scenario", "rase"], 2, "did you mean: race"),
                (["--scenario", "race", "--vehicles", "3"], 2, "--vehicles is for the scenario fleet"),
                (["--allow-origin", "*"], 2, "is no origin"),
                (["--token-file", "missing"], 2, "missing"),
                (["--sink", "http"], 2, "no such sink"),
                (["--posting-rate", "1"], 2, "below")):
            ended = self.racesim("serve", *options)
            self.assertEqual(ended.returncode, code, (options, ended.stderr))
            self.assertIn(words, ended.stderr)
        dry = self.racesim("serve", "--dry-run", "--scenario", "fleet", "--listen", "127.0.0.1:80")
        self.assertEqual(dry.returncode, 0, dry.stderr)
        self.assertIn("listen    127.0.0.1:80", dry.stdout)


if __name__ == "__main__":
    unittest.main()
