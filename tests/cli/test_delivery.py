"""Goal: whatever the endpoint does, each event is acknowledged, or failed and in the dead-letter file, and the exit
code says which; sent = acked + failed.
Method: small servers that refuse, reset, are slow, answer garbage or reject."""

import json
import unittest

from endpoints import Recorder, closed_port, misbehaving, reset
from workdir import HANG_S, PAUSE, Workdir


class Delivery(Workdir):
    def post(self, url, *args, volume=40):
        return self.play("--api-endpoint", url, "--volume", volume, "--posting-rate", "0", "--json", *args)

    def summary(self, result):
        summary = json.loads(result.stdout)
        self.assertEqual(summary["sent"], summary["acked"] + summary["failed"])
        return summary

    def dead_letters(self, name="dead-letter.ndjson"):
        path = self.dir / name
        return path.read_text().splitlines() if path.exists() else []

    def test_every_event_arrives_once(self):
        with Recorder() as server:
            result = self.post(server.url)
        self.assert_code(result, 0)
        self.assertEqual(self.summary(result)["acked"], 40)
        self.assertEqual(len(set(server.ids())), 40)
        self.assertEqual(server.requests[0][0], "/play")
        self.assertEqual({r[1]["Content-Type"] for r in server.requests}, {"application/json"})
        self.assertEqual(len({r[1]["Idempotency-Key"] for r in server.requests}), 40)
        self.assertEqual(self.dead_letters(), [])

    def test_batches_are_arrays(self):
        with Recorder() as server:
            self.assert_code(self.post(server.url, "--batch", "10"), 0)
        self.assertEqual(len(set(server.ids())), 40)
        self.assertLess(len(server.requests), 40)

    def test_what_http_gets_is_what_stdout_gets(self):
        with Recorder() as server:
            self.assert_code(self.post(server.url), 0)
        lines = [json.loads(line) for line in self.play("--volume", "40").stdout.splitlines()]
        key = lambda event: event["event_id"]
        self.assertEqual(sorted(server.events, key=key), sorted(lines, key=key))

    def test_the_token_comes_from_a_file_and_is_never_shown(self):
        self.write("token", "s3cret\n")
        with Recorder() as server:
            result = self.post(server.url, "--token-file", "token", "-vv")
        self.assert_code(result, 0)
        self.assertEqual({r[1]["Authorization"] for r in server.requests}, {"Bearer s3cret"})
        self.assertNotIn("s3cret", result.stderr + result.stdout)

    def test_refused(self):
        result = self.post(f"http://127.0.0.1:{closed_port()}/play", "--retry-max-time", "1s")
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertIn("refused", result.stderr)
        self.assertEqual(self.summary(result)["failed"], 40)
        self.assertEqual(len(self.dead_letters()), 40)

    def test_dead_letters_that_no_file_took_are_told(self):
        for url in (f"http://127.0.0.1:{closed_port()}/play", None):
            with self.subTest(url=url), Recorder(status=422) as server:
                result = self.post(url or server.url, "--dead-letter", "/dev/full")
                self.assertEqual(result.returncode, 1, result.stderr)
                summary = self.summary(result)
                self.assertEqual(summary["dead_lettered"], 0)
                self.assertIn(f"{summary['failed']} undelivered events could not be written to the dead-letter file: write dead-letter file /dev/full: No space",
                              result.stderr)
                self.assertIn("refused" if url else "dead-letter", result.stderr)

    def test_a_dead_letter_file_that_cannot_be_made_is_told_at_the_start(self):
        with Recorder() as server:
            result = self.post(server.url, "--dead-letter", "no/such/dead")
        self.assert_refused(result, "--dead-letter: create no/such/dead: directory no/such does not exist", code=1)
        self.assertEqual(server.requests, [])

    def test_answers_503_then_recovers(self):
        with Recorder(failing=5) as server:
            result = self.post(server.url)
        self.assert_code(result, 0)
        self.assertEqual(len(set(server.ids())), 40)
        self.assertGreaterEqual(self.summary(result)["retried"], 5)

    def test_rejected_events_are_dead_letters(self):
        with Recorder(status=422) as server:
            result = self.post(server.url, "--dead-letter", "dead.ndjson")
        self.assertEqual(result.returncode, 4, result.stderr)
        self.assertEqual(len(server.requests), 40)  # no retry of a rejection
        self.assertIn("error: 40 events not delivered: HTTP 422 (40)\n", self.said(result))
        self.assertIn("send them again from dead.ndjson", result.stderr)
        self.assertEqual(self.summary(result)["failures"], [{"reason": "HTTP 422", "events": 40}])
        self.assertEqual(self.summary(result)["failed"], 40)
        self.assertEqual(len(self.dead_letters("dead.ndjson")), 40)

    def test_a_threshold_beats_partial(self):
        with Recorder(status=422) as server:
            result = self.post(server.url, "--threshold", "error_rate<0.01")
        self.assertEqual(result.returncode, 5, result.stderr)
        self.assertIn("threshold error_rate<0.01 does not hold: 1", result.stderr)

    def test_resetting_endpoint_that_recovers(self):
        def answer(connection, number):
            if number < 3:
                reset(connection)
            else:
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

        with misbehaving(answer) as url:
            result = self.post(url)
        self.assert_code(result, 0)
        self.assertEqual(self.summary(result)["acked"], 40)

    def test_endpoint_that_always_resets(self):
        with misbehaving(lambda connection, number: reset(connection)) as url:
            result = self.post(url, "--retry-max-time", "500ms")
        self.assertIn(result.returncode, (1, 4), result.stderr)
        self.assertEqual(self.summary(result)["failed"], 40)
        self.assertEqual(len(self.dead_letters()), 40)

    def test_slow_endpoint_times_out(self):
        with misbehaving(lambda connection, number: PAUSE.wait(HANG_S)) as url:
            result = self.post(url, "--timeout", "100ms", "--retries", "1", volume=8)
        self.assertEqual(result.returncode, 4, result.stderr)
        self.assertEqual(self.summary(result)["failed"], 8)
        self.assertEqual(len(self.dead_letters()), 8)

    def test_garbage(self):
        with misbehaving(lambda connection, number: connection.sendall(b"\x00\xffgarbage\r\n\r\n" * 4)) as url:
            result = self.post(url, "--retry-max-time", "500ms", "--retries", "1")
        self.assertIn(result.returncode, (1, 4), result.stderr)
        self.assertEqual(self.summary(result)["failed"], 40)

    def test_endless_header(self):
        with misbehaving(lambda c, number: c.sendall(b"HTTP/1.1 200 OK\r\nX: " + b"a" * (1 << 20))) as url:
            result = self.post(url, "--retry-max-time", "500ms", "--retries", "1", "--timeout", "2s", volume=8)
        self.assertIn(result.returncode, (1, 4), result.stderr)
        self.assertEqual(self.summary(result)["failed"], 8)


if __name__ == "__main__":
    unittest.main()
