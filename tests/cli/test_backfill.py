"""Goal: --backfill sends history and goes on live as one stream: no gap, no overlap, nothing from the future. Method:
real runs, their numbers and times checked, and the same events made once more as a historical run."""

import datetime
import json

from workdir import MASTER, Workdir


def moment(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


class Backfill(Workdir):
    def run_live(self, *options):
        result = self.racesim("run", "--live", "--duration", "1s", "--json", *options)
        self.ended = datetime.datetime.now(datetime.timezone.utc)
        self.assert_code(result, 0)
        return [json.loads(line) for line in result.stdout.splitlines()], json.loads(result.stderr.splitlines()[-1]), result

    def test_a_race_is_one_timeline(self):
        events, summary, result = self.run_live("--backfill", "20s", "--cars", "2")
        self.assertEqual(len(events), 2 * 100 * 21)
        for car in {event["car"] for event in events}:
            self.assertEqual([e["seq"] for e in events if e["car"] == car], list(range(2100)))
        times = [moment(event["time"]) for event in events]
        self.assertEqual(times, sorted(times))
        self.assertLessEqual(times[-1], self.ended)
        self.assertEqual(times[-1] - times[0], datetime.timedelta(seconds=20.99))
        again = self.racesim("run", "--historical", "--start-datetime", summary["start"], "--end-datetime",
                             summary["end"], "--cars", "2", "--run-id", summary["run"])
        self.assertEqual(again.stdout, result.stdout)

    def test_plays_too(self):
        events, summary, _ = self.run_live("--scenario", "plays", "--backfill", "2h", "--volume", "600/min",
                                           "--master-data-dir", MASTER)
        self.assertEqual(len(events), summary["sent"])
        self.assertEqual(len({event["event_id"] for event in events}), len(events))
        times = [moment(event["played_at"]) for event in events]
        self.assertEqual(times, sorted(times))
        self.assertLessEqual(times[-1], self.ended)
        self.assertGreater(times[-1] - times[0], datetime.timedelta(minutes=119))

    def test_history_has_no_lag(self):
        _, summary, _ = self.run_live("--backfill", "60s", "--cars", "1")
        self.assertLess(summary["lag_ms"]["max"], 30_000)  # it would be a minute

    def test_refusals(self):
        self.assert_refused(
            self.racesim("run", "--historical", "--backfill", "1h", "--start-datetime", "2024-01-01", "--end-datetime",
                         "2024-01-02"), "--backfill is for live runs")
        self.assert_refused(self.racesim("run", "--backfill", "90000d"), "before 1970")
        self.assert_refused(self.racesim("run", "--backfill", "1us"), "more precise than a millisecond")
