"""Goal (row B2 of docs/reliability.md): with three brokers, each partition on all of them and two that must have an event
before it counts, killing the leaders one after the other loses, doubles and reorders nothing. Method: the real binary, a
real cluster, whose leader of the next partition is killed with SIGKILL and started again once the run got on without it;
the topic is compared with stdout of the same run.

Only with RACESIM_FULL=1 (scripts/test --full): it takes minutes."""

import json
import os
import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from kafka_broker import Broker, FolderTest, KCAT_SECONDS_MAX, free_ports, require, run  # noqa: E402

NODES = 3
PARTITIONS = 3
KILLS = int(os.environ.get("RACESIM_KILLS") or 30)
RATE = 3000
CONTROLLER_APART = 10_000  # as scripts/kafka/start has it
RACE = ("run", "--historical", "--start-datetime", "2026-07-05T14:00:00Z", "--end-datetime", "2026-07-05T17:00:00Z")


def setUpModule():
    if os.environ.get("RACESIM_FULL") != "1":
        raise unittest.SkipTest("full: three brokers and 30 kills only with RACESIM_FULL=1")
    require()


class Cluster:
    """Three brokers; `brokers[id]` is the one with that number."""

    def __init__(self):
        ports = free_ports(NODES, CONTROLLER_APART)
        voters = ",".join(f"{node}@127.0.0.1:{port + CONTROLLER_APART}" for node, port in enumerate(ports, start=1))
        settings = [f"{key}={value}" for key, value in (
            ("default.replication.factor", NODES), ("min.insync.replicas", 2),
            ("offsets.topic.replication.factor", NODES), ("transaction.state.log.replication.factor", NODES),
            ("transaction.state.log.min.isr", 2), ("controller.quorum.election.timeout.ms", 500),
            ("broker.session.timeout.ms", 3000), ("auto.create.topics.enable", "false"),
            ("broker.heartbeat.interval.ms", 500))]
        self.address = ",".join(f"127.0.0.1:{port}" for port in ports)
        self.brokers = {}
        for node, port in enumerate(ports, start=1):
            options = ["--port", port, "--node", node, "--voters", voters, "--heap", "256m"]
            self.brokers[node] = Broker(*options, *(part for line in settings for part in ("--set", line)))

    def start(self):
        """None is ready before most are there."""
        for broker in self.brokers.values():
            broker.launch()
        for broker in self.brokers.values():
            broker.finish_start()

    def remove(self):
        for broker in self.brokers.values():
            broker.remove()


    def partitions(self, topic):
        """[(leader, nodes in sync)…] by partition; empty while nobody can tell."""
        try:
            done = subprocess.run(["kcat", "-b", self.address, "-L", "-J", "-t", topic], stdout=subprocess.PIPE,
                                  stderr=subprocess.DEVNULL, timeout=KCAT_SECONDS_MAX)
            found = json.loads(done.stdout)["topics"][0]["partitions"]
        except (subprocess.TimeoutExpired, ValueError, LookupError):
            return []
        return [(p["leader"], {replica["id"] for replica in p["isrs"]})
                for p in sorted(found, key=lambda p: p["partition"])]


class ClusterTest(FolderTest):
    def test_b2_leaders_killed_one_after_the_other(self):
        cluster = Cluster()
        self.addCleanup(cluster.remove)
        cluster.start()
        reader = Broker()
        self.addCleanup(reader.remove)
        reader.address = cluster.address
        process = self.start([*RACE, "--posting-rate", f"{RATE}/s", "--brokers", cluster.address, "--topic", "rolling",
                              "--create-topics", "--partitions", str(PARTITIONS), "--json", "--progress", "never",
                              "--drain-timeout", "2m", "--manifest", "m.json"])
        kills = 0
        for kill in range(KILLS):
            self.wait(process, lambda: self.all_in_sync(cluster), "all replicas in sync")
            self.assertIsNone(process.poll(), "the run ended by itself")
            leader = cluster.partitions("rolling")[kill % PARTITIONS][0]
            seen = reader.count("rolling", PARTITIONS)
            cluster.brokers[leader].kill()
            kills += 1
            self.wait(process, lambda: reader.count("rolling", PARTITIONS) > seen + RATE // 2, "the run to go on")
            cluster.brokers[leader].start()
        process.terminate()
        summary = self.finish(process, code=143)
        print(f"{kills} kills, {summary['acked']} events, {summary['retried']} sent again")
        self.assertEqual([summary["acked"], summary["failed"]], [summary["sent"], 0])
        self.expect_exactly(reader, "rolling", (*RACE, "--volume", str(summary["acked"])))
        verified = run("verify", "--manifest", "m.json", "--against", "kafka", "--brokers", cluster.address,
                       cwd=self.folder)
        self.assertEqual(verified.returncode, 0, verified.stdout)

    def wait(self, process, condition, what):
        for _ in range(2000):  # a hang guard: each look takes some time
            if condition() or process.poll() is not None:
                return
        self.fail(f"waited in vain for {what}")

    def all_in_sync(self, cluster):
        partitions = cluster.partitions("rolling")
        return len(partitions) == PARTITIONS and all(len(in_sync) == NODES for _, in_sync in partitions)


if __name__ == "__main__":
    unittest.main()
