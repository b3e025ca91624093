"""Goal: what `racesim serve --db` answers for is in the store, whatever happens to the process or to the store, and a
store in trouble is told and harms nothing else. Method: the real service with an SQLite file that Python's sqlite3 looks
into, locks and takes away; SIGKILL right behind answers.
"""

import json
import os
import random
import shutil
import signal
import sqlite3
import time
import unittest

from serve_process import Service
from workdir import HANG_S, PAUSE, Workdir

FULL = os.environ.get("RACESIM_FULL") == "1"
KILLS = 200 if FULL else 20
RACE = ("--scenario", "race", "--cars", "4", "--rate-hz", "20")


def packet(seq, vehicle="TESTCAR01", run="0badcafe", **fields):
    time_text = f"2026-07-05T14:{seq // 60000 % 60:02}:{seq // 1000 % 60:02}.{seq % 1000:03}000+00:00"
    return {"vehicle_id": vehicle, "timestamp": time_text,
            "location": {"lat": 35.1, "lon": 139.2}, "speed_kmh": 50.0, "engine_rpm": 2000, "gear": 3, "fuel_level_pct": 70.0,
            "fault_codes": [], "road_type": "urban", "speed_limit_kmh": 60, "speeding": False, "rpm_over_redline": False,
            "seq": seq, "run": run, **fields}


class ServeStoreTest(Workdir):
    def service(self, *options, **more):
        service = Service(self.dir, "--db", "sqlite:kept.db", *options, **more)
        self.addCleanup(service.cleanup)
        return service

    def rows(self, sql, *values):
        database = sqlite3.connect(self.dir / "kept.db", timeout=HANG_S)
        try:
            return database.execute(sql, values).fetchall()
        finally:
            database.close()

    def lines(self, service, events):
        body = "\n".join(json.dumps(event) for event in events)
        status, _, text = service.ask("POST", "/events", body, {"Content-Type": "application/x-ndjson"})
        return status, json.loads(text)

    def test_a_run_is_stored_whole(self):
        service = self.service(*RACE, "--streams", "telemetry,race-control")
        service.post("/start")
        service.until("/status", lambda s: s["runs"][0]["sent"] > 100)
        service.post("/stop")
        _, status = service.get("/status")
        run, store = status["runs"][0], status["store"]
        self.assertEqual((run["acked"], run["failed"], store["state"]), (run["sent"], 0, "open"))
        self.assertEqual(store["stored"], run["sent"])
        self.assertEqual(sum(store["tables"].values()), run["sent"])
        self.assertEqual(self.rows("SELECT run, scenario, events FROM runs"), [(run["run"], "race", run["sent"])])
        # What was shown live is what is stored, and is known again by its ids.
        _, recent = service.get("/telemetry/recent?limit=50")
        self.assertEqual(self.lines(service, recent["items"]), (200, {"accepted": 0, "duplicates": 50, "rejected": []}))
        _, _, metrics = service.ask("GET", "/metrics")
        self.assertIn('racesim_ingest_stored_total{table="telemetry"}', metrics)
        self.assertEqual(len(service.get(f"/api/v1/races/{run['run']}/telemetry?limit=8")[1]["items"]), 8)
        self.assertEqual(service.stop(), 0)
        self.assertEqual([file.name for file in self.dir.glob("kept.db*")], ["kept.db"], "all connections were closed in order")

    def test_without_a_store(self):
        service = Service(self.dir)
        self.addCleanup(service.cleanup)
        for path in ("/play", "/events"):
            status, problem = service.post(path, packet(1))
            self.assertEqual(status, 404)
            self.assertIn("--db", problem["detail"])
        self.assertNotIn("store", service.get("/status")[1])

    def test_a_store_that_cannot_be_opened(self):
        with self.assertRaisesRegex(RuntimeError, "no folder|no such|unable"):
            Service(self.dir, "--db", "sqlite:nowhere/kept.db")
        with self.assertRaisesRegex(RuntimeError, "influx"):
            Service(self.dir, "--db", "influx:http://localhost:8086")
        with self.assertRaisesRegex(RuntimeError, "--keep is for a store"):
            Service(self.dir, "--keep", "1d")

    def test_what_was_answered_for_survives_kills(self):
        dice = random.Random(20240101)
        seq, answered, port = 0, 0, "127.0.0.1:0"
        for _ in range(KILLS):
            service = self.service(*RACE, "--autostart", listen=port)
            port = f"127.0.0.1:{service.port}"
            for _ in range(dice.randint(1, 4)):
                count = dice.randint(1, 40)
                status, answer = self.lines(service, [packet(seq + i) for i in range(count)])
                self.assertEqual((status, answer["accepted"]), (200, count))
                seq += count
                answered = seq
            os.kill(service.process.pid, signal.SIGKILL)
            service.process.wait()
        self.assertEqual(self.rows("SELECT count(*), count(DISTINCT seq), max(seq) FROM fleet"), [(seq, answered, seq - 1)])
        # Summaries are as if nothing had happened.
        for table, key in (("fleet", "vehicle_id"), ("telemetry", "car")):
            time_column = "timestamp" if table == "fleet" else "time"
            plain = self.rows(f"SELECT run, {key}, min(seq), max(seq), CAST(round(max(speed_kmh) * 10) AS INTEGER) FROM {table} "
                              f"GROUP BY run, {key}, CAST(strftime('%s', {time_column}) AS INTEGER) / 10 ORDER BY 1, 2, 3")
            kept = self.rows(f"SELECT run, {key}, first_number, last_number, speed_kmh_max FROM {table}_10s ORDER BY 1, 2, 3")
            self.assertEqual(kept, plain)

    def test_a_store_that_is_held_is_waited_for(self):
        service = self.service(*RACE)
        holder = sqlite3.connect(self.dir / "kept.db", isolation_level=None)
        holder.execute("BEGIN EXCLUSIVE")
        service.post("/start")
        service.until("/status", lambda s: s["store"]["state"] == "waiting" and s["runs"][0]["sent"] > 0)
        status, problem = service.post("/events", packet(1))
        self.assertEqual(status, 503)
        self.assertIn("nothing can be stored now", problem["detail"])
        holder.execute("ROLLBACK")
        holder.close()
        service.until("/status", lambda s: s["store"]["state"] == "open" and s["runs"][0]["acked"] > 40)
        service.post("/stop")
        _, status = service.get("/status")
        self.assertEqual(self.rows("SELECT count(*) FROM telemetry"), [(status["runs"][0]["sent"],)])
        self.assertEqual(status["runs"][0]["failed"], 0)

    def test_a_store_that_fails_ends_the_run_and_not_the_service(self):
        service = self.service(*RACE)
        service.post("/start")
        service.until("/status", lambda s: s["store"]["stored"] > 0)
        os.rename(self.dir / "kept.db", self.dir / "away.db")
        for name in ("kept.db-wal", "kept.db-shm"):
            shutil.move(self.dir / name, self.dir / ("away" + name.removeprefix("kept")))
        status = service.until("/status", lambda s: s["runs"][0]["state"] == "failed")
        self.assertIn("was moved or removed", status["runs"][0]["error"]["what"])
        service.until("/status", lambda s: s["store"]["state"] == "open")
        self.assertEqual(service.post("/start")[0], 200)
        service.until("/status", lambda s: s["runs"][0]["acked"] > 0)
        self.assertEqual(service.post("/events", packet(7))[1]["accepted"], 1)
        self.assertEqual(service.stop(), 0)

    def test_old_events_go(self):
        service = self.service("--keep", "1m")
        self.lines(service, [packet(seq) for seq in range(0, 120_000, 1000)])
        deadline = time.monotonic() + HANG_S
        while self.rows("SELECT min(seq) FROM fleet") != [(59_000,)] and time.monotonic() < deadline:
            self.lines(service, [packet(119_000)])
            PAUSE.wait(0.05)
        self.assertEqual(self.rows("SELECT count(*), min(seq) FROM fleet"), [(61, 59_000)])
        self.assertEqual(self.lines(service, [packet(1)])[1], {"accepted": 0, "duplicates": 0, "expired": 1, "rejected": []})

    def test_a_second_signal_does_not_wait_for_a_held_store(self):
        service = self.service(*RACE, "--autostart")
        service.until("/status", lambda s: s["store"]["stored"] > 0)
        holder = sqlite3.connect(self.dir / "kept.db", isolation_level=None)
        self.addCleanup(holder.close)
        holder.execute("BEGIN IMMEDIATE")
        service.until("/status", lambda s: s["store"]["state"] == "waiting")
        service.process.send_signal(signal.SIGTERM)
        service.until("/status", lambda s: s["runs"][0]["state"] == "draining")
        self.assertEqual(service.stop(), 0)


if __name__ == "__main__":
    unittest.main()
