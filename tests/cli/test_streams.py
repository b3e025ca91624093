"""Goal: pipes, closed streams, full disks, no terminal and cron: the right exit code, nothing on the wrong stream.
Method: the shell's redirections, as a user writes them."""

import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import termios
import unittest

from workdir import BINARY, JANUARY, MASTER, Workdir

RUN = f'"$RACESIM" run {" ".join(JANUARY)} --master-data-dir {MASTER}'


class Pipes(Workdir):
    def test_head_ends_quietly_with_0(self):
        result = self.shell(f"set -o pipefail; {RUN} --volume 1M | head -1")
        self.assert_code(result, 0)
        self.assertEqual(len(result.stdout.splitlines()), 1)
        self.assertEqual(result.stderr, "")

    def test_help_into_head(self):
        result = self.shell('set -o pipefail; "$RACESIM" --help-all | head -1')
        self.assertEqual((result.returncode, result.stderr), (0, ""))

    def test_strict_pipe(self):
        result = self.shell(f"set -o pipefail; {RUN} --volume 1M --strict-pipe | head -1")
        self.assertEqual(result.returncode, 4)
        self.assertIn("closed stdout before", result.stderr)

    def test_closed_stdout(self):
        result = self.shell(f"{RUN} >&-")
        self.assertEqual(result.returncode, 1)
        self.assertIn("stdout", result.stderr)

    def test_closed_stdout_does_not_matter_without_events_on_it(self):
        self.assertEqual(self.shell(f"{RUN} --sink file:a >&-").returncode, 0)
        self.assertEqual(len((self.dir / "a").read_text().splitlines()), 10000)

    def test_closed_stderr_and_stdin(self):
        self.assertEqual(self.shell(f"{RUN} --sink file:a 2>&- <&-").returncode, 0)
        text = (self.dir / "a").read_text()  # no message went into it by its number
        self.assertEqual({line[0] for line in text.splitlines()}, {"{"})

    def test_full_disk(self):
        for redirection in (f"{RUN} >/dev/full", f"{RUN} --sink file:/dev/full", '"$RACESIM" --help >/dev/full'):
            result = self.shell(redirection)
            self.assertEqual(result.returncode, 1, redirection)
            self.assertIn("No space left on device", result.stderr)

    def test_file_size_limit(self):
        result = self.shell(f"ulimit -f 8; {RUN} --sink file:a")
        self.assertEqual(result.returncode, 1)
        self.assertIn("File too large", result.stderr)
        self.assertFalse((self.dir / "a").exists())


class Cron(Workdir):
    def test_works_without_any_environment(self):
        result = self.shell(f'env -i {RUN.replace(chr(34) + "$RACESIM" + chr(34), BINARY)} --sink file:a')
        self.assert_code(result, 0)
        self.assertNotIn("\x1b", result.stderr)
        self.assertNotIn("\r", result.stderr)

    def test_umask_and_a_folder_that_cannot_be_written(self):
        result = self.shell(f"umask 077; cd /proc; {RUN} --sink null")
        self.assert_code(result, 0)

    def test_no_colour_in_pipes(self):
        self.assertNotIn("\x1b", self.racesim("run", "--help").stdout)
        self.assertNotIn("\x1b", self.racesim("rnu").stderr)
        self.assertIn("\x1b", self.racesim("rnu", env={"FORCE_COLOR": "1"}).stderr)
        self.assertIn("\x1b", self.racesim("--help", "--color", "always").stdout)
        self.assertNotIn("\x1b", self.racesim("--help", env={"FORCE_COLOR": "1", "NO_COLOR": "1"}).stdout)

    def test_lock(self):
        held = self.start("run", "--scenario", "plays", "--live", "--master-data-dir", MASTER, "--sink", "stdout",
                          "--volume", "6000/min", "--lock", "run.lock")
        held.stdout.readline()  # it runs
        result = self.play("--sink", "null", "--lock", "run.lock")
        self.assert_refused(result, "run.lock", str(held.pid), code=6)
        held.terminate()
        self.finish(held)
        self.assert_code(self.play("--sink", "null", "--lock", "run.lock"), 0)


class Terminal(Workdir):
    def on_terminal(self, *args, columns=80, **env):
        """Runs with a terminal as stderr; returns what it showed."""
        leader, follower = pty.openpty()
        fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        result = self.racesim(*args, stderr=follower, env=env)
        os.close(follower)
        shown = b""
        try:
            while piece := os.read(leader, 65536):
                shown += piece
        except OSError:
            pass  # EIO: the other side is closed
        os.close(leader)
        return result, shown.decode()

    def test_a_terminal_gets_a_line_and_colour(self):
        result, shown = self.on_terminal("run", *JANUARY, "--master-data-dir", MASTER, "--sink", "null", "--volume",
                                         "1000", "--posting-rate", "1k/s")
        self.assertEqual(result.returncode, 0)
        self.assertIn("\r\x1b[K00:00", shown)
        self.assertIn("\x1b[1;31merror:", self.on_terminal("rnu")[1])
        self.assertNotIn("\x1b", self.on_terminal("rnu", TERM="dumb")[1])
        self.assertNotIn("\x1b", self.on_terminal("rnu", NO_COLOR="1")[1])

    def lines_of(self, shown):
        """What stood on the screen, one after the other: texts without colours."""
        text = re.sub(r"\x1b\[[0-9;]*m", "", shown).replace("\x1b[K", "")
        return [line for line in re.split(r"[\r\n]+", text) if line]

    def test_nothing_is_wider_than_the_terminal(self):
        for columns in 40, 80, 120:
            with self.subTest(columns=columns):
                result, shown = self.on_terminal("run", *JANUARY, "--master-data-dir", MASTER, "--sink", "null", "--sink",
                                                 "file:out", "--volume", "1500", "--posting-rate", "1k/s",
                                                 columns=columns)
                self.assertEqual(result.returncode, 0)
                lines = self.lines_of(shown)
                self.assertTrue(any(" of 1,000" in line for line in lines), shown)
                self.assertLessEqual(max(map(len, lines)), max(columns, 60), shown)
                progress = [line for line in lines if "/s of 1,000" in line]
                self.assertLess(max(map(len, progress)), columns)

    def test_a_dumb_terminal_gets_no_escapes(self):
        for more in (), ("--progress", "always"):
            result, shown = self.on_terminal("run", *JANUARY, "--master-data-dir", MASTER, "--sink", "null", "--volume",
                                             "800", "--posting-rate", "1k/s", *more, TERM="dumb")
            self.assertEqual(result.returncode, 0)
            self.assertNotIn("\x1b", shown)
            self.assertIn("generated 800", shown)

    def test_a_stalled_reader_is_told(self):
        """A FIFO that nobody reads from any more: the line says what is waited for."""
        os.mkfifo(self.dir / "pipe")
        reader = os.open(self.dir / "pipe", os.O_RDONLY | os.O_NONBLOCK)
        self.addCleanup(os.close, reader)
        leader, follower = pty.openpty()
        self.addCleanup(os.close, leader)
        process = subprocess.Popen([self.binary, "run", "--no-config", "--live", "--sink", "file:pipe"], cwd=self.dir,
                                   env=self.environment(TERM="xterm"), stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=follower)
        os.close(follower)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        shown = b""
        while b" s for file:pipe" not in shown:
            piece = os.read(leader, 65536)
            self.assertTrue(piece, shown)
            shown += piece
        self.assertRegex(shown.decode(errors="replace"), r"waiting [\d.]+ s for file:pipe")

    def test_log_lines_can_be_json(self):
        result = self.play("--volume", "10", "--sink", "null", "-v", "--log-format", "json", "-q")
        self.assertEqual(result.stderr, "")
        self.write("racesim.toml", "[run]\nvolume = 10\n")
        result = self.play("--sink", "null", "-v", "--log-format", "json")
        lines = [json.loads(line) for line in result.stderr.splitlines()]
        self.assertIn("racesim.toml", lines[0]["message"])
        self.assertEqual((lines[-1]["message"], lines[-1]["acked"]), ("run ended", 10))

    def test_errors_can_be_json(self):
        error = json.loads(self.play("--threads", "0", "--log-format", "json").stderr)
        self.assertEqual((error["level"], error["message"]), ("error", "--threads: 0 is out of range"))
        self.assertIn("from 1 to 256", error["hint"])


if __name__ == "__main__":
    unittest.main()
