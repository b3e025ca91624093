"""Goal: a run that is killed at any moment goes on with --resume as if it had never been killed. Method: real runs into
files, killed with SIGKILL at random moments (the seed is printed) until they end, and compared byte for byte with the
run that nobody killed."""

import json
import os
import random
import signal
import subprocess

from workdir import BINARY, HANG_S, MASTER, PAUSE, Workdir, wait_until

FAULTS = "late=1%,duplicate=1%,reorder=1%,drop=1%,corrupt=0.5%"
RACE = ["run", "--historical", "--start-datetime", "2024-07-07T14:00:00Z", "--end-datetime", "2024-07-07T14:01:00Z"]
SEED = int(os.environ.get("RACESIM_CHAOS_SEED") or random.randrange(1 << 30))


class Resume(Workdir):
    def setUp(self):
        super().setUp()
        self.chance = random.Random(SEED)

    def size(self, name):
        path = self.dir / name
        return path.stat().st_size if path.exists() else 0

    def kill_once_it_wrote(self, command, name, more_bytes):
        """Starts the command and kills it once the file has grown so much. True: it had ended before."""
        before = self.size(name + ".partial")
        process = subprocess.Popen([BINARY, *command], cwd=self.dir, env=self.environment(), stderr=subprocess.PIPE)
        wait_until(lambda: process.poll() is not None or self.size(name + ".partial") > before + more_bytes,
                   "the file to grow")
        process.kill()
        message = process.communicate(timeout=HANG_S)[1].decode()
        self.assertIn(process.returncode, (0, -signal.SIGKILL), message)
        return process.returncode == 0

    def run_with_kills(self, command, name, kills, most_bytes):
        """Returns how often it was killed."""
        for kill in range(kills):
            if self.kill_once_it_wrote(command, name, self.chance.randrange(most_bytes)):
                return kill
        result = self.racesim(*command)
        self.assert_code(result, 0)
        return kills

    def test_files_become_the_same(self):
        for options in ((), ("--faults", FAULTS, "--volume", "60000"),
                        ("--faults", FAULTS, "--streams", "telemetry,laps,checkpoints"),
                        ("--faults", FAULTS, "--format", "csv", "--threads", "1")):
            with self.subTest(options=options, seed=SEED):
                command = [*RACE, *options, "--posting-rate", "100k/s", "--sink", "file:out"]
                self.racesim(*RACE, *options, "--sink", "file:whole")
                kills = self.run_with_kills([*command, "--checkpoint", "at", "--resume", "-q"], "out", 6,
                                            self.size("whole") // 4)
                self.assertEqual((self.dir / "out").read_bytes(), (self.dir / "whole").read_bytes())
                self.assertGreaterEqual(kills, 2)
                (self.dir / "at").unlink()

    def test_a_replay_becomes_the_same(self):
        """As it was recorded and as a run of its own, merged of two files: also its manifest proves it."""
        for name, seed in (("a.ndjson", "1"), ("b.ndjson", "2")):
            self.assert_code(self.racesim(*RACE, "--volume", "20000", "--seed", seed, "-q", "--sink", f"file:{name}"), 0)
        recorded = (self.dir / "a.ndjson").read_bytes()
        # Without a start the moment of the first begin counts, which a resumed replay knows.
        for options in (("--seed", "7"), ("--timestamps", "shift", "--loop", "2")):
            with self.subTest(options=options, seed=SEED):
                command = ["replay", "?.ndjson", *options, "--faults", FAULTS, "--sink", "file:out"]
                (self.dir / "a.ndjson").write_bytes(recorded)
                kills = self.run_with_kills([*command, "--speed", "max", "--posting-rate", "50k/s", "--checkpoint", "at",
                                             "--resume", "-q", "--manifest", "m.json"], "out", 5, len(recorded) // 2)
                self.assertGreaterEqual(kills, 2)
                verified = self.racesim("verify", "--manifest", "m.json", "--against", "file:out", "--json")
                self.assert_code(verified, 0)
                self.assertEqual(json.loads(verified.stdout)["found"], (self.dir / "out").read_bytes().count(b"\n"))
                again = self.racesim(*command, "--checkpoint", "at", "--resume", "--speed", "max")
                self.assertIn("already complete", again.stderr)
                refused = self.racesim(*command, "--checkpoint", "at", "--resume", "--speed", "max", "--filter", "car=1..9")
                self.assert_refused(refused, "filters", "remove the checkpoint")
                (self.dir / "a.ndjson").write_bytes(recorded * 2)
                self.assert_refused(self.racesim(*command, "--checkpoint", "at", "--resume", "--speed", "max"), "file_bytes")
                for name in "at", "out":
                    (self.dir / name).unlink()

    def test_plays_and_volume(self):
        command = [*self.plays(), "--posting-rate", "100k/s", "--sink", "file:out", "--checkpoint", "at", "--resume",
                   "-q"]
        self.racesim(*self.plays(), "--sink", "file:whole")
        self.run_with_kills(command, "out", 4, 8_000_000)
        self.assertEqual((self.dir / "out").read_bytes(), (self.dir / "whole").read_bytes())

    @staticmethod
    def plays():
        return ["run", "--scenario", "plays", "--historical", "--start-datetime", "2024-01-01", "--end-datetime",
                "2024-02-01", "--volume", "100000", "--master-data-dir", MASTER]

    def test_a_stopped_run_goes_on(self):
        command = [*RACE, "--posting-rate", "50k/s", "--sink", "file:out", "--checkpoint", "at", "--resume", "--json"]
        process = self.start(*command)
        wait_until(lambda: self.size("out.partial") > 1_000_000, "some events")
        process.send_signal(signal.SIGTERM)
        self.assertEqual(self.finish(process)[0], 143)
        self.assertFalse(json.loads((self.dir / "at").read_text())["complete"])
        self.assertFalse((self.dir / "out").exists(), "the file is not complete")
        self.assert_code(self.racesim(*command), 0)
        self.racesim(*RACE, "--sink", "file:whole")
        self.assertEqual((self.dir / "out").read_bytes(), (self.dir / "whole").read_bytes())

    def test_live_goes_on_from_its_own_start(self):
        command = ["run", "--live", "--duration", "3s", "--cars", "3", "--sink", "file:out", "--checkpoint", "at",
                   "--resume", "--json"]
        self.kill_once_it_wrote(command, "out", 150_000)
        result = self.racesim(*command)
        self.assert_code(result, 0)
        summary = json.loads(result.stdout)
        events = [json.loads(line) for line in (self.dir / "out").read_text().splitlines()]
        self.assertEqual(len(events), 3 * 300)
        again = self.racesim("run", "--historical", "--start-datetime", summary["start"], "--end-datetime",
                             summary["end"], "--cars", "3", "--run-id", summary["run"])
        self.assertEqual(again.stdout, (self.dir / "out").read_text())

    def test_a_complete_run_has_nothing_to_do(self):
        command = [*RACE, "--sink", "file:out", "--checkpoint", "at"]
        self.assert_code(self.racesim(*command), 0)
        again = self.racesim(*command, "--resume")
        self.assert_code(again, 0)
        self.assertIn("is already complete", again.stderr)
        for options in (("--seed", "7"), ("--volume", "10"), ("--laps", "3"), ("--faults", "late=1%")):
            with self.subTest(options=options):
                self.assert_refused(self.racesim(*command, *options, "--resume"), "belongs to another run", "start over")
        for sinks in (("file:other",), ("null",), ("file:out", "null")):
            with self.subTest(sinks=sinks):
                named = [word for sink in sinks for word in ("--sink", sink)]
                self.assert_refused(self.racesim(*RACE, *named, "--checkpoint", "at", "--resume"),
                                    "was written for other sinks: file:out", "start over")

    def test_a_complete_run_is_held_to_its_file(self):
        command = [*RACE, "--sink", "file:out", "--checkpoint", "at"]
        self.assert_code(self.racesim(*command), 0)
        whole = (self.dir / "out").read_bytes()
        for name, damage in (("removed", lambda path: path.unlink()),
                             ("cut", lambda path: path.write_bytes(whole[:len(whole) // 2])),
                             ("another", lambda path: path.write_bytes(whole[:-9] + b"x" * 8 + b"\n"))):
            with self.subTest(name):
                damage(self.dir / "out")
                again = self.racesim(*command, "--resume")
                self.assert_code(again, 0)
                self.assertIn("what is missing is made again", again.stderr)
                self.assertEqual((self.dir / "out").read_bytes(), whole)
        self.assertIn("is already complete", self.racesim(*command, "--resume").stderr)

    def test_a_complete_live_run_has_nothing_to_do(self):
        command = ["run", "--live", "--duration", "100ms", "--cars", "2", "--sink", "file:out", "--checkpoint", "at",
                   "--resume"]
        self.assert_code(self.racesim(*command), 0)
        again = self.racesim(*command)
        self.assert_code(again, 0)
        self.assertIn("is already complete", again.stderr)

    def test_a_torn_line_and_a_lost_tail_are_made_again(self):
        command = [*RACE, "--posting-rate", "300k/s", "--sink", "file:out", "--checkpoint", "at", "--resume", "-q"]
        self.racesim(*RACE, "--sink", "file:whole")
        self.kill_once_it_wrote(command, "out", 5_000_000)
        with open(self.dir / "out.partial", "r+b") as partial:
            partial.truncate(self.size("out.partial") // 3 + 7)  # less than the checkpoint may know of
        self.assert_code(self.racesim(*command), 0)
        self.assertEqual((self.dir / "out").read_bytes(), (self.dir / "whole").read_bytes())

    def known_place(self):
        path = self.dir / "at"
        return json.loads(path.read_text())["sinks"][0]["positions"][0] if path.exists() else {}

    def kill_and_take_known_bytes(self, command):
        """Returns how many bytes of the partial file the checkpoint knows of; there are some."""
        process = self.start(*command)
        wait_until(lambda: process.poll() is not None or "record_hash" in self.known_place(), "a checkpoint")
        process.kill()
        self.assertEqual(self.finish(process)[0], -signal.SIGKILL)
        self.assertEqual(len(self.known_place()["record_hash"]), 32)
        return self.known_place()["next_offset"]

    def test_a_file_cut_below_the_known_place_is_made_again(self):
        command = [*RACE, "--posting-rate", "10k/s", "--sink", "file:out", "--checkpoint", "at", "--resume"]
        self.racesim(*RACE, "--sink", "file:whole")
        known = self.kill_and_take_known_bytes(command)
        with open(self.dir / "out.partial", "r+b") as partial:
            partial.truncate(known // 2)
        result = self.racesim(*command, "--posting-rate", "1M/s")
        self.assert_code(result, 0)
        self.assertIn("bytes of whole lines, and the run had come to", result.stderr)
        self.assertEqual((self.dir / "out").read_bytes(), (self.dir / "whole").read_bytes())

    def test_a_file_of_other_content_is_not_gone_on_with(self):
        """As long as the known one, or longer: only its content tells."""
        command = [*RACE, "--posting-rate", "10k/s", "--sink", "file:out", "--checkpoint", "at", "--resume", "-q"]
        known = self.kill_and_take_known_bytes(command)
        partial = self.dir / "out.partial"
        for other in (b"x" * (known - 1) + b"\n", b"\n" * known, b"another line\n" * (known // 13 + 1)):
            with self.subTest(other=other[:20]):
                partial.write_bytes(other)
                self.assert_refused(self.racesim(*command), "lines that this run does not write", "start over")
                self.assertEqual(partial.read_bytes(), other)

    def test_refusals(self):
        to_file = [*RACE, "--sink", "file:out"]
        self.assert_refused(self.racesim(*to_file, "--resume"), "--resume: no checkpoint")
        self.assert_refused(self.racesim(*RACE, "--checkpoint", "at"), "a run to a pipe cannot be resumed", "file:PATH")
        self.assert_refused(self.racesim(*RACE, "--sink", "file:out.zst", "--checkpoint", "at"), "compressed")
        self.assert_refused(
            self.racesim(*to_file, "--checkpoint", "at", "--posting-rate", "1M/s", "--on-overload", "drop"),
            "--checkpoint and --on-overload drop exclude each other")
        self.kill_once_it_wrote([*to_file, "--posting-rate", "100k/s", "--checkpoint", "at"], "out", 1_000_000)
        self.assert_refused(self.racesim(*to_file, "--checkpoint", "at"), "already exists", "--resume")
        for options in (("--seed", "7"), ("--faults", "late=1%"), ("--shard", "1/2"), ("--streams", "laps"),
                        ("--format", "csv"), ("--volume", "10")):
            with self.subTest(options=options):
                self.assert_refused(self.racesim(*to_file, *options, "--checkpoint", "at", "--resume"),
                                    "belongs to another run", "start over")
        self.assert_refused(self.racesim(*RACE, "--sink", "file:other", "--checkpoint", "at", "--resume"),
                            "was written for other sinks: file:out")
        known = (self.dir / "at").read_text()
        for text, complaint in ((known[:50], "is not a checkpoint"), ("{}", "is not a checkpoint: it has no 'checkpoint'"),
                                (known.replace('"checkpoint": 2', '"checkpoint": 9'), "has format 9")):
            self.write("at", text)
            self.assert_refused(self.racesim(*to_file, "--checkpoint", "at", "--resume"), complaint)
        self.write("at", known)
        with open(self.dir / "out.partial", "a", encoding="utf-8") as partial:
            partial.write("not ours\n")
        self.assert_refused(self.racesim(*to_file, "--checkpoint", "at", "--resume"),
                            "1 lines that this run does not write")
