"""A real PostgreSQL server for a test, and what is in it as psql sees it."""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

SOURCE = pathlib.Path(os.environ.get("RACESIM_SOURCE_DIR", pathlib.Path(__file__).resolve().parents[2]))
SCRIPTS = SOURCE / "scripts" / "postgres"
SECONDS_MAX = 240  # hang guards


def require():
    """Skips where the server is missing; scripts/test gets it, and with CI=true a skip is a failure."""
    if not any(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb")):
        raise unittest.SkipTest("PostgreSQL's server is missing: scripts/install-packages test")


class Server:
    """One server in a folder of its own, with a database for each test that asks for one."""

    def __init__(self, *options):
        self.options = options
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="racesim-postgres-"))
        self.folder.chmod(0o755)  # as root, the server is another user
        self.dsn = ""

    def start(self):
        done = subprocess.run([SCRIPTS / "start", self.folder, *self.options], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, timeout=SECONDS_MAX)
        if done.returncode != 0:
            raise RuntimeError(f"the server did not start: {done.stderr}")
        self.dsn = done.stdout.strip()
        return self

    @property
    def port(self):
        return int(self.dsn.rsplit(":", 1)[1].split("/")[0])

    def stop(self, *options):
        subprocess.run([SCRIPTS / "stop", self.folder, *options], check=True, timeout=SECONDS_MAX)

    def remove(self):
        self.stop("--kill")
        shutil.rmtree(self.folder, ignore_errors=True)

    def dsn_of(self, database):
        return self.dsn.rsplit("/", 1)[0] + "/" + database

    def new_database(self, database):
        """Its connection string. One of that name is there no more."""
        self.ask(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)", "postgres")
        self.ask(f"CREATE DATABASE {database}", "postgres")
        return self.dsn_of(database)

    def ask(self, sql, database="racesim"):
        """What psql prints: rows as lines, columns with '|' between them."""
        done = subprocess.run(["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", self.dsn_of(database)],
                              input=sql, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=SECONDS_MAX)
        if done.returncode != 0:
            raise RuntimeError(f"{sql}: {done.stderr}")
        return done.stdout.strip()

    def rows(self, sql, database="racesim"):
        """Rows as dictionaries, as the server writes them in JSON."""
        return [json.loads(line) for line in self.ask(f"SELECT row_to_json(q) FROM ({sql}) q", database).splitlines()]
