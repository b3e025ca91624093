"""Goal: a scenario that is not built in gets all that the others have: flags, help, environment, completion, dry run,
manifest, checkpoint and resume, faults, verify and laws. Method: racesim_tide, the program with the scenario `tide` of
tests/support/tide.cpp (one option, two fields, one law, one file option), which no line in src/ knows."""

import json
import os
import random
import signal
import subprocess
import unittest

from workdir import HANG_S, SOURCE, Workdir, wait_until

TIDE = os.environ.get("RACESIM_TIDE_BIN")
WINDOW = ["--historical", "--start-datetime", "2026-01-01T00:00:00Z", "--end-datetime", "2026-01-01T00:20:00Z"]
RUN = ["run", "--no-config", "--scenario", "tide", *WINDOW]


@unittest.skipUnless(TIDE, "RACESIM_TIDE_BIN names no program")
class OwnScenario(Workdir):
    binary = os.path.abspath(TIDE or "none")

    def lines(self, name="out.ndjson"):
        # Faults make bytes that are no text.
        return (self.dir / name).read_text(encoding="utf-8", errors="surrogateescape").splitlines(keepends=True)

    @staticmethod
    def is_event(line):
        try:
            return "gauge" in json.loads(line)
        except ValueError:
            return False

    def test_src_does_not_know_it(self):
        # Its name alone is also a word of song titles.
        found = subprocess.run(["grep", "-rliE", "gauges|tide@|TideRow", str(SOURCE / "src")],
                               stdout=subprocess.PIPE, text=True, check=False)
        self.assertEqual(found.stdout, "")

    def test_help_man_completion_and_reference(self):
        text = " ".join(self.racesim("run", "--help").stdout.split())
        for part in ("Scenario tide", "--gauges N", "--moon MOON", "RACESIM_GAUGES", "tide: gauges that tell the level",
                     "default 3"):
            self.assertIn(part, text)
        page = self.racesim("man", "run").stdout.replace("\\-", "-")
        self.assertIn("--gauges", page)
        self.assertIn("Scenario tide", page)
        bash = self.racesim("completions", "bash").stdout
        self.assertIn("--gauges", bash)
        self.assertIn("new full", bash)
        for shell in ("zsh", "fish"):
            self.assertIn("gauges", self.racesim("completions", shell).stdout)
        self.assertIn("tide@3", self.racesim("--version", "--json").stdout)

    def test_errors_name_option_and_scenario(self):
        for arguments, parts in (
                (["--gauges", "0"], ["--gauges: 0 is out of range", "from 1 to 500"]),
                (["--gauges", "many"], ["'many' is not a whole number"]),
                (["--moon", "half"], ["--moon: there is no moon 'half'"]),
                (["--cars", "3"], ["--cars is for the scenario race, not for tide", "add: --scenario race"]),
                (["--volume", "5/min"], ["tide has no volume per minute"])):
            result = self.racesim(*RUN, *arguments)
            self.assertEqual(result.returncode, 2, result.stderr)
            for part in parts:
                self.assertIn(part, result.stderr)
        missing = self.racesim(*RUN, "--moon", "none.txt")
        self.assertEqual(missing.returncode, 1, missing.stderr)
        self.assertIn("--moon: read none.txt: No such file", missing.stderr)
        result = self.racesim("run", "--no-config", "--gauges", "3", "--duration", "1s")
        self.assertEqual(result.returncode, 2)
        self.assertIn("--gauges is for the scenario tide, not for race", result.stderr)
        slow = self.racesim("run", "--no-config", "--scenario", "tide", "--gauges", "90", "--posting-rate", "5/s",
                            "--duration", "1s")
        self.assertEqual(slow.returncode, 2)
        self.assertIn("lower --gauges", slow.stderr)

    def test_environment_and_config(self):
        result = self.racesim(*RUN, "--dry-run", "--json", env={"RACESIM_GAUGES": "7"})
        self.assertEqual(json.loads(result.stdout)["options"], {"gauges": 7, "moon": "new"})
        (self.dir / "racesim.toml").write_text('[run]\nscenario = "tide"\ngauges = 9\n', encoding="utf-8")
        result = self.racesim("run", *WINDOW, "--dry-run", "--json")
        self.assertEqual(json.loads(result.stdout)["options"]["gauges"], 9)
        shown = self.racesim("config", "show", "--origin").stdout
        self.assertIn("racesim.toml:3: run.gauges", shown)

    def test_dry_run(self):
        plan = self.racesim(*RUN, "--gauges", "2", "--dry-run").stdout
        self.assertIn("scenario  tide, historical", plan)
        self.assertIn("tide      2 gauges", plan)
        told = json.loads(self.racesim(*RUN, "--gauges", "2", "--dry-run", "--json").stdout)
        self.assertEqual((told["scenario"], told["planned"], told["parts"]), ("tide", 2400, 2))

    def test_the_same_bytes_always(self):
        first = self.racesim(*RUN, "-q", "--threads", "1").stdout
        self.assertEqual(first, self.racesim(*RUN, "-q", "--threads", "4").stdout)
        self.assertEqual(len(first.splitlines()), 3600)
        event = json.loads(first.splitlines()[0])
        self.assertEqual(list(event), ["run", "gauge", "seq", "time", "sea"])
        self.assertEqual(list(event["sea"]), ["level_m", "rising"])
        parts = []
        for part in ("1/2", "2/2"):
            parts += self.racesim(*RUN, "-q", "--shard", part).stdout.splitlines()
        self.assertEqual(sorted(parts), sorted(first.splitlines()))
        table = self.racesim(*RUN, "-q", "--format", "csv").stdout.splitlines()
        self.assertEqual(table[0], "run,gauge,seq,time,sea_level_m,sea_rising")
        self.assertEqual(len(table), 3601)

    def test_runs_have_names_of_their_own(self):
        def name(*options):
            return json.loads(self.racesim(*RUN, "-q", *options).stdout.splitlines()[0])["run"]
        (self.dir / "a.mm").write_text("4500\n", encoding="utf-8")
        (self.dir / "b.mm").write_text("4500", encoding="utf-8")
        names = [name(), name("--gauges", "4"), name("--moon", "full"), name("--moon", "a.mm"), name("--seed", "7")]
        self.assertEqual(len(set(names)), 5)
        self.assertEqual(names[0], name("--gauges", "3"), "a fallback that is given is no other run")
        self.assertEqual(names[3], name("--moon", "b.mm"), "a file counts by what it says")

    def test_manifest_faults_and_verify(self):
        (self.dir / "my.mm").write_text("4500\n", encoding="utf-8")
        result = self.racesim(*RUN, "-q", "--moon", "my.mm", "--gauges", "4", "--sink", "file:out.ndjson", "--manifest",
                              "run.json", "--faults", "late=2%,duplicate=2%,reorder=2%,drop=2%,corrupt=1%")
        self.assertEqual(result.returncode, 0, result.stderr)
        manifest = json.loads((self.dir / "run.json").read_text(encoding="utf-8"))
        self.assertEqual(manifest["scenario"], "tide@3")
        self.assertEqual(manifest["options"], {"gauges": 4, "moon": {"name": "my.mm", "text": "4500"}})
        self.assertEqual(manifest["given"], ["gauges", "moon"])
        (self.dir / "my.mm").unlink()  # the manifest holds what it said
        for mode in ("--full", "--fast"):
            good = self.racesim("verify", "--no-config", "--manifest", "run.json", "--against", "file:out.ndjson", mode)
            self.assertEqual(good.returncode, 0, good.stdout + good.stderr)
        lines = self.lines()
        victim = next(i for i in range(777, len(lines)) if lines.count(lines[i]) == 1 and self.is_event(lines[i]))
        lost = lines.pop(victim)
        (self.dir / "less.ndjson").write_text("".join(lines), encoding="utf-8", errors="surrogateescape")
        bad = self.racesim("verify", "--no-config", "--manifest", "run.json", "--against", "file:less.ndjson", "--json")
        self.assertEqual(bad.returncode, 5)
        example = json.loads(bad.stdout)["examples"][0]
        self.assertEqual(example["kind"], "lost")
        self.assertEqual(example["entity"], json.loads(lost)["gauge"])

    def test_parts_in_one_file(self):
        for part in ("1/2", "2/2"):
            self.racesim(*RUN, "-q", "--shard", part, "--sink", f"file:{part[0]}", "--manifest", f"{part[0]}.json")
        both = sorted(self.lines("1") + self.lines("2"), key=lambda line: json.loads(line)["time"])
        (self.dir / "both").write_text("".join(both), encoding="utf-8")
        told = self.racesim("verify", "--no-config", "--manifest", "1.json", "--against", "file:both", "--json")
        self.assertEqual(told.returncode, 0, told.stdout)
        self.assertEqual(json.loads(told.stdout)["of_other_parts"], len(self.lines("2")))

    def test_laws(self):
        self.racesim(*RUN, "-q", "--sink", "file:out.ndjson")
        good = self.racesim("verify", "--no-config", "--invariants", "--against", "file:out.ndjson")
        self.assertEqual(good.returncode, 0, good.stdout)
        lines = self.lines()
        event = json.loads(lines[500])
        event["sea"]["level_m"] = 9.125
        lines[500] = json.dumps(event, separators=(",", ":")) + "\n"
        (self.dir / "out.ndjson").write_text("".join(lines), encoding="utf-8")
        bad = self.racesim("verify", "--no-config", "--invariants", "--against", "file:out.ndjson")
        self.assertEqual(bad.returncode, 5, bad.stdout)
        self.assertIn("sea.level_m", bad.stdout)

    def test_checkpoint_and_resume(self):
        command = [*RUN, "-q", "--posting-rate", "2000/s", "--sink", "file:out.ndjson", "--checkpoint", "at", "--resume"]
        self.racesim(*RUN, "-q", "--sink", "file:whole.ndjson")
        process = self.start(*command)
        chance = random.Random(3)
        wait_until(lambda: (self.dir / "out.ndjson.partial").exists() and
                   (self.dir / "out.ndjson.partial").stat().st_size > chance.randrange(1, 20000), "some events")
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=HANG_S)
        other = self.racesim(*command, "--gauges", "2")
        self.assertEqual(other.returncode, 2)
        self.assertIn("gauges is 3 there and 2 here", other.stderr)
        again = self.racesim(*command)
        self.assertEqual(again.returncode, 0, again.stderr)
        self.assertEqual(self.lines(), self.lines("whole.ndjson"))

    def test_headline(self):
        told = self.racesim("run", "--no-config", "--scenario", "tide", "--live", "--duration", "2s", "-v", "--sink",
                            "null")
        self.assertIn("Sent: the sea is calm", told.stderr)


if __name__ == "__main__":
    unittest.main()
