"""Goal (row S2 of docs/reliability.md): run and verify end as they should whatever surrounds them: closed or missing streams,
no terminal, no environment, nohup, a umask, a folder that cannot be written, a reader that goes away.
Method: the shell's own means, as scripts and cron use them; the same list for both commands."""

import json
import os
import stat
import unittest

from workdir import BINARY, Workdir

RACE = "run --historical --start-datetime 2024-07-07T14:00:00Z --end-datetime 2024-07-07T14:00:05Z"
# 5 s of 20 cars, 100 samples a second each.
EVENTS = 10_000
VERIFY = "verify --manifest {0}/m.json --against file:{0}/sent.ndjson"


class Surroundings(Workdir):
    def setUp(self):
        super().setUp()
        self.assert_code(self.racesim(*RACE.split(), "--sink", "file:sent.ndjson", "--manifest", "m.json", "-q"), 0)
        self.verify = f'"$RACESIM" {VERIFY.format(self.dir)}'
        self.to_file = f'"$RACESIM" {RACE} --sink file:{self.dir}/again'

    def plain(self, text):
        """Nothing of a terminal."""
        self.assertNotIn("\x1b", text)
        self.assertNotIn("\r", text)

    def expect_again(self):
        self.assertEqual((self.dir / "again").read_bytes(), (self.dir / "sent.ndjson").read_bytes())
        (self.dir / "again").unlink()

    def test_streams_that_are_closed(self):
        for closed in ("<&-", "2>&-", "<&- 2>&-", "</dev/null 2>/dev/null"):
            with self.subTest(closed=closed):
                run = self.shell(f"{self.to_file} {closed}")
                self.assert_code(run, 0)
                self.expect_again()
                verify = self.shell(f"{self.verify} {closed}")
                self.assert_code(verify, 0)
                self.assertIn(f"VERIFIED {EVENTS:,} / {EVENTS:,}", verify.stdout)
                self.plain(run.stderr + verify.stderr + verify.stdout)

    def test_all_streams_closed(self):
        self.assert_code(self.shell(f"{self.to_file} <&- >&- 2>&-"), 0)
        self.expect_again()

    def test_a_verdict_that_nobody_can_read_is_an_error(self):
        result = self.shell(f"{self.verify} >&-")
        self.assert_code(result, 1)
        self.assertIn("stdout", result.stderr)
        self.assert_code(self.shell(f"{self.verify} --quiet >&-"), 0)
        result = self.shell(f"{self.verify} >/dev/full")
        self.assert_code(result, 1)
        self.assertIn("No space left on device", result.stderr)

    def test_closed_input_holds_no_events(self):
        result = self.shell(f'"$RACESIM" verify --manifest m.json --against - <&-')
        self.assert_code(result, 5)
        self.assertIn(f"{EVENTS:,} lost", result.stdout)

    def test_readers_that_go_away(self):
        for command, lines in ((f'"$RACESIM" {RACE}', 1), (self.verify, 1), (f"{self.verify} --json", 1),
                               (f'"$RACESIM" run --live --cars 2', 3)):
            with self.subTest(command=command):
                result = self.shell(f"set -o pipefail; {command} | head -{lines}")
                self.assert_code(result, 0)
                self.assertEqual(len(result.stdout.splitlines()), lines)
                self.plain(result.stderr + result.stdout)
        # A difference stays one, whoever reads of it.
        self.shell("sed -i 5d sent.ndjson")
        self.assert_code(self.shell(f"set -o pipefail; {self.verify} | head -1"), 5)
        self.assert_code(self.shell(f"{self.verify} | true; exit ${{PIPESTATUS[0]}}"), 5)

    def test_no_environment(self):
        bare = f"env -i {BINARY}"
        result = self.shell(self.to_file.replace('"$RACESIM"', bare))
        self.assert_code(result, 0)
        self.expect_again()
        verify = self.shell(self.verify.replace('"$RACESIM"', bare))
        self.assert_code(verify, 0)
        self.plain(result.stderr + verify.stderr + verify.stdout)

    def test_nohup_in_the_background(self):
        """The terminal's end is a SIGHUP, which nohup has ignored."""
        live = f'"$RACESIM" run --live --cars 2 --duration 1s --sink file:live.ndjson --manifest live.json'
        result = self.shell(f"nohup {live} >log 2>&1 </dev/null & sleep 0.3; kill -HUP $!; wait $!")
        self.assert_code(result, 0)
        self.assertEqual(len((self.dir / "live.ndjson").read_text().splitlines()), 200)
        self.plain((self.dir / "log").read_text())
        result = self.shell(f"nohup {self.verify} >log 2>&1 </dev/null & wait $!")
        self.assert_code(result, 0)
        self.assertIn("VERIFIED", (self.dir / "log").read_text())

    def test_a_session_without_terminal(self):
        result = self.shell(f"setsid --wait {self.to_file}")
        self.assert_code(result, 0)
        self.plain(result.stderr)
        self.expect_again()

    def test_umask(self):
        """What they make has the modes that the user's umask leaves, and folders can be entered."""
        outputs = "--checkpoint made/at --manifest made/m --summary-export made/s --lock made/l --sink file:made/out"
        for umask, file_mode, folder_mode in (("077", 0o600, 0o700), ("022", 0o644, 0o755), ("027", 0o640, 0o750)):
            with self.subTest(umask=umask):
                result = self.shell(f'umask {umask}; mkdir made; "$RACESIM" {RACE} {outputs} -q && '
                                    f'{self.verify} --report made/r --junit made/j -q && '
                                    '"$RACESIM" generate-master --output-dir made/master -q && '
                                    '"$RACESIM" config init --config made/config.toml -q')
                self.assert_code(result, 0)
                made = list((self.dir / "made").rglob("*"))
                self.assertGreaterEqual(len(made), 8 + 9)
                for path in made:
                    mode = stat.S_IMODE(path.stat().st_mode)
                    self.assertEqual(mode, folder_mode if path.is_dir() else file_mode, path.name)
                self.shell("rm -r made")

    def test_a_folder_that_cannot_be_written(self):
        """/proc takes no files, not even from root."""
        result = self.shell(f"cd /proc && {self.to_file}")
        self.assert_code(result, 0)
        self.expect_again()
        self.assert_code(self.shell(f"cd /proc && {self.verify}"), 0)
        for outputs in ("--sink file:out", "--sink null --checkpoint at", "--sink null --manifest m",
                        "--sink null --summary-export s", "--sink null --lock l"):
            with self.subTest(outputs=outputs):
                result = self.shell(f'cd /proc && "$RACESIM" {RACE} {outputs}')
                self.assert_code(result, 1)
                self.assertIn("accepts no new files", result.stderr)
                self.assertEqual(result.stdout, "")
        result = self.shell(f"cd /proc && {self.verify} --report r")
        self.assert_code(result, 1)

    def test_a_folder_that_is_gone(self):
        result = self.shell(f"mkdir gone; cd gone; rmdir ../gone; {self.to_file} && {self.verify} -q")
        self.assert_code(result, 0)
        self.expect_again()

    def test_few_open_files(self):
        """Ended with an error, or it was enough; the loader itself ends with 127."""
        for limit in (3, 4, 5, 6, 7, 8, 9, 10, 12, 15):
            for command in (self.to_file, f"{self.to_file} --manifest m2 --checkpoint at --resume", self.verify,
                            '"$RACESIM" generate-master --output-dir made'):
                with self.subTest(limit=limit, command=command):
                    result = self.shell(f"ulimit -n {limit}; {command}")
                    self.assertIn(result.returncode, (0, 1, 127), result.stderr)
                    if result.returncode != 0:
                        self.assertIn("oo many open files" if result.returncode == 1 else "rror", result.stderr)
                    self.shell("rm -rf made at* m2* again*")

    def test_no_progress_line_but_on_terminals(self):
        live = self.shell('"$RACESIM" run --live --cars 2 --duration 1s --sink null')
        self.assert_code(live, 0)
        self.plain(live.stderr)
        self.assertEqual(live.stdout, "")
        for line in live.stderr.splitlines():
            self.assertTrue(line.startswith("  "), "only the summary")

    def test_nothing_is_left_behind(self):
        """No helper process outlives the command."""
        script = f"set -o pipefail; {self.verify} | head -1 >/dev/null; \"$RACESIM\" {RACE} | head -1 >/dev/null; jobs -p; " \
                 "ps -o pid= --ppid $$ | wc -l"
        result = self.shell(script)
        self.assert_code(result, 0)
        # ps and wc themselves.
        self.assertLessEqual(int(result.stdout.split()[-1]), 3)

    def test_the_summary_is_whole_in_json(self):
        result = self.shell(f"{self.to_file} --json 2>&- <&-")
        self.assertEqual(json.loads(result.stdout)["acked"], EVENTS)
        self.assertEqual(os.path.getsize(self.dir / "again"), os.path.getsize(self.dir / "sent.ndjson"))


if __name__ == "__main__":
    unittest.main()
