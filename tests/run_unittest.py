"""Runs one unittest file for ctest and says of each test what became of it, in lines that scripts/test-table
reads:

    @test passed|failed|skipped SECONDS NAME [reason on one line]

Exit code: 0 passed, 1 failed, 77 every test was skipped (ctest calls that "skipped").
With CI=true a skip in tests/browser, tests/graphql, tests/servers, tests/pipeline or tests/reliability is a failure, because a
server or tool that cannot be started would hide what it was to prove; only a reason that starts with "privilege:" (no root, no mount) or "full:"
(meant for RACESIM_FULL=1 or another build) stays a skip.
Usage: run_unittest.py FILE [TEST…]
"""

import importlib.util
import os
import pathlib
import sys
import time
import unittest

REASON_CHARACTERS = 300
STRICT_FOLDERS = ("browser", "graphql", "servers", "pipeline", "reliability")
ALLOWED_SKIPS = ("privilege:", "full:")


def must_run():
    return os.environ.get("CI") == "true" and pathlib.Path(sys.argv[1]).resolve().parent.name in STRICT_FOLDERS


class Result(unittest.TextTestResult):
    """Collects (outcome, seconds, name, reason) of every test."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.rows = []
        self.started = time.monotonic()

    def startTest(self, test):
        super().startTest(test)
        self.started = time.monotonic()

    def note(self, outcome, test, reason=""):
        text = " ".join(str(reason).split())[:REASON_CHARACTERS]
        # setUpClass and setUpModule fail under names like "setUpClass (module.Class)".
        name = test.id() if hasattr(test, "id") else str(test)
        self.rows.append((outcome, time.monotonic() - self.started, name.replace(" ", ":"), text))

    def addSuccess(self, test):
        super().addSuccess(test)
        self.note("passed", test)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.note("failed", test, err[1])

    def addError(self, test, err):
        super().addError(test, err)
        self.note("failed", test, f"{err[0].__name__}: {err[1]}")

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        if must_run() and not reason.startswith(ALLOWED_SKIPS):
            self.note("failed", test, f"skipped, but has to run with CI=true: {reason}")
        else:
            self.note("skipped", test, reason)

    def addExpectedFailure(self, test, err):
        super().addExpectedFailure(test, err)
        self.note("passed", test)

    def addUnexpectedSuccess(self, test):
        super().addUnexpectedSuccess(test)
        self.note("failed", test, "was expected to fail")

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self.note("failed", subtest, err[1])


def load(path):
    sys.path.insert(0, str(path.parent))
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "support"))
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


def main():
    if len(sys.argv) < 2:
        sys.exit("usage: run_unittest.py FILE [TEST…]")
    module = load(pathlib.Path(sys.argv[1]).resolve())
    loader = unittest.defaultTestLoader
    if sys.argv[2:]:
        suite = loader.loadTestsFromNames(sys.argv[2:], module)
    else:
        suite = loader.loadTestsFromModule(module)
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=2, resultclass=Result).run(suite)
    print()
    for outcome, seconds, name, reason in result.rows:
        print(f"@test {outcome} {seconds:.2f} {name} {reason}".rstrip())
    outcomes = {row[0] for row in result.rows}
    if "failed" in outcomes or not outcomes:
        sys.exit(1)
    sys.exit(77 if outcomes == {"skipped"} else 0)


if __name__ == "__main__":
    main()
