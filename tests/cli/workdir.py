"""Runs the real racesim as a user would: in a scratch folder of its own, with an environment that holds nothing by
chance."""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import unittest

BINARY = os.path.abspath(os.environ["RACESIM_BIN"])
SOURCE = pathlib.Path(os.environ.get("RACESIM_SOURCE_DIR", pathlib.Path(__file__).resolve().parents[2]))
MASTER = str(SOURCE / "data" / "master") + "/"
PAUSE = threading.Event()  # never set
HANG_S = 120  # only a guard: no test depends on how long something takes

JANUARY = ["--scenario", "plays", "--historical", "--start-datetime", "2024-01-01T00:00:00Z",
           "--end-datetime", "2024-02-01T00:00:00Z"]


def sanitized():
    """Whether the program carries a sanitizer: its start-up and its address space are then not ours."""
    code = pathlib.Path(BINARY).read_bytes()
    return b"__asan_init" in code or b"__tsan_init" in code


class Workdir(unittest.TestCase):
    """A test with the folder self.dir as the current one of every racesim it starts."""

    binary = BINARY  # a class may test another build

    def setUp(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="racesim-cli-"))
        self.addCleanup(shutil.rmtree, self.dir, ignore_errors=True)

    def environment(self, **more):
        return {"PATH": "/usr/bin:/bin", "HOME": str(self.dir / "home"), "LANG": "C.UTF-8", **more}

    def racesim(self, *args, env=None, **options):
        """Runs to the end; the result has returncode, stdout and stderr as text."""
        options.setdefault("stdin", subprocess.DEVNULL)
        options.setdefault("stdout", subprocess.PIPE)
        options.setdefault("stderr", subprocess.PIPE)
        result = subprocess.run([self.binary, *map(str, args)], cwd=self.dir, env=self.environment(**(env or {})),
                                timeout=HANG_S, **options)
        # text=True would turn the progress line's carriage returns into line ends.
        # Damaged events need not be UTF-8.
        result.stdout, result.stderr = (stream and stream.decode(errors="surrogateescape") or ""
                                        for stream in (result.stdout, result.stderr))
        return result

    def shell(self, command, env=None):
        """Runs a bash command line in which $RACESIM is the binary."""
        return subprocess.run(["bash", "-c", command], cwd=self.dir, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=HANG_S,
                              env=self.environment(RACESIM=self.binary, **(env or {})))

    def start(self, *args, env=None):
        """Starts and returns the process; it is killed at the end of the test if it still runs. Its stderr goes to
        the file "stderr", so that it cannot block."""
        with open(self.dir / "stderr", "w", encoding="utf-8") as messages:
            process = subprocess.Popen([self.binary, *map(str, args)], cwd=self.dir, stdin=subprocess.DEVNULL,
                                       stdout=subprocess.PIPE, stderr=messages, text=True,
                                       env=self.environment(**(env or {})))
        self.addCleanup(process.stdout.close)
        self.addCleanup(lambda: process.poll() is None and process.send_signal(signal.SIGKILL))
        return process

    def messages(self):
        return (self.dir / "stderr").read_text(encoding="utf-8")

    def finish(self, process):
        """Waits; returns (exit code, the rest of stdout, stderr)."""
        out = process.stdout.read()
        return process.wait(timeout=HANG_S), out, self.messages()

    def play(self, *args, **options):
        """racesim run over January 2024 with the shipped master data."""
        return self.racesim("run", *JANUARY, "--master-data-dir", MASTER, *args, **options)

    def write(self, name, text):
        path = self.dir / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def assert_code(self, result, code):
        self.assertEqual(result.returncode, code, f"stderr: {result.stderr}\nstdout: {(result.stdout or '')[:500]}")

    def said(self, result):
        """Its messages, with those of --json as they are without it."""
        def plain(line):
            if not line.startswith('{"error":'):
                return line
            error = json.loads(line)
            return f"error: {error['error']}\n  {error['hint']}"
        return "\n".join(plain(line) for line in result.stderr.split("\n"))

    def assert_refused(self, result, *texts, code=2):
        """Ends with `code`, writes nothing to stdout, and an error with all the texts to stderr (or as JSON)."""
        self.assert_code(result, code)
        self.assertEqual(result.stdout, "")
        said = self.said(result)
        self.assertTrue(said.startswith("error: "), said)
        for text in texts:
            self.assertIn(text, said)


def wait_until(condition, what):
    """Returns when condition() is true; fails after the guard's time."""
    deadline = time.monotonic() + HANG_S
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"waited in vain: {what}")
        PAUSE.wait(0.01)
