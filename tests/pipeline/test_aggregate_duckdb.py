"""Goal: windows, laps and top songs of racesim aggregate equal, to the last printed digit, what a database makes of the same lines,
with repeated, late, reordered and missing events. Method: DuckDB (scripts/duckdb/fetch) reads the NDJSON with its own JSON
reader, takes each event once, adds decimals, and forms tumbling, sliding and session windows and charts in SQL; numbers of
racesim are compared as the digits in its lines. The watermark is so far behind that no event comes too late."""

import datetime
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

BINARY = os.environ.get("RACESIM_BIN")
ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
MASTER = str(ROOT / "data/master")
FULL = os.environ.get("RACESIM_FULL") == "1"
HANG_S = 1200 if FULL else 240

FAULTS = ["--faults", "late=1%,duplicate=2%,reorder=2%,drop=1%", "--late-delay", "20s"]
RACE = ["run", "--historical", "--start-datetime", "2026-07-05T14:00:00Z", "--cars", "20", "--rate-hz", "20",
        "--end-datetime", "2026-07-05T14:30:00Z" if FULL else "2026-07-05T14:02:00Z", *FAULTS]
LAP_RACE = ["run", "--historical", "--start-datetime", "2026-07-05T14:00:00Z", "--cars", "12", "--rate-hz", "20",
            "--end-datetime", "2026-07-05T15:00:00Z" if FULL else "2026-07-05T14:06:00Z", *FAULTS]
FLEET = ["run", "--scenario", "fleet", "--historical", "--start-datetime", "2025-08-09T07:00:00Z", "--vehicles", "40",
         "--end-datetime", "2025-08-09T12:00:00Z" if FULL else "2025-08-09T07:30:00Z", "--rate-hz", "1", *FAULTS]
PLAYS = ["run", "--scenario", "plays", "--historical", "--start-datetime", "2024-01-01", "--end-datetime", "2024-01-08",
         "--volume", "500000" if FULL else "30000", "--master-data-dir", MASTER, *FAULTS]

ASK = """
import json, sys
import duckdb
db = duckdb.connect(config={"threads": 2})
db.execute("SET TimeZone = 'UTC'")
for row in db.execute(sys.argv[1]).fetchall():
    print(json.dumps(row, default=str))
"""

# Each event once; `t` in milliseconds, speeds in exact decimals.
EVENTS = {
    "telemetry": """SELECT DISTINCT run, CAST(car AS VARCHAR) AS key, seq, epoch_ms(time) AS t, speed_kmh AS speed,
        engine_rpm AS rpm, 0 AS listened FROM read_json('events.ndjson', format='newline_delimited', columns={run: 'VARCHAR',
        car: 'INTEGER', seq: 'BIGINT', time: 'TIMESTAMP', speed_kmh: 'DECIMAL(9,1)', engine_rpm: 'BIGINT'})""",
    "fleet": """SELECT DISTINCT run, vehicle_id AS key, seq, epoch_us("timestamp") / 1000.0 AS t, speed_kmh AS speed,
        engine_rpm AS rpm, 0 AS listened FROM read_json('events.ndjson', format='newline_delimited', columns={run: 'VARCHAR',
        vehicle_id: 'VARCHAR', seq: 'BIGINT', "timestamp": 'TIMESTAMP', speed_kmh: 'DECIMAL(9,1)', engine_rpm: 'BIGINT'})""",
    "plays": """SELECT DISTINCT '00000000' AS run, 'all' AS key, event_id, epoch_ms(played_at) AS t, 0.0 AS speed, 0 AS rpm,
        play_duration_ms AS listened, song_id, user_id FROM read_json('events.ndjson', format='newline_delimited', columns={
        event_id: 'VARCHAR', played_at: 'TIMESTAMP', play_duration_ms: 'BIGINT', song_id: 'VARCHAR', user_id: 'VARCHAR'})""",
}
# A half is rounded away from zero: floor(x + 1/2) in whole numbers.
VALUES = """count(*) AS n, (2 * CAST(sum(speed) * 10 AS HUGEINT) * 100 + count(*)) // (2 * count(*)), min(speed), max(speed),
    (2 * CAST(sum(rpm) AS HUGEINT) * 10 + count(*)) // (2 * count(*)), max(rpm), sum(listened)"""


def aligned(events, size_ms, slide_ms):
    return f"""WITH events AS ({events}),
        held AS (SELECT *, (CAST(floor(t / {slide_ms}) AS BIGINT) - k) * {slide_ms} AS begin FROM events,
                 (SELECT unnest(range({-(-size_ms // slide_ms)})) AS k) WHERE begin + {size_ms} > t)
        SELECT run, key, begin, begin + {size_ms}, {VALUES} FROM held GROUP BY run, key, begin"""


def sessions(events, gap_ms):
    return f"""WITH events AS ({events}),
        marked AS (SELECT *, coalesce(t - lag(t) OVER w >= {gap_ms}, true) AS first FROM events
                   WINDOW w AS (PARTITION BY run, key ORDER BY t)),
        numbered AS (SELECT *, sum(CAST(first AS INTEGER)) OVER (PARTITION BY run, key ORDER BY t) AS number FROM marked)
        SELECT run, key, CAST(floor(min(t)) AS BIGINT), CAST(ceil(max(t) + {gap_ms}) AS BIGINT), {VALUES} FROM numbered
        GROUP BY run, key, number"""


# Of numbers with half a digit to round: (2 x + 1/digit) // 2 in whole numbers. Events in the order of their numbers.
LAPS = """WITH events AS (SELECT DISTINCT run, session, car, lap, seq, speed_kmh, throttle_pct, brake_pct, fuel_kg, lat_g, lon_g,
        gear FROM read_json('events.ndjson', format='newline_delimited', columns={run: 'VARCHAR', session: 'INTEGER',
        car: 'INTEGER', lap: 'INTEGER', seq: 'BIGINT', speed_kmh: 'DECIMAL(9,1)', throttle_pct: 'BIGINT', brake_pct: 'BIGINT',
        fuel_kg: 'DECIMAL(9,3)', lat_g: 'DECIMAL(9,2)', lon_g: 'DECIMAL(9,2)', gear: 'INTEGER'})),
    after AS (SELECT *, lag(fuel_kg) OVER w AS fuel_before, lag(gear) OVER w AS gear_before FROM events
              WINDOW w AS (PARTITION BY run, session, car, lap ORDER BY seq))
    SELECT run, session, car, lap, count(*) AS n,
        (2 * CAST(sum(speed_kmh) * 10 AS HUGEINT) * 100 + count(*)) // (2 * count(*)), max(speed_kmh), min(speed_kmh),
        (2 * CAST(count(*) FILTER (throttle_pct = 100) AS HUGEINT) * 10000 + count(*)) // (2 * count(*)),
        (2 * CAST(sum(throttle_pct) AS HUGEINT) * 100 + count(*)) // (2 * count(*)),
        (2 * CAST(count(*) FILTER (brake_pct > 0) AS HUGEINT) * 10000 + count(*)) // (2 * count(*)),
        coalesce(sum(fuel_before - fuel_kg) FILTER (fuel_before > fuel_kg), 0), max(abs(lat_g)), max(lon_g), max(-lon_g),
        count(*) FILTER (gear <> gear_before)
    FROM after GROUP BY run, session, car, lap"""


def top_songs(size_ms, top):
    return f"""WITH events AS ({EVENTS["plays"]}),
        counted AS (SELECT t // {size_ms} * {size_ms} AS begin, song_id, count(*) AS n, count(DISTINCT user_id) AS users,
                    sum(listened) AS listened FROM events GROUP BY ALL),
        ranked AS (SELECT *, row_number() OVER (PARTITION BY begin ORDER BY n DESC, listened DESC, song_id) AS place
                   FROM counted)
        SELECT now.begin, now.place, before.place, now.song_id, now.n, now.users, now.listened FROM ranked AS now
        LEFT JOIN ranked AS before ON before.song_id = now.song_id AND before.begin = now.begin - {size_ms}
        WHERE now.place <= {top}"""


def scaled(number, decimals):
    """1234, 3 → 1.234"""
    return f"{number // 10**decimals}.{number % 10**decimals:0{decimals}}"


def epoch_ms(text):
    return round(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000)


class Referee(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if not BINARY:
            raise unittest.SkipTest("RACESIM_BIN names no binary")
        fetched = subprocess.run([ROOT / "scripts/duckdb/fetch"], capture_output=True, text=True, timeout=HANG_S, check=False)
        if fetched.returncode != 0:
            raise unittest.SkipTest("DuckDB is missing: scripts/duckdb/fetch: " + fetched.stderr.strip()[-200:])
        cls.python = fetched.stdout.strip()
        cls.folder = tempfile.TemporaryDirectory(prefix="racesim-duckdb-")
        cls.addClassCleanup(cls.folder.cleanup)

    def make(self, run):
        with open(f"{self.folder.name}/events.ndjson", "wb") as out:
            subprocess.run([BINARY, *run, "-q"], stdout=out, timeout=HANG_S, check=True)

    def asked(self, sql):
        done = subprocess.run([self.python, "-c", ASK, sql], cwd=self.folder.name, capture_output=True, text=True,
                              timeout=HANG_S, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def aggregated(self, name, *options):
        """Numbers with decimals as their digits."""
        done = subprocess.run([BINARY, "aggregate", "--from", "file:events.ndjson", "--by", name, "--format", "json", "-q",
                               "--watermark", "1h", *options], cwd=self.folder.name, capture_output=True, text=True,
                              timeout=HANG_S, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return [json.loads(line, parse_float=str) for line in done.stdout.splitlines()]

    def compare(self, stream, sql, *options):
        expected = []
        for run, key, begin, end, n, mean, low, high, mean_rpm, rpm, listened in self.asked(sql):
            values = ([None] * 5 + [int(listened)] if stream == "plays" else
                      [scaled(int(mean), 3), low, high, scaled(int(mean_rpm), 1), int(rpm), None])
            expected.append([run, key, begin, end, n, *values])
        rows = self.aggregated("window", *options)
        found = [[row["run"], row["key"], epoch_ms(row["window_start"]), epoch_ms(row["window_end"]), row["samples"],
                  row["avg_speed_kmh"], row["min_speed_kmh"], row["max_speed_kmh"], row["avg_engine_rpm"],
                  row["max_engine_rpm"], row["listened_ms"]] for row in rows]
        self.assertGreater(len(expected), 10)
        self.assertEqual(sorted(found, key=str), sorted(expected, key=str))
        self.assertEqual([row["window_end"] for row in rows], sorted(row["window_end"] for row in rows))
        self.assertTrue(all(row["is_final"] and row["dropped_late"] == 0 for row in rows))

    def test_windows_of_a_race(self):
        self.make(RACE)
        self.compare("telemetry", aligned(EVENTS["telemetry"], 5000, 5000))
        self.compare("telemetry", aligned(EVENTS["telemetry"], 10_000, 3000), "--window", "10s", "--slide", "3s")

    def test_laps_of_a_race(self):
        """What is added up of a lap; its times are held against the simulator's own elsewhere."""
        self.make(LAP_RACE)
        expected = []
        for run, session, car, lap, n, mean, high, low, full, throttle, brake, fuel, lat, lon, back, gears in self.asked(LAPS):
            expected.append([run, session, car, lap, n, scaled(int(mean), 3), high, low, scaled(int(full), 2),
                             scaled(int(throttle), 2), scaled(int(brake), 2), f"{float(fuel):.3f}", lat, lon, back, gears])
        found = [[row[name] for name in ("run", "session", "car", "lap", "samples", "avg_speed_kmh", "max_speed_kmh",
                                         "min_speed_kmh", "full_throttle_pct", "throttle_avg_pct", "brake_pct_time",
                                         "fuel_used_kg", "max_lat_g", "max_lon_g", "max_brake_g", "gear_changes")]
                 for row in self.aggregated("lap")]
        self.assertGreater(len(expected), 40)
        self.assertEqual(sorted(found, key=str), sorted(expected, key=str))

    def test_windows_and_sessions_of_a_fleet(self):
        self.make(FLEET)
        self.compare("fleet", aligned(EVENTS["fleet"], 60_000, 60_000), "--window", "1m")
        self.compare("fleet", sessions(EVENTS["fleet"], 3000), "--gap", "3s")

    def test_plays_and_top_songs(self):
        self.make(PLAYS)
        self.compare("plays", aligned(EVENTS["plays"], 3_600_000, 3_600_000), "--window", "1h")
        hour_ms = 3_600_000
        expected = sorted([begin, place, before, song, n, users, int(listened)]
                          for begin, place, before, song, n, users, listened in self.asked(top_songs(6 * hour_ms, 20)))
        found = [[epoch_ms(row["window_start"]), row["rank"], row["previous_rank"], row["song_id"], row["plays"],
                  row["unique_users"], row["listened_ms"]]
                 for row in self.aggregated("top-songs", "--window", "6h", "--top", "20")]
        self.assertGreater(len(expected), 100)
        self.assertEqual(found, expected)
