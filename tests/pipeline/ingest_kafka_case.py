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
SMALL = ("--batch", "400")  # many transactions, so that there is much to interrupt


class IngestKafkaCase(BrokerTest):
    # A process that is killed keeps its partitions for a session: a short one makes short tests.
    BROKER_OPTIONS = ("--set", "group.min.session.timeout.ms=500")
    TO = f"sqlite:{DB}"
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

    def command(self, topic, *more, to=""):
        return ["ingest", "--from", "kafka", "--brokers", self.broker.address, "--topic", topic, "--to", to or self.TO,
                *self.SESSION, "--json", "--progress", "never", *more]

    def ingest(self, topic, *more, code=0, to=""):
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

    def kill_somewhere(self, process, more):
        """Kills it once the store has so many records more, or it has ended. True: it had ended."""
        goal = self.consumed() + more
        while process.poll() is None and self.consumed() < goal:
            pass
        return self.kill(process) == 0

    def expect_all_after_kills(self, most):
        """K2: ingests of one topic are killed wherever they are; then the store holds what the run made."""
        volume = 3_000 * most
        self.fill("k2", volume, *FAULTS)
        kills = 0
        while kills < most:
            # Mostly a group of its own, since the next one of the same group waits for the dead one's session.
            group = self.chance.choice(("racesim-ingest", f"k2-{kills}", f"k2-{kills}"))
            process = self.start(self.command("k2", "--exit-at-end", *SMALL, "--group", group, "--start-at", "earliest"))
            if self.kill_somewhere(process, self.chance.choice((0, 1, 1_500, 4_000))):
                break
            kills += 1
        print(f"{kills} kills")
        summary = self.ingest("k2", "--start-at", "earliest")
        self.assertGreater(kills, most // 4, f"seed {SEED}")
        self.assertEqual(summary["lag"], 0)
        self.assertEqual(self.consumed(), self.broker.count("k2", 3))
        self.expect_verified()

    def expect_verified(self, *manifests, db=DB):
        """Each run's rows are those that it made, and the database is whole."""
        for manifest in manifests or ("m.json",):
            done = run("verify", "--manifest", manifest, "--against", f"sqlite:{db}", cwd=self.folder)
            self.assertEqual(done.returncode, 0, done.stdout.decode() + done.stderr.decode())
        self.assertEqual(self.rows("PRAGMA integrity_check", db), [("ok",)])
