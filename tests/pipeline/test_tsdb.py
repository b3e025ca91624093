"""Goal: real databases take what racesim writes over InfluxDB's v2 API. QuestDB: each event is one row with the values of
the event, also when all are written again (its tables have nanoseconds and DEDUP UPSERT KEYS, as an InfluxDB's points
overwrite each other). VictoriaMetrics: each event is a sample with its number. Method: the real binary and servers; rows
are read back over each one's own interface and compared with the run's JSON."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import urllib.parse
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "cli"), str(HERE.parent / "support")]
from workdir import SOURCE, Workdir  # noqa: E402

FULL = os.environ.get("RACESIM_FULL") == "1"
LAPS, RATE_HZ = ("3", "100") if FULL else ("1", "5")
RACE = ["run", "--historical", "--start-datetime", "2026-07-05T14:00:00Z", "--end-datetime", "2026-07-05T16:00:00Z",
        "--laps", LAPS, "--rate-hz", RATE_HZ, "--cars", "4", "-q"]
SCRIPTS = SOURCE / "scripts" / "tsdb"
START_SECONDS_MAX = 120
KEYS = "session, driver, run, car"


class Server:
    def __init__(self, kind):
        self.folder = tempfile.mkdtemp(prefix="racesim-tsdb-")
        started = subprocess.run([SCRIPTS / "start", kind, self.folder], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                 text=True, timeout=START_SECONDS_MAX)
        if started.returncode != 0:
            raise RuntimeError(started.stderr)
        self.url = started.stdout.strip()

    def stop(self):
        subprocess.run([SCRIPTS / "stop", self.folder], check=True, timeout=START_SECONDS_MAX)
        shutil.rmtree(self.folder, ignore_errors=True)

    def get(self, path, **query):
        with urllib.request.urlopen(f"{self.url}/{path}?{urllib.parse.urlencode(query)}", timeout=60) as answer:
            return answer.read().decode()


class StoreTest(Workdir):
    def serve(self, kind, program):
        if shutil.which(program) is None:
            self.skipTest(f"{program} is missing: scripts/install-packages test")
        server = Server(kind)
        self.addCleanup(server.stop)
        return server

    def ingest(self, server, events):
        (self.dir / "events.ndjson").write_text("".join(event + "\n" for event in events))
        done = self.racesim("ingest", "--from", "file:events.ndjson", "--to", "influx:" + server.url, "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(json.loads(done.stdout)["stored"], len(events))

    def events(self):
        lines = self.racesim(*RACE).stdout.splitlines()
        self.assertGreater(len(lines), 1500)
        return lines


class QuestDbTest(StoreTest):
    def setUp(self):
        super().setUp()
        version = re.search(r"<questdb.version>(.*?)<", (SCRIPTS / "pom.xml").read_text())[1]
        cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache")
        if not (cache / "racesim" / "questdb" / version / ".complete").exists():
            self.skipTest("QuestDB's jar is missing: scripts/tsdb/fetch")
        self.server = self.serve("questdb", "java")

    def sql(self, query):
        answer = json.loads(self.server.get("exec", query=query, limit="0,1000000"))
        if "dataset" not in answer:
            self.assertEqual(answer.get("ddl"), "OK", answer)
            return []
        names = [column["name"] for column in answer["columns"]]
        return [dict(zip(names, row)) for row in answer["dataset"]]

    def wait_for(self, count):
        """QuestDB writes what it took a moment later; the rows are read once nothing is left to write."""
        for _ in range(10_000):
            state = self.sql("SELECT writerTxn, sequencerTxn, suspended FROM wal_tables() WHERE name = 'telemetry'")[0]
            self.assertFalse(state["suspended"])
            if state["writerTxn"] == state["sequencerTxn"]:
                break
        self.assertEqual(self.sql("SELECT count() AS n FROM telemetry")[0]["n"], count)

    def test_each_event_is_one_row_with_its_values(self):
        lines = self.events()
        events = [json.loads(line) for line in lines]
        self.sql("CREATE TABLE telemetry (car SYMBOL, driver SYMBOL, run SYMBOL, session SYMBOL, timestamp TIMESTAMP_NS) "
                 f"TIMESTAMP(timestamp) PARTITION BY DAY WAL DEDUP UPSERT KEYS(timestamp, {KEYS})")
        for _ in range(2):
            self.ingest(self.server, lines)
            self.wait_for(len(events))
        rows = self.sql("SELECT *, timestamp::LONG AS ns FROM telemetry")
        found = {(row["car"], row["seq"]): row for row in rows}
        self.assertEqual(len(found), len(events))
        for event in events:
            row = found[str(event["car"]), event["seq"]]
            for name, value in event.items():
                if name == "time":
                    self.assertEqual(row["ns"] % 1_000_000, event["seq"] % 1000)
                    self.assertTrue(row["timestamp"].startswith(value[:-1]), (row["timestamp"], value))
                elif name in ("run", "session", "car", "driver"):
                    self.assertEqual(row[name], str(value))
                else:
                    self.assertEqual(row[name], value, name)


class VictoriaTest(StoreTest):
    def test_each_event_is_a_sample(self):
        server = self.serve("victoria", "victoria-metrics")
        lines = self.events()
        self.ingest(server, lines)
        server.get("internal/force_flush")
        expected = {}
        for event in map(json.loads, lines):
            expected.setdefault(str(event["car"]), []).append((event["seq"], event["speed_kmh"]))
        for name, index in (("telemetry_seq", 0), ("telemetry_speed_kmh", 1)):
            exported = server.get("api/v1/export", **{"match[]": name, "start": "0"})
            series = {}
            for row in map(json.loads, exported.splitlines()):  # blocks of a series, in any order
                series.setdefault(row["metric"]["car"], []).extend(zip(row["timestamps"], row["values"]))
            self.assertEqual(set(series), set(expected))
            for car, samples in series.items():
                self.assertEqual([value for _, value in sorted(samples)], [pair[index] for pair in expected[car]])


if __name__ == "__main__":
    unittest.main()
