"""Made-up circuits as the CSV text that people exchange."""

import math

HEAD = "# x_m,y_m,w_tr_right_m,w_tr_left_m\n"


def bean(points=240, radius_m=260):
    """A smooth lap of some 2 km, clockwise, with bends to both sides."""
    angles = [-2 * math.pi * i / points for i in range(points)]
    radii = [radius_m * (1 + 0.25 * math.sin(3 * a)) for a in angles]
    return [(1.6 * r * math.cos(a), r * math.sin(a)) for a, r in zip(angles, radii)]


def eight(points=300, reach_m=500):
    """Crosses itself once, as by a bridge."""
    turns = [2 * math.pi * i / points for i in range(points)]
    return [(reach_m * math.sin(t), 0.5 * reach_m * math.sin(2 * t)) for t in turns]


def there_and_back(length_m=600, beside_m=2):
    """Out on a road and home on the same one: no car could."""
    out = [(float(x), 0.0) for x in range(0, length_m, 5)]
    turn = [(length_m + 1.0, beside_m / 2)]
    return out + turn + [(float(x), float(beside_m)) for x in range(length_m - 5, 0, -5)]


def csv_text(points, right_m=6, left_m=6):
    return HEAD + "".join(f"{x:.3f},{y:.3f},{right_m},{left_m}\n" for x, y in points)


def broken():
    """Name of the fault → (the file's text, what the refusal says)."""
    lap = bean()
    whole = csv_text(lap).splitlines(keepends=True)
    return {
        "one point": (csv_text(lap[:1]), "1 points are too few for a circuit"),
        "open": (csv_text(lap[:200]), "not closed: "),
        "back over itself": (csv_text(there_and_back()), "runs back over itself"),
        "nan": ("".join(whole[:40]) + "nan,0.0,6,6\n" + "".join(whole[40:]), "line 41: column 1 is not finite"),
        "inf": ("".join(whole[:40]) + "1,inf,6,6\n" + "".join(whole[40:]), "line 41: column 2 is not finite"),
        "a word": ("".join(whole[:40]) + "1,two,6,6\n" + "".join(whole[40:]), "line 41: column 2 is 'two'"),
        "three columns": ("".join(whole[:40]) + "1,2,6\n" + "".join(whole[40:]), "line 41: 3 columns instead of 4"),
        "no width": (csv_text(lap, right_m=0), "line 2: widths 0 and 6"),
        "tiny": (csv_text(bean(60, 5)), "m long"),
        "empty": ("", "0 points are too few for a circuit"),
        "half a JSON": ('{"format": ', "not JSON at byte"),
        "another JSON": ("{}", "missing"),
    }
