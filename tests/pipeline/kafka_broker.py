"""A real Kafka broker for a test, and what is in its topics as other programs see it."""

import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import unittest
from collections import namedtuple

SOURCE = pathlib.Path(os.environ.get("RACESIM_SOURCE_DIR", pathlib.Path(__file__).resolve().parents[2]))
BINARY = os.environ.get("RACESIM_BIN", "")
SCRIPTS = SOURCE / "scripts"
RUN_SECONDS_MAX = 240  # hang guards
KCAT_SECONDS_MAX = 10

Record = namedtuple("Record", "partition offset time_ms key value")


def require():
    """Skips where something is missing; scripts/test gets all of it, and with CI=true a skip is a failure."""
    if not BINARY:
        raise unittest.SkipTest("RACESIM_BIN names no binary")
    for program in ("java", "kcat"):
        if shutil.which(program) is None:
            raise unittest.SkipTest(f"{program} is missing: scripts/install-packages test")
    version = re.search(r"<kafka.version>(.*?)<", (SCRIPTS / "kafka" / "pom.xml").read_text())[1]
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache")
    if not (cache / "racesim" / "kafka" / version / ".complete").exists():
        raise unittest.SkipTest("Kafka's jars are missing: scripts/kafka/fetch")


class Broker:
    """One broker in a folder of its own."""

    def __init__(self, *options):
        self.options = [str(option) for option in options]
        self.folder = tempfile.mkdtemp(prefix="racesim-kafka-")
        self.address = ""
        self.starting = None

    def launch(self):
        """Begins to start it; finish_start() waits until it is ready."""
        self.starting = subprocess.Popen([SCRIPTS / "kafka" / "start", self.folder, *self.options],
                                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def finish_start(self):
        output, error = self.starting.communicate(timeout=RUN_SECONDS_MAX)
        if self.starting.returncode != 0 and not self.address and "Address already in use" in error:
            # Somebody took the free port between the look and the start.
            pathlib.Path(self.folder, "port").unlink()
            self.launch()
            output, error = self.starting.communicate(timeout=RUN_SECONDS_MAX)
        if self.starting.returncode != 0:
            raise RuntimeError(f"the broker did not start: {error}")
        self.address = output.strip()
        return self

    def start(self):
        self.launch()
        return self.finish_start()

    def signal(self, number):
        os.kill(int(pathlib.Path(self.folder, "pid").read_text()), number)

    def kill(self):
        subprocess.run([SCRIPTS / "kafka" / "stop", self.folder, "--kill"], check=True, timeout=RUN_SECONDS_MAX)

    def remove(self):
        if self.starting is not None:
            self.starting.communicate()
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def tool(self, name, *arguments, text=None):
        """Standard output of one of Kafka's own tools."""
        done = subprocess.run([SCRIPTS / "kafka" / "tool", name, "--bootstrap-server", self.address, *arguments],
                              input=text, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              timeout=RUN_SECONDS_MAX)
        if done.returncode != 0:
            raise RuntimeError(f"{name}: {done.stdout} {done.stderr}")
        return done.stdout

    def make_topic(self, topic, partitions, *settings):
        arguments = [argument for setting in settings for argument in ("--config", setting)]
        self.tool("topics", "--create", "--topic", topic, "--partitions", str(partitions), *arguments)

    def records(self, topic):
        """All records of the topic (none if there is no such topic), as kcat reads them: by partition and offset."""
        done = subprocess.run(["kcat", "-b", self.address, "-C", "-t", topic, "-o", "beginning", "-e", "-q",
                               "-f", "%p\t%o\t%T\t%k\t%s\n"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              timeout=RUN_SECONDS_MAX)
        if done.returncode != 0 and b"Unknown topic" not in done.stderr:
            raise RuntimeError(done.stderr.decode())
        found = []
        for line in done.stdout.decode().splitlines():
            partition, offset, time_ms, key, value = line.split("\t", 4)
            found.append(Record(int(partition), int(offset), int(time_ms), key, value))
        return sorted(found)

    def count(self, topic, partitions=1):
        """How many records there are, by the ends of the partitions; 0 while nobody can tell."""
        queries = [part for p in range(partitions) for part in ("-t", f"{topic}:{p}:-1")]
        try:
            done = subprocess.run(["kcat", "-b", self.address, "-Q", *queries], stdout=subprocess.PIPE,
                                  stderr=subprocess.DEVNULL, text=True, timeout=KCAT_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            return 0
        ends = [line.split()[-1] for line in done.stdout.splitlines() if " offset " in line]
        # Else a partition without leader: "Leader not available".
        return sum(max(0, int(end)) for end in ends) if all(re.fullmatch(r"-?\d+", end) for end in ends) else 0


def free_ports(count, apart=0):
    """So many ports of 127.0.0.1 that nobody listens on, nor on those `apart` above them."""
    found, held = [], []
    for port in range(20000 + os.getpid() % 5000, 30000):
        try:
            pair = [socket.create_server(("127.0.0.1", number)) for number in {port, port + apart}]
        except OSError:
            continue
        held += pair
        found.append(port)
        if len(found) == count:
            break
    for listener in held:
        listener.close()
    return found


def by_key(pairs):
    """{key: [value…]} in the order given."""
    keys = {}
    for key, value in pairs:
        keys.setdefault(key, []).append(value)
    return keys


def run(*arguments, cwd, environment=None, program=BINARY):
    """The finished run of racesim; its output as bytes."""
    return subprocess.run([program, *arguments], cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          env={**os.environ, **(environment or {})}, timeout=RUN_SECONDS_MAX)


class FolderTest(unittest.TestCase):
    """A test with a folder of its own, in which its runs work."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="racesim-kafka-test-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def start(self, command, environment=None):
        """racesim, started; it is killed at the end of the test if it still runs."""
        process = subprocess.Popen([BINARY, *command], cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   env={**os.environ, **(environment or {})}, text=True)
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        return process

    def finish(self, process, code=0):
        """The summary."""
        output, error = process.communicate(timeout=RUN_SECONDS_MAX)
        self.assertEqual(process.returncode, code, error)
        return json.loads(output)

    def settled(self):
        """How far the checkpoint `at` says that the run has come."""
        try:
            return json.loads((self.folder / "at").read_text())["sinks"][0]["ordinal"]
        except FileNotFoundError:
            return 0

    def kill(self, process):
        """The exit code and the messages of the process, which is killed unless it has ended."""
        process.kill()
        message = process.communicate(timeout=RUN_SECONDS_MAX)[1]
        self.assertIn(process.returncode, (0, -signal.SIGKILL), message)
        return process.returncode

    def expect_exactly(self, broker, topic, content):
        """The topic holds what a run of that content writes to a pipe, each key's in order."""
        lines = run(*content, "-q", cwd=self.folder).stdout.decode().splitlines()
        records = broker.records(topic)
        self.assertEqual(len(records), len(lines))
        self.assertEqual(by_key((r.key, r.value) for r in records),
                         by_key((str(json.loads(line)["car"]), line) for line in lines))


class BrokerTest(FolderTest):
    """Its class has one broker for all tests."""

    BROKER_OPTIONS = ()

    @classmethod
    def setUpClass(cls):
        cls.broker = Broker(*cls.BROKER_OPTIONS)
        cls.addClassCleanup(cls.broker.remove)
        cls.broker.start()
