#!/usr/bin/python3
"""Writes src/sim/master/cities.inc from data/cities.csv. A unit test compares the two."""
import csv
import pathlib
from decimal import Decimal

root = pathlib.Path(__file__).resolve().parent.parent
with open(root / "data" / "cities.csv", encoding="utf-8", newline="") as source:
    rows = list(csv.DictReader(source))
lines = ["// Made by data/make_cities_inc.py from data/cities.csv (contains data from GeoNames, CC BY 4.0).\n"]
for row in rows:
    udeg = [int(Decimal(row[key]) * 1_000_000) for key in ("latitude", "longitude")]
    lines.append('{"%s", "%s", %d, %d, %s},\n' % (row["city"], row["country_code"], *udeg, row["population"]))
(root / "src" / "sim" / "master" / "cities.inc").write_text("".join(lines), encoding="utf-8")
