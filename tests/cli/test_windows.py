"""Goal: racesim aggregate's windows, top songs and violations are what plain Python makes of the same lines, days in which a
clock is put forward are days of UTC, windows that make no sense are refused, and racesim query prefers stored results to
events. Method: small streams of racesim and of other producers, through the program; sums in Python's whole numbers."""

import collections
import json

from workdir import MASTER, Workdir


def packet(time, speed="50.0", vehicle="TESTCAR01"):
    """As FleetStream sends it: without seq and run."""
    return ('{"vehicle_id":"%s","timestamp":"%s","location":{"lat":52.230400,"lon":21.012200},"speed_kmh":%s,'
            '"engine_rpm":2140,"gear":4,"fuel_level_pct":92.1,"fault_codes":[],"road_type":"urban","speed_limit_kmh":50,'
            '"speeding":false,"rpm_over_redline":false}\n' % (vehicle, time, speed))


class Windows(Workdir):
    def aggregate(self, name, *options):
        """Rows of an aggregation of the file events.ndjson."""
        result = self.racesim("aggregate", "--from", "file:events.ndjson", "--by", name, "--format", "json", "-q", *options)
        self.assertEqual(result.returncode, 0, result.stderr)
        return [json.loads(line) for line in result.stdout.splitlines()]

    def events(self, *run):
        """Sends them into events.ndjson too."""
        result = self.racesim("run", *run, "-q")
        self.assertEqual(result.returncode, 0, result.stderr)
        (self.dir / "events.ndjson").write_text(result.stdout, encoding="utf-8")
        return [json.loads(line) for line in result.stdout.splitlines()]

    def fleet(self):
        return self.events("--scenario", "fleet", "--historical", "--start-datetime", "2025-08-09T12:00:00Z",
                           "--end-datetime", "2025-08-09T12:06:00Z", "--vehicles", "8", "--rate-hz", "1")

    def test_the_average_speed_of_each_minute(self):
        tenths = collections.defaultdict(list)
        for event in self.fleet():
            tenths[(event["timestamp"][:16], event["vehicle_id"])].append(round(event["speed_kmh"] * 10))
        expected = {key: (len(speeds), (2 * sum(speeds) * 100 + len(speeds)) // (2 * len(speeds)), max(speeds))
                    for key, speeds in tenths.items()}
        found = {(row["window_start"][:16], row["key"]):
                 (row["samples"], round(row["avg_speed_kmh"] * 1000), round(row["max_speed_kmh"] * 10))
                 for row in self.aggregate("window", "--window", "1m")}
        self.assertGreater(len(expected), 20)
        self.assertEqual(found, expected)

    def test_violations_are_those_of_the_packets(self):
        expected = [(event["vehicle_id"], event["timestamp"], kind, event["seq"]) for event in self.fleet()
                    for kind in ("speeding", "rpm_over_redline") if event[kind]]
        found = [(row["vehicle_id"], row["time"], row["kind"], row["seq"]) for row in self.aggregate("violations")]
        self.assertGreater(len(expected), 3)
        self.assertEqual(found, expected)

    def test_a_day_on_which_clocks_are_put_forward_is_a_day_of_utc(self):
        # In Warsaw 2025-03-30 went from 23:00 to 22:00 UTC, 23 hours, and its clocks were put forward at 01:00 UTC.
        (self.dir / "events.ndjson").write_text(
            packet("2025-03-29T23:59:59.999999+00:00", "10.0") + packet("2025-03-30T00:00:00.000000+00:00", "20.0") +
            packet("2025-03-30T01:30:00.000000+00:00", "30.0") + packet("2025-03-30T23:59:59.999999+00:00", "40.0") +
            packet("2025-03-31T00:00:00.000000+00:00", "50.0"), encoding="utf-8")
        self.assertEqual([(row["window_start"], row["window_end"], row["samples"], row["avg_speed_kmh"], row["run"])
                          for row in self.aggregate("window", "--window", "1d")],
                         [("2025-03-29T00:00:00.000Z", "2025-03-30T00:00:00.000Z", 1, 10.0, "00000000"),
                          ("2025-03-30T00:00:00.000Z", "2025-03-31T00:00:00.000Z", 3, 30.0, "00000000"),
                          ("2025-03-31T00:00:00.000Z", "2025-04-01T00:00:00.000Z", 1, 50.0, "00000000")])

    def test_packets_without_numbers_count_once(self):
        (self.dir / "events.ndjson").write_text(
            packet("2025-08-09T12:00:00.000000+00:00") * 3 + packet("2025-08-09T12:00:00.000001+00:00") +
            packet("2025-08-09T12:00:00.000000+00:00", vehicle="TESTCAR02"), encoding="utf-8")
        self.assertEqual([(row["key"], row["samples"]) for row in self.aggregate("window")],
                         [("TESTCAR01", 2), ("TESTCAR02", 1)])

    def test_late_packets_are_told_and_kept(self):
        late = packet("2025-08-09T12:00:01.000000+00:00")
        (self.dir / "events.ndjson").write_text(
            packet("2025-08-09T12:00:02.000000+00:00") + packet("2025-08-09T12:00:21.000000+00:00") + late +
            packet("2025-08-09T12:00:19.000000+00:00") + packet("2025-08-09T12:00:10.000000+00:00"), encoding="utf-8")
        rows = self.aggregate("window", "--late-output", "late.ndjson", "--watermark", "10s")
        self.assertEqual([(row["window_start"][17:19], row["samples"], row["late"], row["dropped_late"]) for row in rows],
                         [("00", 1, 0, 0), ("10", 1, 1, 0), ("15", 1, 0, 0), ("20", 1, 0, 1)])
        self.assertIn(late.strip(), (self.dir / "late.ndjson").read_text(encoding="utf-8"))

    def test_the_top_songs_of_each_day(self):
        counts = collections.defaultdict(lambda: [0, 0, set()])
        for event in self.events("--scenario", "plays", "--historical", "--start-datetime", "2024-01-01", "--end-datetime",
                                 "2024-01-06", "--volume", "3000", "--master-data-dir", MASTER):
            day = counts[(event["played_at"][:10], event["song_id"])]
            day[0] += 1
            day[1] += event["play_duration_ms"]
            day[2].add(event["user_id"])
        expected, before = [], {}
        for day in sorted({day for day, _ in counts}):
            order = sorted(((song, count) for (of, song), count in counts.items() if of == day),
                           key=lambda item: (-item[1][0], -item[1][1], item[0]))
            expected += [(day, rank, before.get(song), song, count[0], len(count[2]), count[1])
                         for rank, (song, count) in enumerate(order[:7], 1)]
            before = {song: rank for rank, (song, _) in enumerate(order, 1)}
        rows = self.aggregate("top-songs", "--window", "1d", "--top", "7", "--master-data-dir", MASTER)
        self.assertEqual([(row["window_start"][:10], row["rank"], row["previous_rank"], row["song_id"], row["plays"],
                           row["unique_users"], row["listened_ms"]) for row in rows], expected)
        self.assertTrue(all(row["title"] and row["artist_name"] and row["genre"] for row in rows))
        charts = self.aggregate("top-songs", "--window", "1d", "--top-by", "country,genre", "--master-data-dir", MASTER)
        self.assertEqual({row["chart"] for row in charts}, {"country", "genre"})
        self.assertNotIn("unknown", {row["chart_key"] for row in charts})

    def test_windows_that_make_no_sense_are_refused(self):
        (self.dir / "events.ndjson").write_text(packet("2025-08-09T12:00:00.000000+00:00"), encoding="utf-8")
        for options in (["--window", "0"], ["--window", "367d"], ["--window", "5s", "--slide", "6s"], ["--slide", "1h"],
                        ["--window", "1d", "--slide", "1s"], ["--window", "1500us"], ["--window", "soon"],
                        ["--gap", "0s"], ["--window", "5s", "--gap", "30s"]):
            with self.subTest(options=options):
                result = self.racesim("aggregate", "--from", "file:events.ndjson", "--by", "window", *options)
                self.assertEqual(result.returncode, 2, result.stdout)
                self.assertIn(options[-2], result.stderr)

    def test_query_prefers_results_to_events(self):
        self.fleet()
        for command in (["ingest"], ["aggregate", "--by", "violations"]):
            asked = self.racesim("query", "violations", "--db", "sqlite:racesim.db", "--format", "json")
            self.assertEqual('"kind"' in asked.stdout, False)
            result = self.racesim(*command, "--from", "file:events.ndjson", "--to", "sqlite:racesim.db", "-q")
            self.assertEqual(result.returncode, 0, result.stderr)
        asked = self.racesim("query", "violations", "--db", "sqlite:racesim.db", "--format", "json")
        found = [json.loads(line) for line in asked.stdout.splitlines()]
        self.assertGreater(len(found), 3)
        self.assertEqual([row["time"] for row in found], sorted((row["time"] for row in found), reverse=True))
        self.assertEqual({row["kind"] for row in found} - {"speeding", "rpm_over_redline"}, set())

