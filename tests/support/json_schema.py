"""Holds what the program writes against a JSON Schema in docs/formats/.

    schema = json_schema.load(SOURCE / "docs/formats/verify-report.schema.json")
    json_schema.assert_fits(self, json.loads(result.stdout), schema)

Uses Debian's python3-jsonschema (scripts/packages). Where it is missing the test is skipped, and fails with CI=true."""

import json
import os
import pathlib
import unittest

try:
    import jsonschema
except ImportError:
    jsonschema = None

MISSING = "python3-jsonschema is not installed: scripts/install-packages test"


def validator_class():
    if jsonschema is not None:
        return jsonschema.Draft7Validator
    if os.environ.get("CI") == "true":
        raise AssertionError(MISSING)
    raise unittest.SkipTest(MISSING)


def load(path):
    """The schema, which is itself checked."""
    schema = json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
    validator_class().check_schema(schema)
    return schema


def misfits(document, schema):
    """One line for each place where the document does not fit."""
    found = validator_class()(schema).iter_errors(document)
    return sorted(f"{'/'.join(map(str, error.absolute_path)) or '(whole)'}: {error.message}" for error in found)


def assert_fits(test, document, schema):
    test.assertEqual(misfits(document, schema), [])


def open_objects(schema, path="(whole)"):
    """Objects that describe members and let others pass: a member that nobody described would go unseen."""
    found = []
    if isinstance(schema, dict):
        if "properties" in schema and schema.get("additionalProperties", True) is not False:
            found.append(path)
        for name, part in schema.items():
            found += open_objects(part, f"{path}/{name}")
    elif isinstance(schema, list):
        for index, part in enumerate(schema):
            found += open_objects(part, f"{path}/{index}")
    return found
