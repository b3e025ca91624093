"""Goal: an ingest goes on where its store stands, whatever the group's offsets say, and says so where the topic is not
the one that it has read, or no longer whole. Method: the real binary and a real broker, whose topics and offsets are
changed behind its back; what is in the database is compared with what kcat reads, and with the runs by racesim verify."""

import datetime
import json
import pathlib
import signal
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from ingest_kafka_case import DB, FAULTS, RACE, IngestKafkaCase  # noqa: E402
from kafka_broker import require  # noqa: E402

GROUPS = "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand"
DELETE_RECORDS = "org.apache.kafka.tools.DeleteRecordsCommand"


def setUpModule():
    require()


class OffsetsTest(IngestKafkaCase):
    BROKER_OPTIONS = (*IngestKafkaCase.BROKER_OPTIONS, "--set", "log.cleaner.backoff.ms=200")

    def test_the_store_decides_and_not_the_group(self):
        self.fill("offsets", 6_000, *FAULTS)
        first = self.ingest("offsets")
        self.assertEqual(first["stored"] + first["duplicates"], self.broker.count("offsets", 3))
        self.assertEqual([first["lag"], first["gaps"], first["fenced"]], [0, 0, 0])
        # Advanced by hand over what is not read yet; then deleted.
        self.fill("offsets", 6_000, *FAULTS, seed=2, manifest="m2.json")
        self.broker.tool(GROUPS, "--group", "racesim-ingest", "--topic", "offsets", "--reset-offsets", "--to-latest",
                         "--execute")
        second = self.ingest("offsets")
        self.broker.tool(GROUPS, "--group", "racesim-ingest", "--delete")
        third = self.ingest("offsets")
        self.assertEqual(first["consumed"] + second["consumed"], self.broker.count("offsets", 3))
        self.assertEqual(third["consumed"], 0)
        self.expect_verified("m.json", "m2.json")

    def test_a_group_that_read_into_another_store_is_refused(self):
        self.fill("refused", 2_000)
        self.ingest("refused")
        self.ingest("refused", code=2, to="sqlite:other.db")
        self.assertIn("the store knows nothing of it", self.messages)
        self.assertIn("--start-at earliest", self.messages)
        again = self.ingest("refused", "--start-at", "earliest", to="sqlite:other.db")
        self.assertEqual(again["stored"], 2_000)
        self.expect_verified(db="other.db")

    def test_a_topic_that_is_made_again_is_refused(self):
        self.fill("again", 4_000)
        self.ingest("again")
        self.broker.tool("topics", "--delete", "--topic", "again")
        self.fill("again", 1_000, seed=2, manifest="m2.json")
        self.ingest("again", code=2)
        self.assertIn("the topic was made again, cut, or restored", self.messages)
        # Now it is as long as the old one was, so only the records tell.
        self.fill("again", 9_000, seed=3, manifest="m3.json")
        self.ingest("again", code=2)
        self.assertIn("is not the one that was read there", self.messages)
        self.expect_verified()

    def test_records_that_are_gone_are_a_gap(self):
        self.fill("gap", 2_000, partitions=1)
        self.ingest("gap")
        self.fill("gap", 2_000, seed=2, partitions=1, manifest="m2.json")
        # Up to the position, which is no gap; then 500 behind it.
        for offset, gap in ((2_000, 0), (2_500, 500)):
            (self.folder / "delete.json").write_text(json.dumps(
                {"version": 1, "partitions": [{"topic": "gap", "partition": 0, "offset": offset}]}))
            self.broker.tool(DELETE_RECORDS, "--offset-json-file", str(self.folder / "delete.json"))
        self.ingest("gap", code=4)
        self.assertIn("500 records from offset 2 000 on were gone", self.messages.replace("\u202f", " ").replace(",", " "))
        self.assertEqual(self.consumed(), 2_000)
        summary = self.ingest("gap", "--allow-gap")
        self.assertEqual([summary["gaps"], summary["consumed"]], [500, 1_500])
        self.assertEqual(self.ingest("gap")["gaps"], 0)  # counted once

    def test_what_transactions_leave_is_stepped_over(self):
        """Marks, and the records of a writer that was killed, which nobody may see."""
        command = [*RACE, "--volume", "20000", "--txn", "--brokers", self.broker.address, "--topic", "txn", "--create-topics", "--partitions", "3",
                   "--checkpoint", "at", "--resume", "--settle", "500ms", "--manifest", "m.json", "--json", "--progress",
                   "never"]
        process = self.start([*command, "--posting-rate", "20k/s"])
        while process.poll() is None and self.settled() < 10_000:
            pass
        self.assertEqual(self.kill(process), -signal.SIGKILL)
        self.finish(self.start(command))
        ends = self.broker.count("txn", 3)
        summary = self.ingest("txn")
        self.assertEqual(summary["consumed"], len(self.broker.records("txn")))
        self.assertLess(summary["consumed"], ends)
        self.assertEqual(self.ingest("txn")["consumed"], 0)
        self.expect_verified()

    def test_what_is_compacted_away_is_stepped_over(self):
        """Also the record before the position, by which another topic would be known."""
        self.broker.make_topic("compact", 1, "cleanup.policy=compact", "segment.ms=300", "min.cleanable.dirty.ratio=0.001")
        self.fill("compact", 1_000, partitions=1)
        first = self.ingest("compact")["consumed"]
        end = self.broker.count("compact")
        seed = 1
        while any(record.offset == end - 1 for record in self.broker.records("compact")):
            seed += 1
            self.fill("compact", 200, seed=seed, partitions=1)  # all cars again, and a new segment now and then

        def behind():
            return sum(record.offset >= end for record in self.broker.records("compact"))

        most = behind()
        consumed = self.ingest("compact")["consumed"]
        self.assertTrue(behind() <= consumed <= most, (behind(), consumed, most))  # the cleaner goes on meanwhile
        self.assertEqual(self.consumed(), first + consumed)

    def test_latest_and_a_time(self):
        self.fill("late", 1_000, partitions=1)
        process = self.start(self.command("late", "--start-at", "latest"))
        self.wait_until(lambda: (self.folder / DB).exists() and self.rows("SELECT 1 FROM ingest_offsets"), process)
        self.fill("late", 1_000, seed=2, partitions=1, manifest="m2.json")
        self.wait_until(lambda: self.consumed() == 1_000, process)
        self.end(process)
        self.expect_verified("m2.json")
        middle = self.broker.records("late")[1_000].time_ms
        at = datetime.datetime.fromtimestamp(middle / 1000, datetime.timezone.utc).isoformat(timespec="milliseconds")
        summary = self.ingest("late", "--start-at", at, to="sqlite:time.db")
        expected = sum(record.time_ms >= middle for record in self.broker.records("late"))
        self.assertEqual(summary["consumed"], expected)

    def test_partitions_that_are_added_and_a_topic_that_is_deleted(self):
        self.fill("grows", 1_000, partitions=1)
        process = self.start(self.command("grows", "-X", "topic.metadata.refresh.interval.ms=300"))
        self.wait_until(lambda: self.consumed() == 1_000, process)
        self.broker.tool("topics", "--alter", "--topic", "grows", "--partitions", "3")
        self.fill("grows", 2_000, seed=2, manifest="m2.json")
        self.wait_until(lambda: self.consumed() == 3_000, process)
        self.broker.tool("topics", "--delete", "--topic", "grows")
        error = process.communicate(timeout=120)[1]
        self.assertEqual(process.returncode, 4, error)
        self.assertIn("topic grows is gone", error)
        self.expect_verified("m.json", "m2.json")


if __name__ == "__main__":
    unittest.main()
