"""Goal: whatever happens to the processes of a group (killed at random, stopped and woken up as zombies, more and
fewer of them) and to the broker, the store holds each event once (K2, R1). Method: the real binary, a real broker, one
SQLite database; racesim verify compares the rows with what the runs made."""

import pathlib
import signal
import sqlite3
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from ingest_kafka_case import DB, FAULTS, FULL, IngestKafkaCase, SMALL  # noqa: E402
from kafka_broker import require  # noqa: E402

KILLS = 200 if FULL else 20
REBALANCES = 50 if FULL else 5
BROKER_KILLS = 10 if FULL else 1
LONG_SESSION = ("-X", "session.timeout.ms=6000", "-X", "heartbeat.interval.ms=1000")


def setUpModule():
    require()


class KillTest(IngestKafkaCase):
    def test_k2_killed_at_random(self):
        self.expect_all_after_kills(KILLS)

    def stop_with_events_in_hand(self, process, topic, writer):
        """Stops it while it waits for the database with events that it has read: they are another one's when it wakes up.
        Who waits holds no lock. On a slow machine the writer may have fewer left."""
        connection = sqlite3.connect(self.folder / DB, timeout=30, isolation_level=None)
        connection.execute("BEGIN IMMEDIATE")
        there = self.broker.count(topic, 3)
        self.wait_until(lambda: writer.poll() is not None or self.broker.count(topic, 3) > there + 4_000, process)
        process.send_signal(signal.SIGSTOP)
        connection.execute("ROLLBACK")
        connection.close()

    def has_opened(self, process):
        """The process has opened its store and begins with Kafka: the client's threads are there."""
        try:
            names = [name.read_text() for name in pathlib.Path(f"/proc/{process.pid}/task").glob("*/comm")]
        except OSError:  # one of them ended meanwhile
            return False
        return any(name.startswith("rdk:") for name in names)

    def rebalance(self, number):
        """One member, three, one is stopped for longer than its session, one is killed, one goes in good order, and the
        one that was stopped is alone. How often the store refused to move a lane."""
        topic, begin = f"r1-{number}", self.consumed()

        def all_stored():
            return self.consumed() - begin == self.broker.count(topic, 3)

        self.fill(topic, 300, seed=2_000 + number, manifest=f"{topic}-a.json")
        zombie = self.start(self.command(topic, *SMALL))
        self.wait_until(all_stored, zombie)
        killed, ended = (self.start(self.command(topic, *SMALL)) for _ in range(2))
        self.wait_until(lambda: self.has_opened(killed) and self.has_opened(ended), zombie, killed, ended)
        # While events come, so that whoever is stopped has some that are not committed.
        writer = self.start(self.filling(topic, 40_000, *FAULTS, "--posting-rate", "20k/s", seed=number,
                                         manifest=f"{topic}.json"))
        goal = self.consumed() + self.chance.randrange(1, 15_000)
        self.wait_until(lambda: self.consumed() >= goal, zombie, killed, ended)
        self.stop_with_events_in_hand(zombie, topic, writer)
        self.assertEqual(writer.wait(), 0)
        self.wait_until(all_stored, killed, ended)
        zombie.send_signal(signal.SIGCONT)
        self.fill(topic, 10_000, *FAULTS, seed=1_000 + number, manifest=f"{topic}-b.json")
        killed.kill()
        self.end(ended)
        self.wait_until(all_stored, zombie)
        summary = self.end(zombie)
        self.expect_verified(*(f"{topic}{part}.json" for part in ("-a", "", "-b")))
        return summary["fenced"]

    def test_r1_members_come_and_go(self):
        if FULL:
            self.SESSION = LONG_SESSION
        fenced = sum(self.rebalance(number) for number in range(REBALANCES))
        self.assertGreaterEqual(fenced, 1)

    def test_three_at_a_time_killed_at_random(self):
        """Done when: run → Kafka → three ingests under kill -9 → SQLite, and verify is clean."""
        self.fill("three", 60_000, *FAULTS)
        command = self.command("three", "--exit-at-end", *SMALL)
        processes = [self.start(command) for _ in range(3)]
        for _ in range(KILLS // 4):
            victim = self.chance.randrange(3)
            if self.kill_somewhere(processes[victim], self.chance.choice((0, 500, 4_000))):
                break
            processes[victim] = self.start(command)
        for process in processes:
            if process.returncode is None:
                self.finish(process)
        self.assertEqual(self.consumed(), self.broker.count("three", 3))
        self.expect_verified()

    def test_the_broker_is_killed(self):
        self.fill("broker", 20_000, *FAULTS)
        process = self.start(self.command("broker", *SMALL))
        for kill in range(BROKER_KILLS):
            self.wait_until(lambda: self.consumed() > 0, process)
            self.broker.kill()
            self.broker.start()
            self.fill("broker", 20_000, *FAULTS, seed=10 + kill, manifest=f"b{kill}.json")
        self.wait_until(lambda: self.consumed() == self.broker.count("broker", 3), process)
        self.end(process)
        self.expect_verified("m.json", *(f"b{kill}.json" for kill in range(BROKER_KILLS)))


if __name__ == "__main__":
    unittest.main()
