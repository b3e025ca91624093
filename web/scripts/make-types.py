#!/usr/bin/env python3
"""Writes web/src/generated/events.ts: the events' types in TypeScript, of the project's own schemas.
Usage: web/scripts/make-types.py [RACESIM] [--check]    default build/release/racesim; --check: compares only
"""

import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
TARGET = ROOT / "web/src/generated/events.ts"
SCHEMAS = {"fleet": "FleetEvent", "telemetry": "CarSample"}


def type_of(kind, indent):
    if isinstance(kind, dict) and kind["type"] == "struct":
        return struct(kind["fields"], indent)
    if isinstance(kind, dict) and kind["type"] == "array":
        return type_of(kind["elementType"], indent) + "[]"
    if kind in ("string", "timestamp", "date"):
        return "string"
    if kind == "boolean":
        return "boolean"
    if kind in ("integer", "long", "double", "float") or kind.startswith("decimal("):
        return "number"
    raise ValueError(f"no type of TypeScript for {kind}")


def member(field, indent):
    """Fields that may be missing are told apart: those that are null, and those that are left out."""
    missing = field["metadata"].get("missing")
    mark, more = ("?" if missing == "left out" else ""), (" | null" if missing == "null" else "")
    return f"{field['name']}{mark}: {type_of(field['type'], indent)}{more}"


def struct(fields, indent):
    inner = indent + "  "
    lines = [f"{inner}{member(field, inner)};" for field in fields]
    return "\n".join(["{", *lines, indent + "}"])


def generated(racesim):
    text = subprocess.run([racesim, "schema", "show", *SCHEMAS], check=True, capture_output=True, text=True).stdout
    schemas = json.loads(text)
    parts = ["// Made by web/scripts/make-types.py of `racesim schema show`; do not edit."]
    parts += [f"export interface {name} {struct(schemas[of]['fields'], '')}" for of, name in SCHEMAS.items()]
    return "\n\n".join(parts) + "\n"


def main():
    arguments = [a for a in sys.argv[1:] if a != "--check"]
    text = generated(arguments[0] if arguments else str(ROOT / "build/release/racesim"))
    if "--check" not in sys.argv:
        TARGET.write_text(text, encoding="utf-8")
    elif TARGET.read_text(encoding="utf-8") != text:
        sys.exit(f"{TARGET.relative_to(ROOT)} is not what the schemas say: run web/scripts/make-types.py")


main()
