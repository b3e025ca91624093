"""Goal: a file that racesim replaces keeps its mode, and owner and group where the process may give them; whoever could
not read it before cannot read it afterwards. Method: every command that writes files, over files of odd modes; owners
and groups with setpriv, as root."""

import os
import shutil
import stat
import unittest

from workdir import BINARY, Workdir

RACE = ["run", "--historical", "--start-datetime", "2024-07-07T14:00:00Z", "--end-datetime", "2024-07-07T14:01:00Z",
        "--volume", "50"]
STRANGER = 54321  # a user and group that no system has


class FileModes(Workdir):
    def prepare(self, name, mode, owner=None):
        path = self.write(name, "old\n")
        if owner:
            os.chown(path, *owner)
        path.chmod(mode)
        return path

    def assert_mode(self, name, mode, owner=None):
        info = (self.dir / name).stat()
        self.assertNotEqual((self.dir / name).read_text(), "old\n", name)
        self.assertEqual(oct(stat.S_IMODE(info.st_mode)), oct(mode), name)
        if owner:
            self.assertEqual((info.st_uid, info.st_gid), owner, name)

    def test_every_file_of_a_run(self):
        files = ["e.ndjson", "m.json", "s.json", "report.json", "junit.xml"]
        for name in files:
            self.prepare(name, 0o640)
        self.assert_code(self.racesim(*RACE, "--sink", "file:e.ndjson", "--manifest", "m.json", "--summary-export",
                                      "s.json", "--checkpoint", "at"), 0)
        (self.dir / "at").chmod(0o600)
        self.assert_code(self.racesim(*RACE, "--sink", "file:e.ndjson", "--manifest", "m.json", "--summary-export",
                                      "s.json", "--checkpoint", "at", "--resume"), 0)
        self.assert_code(self.racesim("verify", "--manifest", "m.json", "--against", "file:e.ndjson", "--report",
                                      "report.json", "--junit", "junit.xml"), 0)
        for name in files:
            self.assert_mode(name, 0o640)
        self.assert_mode("at", 0o600)

    def test_master_data(self):
        self.assert_code(self.racesim("generate-master", "--output-dir", "m", "-q"), 0)
        one = sorted((self.dir / "m").iterdir())[0].name
        (self.dir / "m" / one).chmod(0o600)
        self.assert_code(self.racesim("generate-master", "--output-dir", "m", "--force", "-q", "--seed", "3"), 0)
        self.assert_mode(f"m/{one}", 0o600)

    def test_dead_letters_are_appended_to(self):
        self.prepare("dead-letter.ndjson", 0o600)
        self.racesim(*RACE, "--api-endpoint", "http://127.0.0.1:9/x", "--connect-timeout", "10ms", "-q")
        self.assert_mode("dead-letter.ndjson", 0o600)

    @unittest.skipUnless(os.geteuid() == 0, "privilege: only root gives files away")
    def test_owner_and_group_stay(self):
        self.prepare("e.ndjson", 0o640, (STRANGER, STRANGER + 1))
        self.assert_code(self.racesim(*RACE, "--sink", "file:e.ndjson"), 0)
        self.assert_mode("e.ndjson", 0o640, (STRANGER, STRANGER + 1))

    @unittest.skipUnless(os.geteuid() == 0 and shutil.which("setpriv"), "privilege: setpriv needs root")
    def test_a_group_that_cannot_be_kept_hands_nothing_on(self):
        self.prepare("e.ndjson", 0o664, (0, 0))
        self.prepare("mine.ndjson", 0o660, (STRANGER, STRANGER + 1))
        self.dir.chmod(0o777)
        user = f"setpriv --reuid {STRANGER} --regid {STRANGER} --groups {STRANGER + 1} {BINARY} {' '.join(RACE)}"
        for name in ("e", "mine"):
            result = self.shell(f"{user} --sink file:{name}.ndjson")
            self.assert_code(result, 0)
        self.assert_mode("e.ndjson", 0o644, (STRANGER, STRANGER))
        self.assert_mode("mine.ndjson", 0o660, (STRANGER, STRANGER + 1))


if __name__ == "__main__":
    unittest.main()
