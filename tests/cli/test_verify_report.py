"""Goal: what racesim verify tells programs has the members that docs/formats/verify-report.md names, and what it tells
people fits their terminal. Method: real outputs of every kind of ending against the schema; a terminal of 80 columns."""

import json
import os
import pty
import re
import struct
import subprocess
import fcntl
import termios
import unittest
import xml.etree.ElementTree

import json_schema
from workdir import HANG_S, SOURCE, Workdir

RACE = ["run", "--historical", "--start-datetime", "2024-07-07T14:00:00Z", "--end-datetime", "2024-07-07T14:00:30Z",
        "--rate-hz", "5"]
FILE = ["--sink", "file:sent.ndjson", "--manifest", "m.json", "--quiet"]
FORMATS = SOURCE / "docs" / "formats"


class ReportTest(Workdir):
    def sent(self, *options):
        self.assert_code(self.racesim(*RACE, *FILE, *options), 0)
        return (self.dir / "sent.ndjson").read_bytes().splitlines(keepends=True)

    def keep(self, lines):
        (self.dir / "sent.ndjson").write_bytes(b"".join(lines))

    def verify(self, *options, manifest=("--manifest", "m.json")):
        return self.racesim("verify", *manifest, "--against", "file:sent.ndjson", *options)

    def mark_unordered(self):
        """As a run to HTTP with --unordered would have left it."""
        manifest = json.loads((self.dir / "m.json").read_text())
        self.assertIs(manifest["unordered"], False)
        manifest["unordered"] = True
        self.write("m.json", json.dumps(manifest))


class Schema(ReportTest):
    def report(self, *options, **more):
        result = self.verify("--json", *options, **more)
        self.assertIn(result.returncode, (0, 5), result.stderr)
        return json.loads(result.stdout)

    def test_every_ending_fits_the_schema(self):
        schema = json_schema.load(FORMATS / "verify-report.schema.json")
        self.assertEqual(json_schema.open_objects(schema), [])
        lines = self.sent("--digest", "--faults", "duplicate=2%,late=1%")
        reports = {"verified": self.report(), "fast": self.report("--fast"),
                   "by value": self.report("--by-value", "--allow", "late,lost"),
                   "invariants": self.report("--invariants", manifest=())}
        self.keep([*lines[1:10], lines[10].replace(b'"lap":1', b'"lap":2'), *lines[11:], lines[20], b"<html>\n"])
        reports["failed"] = self.report()
        reports["failed fast"] = self.report("--fast")
        reports["failed by value"] = self.report("--by-value")
        reports["broken laws"] = self.report("--invariants", manifest=())
        self.assert_code(self.racesim("ingest", "--from", "file:sent.ndjson", "--to", "sqlite:store.db", "-q"), 0)
        stored = self.racesim("verify", "--manifest", "m.json", "--against", "sqlite:store.db", "--json")
        reports["failed in a store"] = json.loads(stored.stdout)
        self.mark_unordered()
        reports["unordered"] = self.report()
        for name, report in reports.items():
            with self.subTest(name):
                json_schema.assert_fits(self, report, schema)
        self.assertEqual({report["verdict"] for report in reports.values()}, {"verified", "failed"})
        seen = set().union(*reports.values())
        self.assertEqual(set(schema["properties"]) - seen, set(), "described and never written")

    def test_an_error_is_no_report(self):
        self.sent()
        result = self.verify("--json", manifest=("--manifest", "none.json"))
        self.assert_code(result, 1)
        self.assertEqual(result.stdout, "")

    def test_the_page_names_every_member(self):
        schema = json.loads((FORMATS / "verify-report.schema.json").read_text())
        page = (FORMATS / "verify-report.md").read_text()
        for member in schema["properties"]:
            self.assertIn(f"`{member}`", page)


class Unordered(ReportTest):
    def test_order_is_not_judged(self):
        lines = self.sent()
        self.keep(lines[::-1])
        self.assertRegex(self.verify().stdout, r" [1-9][0-9,]* reordered, 0 altered")
        self.assert_code(self.verify(), 5)
        self.mark_unordered()
        for mode in "--full", "--fast", "--by-value":
            result = self.verify(mode, "--junit", "r.xml")
            self.assert_code(result, 0)
            self.assertIn("  order: not judged: the run was --unordered\n", result.stdout)
            suite = xml.etree.ElementTree.parse(self.dir / "r.xml").getroot()
            skipped = {case.get("name").split(":")[0] for case in suite if case.find("skipped") is not None}
            self.assertEqual(skipped, {"reordered"})
            report = json.loads(self.verify(mode, "--json").stdout)
            self.assertEqual((report["order_judged"], report["reordered"]), (False, 0))
        self.keep(lines[5::-1] + lines[7:])
        self.assertIn("1 lost", self.verify().stdout)

    def test_a_manifest_of_before_reads_as_ordered(self):
        lines = self.sent()
        manifest = json.loads((self.dir / "m.json").read_text())
        del manifest["unordered"]
        self.write("m.json", json.dumps(manifest))
        self.keep(lines[::-1])
        self.assert_code(self.verify(), 5)


class Screen(ReportTest):
    def on_terminal(self, *args, **environment):
        """stdout and stderr are a terminal of 80 columns; returns the exit code and what it shows."""
        leader, follower = pty.openpty()
        fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        process = subprocess.Popen([self.binary, *args], cwd=self.dir, stdin=subprocess.DEVNULL, stdout=follower,
                                   stderr=follower, env=self.environment(TERM="xterm", **environment))
        os.close(follower)
        shown = b""
        try:
            while chunk := os.read(leader, 65536):
                shown += chunk
        except OSError:
            pass  # EIO: the other side is closed
        os.close(leader)
        return process.wait(timeout=HANG_S), shown.decode().replace("\r\n", "\n")

    def test_the_verdict_has_a_colour_and_nothing_wraps(self):
        lines = self.sent()
        args = ["verify", "--manifest", "m.json", "--against", "file:sent.ndjson"]
        code, shown = self.on_terminal(*args)
        self.assertEqual(code, 0)
        self.assertRegex(shown, r"\x1b\[[0-9;]*32mVERIFIED\x1b\[0?m [\d,]+ / ")
        self.assertRegex(shown, r"\n  full in \d+\.\d s, [\d,]+ events/s\n")
        changed = [line.replace(b'"driver":"', b'"driver":"' + b"X" * 30) for line in lines[:40]]
        self.keep([*changed, *lines[41:], b"<html>" * 20 + b"\n"])
        for mode in [], ["--fast"], ["--by-value"]:
            code, shown = self.on_terminal(*args, *mode)
            self.assertEqual(code, 5)
            self.assertIn("31mFAILED\x1b[", shown)
            plain = re.sub(r"\x1b\[[0-9;]*[mK]", "", shown)
            # A single word may be longer than the screen; nothing else is.
            wide = [line for line in plain.split("\n") if len(line.split("\r")[-1]) > 80 and " " in line.strip()]
            self.assertEqual([line for line in wide if max(map(len, line.split())) < 70], [])
        for quiet in {"NO_COLOR": "1"}, {"TERM": "dumb"}:
            code, shown = self.on_terminal(*args, **{k: v for k, v in quiet.items() if k != "TERM"}) if "TERM" not in quiet \
                else (5, subprocess.run([self.binary, *args], cwd=self.dir, capture_output=True, text=True,
                                        env=self.environment(**quiet), timeout=HANG_S).stdout)
            self.assertNotIn("\x1b[31m", shown)
            self.assertIn("FAILED: found", shown)

    def test_a_line_goes_on_while_it_compares(self):
        self.sent("--rate-hz", "100", "--end-datetime", "2024-07-07T14:08:00Z")
        code, shown = self.on_terminal("verify", "--manifest", "m.json", "--against", "file:sent.ndjson", "--threads",
                                       "1", "--progress", "always")
        self.assertEqual(code, 0)
        for line in re.findall(r"\r(\d\d:\d\d  [^\x1b]*)\x1b\[K", shown):
            self.assertLess(len(line), 80)
            self.assertRegex(line, r"^\d\d:\d\d  [\d,]+ of [\d,]+ events  \d+%  [\d,]+/s$")
        self.assertNotIn("\r", shown[shown.rindex("VERIFIED"):])

    def test_the_first_event_has_its_entity(self):
        lines = self.sent()
        car = json.loads(lines[0])["car"]
        self.keep([lines[0].replace(b'"lap":1', b'"lap":2'), *lines[1:]])
        for mode in "--full", "--by-value":
            self.assertIn(f"telemetry {car} seq 0  lap: 1 → 2", self.verify(mode).stdout)


if __name__ == "__main__":
    unittest.main()
