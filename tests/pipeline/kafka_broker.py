"""A real Kafka broker for a test, and what is in its topics as other programs see it."""

import os
import pathlib
import re
import shutil
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

    def start(self):
        done = subprocess.run([SCRIPTS / "kafka" / "start", self.folder, *self.options], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, timeout=RUN_SECONDS_MAX)
        if done.returncode != 0:
            raise RuntimeError(f"the broker did not start: {done.stderr}")
        self.address = done.stdout.strip()
        return self

    def kill(self):
        subprocess.run([SCRIPTS / "kafka" / "stop", self.folder, "--kill"], check=True, timeout=RUN_SECONDS_MAX)

    def remove(self):
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
        return sum(max(0, int(line.split()[-1])) for line in done.stdout.splitlines() if " offset " in line)


def by_key(pairs):
    """{key: [value…]} in the order given."""
    keys = {}
    for key, value in pairs:
        keys.setdefault(key, []).append(value)
    return keys


def run(*arguments, cwd, environment=None):
    """The finished run of racesim; its output as bytes."""
    return subprocess.run([BINARY, *arguments], cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          env={**os.environ, **(environment or {})}, timeout=RUN_SECONDS_MAX)
