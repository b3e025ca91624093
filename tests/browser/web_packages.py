"""The packages of web/, which scripts/web/fetch has or gets; and why a test is skipped where it cannot."""

import functools
import os
import pathlib
import shutil
import subprocess
import unittest

ROOT = pathlib.Path(os.environ["RACESIM_SOURCE_DIR"])


@functools.cache
def modules():
    """Path of node_modules. Skips the test where there is none."""
    for tool in ("node", "npm"):
        if shutil.which(tool) is None:
            raise unittest.SkipTest(f"no {tool}; scripts/install-packages test installs it")
    got = subprocess.run([ROOT / "scripts/web/fetch"], capture_output=True, text=True)
    if got.returncode != 0:
        raise unittest.SkipTest(f"scripts/web/fetch: {got.stderr[-200:]}")
    return pathlib.Path(got.stdout.strip())
