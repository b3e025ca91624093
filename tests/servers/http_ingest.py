"""Starts `racesim ingest --from http` on a port of its own, kills and restarts it, posts to it, and looks into its
SQLite store; for tests and benches."""

import contextlib
import http.client
import json
import os
import pathlib
import re
import signal
import sqlite3
import subprocess
import threading
import time

START_S = 60  # a hang guard
PAUSE = threading.Event()  # never set


class HttpIngest:
    """One ingest into FOLDER/plays.db. The port stays the same over restarts."""

    def __init__(self, binary, folder, *options, before=()):
        self.binary = binary
        self.folder = pathlib.Path(folder)
        self.options = options
        self.before = before  # a command that ends in running its arguments, such as a shell with limits
        self.database = self.folder / "plays.db"
        self.port = 0
        self.process = None
        self.starts = 0

    def start(self, listen="127.0.0.1"):
        self.starts += 1
        messages = self.folder / f"ingest-{self.starts}.err"
        command = [*self.before, self.binary, "ingest", "--from", "http", "--listen", f"{listen}:{self.port}", "--to",
                   f"sqlite:{self.database}", *self.options]
        with open(messages, "w", encoding="utf-8") as err:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=err,
                                            cwd=self.folder, env={"PATH": "/usr/bin:/bin", "HOME": str(self.folder)})
        deadline = time.monotonic() + START_S
        while not (found := re.search(r"http://[^ ]+:(\d+)", messages.read_text(encoding="utf-8"))):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"ingest did not start: {messages.read_text(encoding='utf-8')}")
            PAUSE.wait(0.01)
        self.port = int(found.group(1))

    def messages(self):
        return "".join(path.read_text(encoding="utf-8") for path in sorted(self.folder.glob("ingest-*.err")))

    def kill(self):
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self):
        """SIGTERM; returns the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=START_S)

    def cleanup(self):
        if self.process is not None and self.process.poll() is None:
            self.kill()

    def connect(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=START_S)

    def post(self, body, path="/play", connection=None, **headers):
        """(status, headers, body as JSON or text) of one POST."""
        with contextlib.ExitStack() as stack:
            if connection is None:
                connection = stack.enter_context(contextlib.closing(self.connect()))
            connection.request("POST", path, body, {"Content-Type": "application/json", **headers})
            answer = connection.getresponse()
            text = answer.read().decode()
        try:
            return answer.status, answer.headers, json.loads(text)
        except ValueError:
            return answer.status, answer.headers, text

    def get(self, path):
        with contextlib.closing(self.connect()) as connection:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()

    def query(self, sql):
        """Rows of the store, read while nobody writes or beside a writer."""
        with contextlib.closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as database:
            return database.execute(sql).fetchall()

    def cpu_s(self):
        """Processor time of the process so far."""
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
