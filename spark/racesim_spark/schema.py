"""The project's schemas as Spark has them: schema.json, which `racesim schema` writes."""

import json
import pathlib

from pyspark.sql import types as T

SCHEMAS = pathlib.Path(__file__).resolve().parent.parent / "schema.json"
MORE_DECIMALS = 6  # than the schema has: a value that needs them is no event, as everywhere in racesim


def load():
    """{name: StructType}"""
    return {name: T.StructType.fromJson(schema) for name, schema in json.loads(SCHEMAS.read_text()).items()}


def picked(schema, names):
    """These fields of it, with room for digits that the schema does not allow."""
    return T.StructType([T.StructField(field.name, widened(field.dataType)) for field in schema if field.name in names])


def widened(kind):
    if not isinstance(kind, T.DecimalType):
        return kind
    return T.DecimalType(kind.precision + MORE_DECIMALS, kind.scale + MORE_DECIMALS)
