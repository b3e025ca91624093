"""Goal: an installed racesim is found by a shell, with its man pages and completions. Method: cmake --install of the
build that is tested, into a scratch prefix; the pages are rendered and a word is completed from what is there."""

import pathlib
import shutil
import subprocess
import unittest

from workdir import BINARY, SOURCE, Workdir


class Install(Workdir):
    def setUp(self):
        super().setUp()
        if shutil.which("cmake") is None:
            self.skipTest("cmake is not installed")
        self.prefix = self.dir / "prefix"
        build = pathlib.Path(BINARY).parent
        done = subprocess.run(["cmake", "--install", build, "--prefix", self.prefix], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)

    def test_everything_is_where_a_shell_looks(self):
        found = {str(p.relative_to(self.prefix)) for p in self.prefix.rglob("*") if p.is_file()}
        pages = {f"share/man/man1/{p.name}" for p in (SOURCE / "man").glob("*.1")}
        spark = SOURCE / "spark"
        job = {f"share/racesim/spark/{p.relative_to(spark)}" for p in spark.rglob("*") if p.suffix in (".py", ".json", ".txt")}
        self.assertEqual(found, pages | job | {"bin/racesim", "share/bash-completion/completions/racesim",
                                         "share/zsh/site-functions/_racesim",
                                         "share/fish/vendor_completions.d/racesim.fish"})
        for path in found:
            self.assertGreater((self.prefix / path).stat().st_size, 0, path)

    def test_a_package_is_staged_below_destdir(self):
        stage = self.dir / "stage"
        done = subprocess.run(["cmake", "--install", pathlib.Path(BINARY).parent, "--prefix", "/usr"], capture_output=True,
                              text=True, env=self.environment(DESTDIR=str(stage)))
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        names = sorted(p.relative_to(stage / "usr") for p in stage.rglob("*") if p.is_file())
        self.assertEqual(names, sorted(p.relative_to(self.prefix) for p in self.prefix.rglob("*") if p.is_file()))

    def test_the_program_runs_from_there(self):
        shown = self.shell("racesim --version", env={"PATH": f"{self.prefix}/bin:/usr/bin:/bin"})
        self.assert_code(shown, 0)
        self.assertEqual(shown.stdout, self.racesim("--version").stdout)

    def test_bash_completes_with_it(self):
        script = self.prefix / "share/bash-completion/completions/racesim"
        result = self.shell(f"set -u; compopt() {{ :; }}; source {script}; complete -p racesim; "
                            "COMP_WORDS=(racesim ver); COMP_CWORD=1; _racesim; printf '%s\\n' \"${COMPREPLY[@]}\"")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertIn("_racesim", result.stdout)
        self.assertEqual(result.stdout.split()[-1], "verify")

    def test_the_pages_render(self):
        page = self.prefix / "share/man/man1/racesim-run.1"
        reader = f"man -l {page}" if shutil.which("man") else f"groff -man -Tutf8 {page}"
        if shutil.which("man") is None and shutil.which("groff") is None:
            self.skipTest("neither man nor groff is installed")
        shown = self.shell(reader, env={"MANPAGER": "cat"})
        self.assertEqual((shown.returncode, shown.stderr), (0, ""))
        self.assertIn("--posting-rate", shown.stdout.replace("\b", ""))


if __name__ == "__main__":
    unittest.main()
