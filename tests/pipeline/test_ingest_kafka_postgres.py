"""Goal: what a group reads from Kafka into PostgreSQL is there once, wherever the processes are killed and the server's back
ends are ended (K2). Method: the real binary, a real broker and a real server; racesim verify compares the rows with what
the run made."""

import pathlib
import sys
import unittest

import postgres_server

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from ingest_kafka_case import FAULTS, FULL, IngestKafkaCase, SMALL  # noqa: E402
from kafka_broker import require, run  # noqa: E402

KILLS = 200 if FULL else 8
ENDED = 40 if FULL else 4
END_BACKENDS = ("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name LIKE "
                "'racesim ingest%'")
CONSUMED = "SELECT coalesce(sum(consumed), 0) FROM ingest_offsets"


def setUpModule():
    require()
    postgres_server.require()


class KafkaToPostgres(IngestKafkaCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = postgres_server.Server()
        cls.addClassCleanup(cls.server.remove)
        cls.server.start()

    def setUp(self):
        super().setUp()
        self.database = self._testMethodName[5:45]
        self.TO = f"postgres:{self.server.new_database(self.database)}"

    def consumed(self):
        made = self.server.ask("SELECT to_regclass('ingest_offsets') IS NOT NULL", self.database) == "t"
        return int(self.server.ask(CONSUMED, self.database)) if made else 0

    def expect_verified(self):
        done = run("verify", "--manifest", "m.json", "--against", self.TO, cwd=self.folder)
        self.assertEqual(done.returncode, 0, done.stdout.decode() + done.stderr.decode())

    def test_k2_killed_at_random(self):
        self.expect_all_after_kills(KILLS)

    def test_back_ends_that_are_ended(self):
        self.fill("ended", 10_000 * ENDED, *FAULTS)
        process = self.start(self.command("ended", "--exit-at-end", *SMALL))
        ended = 0
        for _ in range(ENDED):
            goal = self.consumed() + 2_000
            while process.poll() is None and self.consumed() < goal:
                pass
            ended += int(self.server.ask(END_BACKENDS, self.database))
        summary = self.finish(process)
        self.assertGreater(ended, 0)
        self.assertEqual(summary["consumed"], self.broker.count("ended", 3))
        self.assertEqual(self.consumed(), self.broker.count("ended", 3))
        self.expect_verified()


if __name__ == "__main__":
    unittest.main()
