"""The city's shape, its bent street coordinates, the river, and the list of roads."""

import math

from .plane import line_length, uniform

CITY_R = 6300       # of the dense city
RING_R = 8700
RIVER_HALF = 230    # bank to centreline
CLASS_ORDER = ["motorway", "trunk", "motorway_link", "trunk_link", "primary", "secondary", "tertiary", "residential",
               "service"]
SEPARATED = {"motorway", "trunk", "motorway_link", "trunk_link"}


def river_x(y):
    return 1750 - 0.28 * y + 650 * math.sin(y / 3900 + 0.4) + 1100 * math.sin(y / 14000)


def river_off(p):
    """How far east of the river's middle, at right angles."""
    slope = (river_x(p[1] + 1) - river_x(p[1] - 1)) / 2
    return (p[0] - river_x(p[1])) / math.hypot(1, slope)


RIVER = [(river_x(y), y) for y in range(-44000, 44001, 400)]
SHAPE = [(uniform(0, 6.28), k, uniform(180, 420)) for k in (2, 3, 5)]
BENDS = [(uniform(0, 6.28), uniform(0, 6.28), uniform(2400, 7200), uniform(0.6, 1.1)) for _ in range(8)]


def city_radius(angle):
    return CITY_R + sum(amp * math.sin(k * angle + phase) for phase, k, amp in SHAPE)


def bend(u, v):
    x = y = 0.0
    for i, (phase, direction, wave, share) in enumerate(BENDS):
        w = share * 0.045 * wave * math.sin(2 * math.pi * (u * math.cos(direction) + v * math.sin(direction)) / wave
                                            + phase)
        x, y = (x + w, y) if i % 2 else (x, y + w)
    return x, y


BEND_0 = bend(0, 0)


def warp(u, v):
    """Street coordinates to the plane: turned and bent; (0, 0) stays."""
    x, y = bend(u, v)
    c, s = math.cos(-0.2), math.sin(-0.2)
    return (c * u - s * v + x - BEND_0[0], s * u + c * v + y - BEND_0[1])


class Roads:
    """Polylines with their properties."""

    def __init__(self):
        self.list = []

    def add(self, pts, cls, limit, oneway=False, water=False, zone=""):
        """`water`: may cross the river, on a bridge; else the road ends at the banks."""
        for part in [pts] if water or cls in SEPARATED else dry_parts(pts):
            if line_length(part) > 30:
                self.list.append({"pts": part, "cls": cls, "limit": limit, "oneway": oneway, "zone": zone})


def dry_parts(pts):
    parts, part = [], []
    for p in pts:
        if abs(river_off(p)) < RIVER_HALF + 60:
            parts.append(part)
            part = []
        else:
            part.append(p)
    parts.append(part)
    return [p for p in parts if len(p) >= 2]
