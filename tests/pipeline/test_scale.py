"""Goal: what one process does, three do together: nothing is missing, nothing is there twice, and nothing else is there.
Method: three runs that each make a part of one race send at once into a topic of three partitions, while three ingests of
one group bring it into one database; `racesim verify` proves each part, and the whole is compared with the run that one
process makes."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from ingest_kafka_case import DB, IngestKafkaCase  # noqa: E402
from kafka_broker import require, run  # noqa: E402

PARTS = 3
EVENTS = 30_000
CONTENT = ("run", "--historical", "--start-datetime", "2026-07-05T14:00:00Z", "--end-datetime", "2026-07-05T14:00:15Z")


def setUpModule():
    require()


class ScaleTest(IngestKafkaCase):
    def test_three_runs_three_partitions_three_ingests(self):
        self.broker.make_topic("scale", PARTS)
        takers = [self.start(self.command("scale", "--batch", "500")) for _ in range(PARTS)]
        makers = [self.start([*CONTENT, "--shard", f"{part}/{PARTS}", "--brokers", self.broker.address, "--topic", "scale",
                              "--manifest", f"m{part}.json", "--json", "--progress", "never"])
                  for part in range(1, PARTS + 1)]
        made = [self.finish(process) for process in makers]
        self.assertEqual(sum(summary["acked"] for summary in made), EVENTS)
        self.wait_until(lambda: self.consumed() == EVENTS, *takers)
        taken = [self.end(process) for process in takers]
        self.assertEqual(sum(summary["stored"] for summary in taken), EVENTS)
        self.expect_verified(*(f"m{part}.json" for part in range(1, PARTS + 1)))

        whole = run(*CONTENT, "-q", "--manifest", "whole.json", "--sink", "file:whole.ndjson", cwd=self.folder)
        self.assertEqual(whole.returncode, 0, whole.stderr.decode())
        self.expect_verified("whole.json")
        self.assertEqual(self.rows("SELECT count(*), count(DISTINCT car), sum(seq) FROM telemetry", DB),
                         [(EVENTS, 20, 20 * sum(range(EVENTS // 20)))])


if __name__ == "__main__":
    unittest.main()
