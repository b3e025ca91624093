"""A real Kafka broker for the time of one bench."""

import contextlib
import pathlib
import shutil
import subprocess
import tempfile

from support.measure import ROOT

SCRIPTS = ROOT / "scripts" / "kafka"


def is_missing(*programs):
    """Whether one of the programs is not there, which is then told."""
    if all(shutil.which(program) for program in programs):
        return False
    print(f"{' or '.join(programs)} is missing: scripts/install-packages bench")
    return True


@contextlib.contextmanager
def broker():
    """Its address, and a folder that goes with it."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="racesim-bench-"))
    try:
        done = subprocess.run([SCRIPTS / "start", folder / "broker"], stdout=subprocess.PIPE, text=True, check=True)
        yield done.stdout.strip(), folder
    finally:
        subprocess.run([SCRIPTS / "stop", folder / "broker", "--kill"], check=False)
        shutil.rmtree(folder, ignore_errors=True)
