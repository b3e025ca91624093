"""Goal (row D2 of docs/reliability.md): whichever write, fsync, rename or open fails, racesim neither crashes nor says that
all is well when it is not, never leaves half a file under its real name, and goes on with --resume as if nothing had
been. Method: strace makes the k-th such call of each thread fail with ENOSPC or EIO, for k in steps; then the same command
runs undisturbed, and what it leaves is compared with a run that nobody disturbed."""

import collections
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cli"))
from workdir import BINARY, HANG_S, Workdir, sanitized  # noqa: E402

FULL = os.environ.get("RACESIM_FULL") == "1"
RUN_POINTS, MASTER_POINTS = (1000, 1000) if FULL else (90, 30)
CALLS = ("write", "pwrite64", "fsync", "fdatasync", "ftruncate", "fallocate", "rename", "openat", "mkdir", "read", "flock")
ERRORS = ("ENOSPC", "EIO")
RUN = ["run", "--historical", "--start-datetime", "2024-07-07T14:00:00Z", "--end-datetime", "2024-07-07T14:00:05Z",
       "--posting-rate", "200k/s", "--threads", "2", "--sink", "file:out", "--checkpoint", "at", "--resume",
       "--manifest", "m.json", "--summary-export", "s.json", "--faults", "late=1%,drop=1%"]
MASTER = ["generate-master", "--output-dir", "m", "--num-songs", "50", "--num-users", "50"]


def setUpModule():
    if shutil.which("strace") is None:
        raise unittest.SkipTest("strace is missing: scripts/install-packages test")
    if sanitized():
        raise unittest.SkipTest("full: leak checks do not work below strace; without a sanitizer it runs")
    probe = subprocess.run(["strace", "-f", "-o", "/dev/null", "true"], stderr=subprocess.PIPE, text=True, check=False)
    if probe.returncode != 0:
        raise unittest.SkipTest(f"privilege: strace may not look at its children: {probe.stderr.strip()}")


class FailingCalls(Workdir):
    def strace(self, command, *options, folder):
        return subprocess.run(["strace", "-f", "--seccomp-bpf", *options, BINARY, *command], cwd=folder,
                              env=self.environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=HANG_S, check=False)

    def points(self, command, most):
        """(call, k, error), `most` of them: each call that some thread makes at least k times, but those of the program's loader."""
        folder = self.dir / "count"
        folder.mkdir()
        log = self.dir / "log"
        done = self.strace(command, "-o", log, "-e", "trace=" + ",".join(CALLS), folder=folder)
        self.assertEqual(done.returncode, 0, done.stderr)
        counts, loading = collections.Counter(), collections.Counter()
        for line in log.read_text().splitlines():
            found = re.match(r"(\d+) +(\w+)\(", line)
            if found is None:
                continue
            thread, call = found.groups()
            counts[thread, call] += 1
            if re.search(r'"[^"]*\.so[."]', line):
                # Reading the library's head follows.
                loading = collections.Counter({name: n + (name == "read") for (_, name), n in counts.items()})
        made = collections.Counter()
        for (_, call), n in counts.items():
            made[call] = max(made[call], n)
        self.assertGreater(made["fsync"], 2)
        every = [(call, k, error) for call in CALLS for k in range(loading[call] + 1, made[call] + 1)
                 for error in ERRORS]
        step = max(1, -(-len(every) // most))
        print(f"{len(every)} points, every {step}.")
        return every[::step]

    def disturb(self, command, point, folder):
        """The exit code of the command with that call failing; it must have one."""
        call, k, error = point
        done = self.strace(command, "-o", "/dev/null", "-e", f"trace={call}", "-e",
                           f"inject={call}:error={error}:when={k}", folder=folder)
        # A signal would be below 0; 134 and 139 are what a shell makes of an abort and a fault.
        self.assertIn(done.returncode, (0, 1, 4), done.stderr)
        # The message itself is a write as well.
        if done.returncode != 0 and call != "write":
            self.assertIn(b"error: ", done.stderr)
        return done.returncode


class Run(FailingCalls):
    def expect_right(self, folder, whole):
        self.assertEqual((folder / "out").read_bytes(), whole)
        json.loads((folder / "s.json").read_text())
        result = self.racesim("verify", "--manifest", folder / "m.json", "--against", f"file:{folder}/out", "--fast")
        self.assert_code(result, 0)
        self.assertIn("VERIFIED", result.stdout)
        self.assertNotIn("does not say how the run ended", result.stdout)

    def test_a_run_into_a_file(self):
        points = self.points(RUN, RUN_POINTS)
        whole = (self.dir / "count/out").read_bytes()
        ends = collections.Counter()
        for number, point in enumerate(points):
            with self.subTest(point=point):
                folder = self.dir / str(number)
                folder.mkdir()
                code = self.disturb(RUN, point, folder)
                ends[code] += 1
                if code == 0:
                    self.expect_right(folder, whole)
                again = subprocess.run([BINARY, *RUN], cwd=folder, env=self.environment(), timeout=HANG_S,
                                       capture_output=True, check=False)
                self.assertEqual(again.returncode, 0, again.stderr)
                self.expect_right(folder, whole)
                shutil.rmtree(folder)
        print(f"exit codes {dict(ends)}")
        self.assertGreater(ends[1] + ends[4], len(points) // 4, "the failures were not those of the run")


class Master(FailingCalls):
    def content(self, folder):
        return {path.name: path.read_bytes() for path in folder.glob("m/*") if not path.name.endswith(".partial")}

    def check(self, command, prepare, olds):
        """At each point every file is complete, old or new, and a second try makes all of them."""
        points = self.points(command, MASTER_POINTS)
        new = self.content(self.dir / "count")
        for number, point in enumerate(points):
            with self.subTest(point=point):
                folder = self.dir / str(number)
                folder.mkdir()
                prepare(folder)
                code = self.disturb(command, point, folder)
                left = self.content(folder)
                for name, content in left.items():
                    self.assertIn(content, (new[name], olds.get(name)), name)
                if code == 0:
                    self.assertEqual(left, new)
                again = subprocess.run([BINARY, *command], cwd=folder, env=self.environment(), timeout=HANG_S,
                                       capture_output=True, check=False)
                self.assertEqual(again.returncode, 0, again.stderr)
                self.assertEqual(self.content(folder), new)
                self.assertEqual(list(folder.glob("m/*.partial")), [])
                shutil.rmtree(folder)
        shutil.rmtree(self.dir / "count")

    def test_new_files(self):
        self.check(MASTER, lambda folder: None, {})

    def test_files_that_are_replaced(self):
        old = self.dir / "old"
        old.mkdir()
        done = subprocess.run([BINARY, *MASTER, "--seed", "7"], cwd=old, env=self.environment(), timeout=HANG_S,
                              stderr=subprocess.PIPE, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.check([*MASTER, "--force"], lambda folder: shutil.copytree(old / "m", folder / "m"), self.content(old))


if __name__ == "__main__":
    unittest.main()
