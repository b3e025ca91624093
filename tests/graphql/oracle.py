"""Two services with the same schema and data: racesim's executor and graphql-js, each as one process that answers requests by
line; and what it means that two answers are the same."""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

FOLDER = pathlib.Path(__file__).resolve().parent
BINARY = os.environ.get("GRAPHQL_ANSWERS_BIN")
WORLD = FOLDER / "world.json"
# Debian's node finds Debian's modules; another one has to be told.
NODE_ENVIRONMENT = {**os.environ, "NODE_PATH": "/usr/share/nodejs"}
HANG_S = 120


def require_node():
    node = shutil.which("node") or shutil.which("nodejs")
    if not node or not pathlib.Path("/usr/share/nodejs/graphql/package.json").exists():
        raise unittest.SkipTest("node and graphql-js are not installed (scripts/install-packages test)")
    return node


class Oracle:
    """Answers of both services to the same requests."""

    def __init__(self):
        node = require_node()
        self.scratch = tempfile.TemporaryDirectory()
        self.sdl = pathlib.Path(self.scratch.name) / "schema.graphql"
        self.sdl.write_text(self.run([BINARY, WORLD, "sdl"]), encoding="utf-8")
        self.ours = [BINARY, WORLD]
        self.reference = [node, FOLDER / "reference.js", self.sdl, WORLD]

    def close(self):
        self.scratch.cleanup()

    @staticmethod
    def run(command, text=""):
        done = subprocess.run([str(c) for c in command], input=text, stdout=subprocess.PIPE, encoding="utf-8", check=True,
                              timeout=HANG_S, env=NODE_ENVIRONMENT)
        return done.stdout

    def answers(self, requests):
        """Two lists of answers."""
        lines = "".join(json.dumps(request) + "\n" for request in requests)
        both = [[json.loads(line) for line in self.run(command, lines).rstrip("\n").split("\n")]
                for command in (self.ours, self.reference)]
        if len(both[0]) != len(requests) or len(both[1]) != len(requests):
            raise AssertionError(f"{len(requests)} requests, {len(both[0])} and {len(both[1])} answers")
        return both


def parsed_echo(value):
    """Echoed arguments are JSON in a text; numbers in it may be spelled differently."""
    if isinstance(value, str) and value.startswith("{"):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


# Lists of the schema's own types whose order means nothing; each service describes them in its own words.
UNORDERED = ("types", "directives", "possibleTypes", "interfaces", "locations")


def comparable(value, of_schema, key=None):
    if isinstance(value, dict):
        return {k: comparable(v, of_schema, k) for k, v in value.items() if not (of_schema and k == "description")}
    if isinstance(value, list):
        items = [comparable(v, of_schema) for v in value]
        if of_schema and key in UNORDERED:
            items.sort(key=lambda item: json.dumps(item, sort_keys=True))
        return items
    return parsed_echo(value)


MOST_ERRORS = 100


def error_places(answer):
    """Where the errors are, in no order; messages are each service's own."""
    errors = answer.get("errors", [])
    if len(errors) > MOST_ERRORS:
        return len(errors)
    return sorted(json.dumps([sorted((p["line"], p["column"]) for p in e.get("locations") or []), e.get("path") or []])
                  for e in errors)


def difference(query, ours, theirs):
    """Nothing, or what differs."""
    if error_places(ours) != error_places(theirs):
        return "errors"
    if ("data" in ours) != ("data" in theirs):
        return "having data"
    of_schema = "__schema" in query or "__type(" in query
    if comparable(ours.get("data"), of_schema) != comparable(theirs.get("data"), of_schema):
        return "data"
    # Fields come in the order in which they were asked for.
    if not of_schema and json.dumps(ours.get("data"), ensure_ascii=True).count('"') > 0:
        if keys_in_order(ours.get("data")) != keys_in_order(theirs.get("data")):
            return "the order of fields"
    return None


def keys_in_order(value):
    if isinstance(value, dict):
        return [[k, keys_in_order(v)] for k, v in value.items()]
    if isinstance(value, list):
        return [keys_in_order(v) for v in value]
    return None
