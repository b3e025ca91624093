#!/usr/bin/python3
"""Writes data/tracks/silverstone.json: the centreline rebuilt from its curvature, and the places on the track.

Input, in data/tracks/source/:
  silverstone_shape.csv  curvature (linear between knots) and widths along the centreline
  silverstone_line.csv   offset of the driven line at each point, written by the program's own search:
                         RACESIM_LINE_OUT=FILE build/…/tests/test_sim --gtest_filter='RaceFastLine.*'
"""
import csv
import json
import math
import pathlib

FOLDER = pathlib.Path(__file__).resolve().parent
LENGTH_M = 5891.0
POINTS = 1178  # about 5 m apart
HEADING_DEG = 50.17  # from east, counter-clockwise, at the timing line
FINE = 10  # integration steps per point

FRAME = {
    "format": "racesim track 1",
    "name": "silverstone",
    "title": "Silverstone",
    "licence": "derived from OpenStreetMap data (ODbL)",
    "anchor": {"latitude_deg": 52.0684, "longitude_deg": -1.0234},
    "length_m": LENGTH_M,
    "pit": {"entry_m": 5440, "limit_begin_m": 5670, "limit_end_m": 280, "exit_m": 760,
            "left_m": -16, "limit_kmh": 80},
    "drs_zones": [
        {"detection_m": 950, "begin_m": 1290, "end_m": 1860},
        {"detection_m": 3500, "begin_m": 4330, "end_m": 4900},
    ],
    # Ends of sectors 1 and 2, as indices into the checkpoints.
    "sector_ends": [4, 10],
}
# Mini-loops lie where a car is as fast with DRS as without: before a zone, or in the corner behind it.
CHECKPOINTS = [
    ("Timing line", 0), ("Abbey", 430), ("Village", 900), ("Aintree", 1250), ("Sector 1", 1770),
    ("Brooklands", 2030), ("Woodcote", 2450), ("Copse", 3080), ("Maggotts", 3600), ("Becketts", 4020),
    ("Sector 2", 4255), ("Stowe", 5070), ("Vale", 5400), ("Club", 5700),
]


def read_columns(name):
    with open(FOLDER / "source" / name, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {key: [row[key] for row in rows] for key in rows[0]}


def interpolate(knots, values, s):
    """Linear and periodic."""
    s %= LENGTH_M
    knots = [*knots, knots[0] + LENGTH_M]
    values = [*values, values[0]]
    right = next(i for i, knot in enumerate(knots) if knot > s)
    share = (s - knots[right - 1]) / (knots[right] - knots[right - 1])
    return values[right - 1] + share * (values[right] - values[right - 1])


def centreline(knots, curvatures):
    """Places at POINTS even steps: heading is the integral of curvature, the closing error is spread evenly."""
    count = POINTS * FINE
    step = LENGTH_M / count
    kappa = [interpolate(knots, curvatures, i * step) for i in range(count + 1)]
    turn = sum((kappa[i] + kappa[i + 1]) / 2 * step for i in range(count))
    missing = (-2 * math.pi - turn) / LENGTH_M
    heading, x, y, places = math.radians(HEADING_DEG), 0.0, 0.0, []
    for i in range(count):
        places.append((x, y))
        after = heading + ((kappa[i] + kappa[i + 1]) / 2 + missing) * step
        x += math.cos((heading + after) / 2) * step
        y += math.sin((heading + after) / 2) * step
        heading = after
    return [(px - x * i / count, py - y * i / count) for i, (px, py) in enumerate(places)][::FINE]


def corners(shape, knots, curvatures):
    """Each named corner at its sharpest knot."""
    found = {}
    for section, s, kappa in zip(shape["section"], knots, curvatures):
        if section.startswith("T") and abs(kappa) > found.get(section, (0, 0))[0]:
            found[section] = (abs(kappa), s)
    result = []
    for section, (_, s) in sorted(found.items(), key=lambda item: item[1][1]):
        number, _, name = section.partition(" ")
        result.append({"number": int(number[1:]), "name": name, "s_m": s})
    return result


def layout(value):
    """JSON with one item of a list of objects or rows per line."""
    if isinstance(value, list) and isinstance(value[0], (dict, list)):
        return "[\n" + ",\n".join("  " + json.dumps(item) for item in value) + "\n ]"
    return json.dumps(value)


def main():
    shape = read_columns("silverstone_shape.csv")
    knots, curvatures, right, left = (
        [float(value) for value in shape[key]] for key in ("s_m", "kappa_1pm", "w_right_m", "w_left_m"))
    line = read_columns("silverstone_line.csv")
    if len(line["offset_left_m"]) != POINTS:
        raise SystemExit(f"source/silverstone_line.csv: not {POINTS} rows")
    places = centreline(knots, curvatures)
    points = []
    for i, (x, y) in enumerate(places):
        s = LENGTH_M * i / POINTS
        points.append([round(x, 4), round(y, 4), round(interpolate(knots, right, s), 2),
                       round(interpolate(knots, left, s), 2), float(line["offset_left_m"][i])])
    frame = dict(FRAME, corners=corners(shape, knots, curvatures),
                 checkpoints=[{"name": name, "s_m": s} for name, s in CHECKPOINTS],
                 columns=["x_m", "y_m", "right_m", "left_m", "line_left_m"])
    head = ",\n".join(f" {json.dumps(key)}: {layout(value)}" for key, value in frame.items())
    text = f'{{\n{head},\n "points": {layout(points)}\n}}\n'
    (FOLDER / "silverstone.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
