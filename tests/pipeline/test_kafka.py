"""Goal: what racesim sends to Kafka is what it writes to stdout: every event once, in order per key, in the partition that
Java's producer would choose, with the record time asked for; and what cannot work is refused with the way out.
Method: the real binary, a real broker; its topics are read by kcat and by Kafka's own console consumer.
"""

import json
import os
import pathlib
import subprocess
import sys
import time
import unittest
from datetime import datetime, timezone

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from kafka_broker import BINARY, SOURCE, Broker, FolderTest, by_key, require, run  # noqa: E402

RACE = ("run", "--historical", "--start-datetime", "2026-07-05T14:00:00Z", "--end-datetime", "2026-07-05T17:00:00Z")
PLAYS = ("run", "--scenario", "plays", "--historical", "--start-datetime", "2024-01-01T00:00:00Z", "--end-datetime",
         "2024-02-01T00:00:00Z", "--volume", "5000", "--master-data-dir", str(SOURCE / "data" / "master"))
DAY_MS = 86_400_000
broker = None


def setUpModule():
    global broker
    require()
    broker = Broker().start()


def tearDownModule():
    if broker is not None:
        broker.remove()


def event_ms(line):
    moment = datetime.strptime(json.loads(line)["time"], "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=timezone.utc)
    return round(moment.timestamp() * 1000)


class KafkaTest(FolderTest):
    def send(self, *arguments, code=0, environment=None):
        """The summary of a run to the broker, or its stderr where it has to fail."""
        done = run(*arguments, "--brokers", broker.address, "--json", cwd=self.folder, environment=environment)
        self.assertEqual(done.returncode, code, done.stderr.decode())
        return json.loads(done.stdout) if done.stdout else done.stderr.decode()

    def lines(self, *arguments):
        done = run(*arguments, "-q", cwd=self.folder)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        return done.stdout.decode().splitlines()

    def expect_same(self, records, lines, key_of):
        self.assertEqual(len(records), len(lines))
        self.assertEqual(by_key((r.key, r.value) for r in records), by_key((key_of(line), line) for line in lines))


class ContentTest(KafkaTest):
    def test_race(self):
        volume = ("--volume", "60000")
        summary = self.send(*RACE, *volume, "--create-topics", "--partitions", "3")
        self.assertEqual([summary[name] for name in ("sent", "acked", "failed")], [60000, 60000, 0])
        lines = self.lines(*RACE, *volume)
        records = broker.records("f1-telemetry")
        self.expect_same(records, lines, lambda line: str(json.loads(line)["car"]))
        keys = {r.key: r.partition for r in records}
        self.assertEqual(len(keys), 20)
        self.assertEqual(len({(r.key, r.partition) for r in records}), 20)

        # Java's producer puts the same keys into the same partitions.
        broker.make_topic("as-java", 3)
        broker.tool("console-producer", "--topic", "as-java", "--reader-property", "parse.key=true",
                    "--reader-property", "key.separator=:", text="".join(f"{key}:x\n" for key in keys))
        self.assertEqual({r.key: r.partition for r in broker.records("as-java")}, keys)

        # And Kafka's own consumer reads the same bytes.
        text = broker.tool("console-consumer", "--topic", "f1-telemetry", "--from-beginning", "--max-messages", "60000",
                           "--formatter-property", "print.key=true", "--formatter-property", "key.separator=|")
        pairs = [line.split("|", 1) for line in text.splitlines()]
        self.assertEqual(by_key(pairs), by_key((str(json.loads(line)["car"]), line) for line in lines))

    def test_plays(self):
        self.send(*PLAYS, "--topic", "my-plays", "--create-topics", "--partitions", "5", "--throughput")
        self.expect_same(broker.records("my-plays"), self.lines(*PLAYS), lambda line: json.loads(line)["user_id"])

    def test_side_streams_have_their_topics(self):
        streams = ("--streams", "telemetry,checkpoints,laps,race-control,results", "--laps", "1", "--rate-hz", "20",
                   "--end-datetime", "2026-07-05T14:05:00Z")
        self.send(*RACE, *streams, "--create-topics", "--topic", "my-main", "--compression", "zstd")
        found = {topic: [r.value for r in broker.records(topic)]
                 for topic in ("my-main", "f1-checkpoints", "f1-laps", "f1-race-control", "f1-results")}
        self.assertEqual(sorted(sum(found.values(), [])), sorted(self.lines(*RACE, *streams)))
        self.assertTrue(all("speed_kmh" in value for value in found["my-main"][:10]))
        self.assertTrue(all("checkpoint" in value for value in found["f1-checkpoints"][:10]))
        self.assertEqual(len(found["f1-results"]), 20)

    def test_a_scenario_that_is_not_built_in(self):
        """tests/support/tide.cpp: its topic and its keys come from what it declares of itself."""
        program = os.environ.get("RACESIM_TIDE_BIN")
        if not program:
            self.skipTest("RACESIM_TIDE_BIN names no program")
        command = ("run", "--no-config", "-q", "--scenario", "tide", *RACE[1:], "--volume", "3000")
        sent = run(*command, "--brokers", broker.address, "--create-topics", "--partitions", "3", "--manifest", "tide.json",
                   cwd=self.folder, program=program)
        self.assertEqual(sent.returncode, 0, sent.stderr.decode())
        lines = run(*command, cwd=self.folder, program=program).stdout.decode().splitlines()
        self.expect_same(broker.records("tide-levels"), lines, lambda line: json.loads(line)["gauge"])
        verified = run("verify", "--no-config", "--manifest", "tide.json", "--against", "kafka", "--brokers", broker.address,
                       cwd=self.folder, program=program)
        self.assertEqual(verified.returncode, 0, verified.stdout.decode() + verified.stderr.decode())

    def test_names_of_the_documents(self):
        environment = {"KAFKA_BOOTSTRAP_SERVERS": broker.address, "KAFKA_TOPIC": "from-environment"}
        done = run(*RACE, "--volume", "10", "--create-topics", "-q", cwd=self.folder, environment=environment)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        self.assertEqual(done.stdout, b"")
        self.assertEqual(broker.count("from-environment"), 10)


class RecordTimeTest(KafkaTest):
    def test_live_records_carry_the_time_of_their_event(self):
        self.send("run", "--live", "--duration", "1s", "--cars", "3", "--topic", "live", "--create-topics")
        records = broker.records("live")
        self.assertGreater(len(records), 100)
        self.assertEqual([r.time_ms for r in records], [event_ms(r.value) for r in records])

    def test_historical_records_carry_the_time_of_sending(self):
        before_ms = round(time.time() * 1000)
        self.send(*RACE, "--volume", "1000", "--topic", "then", "--create-topics")
        after_ms = round(time.time() * 1000)
        for record in broker.records("then"):
            self.assertTrue(before_ms - DAY_MS < record.time_ms < after_ms + DAY_MS)
            self.assertNotEqual(record.time_ms, event_ms(record.value))

    def test_a_topic_that_it_made_keeps_event_times(self):
        self.send(*RACE, "--volume", "1000", "--topic", "kept", "--create-topics", "--record-timestamp", "event")
        records = broker.records("kept")
        self.assertEqual(len(records), 1000)
        self.assertEqual([r.time_ms for r in records], [event_ms(r.value) for r in records])

    def test_the_trap_of_retention_is_refused(self):
        broker.make_topic("week", 1, "retention.ms=604800000")
        past = ("run", "--historical", "--start-datetime", "2020-01-01T00:00:00Z", "--end-datetime",
                "2020-01-01T01:00:00Z", "--topic", "week")
        message = self.send(*past, "--record-timestamp", "event", code=2)
        self.assertIn("retention.ms=604800000", message)
        self.assertIn("--record-timestamp now", message)
        self.assertEqual(broker.count("week"), 0)
        self.send(*past, "--volume", "100")
        self.assertEqual(broker.count("week"), 100)

    def test_the_future_is_refused(self):
        broker.make_topic("future", 1, "retention.ms=-1")
        message = self.send("run", "--historical", "--start-datetime", "2090-01-01T00:00:00Z", "--end-datetime",
                            "2090-01-01T01:00:00Z", "--topic", "future", "--record-timestamp", "event", code=2)
        self.assertIn("message.timestamp.after.max.ms", message)


class TopicTest(KafkaTest):
    def test_an_unknown_topic_is_named_and_not_made(self):
        message = self.send(*RACE, "--topic", "nowhere", code=2)
        self.assertIn("no topic nowhere", message)
        self.assertIn("--create-topics", message)
        self.assertIn("no topic nowhere", self.send(*RACE, "--topic", "nowhere", code=2))

    def test_two_processes_make_the_same_topic(self):
        command = [BINARY, *RACE, "--volume", "1000", "--brokers", broker.address, "--topic", "together",
                   "--create-topics", "--partitions", "2", "-q"]
        both = [subprocess.Popen([*command, "--seed", seed], cwd=self.folder, stderr=subprocess.PIPE)
                for seed in ("1", "2")]
        for process in both:
            error = process.communicate(timeout=60)[1]
            self.assertEqual(process.returncode, 0, error.decode())
        self.assertEqual(broker.count("together", 2), 2000)

    def test_partitions_are_checked(self):
        broker.make_topic("four", 4)
        self.assertIn("has 4 partitions, not 3", self.send(*RACE, "--topic", "four", "--partitions", "3", code=2))
        self.send(*RACE, "--topic", "four", "--partitions", "4", "--volume", "10")

    def test_events_that_the_broker_finds_too_large_are_dead_letters(self):
        lines = self.lines(*RACE, "--volume", "300", "--streams", "telemetry,checkpoints")
        sizes = sorted(len(line) for line in lines)
        # A request adds 61 bytes and some for the record.
        limit = sizes[len(sizes) // 2] + 61 + 12
        broker.make_topic("small", 1, f"max.message.bytes={limit}")
        summary = self.send(*RACE, "--volume", "300", "--topic", "small", "--compression", "none", code=4)
        dead = [json.loads(line) for line in (self.folder / "dead-letter.ndjson").read_text().splitlines()]
        records = broker.records("small")
        self.assertEqual([summary[n] for n in ("sent", "acked", "failed")], [300, len(records), len(dead)])
        self.assertEqual(summary["dead_lettered"], len(dead))
        self.assertEqual(len(records) + len(dead), 300)
        self.assertGreater(len(records), 0)
        self.assertGreater(len(dead), 0)
        self.assertTrue(all("too large" in letter["error"] for letter in dead))
        gone = {json.dumps(letter["event"]) for letter in dead}
        rest = [line for line in self.lines(*RACE, "--volume", "300") if json.dumps(json.loads(line)) not in gone]
        self.expect_same(records, rest, lambda line: str(json.loads(line)["car"]))

    def test_nobody_there(self):
        done = run(*RACE, "--brokers", "127.0.0.1:1", cwd=self.folder)
        self.assertEqual(done.returncode, 1)
        self.assertIn("127.0.0.1:1", done.stderr.decode())
        self.assertIn("--brokers", done.stderr.decode())
        self.assertIn("Connection refused", done.stderr.decode())
        self.assertNotIn("ignored", done.stderr.decode())

    def test_s12_a_start_waits_for_a_broker_that_comes_back(self):
        away = Broker()
        self.addCleanup(away.remove)
        away.start()
        away.kill()
        command = [*RACE, "--volume", "3000", "--brokers", away.address, "--topic", "late", "--create-topics", "--json"]
        impatient = run(*command, "--connect-timeout", "500ms", cwd=self.folder)
        self.assertEqual(impatient.returncode, 1, impatient.stderr)
        self.assertIn(b"tried for 0.5 s", impatient.stderr)
        process = self.start([*command, "--connect-timeout", "0"])
        away.start()
        self.assertEqual(self.finish(process)["acked"], 3000)


if __name__ == "__main__":
    unittest.main()
