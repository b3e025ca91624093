"""Goal: no event counts as delivered that the endpoint refused, however it says so, and no answer that can be understood
is called missing; what cannot change is not asked for again.
Method: a server that gives one fixed answer of bytes; the exit code, the summary and the dead letters."""

import gzip
import json
import unittest

from endpoints import Recorder, misbehaving
from workdir import Workdir

REFUSAL = {"rejected": [{"index": 0, "reason": "unknown user"}]}


def ok(body, *headers, status="200 OK", end="\r\n"):
    body = body if isinstance(body, bytes) else body.encode()
    lines = [f"HTTP/1.1 {status}", "Content-Type: application/json", *headers, f"Content-Length: {len(body)}", "", ""]
    return end.join(lines).encode() + body


class Answers(Workdir):
    def post(self, answer, *args, volume=3):
        """Sends three events, one after the other, to a server that always answers with these bytes."""
        self.requests = 0

        def reply(connection, number):
            self.requests = max(self.requests, number + 1)
            connection.sendall(answer)

        (self.dir / "dead-letter.ndjson").unlink(missing_ok=True)
        with misbehaving(reply) as url:
            result = self.play("--api-endpoint", url, "--volume", volume, "--posting-rate", "0", "--connections", "1",
                               "--json", *args)
        summary = json.loads(result.stdout)
        self.assertEqual(summary["sent"], summary["acked"] + summary["failed"])
        return result, summary

    def reasons(self):
        return {json.loads(line)["error"] for line in (self.dir / "dead-letter.ndjson").read_text().splitlines()}

    def test_asks_for_answers_as_they_are(self):
        with Recorder() as server:
            self.assert_code(self.play("--api-endpoint", server.url, "--volume", "1"), 0)
        self.assertEqual(server.requests[0][1]["Accept-Encoding"], "identity")

    def test_a_refusal_that_is_not_understood_fails_its_events(self):
        for body in ('{"rejected":[{"index":"0","reason":"x"}]}', '{"rejected":[{"index":3}]}',
                     '{"rejected":[{"reason":"x"}]}', '{"rejected":[{"index":0,"rea', '{"rejected":2}',
                     '{"status":"rejected"}'):
            with self.subTest(body=body):
                result, summary = self.post(ok(body))
                self.assert_code(result, 4)
                self.assertEqual((summary["acked"], summary["failed"], summary["retried"]), (0, 3, 0))
                self.assertIn("3 events not delivered: HTTP 200 speaks of rejected events and was not understood: ",
                              result.stderr)
                self.assertTrue(all(body in reason for reason in self.reasons()), self.reasons())

    def test_a_refusal_that_is_understood_keeps_its_reason(self):
        for answer in (ok(json.dumps(REFUSAL)), ok(json.dumps(REFUSAL, indent=2), status="207 Multi-Status"),
                       ok(json.dumps(REFUSAL)).replace(b"application/json", b"text/plain")):
            result, summary = self.post(answer)
            self.assert_code(result, 4)
            self.assertEqual(summary["failed"], 3)
            self.assertEqual(self.reasons(), {"rejected: unknown user"})

    def test_an_answer_that_cannot_be_read_is_told_once_and_counted(self):
        packed = gzip.compress(json.dumps(REFUSAL).encode())
        large = '{"accepted":[' + "1," * 600_000 + "1]}"
        for why, answer in (("Content-Encoding: gzip", ok(packed, "Content-Encoding: gzip")),
                            ("of more than 1 MiB", ok(large)), ("that is no whole JSON", ok('{"acc'))):
            with self.subTest(why=why):
                result, summary = self.post(answer)
                self.assert_code(result, 0)
                self.assertEqual((summary["acked"], summary["unread"], summary["sinks"][0]["unread"]), (3, 3, 3))
                self.assertEqual(result.stderr.count("an answer could not be read: HTTP 200 with a body "), 1)
                self.assertIn(why, result.stderr)

    def test_the_summary_for_people_counts_them_too(self):
        with misbehaving(lambda connection, number: connection.sendall(ok('{"acc'))) as url:
            result = self.play("--api-endpoint", url, "--volume", "3", "--posting-rate", "0")
        self.assert_code(result, 0)
        self.assertIn("unread answers 3", result.stderr)

    def test_an_acceptance_is_none_of_these(self):
        for body in "", "{}", '{"accepted":3,"rejected":[]}', '{"rejected":0}', '{"note":"none rejected"}':
            result, summary = self.post(ok(body))
            self.assert_code(result, 0)
            self.assertEqual((summary["acked"], summary["unread"], result.stderr), (3, 0, ""))

    def test_tolerable_answers(self):
        for answer in (ok("{}", end="\n"), b"HTTP/1.1 204 No Content\n\n",
                       b"HTTP/1.1 200 OK\r\nX: y\nContent-Length: 0\r\n\n",
                       ok("", "X: " + "x" * 60_000), ok("", *(f"Set-Cookie: c{i}={'v' * 90}" for i in range(300)))):
            with self.subTest(answer=answer[:40]):
                result, summary = self.post(answer, "--timeout", "5s")
                self.assert_code(result, 0)
                self.assertEqual((summary["acked"], summary["retried"]), (3, 0))

    def test_what_cannot_change_is_asked_for_once(self):
        for answer, why in ((ok("", status="101 Switching Protocols"),
                             '"HTTP/1.1 101 Switching Protocols": it changes to a protocol that was not asked for'),
                            (ok("", status="600 High"), '"HTTP/1.1 600 High": there is no such status'),
                            (b"HTTP/2 200\r\nContent-Length: 0\r\n\r\n", '"HTTP/2 200": racesim speaks HTTP/1.1'),
                            (ok("", "X: " + "x" * 70_000), '"HTTP/1.1 200 OK": more than 64 KiB of headers')):
            with self.subTest(why=why):
                result, summary = self.post(answer, volume=1)
                self.assert_code(result, 4)
                self.assertEqual((summary["failed"], summary["retried"], self.requests), (1, 0, 1))
                self.assertIn(f"1 event not delivered: unreadable answer: {why} (1)", self.said(result))
                self.assertEqual(self.reasons(), {f"unreadable answer: {why}"})

    def test_garbage_is_quoted(self):
        result, _ = self.post(b"SSH-2.0-\x1b[31mOpen\r\n", "--retries", "1", volume=1)
        self.assert_code(result, 4)
        self.assertIn('unreadable answer: not HTTP: "SSH-2.0-\\x1b[31mOpen"', self.said(result))


if __name__ == "__main__":
    unittest.main()
