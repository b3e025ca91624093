"""Goal: a run that waits says for what, until when and why, once; a stop says what it still waits for, and does not wait
for what cannot come. Method: servers that refuse, ask for patience or are not there; a checkpoint from the future."""

import datetime
import json
import signal
import unittest

from endpoints import closed_port, misbehaving
from workdir import MASTER, Workdir, wait_until

LIVE = ["run", "--scenario", "plays", "--live", "--volume", "60000/min", "--master-data-dir", MASTER]
PATIENCE = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 3600\r\nContent-Length: 4\r\n\r\nbusy"
DONE = b"HTTP/1.1 204 No Content\r\n\r\n"


class Waits(Workdir):
    def wait_for_message(self, *texts):
        wait_until(lambda: all(text in self.messages() for text in texts), f"{texts} in {self.messages()}")

    def letters(self):
        return [json.loads(line)["error"] for line in (self.dir / "dead-letter.ndjson").read_text().splitlines()]

    def test_a_long_retry_after_is_told_and_stands_in_the_letters(self):
        with misbehaving(lambda connection, number: connection.sendall(PATIENCE)) as url:
            process = self.start(*LIVE, "--api-endpoint", url, "--retry-max-time", "10m")
            self.wait_for_message(f"waiting for {url}: HTTP 503: busy (Retry-After 1h", "beyond --retry-max-time 10m",
                                  "next try in ", "a request is given up 10m after its first try")
            process.send_signal(signal.SIGINT)
            self.wait_for_message("waiting up to 30s for ", f" in flight to {url} (HTTP 503: busy", "Ctrl-C again ends at once")
            process.send_signal(signal.SIGINT)
            code, _, messages = self.finish(process)
        self.assertEqual(code, 130)
        self.assertEqual(messages.count("next try in "), 1, "once")
        letters = self.letters()
        self.assertTrue(any(letter.startswith("HTTP 503: busy") for letter in letters), letters[:3])
        for letter in letters:
            self.assertIn("the run ended before the receiver confirmed", letter)

    def test_a_receiver_that_went_away_is_told(self):
        answered = []

        def answer(connection, number):
            answered.append(number)
            connection.sendall(DONE)
            connection.close()

        with misbehaving(answer) as url:
            process = self.start(*LIVE, "--api-endpoint", url, "--drain-timeout", "100ms")
            wait_until(lambda: answered, "the first answer")
        self.wait_for_message(f"waiting for {url}: connect: Connection refused", "given up 5m after its first try")
        process.send_signal(signal.SIGTERM)
        code, _, messages = self.finish(process)
        self.assertEqual(code, 4, messages)
        self.assertTrue(any("Connection refused" in letter for letter in self.letters()))

    def test_who_was_never_reached_is_not_waited_for(self):
        url = f"http://127.0.0.1:{closed_port()}/play"
        process = self.start(*LIVE, "--api-endpoint", url, "--connect-timeout", "10m", "--drain-timeout", "10m")
        self.wait_for_message(f"waiting for {url}: Connection refused", "the run ends 10m after its first try")
        process.send_signal(signal.SIGINT)
        code, _, messages = self.finish(process)
        self.assertEqual(code, 1, messages)
        self.assertIn(f"cannot reach {url}: Connection refused", messages)
        self.assertIn("tried until the run was stopped", messages)
        self.assertIn("Connection refused", self.letters()[0])

    def test_brokers_that_do_not_answer_are_told(self):
        process = self.start(*LIVE, "--brokers", f"127.0.0.1:{closed_port()}", "--connect-timeout", "1h")
        self.wait_for_message("waiting for the Kafka brokers at 127.0.0.1:", "at most 1h (--connect-timeout)")
        process.send_signal(signal.SIGQUIT)
        self.assertEqual(self.finish(process)[0], 131)

    def test_a_resumed_run_waits_for_its_time_and_says_so(self):
        command = [*LIVE, "--run-id", "0000abcd", "--sink", "file:out", "--checkpoint", "at", "--resume"]
        process = self.start(*command)
        wait_until(lambda: (self.dir / "out.partial").exists() and (self.dir / "out.partial").stat().st_size > 0, "events")
        process.kill()
        process.wait()
        checkpoint = json.loads((self.dir / "at").read_text())
        # What a clock that was set back by an hour makes of it.
        start = datetime.datetime.fromisoformat(checkpoint["start"].replace("Z", "+00:00"))
        later = start + datetime.timedelta(hours=1)
        checkpoint["start"] = later.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
        for sink in checkpoint["sinks"]:
            sink["ordinal"], sink["positions"] = 0, []
        checkpoint["slice"] = checkpoint["slice_ordinal"] = checkpoint["slice_made"] = 0
        (self.dir / "at").write_text(json.dumps(checkpoint))
        (self.dir / "out.partial").unlink()
        process = self.start(*command)
        self.wait_for_message("waiting for the time of the next missing event, ", ", in 59m", "see whether the clock is right")
        process.send_signal(signal.SIGTERM)
        code, _, messages = self.finish(process)
        self.assertEqual(code, 0, messages)
        self.assertEqual(messages.count("next missing event"), 1, "once")


if __name__ == "__main__":
    unittest.main()
