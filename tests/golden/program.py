"""Runs the built racesim for the tests of this folder, with an environment that holds nothing by chance."""

import os
import pathlib
import subprocess

SOURCE = pathlib.Path(os.environ.get("RACESIM_SOURCE_DIR", pathlib.Path(__file__).resolve().parents[2]))
PROGRAM = os.path.abspath(os.environ["RACESIM_BIN"]) if os.environ.get("RACESIM_BIN") else None
MASTER = SOURCE / "data/master"
AVAILABLE = PROGRAM is not None and os.access(PROGRAM, os.X_OK)
HANG_S = 120  # only a guard: nothing depends on how long a run takes


def racesim(folder, *arguments, env=None):
    """Runs racesim in `folder`; returns what it wrote to standard output, as bytes."""
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "LANG": "C.UTF-8", **(env or {})}
    done = subprocess.run([PROGRAM, *map(str, arguments)], cwd=folder, env=environment, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=HANG_S, check=False)
    if done.returncode != 0:
        raise AssertionError(f"exit code {done.returncode}: racesim {' '.join(map(str, arguments))}\n"
                             + done.stderr.decode())
    return done.stdout


def plays(folder, *arguments, master=MASTER, env=None):
    """`racesim run --scenario plays` with these options."""
    return racesim(folder, "run", "--no-config", "--quiet", "--scenario", "plays", "--master-data-dir", master,
                   *arguments, env=env)
