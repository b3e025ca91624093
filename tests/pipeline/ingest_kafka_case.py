"""Topics that are filled by real runs, and ingests that bring them into an SQLite database."""

import json
import os
import random
import signal
import sqlite3
import subprocess

from kafka_broker import BrokerTest, RUN_SECONDS_MAX, run

FULL = os.environ.get("RACESIM_FULL") == "1"
SEED = int(os.environ.get("RACESIM_CHAOS_SEED") or random.randrange(1 << 30))
RACE = ("run", "--historical", "--start-datetime", "2026-07-05T14:00:00Z", "--end-datetime", "2026-07-05T14:10:00Z")
FAULTS = ("--faults", "late=1%,duplicate=1%,reorder=2%", "--late-delay", "10s")
DB = "race.db"


class IngestKafkaCase(BrokerTest):
    # A process that is killed keeps its partitions for a session: a short one makes short tests.
    BROKER_OPTIONS = ("--set", "group.min.session.timeout.ms=500")
    SESSION = ("-X", "session.timeout.ms=1500", "-X", "heartbeat.interval.ms=300")

    def setUp(self):
        super().setUp()
        self.chance = random.Random(SEED)
        print(f"RACESIM_CHAOS_SEED={SEED}")

    def filling(self, topic, volume, *more, seed=1, partitions=3, manifest="m.json"):
        """The run that appends so many events to the topic, which is made if need be."""
        return [*RACE, "--volume", str(volume), "--seed", str(seed), "--brokers", self.broker.address, "--topic", topic,
                "--create-topics", "--partitions", str(partitions), "--manifest", manifest, "-q", *more]

    def fill(self, *what, **more):
        done = run(*self.filling(*what, **more), cwd=self.folder)
        self.assertEqual(done.returncode, 0, done.stderr)

    def command(self, topic, *more, to=f"sqlite:{DB}"):
        return ["ingest", "--from", "kafka", "--brokers", self.broker.address, "--topic", topic, "--to", to, *self.SESSION,
                "--json", "--progress", "never", *more]

    def ingest(self, topic, *more, code=0, to=f"sqlite:{DB}"):
        """To the end of what is there; the summary, or the messages where it is refused before it begins."""
        done = run(*self.command(topic, "--exit-at-end", *more, to=to), cwd=self.folder)
        self.assertEqual(done.returncode, code, done.stderr.decode())
        self.messages = done.stderr.decode()
        return json.loads(done.stdout) if done.stdout else None

    def rows(self, query, db=DB):
        """Of the database; none while there is no such table."""
        connection = sqlite3.connect(f"file:{self.folder / db}?mode=ro", uri=True, timeout=30)
        try:
            return connection.execute(query).fetchall()
        except sqlite3.OperationalError as error:
            if "no such table" in str(error):
                return []
            raise
        finally:
            connection.close()

    def consumed(self, db=DB):
        """Records of which the store knows."""
        if not (self.folder / db).exists():
            return 0
        found = self.rows("SELECT sum(consumed) FROM ingest_offsets", db)
        return found[0][0] or 0 if found else 0

    def wait_until(self, condition, *processes):
        """Looks again and again; the processes go on meanwhile."""
        while not condition():
            for process in processes:
                if process.poll() is not None:
                    self.fail(f"it ended: {process.communicate(timeout=RUN_SECONDS_MAX)}")

    def end(self, process):
        """Asks it to end; the summary."""
        process.send_signal(signal.SIGTERM)
        return self.finish(process)

    def expect_verified(self, *manifests, db=DB):
        """Each run's rows are those that it made, and the database is whole."""
        for manifest in manifests or ("m.json",):
            done = run("verify", "--manifest", manifest, "--against", f"sqlite:{db}", cwd=self.folder)
            self.assertEqual(done.returncode, 0, done.stdout.decode() + done.stderr.decode())
        self.assertEqual(self.rows("PRAGMA integrity_check", db), [("ok",)])
