"""What lies around the city: dual carriageways with interchanges, towns, and the roads between them."""

import math

from .plane import (add, at_distance, beside, between, bezier, dist, lerp, line_crossings, line_length, nearest_on,
    polar, right_of, uniform, unit, winding)
from .land import RING_R, river_off
from .streets import add_rural, every, gate_towards, make_suburbs, make_town


class Dual:
    """Two one-way carriageways beside a middle line: `ahead` on its right, `back` on its left."""

    def __init__(self, middle, cls, limit, closed=False, half=14):
        self.middle, self.cls, self.limit, self.closed, self.half = middle, cls, limit, closed, half
        self.length = line_length(middle)
        self.joins = {1: [], -1: []}    # distances of link ends, to become vertices

    def at(self, s, off):
        """`off` to the right of the middle line."""
        if self.closed:
            s %= self.length
        p, d = at_distance(self.middle, s)
        return add(p, right_of(d), off)

    def join(self, s, side):
        p = self.at(s, side * self.half)
        self.joins[side].append((s % self.length if self.closed else s, p))
        return p

    def lay(self, roads, end=None):
        """`end`: where both carriageways meet behind the last point."""
        for side in (1, -1):
            pts = beside(self.middle, side * self.half, self.closed)
            pts = insert_points(pts, [p for _, p in self.joins[side]])
            if end:
                pts.append(end)
            roads.add(pts if side == 1 else pts[::-1], self.cls, self.limit, oneway=True, zone="fast")


def insert_points(pts, extra):
    """Adds points to the segments that are nearest to them, in order."""
    where = {}
    for p in extra:
        best = min(range(len(pts) - 1), key=lambda i: nearest_on(pts[i], pts[i + 1], p)[1])
        where.setdefault(best, []).append(p)
    out = []
    for i, p in enumerate(pts):
        out += [p] + sorted(where.get(i, []), key=lambda q: dist(p, q))
    return out


def diamond(roads, dual, s0, road, t0, reach=420):
    """Four slip roads where `road` crosses `dual` at its distance s0, the road's distance t0."""
    link = dual.cls + "_link"
    terminals = {}
    for way in (-1, 1):
        p, _ = at_distance(road, t0 + 110 * way)
        m, d = at_distance(dual.middle, s0 % dual.length if dual.closed else s0)
        side = 1 if (p[0] - m[0]) * d[1] - (p[1] - m[1]) * d[0] > 0 else -1
        terminals[side] = p
    if len(terminals) < 2:
        return []
    for side, terminal in terminals.items():
        for ahead in (-1, 1):                        # before and behind the crossing along the middle line
            start = dual.join(s0 + ahead * reach, side)
            pts = [start, dual.at(s0 + ahead * 0.72 * reach, side * (dual.half + 9)),
                   dual.at(s0 + ahead * 0.38 * reach, side * (dual.half + 42)),
                   lerp(dual.at(s0 + ahead * 0.16 * reach, side * (dual.half + 78)), terminal, 0.25), terminal]
            leaves = ahead * side < 0                # traffic on the right runs ahead, on the left back
            roads.add(pts if leaves else pts[::-1], link, 60, oneway=True, zone="fast")
    return list(terminals.values())


def trunk_from_ring(roads, ring, s0, arm):
    """Four links between the ring (its middle line runs counter-clockwise) and an arm that begins beside it."""
    link = arm.cls + "_link"
    out_start, in_end = arm.join(0, 1), arm.join(0, -1)
    a = unit(arm.middle[0], arm.middle[1])
    ahead = lambda p, f: add(p, a, f)
    # The ring's right side (outer carriageway) runs counter-clockwise, its left side the other way.
    for pts in (bezier(ring.join(s0 - 620, 1), ahead(out_start, -430), out_start),
                bezier(in_end, ahead(in_end, -430), ring.join(s0 + 620, 1)),
                bezier(ring.join(s0 + 560, -1), ring.at(s0 - 20, 20), out_start, 14),
                bezier(in_end, ring.at(s0 + 20, 20), ring.join(s0 - 560, -1), 14)):
        roads.add(pts, link, 70, oneway=True, zone="fast")


TOWNS = [(8, 17000), (36, 26500), (60, 33000), (84, 20500), (139, 15500), (163, 28500), (206, 19000), (229, 33000),
         (262, 16500), (318, 24500)]
ARMS = [("motorway", 140, 184, 41000), ("motorway", 140, 22, 40000), ("trunk", 120, 118, 25500),
        ("trunk", 120, 246, 26000)]


def make_ring():
    pts = []
    for i in range(361):
        a = math.radians(i % 360)
        pts.append(polar(a, RING_R + 520 * math.sin(2 * a + 0.7) + 330 * math.sin(3 * a + 2.1)
                         + 170 * math.sin(5 * a + 1.2) + 90 * math.sin(8 * a + 4)))
    return Dual(pts, "trunk", 120, closed=True)


def ring_distance(ring, angle_deg):
    return line_length(ring.middle[:int(angle_deg) + 1])


def make_outside(roads, ends):
    """Towns, the ring, dual carriageways, and the rural roads between."""
    ring = make_ring()
    towns = []
    for angle, r in TOWNS + [(a, d) for _, _, a, d in ARMS]:
        at = polar(math.radians(angle), r)
        towns.append((at, make_town(roads, at, uniform(480, 820), math.radians(angle) + uniform(-0.3, 0.3))))
    arms = []
    for (cls, limit, angle, r), (_, gates) in zip(ARMS, towns[len(TOWNS):]):
        s0 = ring_distance(ring, angle)
        begin, gate = ring.at(s0, 640), gate_towards(gates, (0, 0))
        meet = add(gate, unit(gate, begin), 1500)
        arm = Dual(winding(begin, meet, 0.022 * r, 150, 11000), cls, limit)
        trunk_from_ring(roads, ring, s0, arm)
        arms.append((arm, add(meet, unit(meet, gate), 250), gate))
    taken = []
    lines = []
    for at, gates in towns[:len(TOWNS)]:
        gate = gate_towards(gates, (0, 0))
        same = [e for e in ends if (river_off(e[0]) > 0) == (river_off(gate) > 0) and e[0] not in taken]
        start = min(same, key=lambda e: dist(e[0], gate) + 1.3 * dist(add(e[0], unit(e[1], e[0]), 1500), gate))[0]
        taken.append(start)
        lines.append((winding(start, gate, 0.022 * dist(start, gate)), "primary", 90))
    order = sorted(range(len(towns)), key=lambda i: math.atan2(towns[i][0][1], towns[i][0][0]))
    for i, k in zip(order, order[1:] + order[:1]):
        a, b = gate_towards(towns[i][1], towns[k][0]), gate_towards(towns[k][1], towns[i][0])
        lines.append((winding(a, b, 0.04 * dist(a, b)), "secondary", 90))
    radials = sorted((line for line, _, _ in lines[:len(TOWNS)]), key=lambda l: math.atan2(l[-1][1], l[-1][0]))
    for one, other in zip(radials, radials[1:] + radials[:1]):
        for r in (12600, 19300):
            a = min(one, key=lambda p: abs(math.hypot(*p) - r * uniform(0.93, 1.07)))
            b = min(other, key=lambda p: abs(math.hypot(*p) - r * uniform(0.93, 1.07)))
            same_bank = (river_off(a) > 0) == (river_off(b) > 0)
            if same_bank and math.hypot(*a) > 0.85 * r and math.hypot(*b) > 0.85 * r:
                lines.append((winding(a, b, 0.07 * dist(a, b)), "tertiary", 90))
    make_suburbs(roads, radials + [[e for e, _ in ends]])
    exits = {}
    for line, cls, limit in lines:
        lay_rural(roads, line, cls, limit, ring, [arm for arm, _, _ in arms], exits)
    ring.lay(roads)
    for arm, end, gate in arms:
        arm.lay(roads, end)
        roads.add([end, gate], "primary", 70, zone="rural")


def lay_rural(roads, line, cls, limit, ring, arms, exits):
    pins, inner = [], 0.0
    for dual in [ring] + arms:
        for t, s in line_crossings(line, dual.middle):
            used = exits.setdefault(id(dual), [])
            clear = 1100 if dual is ring else 1800
            ok = all(abs(s - u) > 2300 for u in used) and 400 < t < line_length(line) - 400
            if not dual.closed and not clear < s < dual.length - 1000:
                ok = False
            if dual is ring and any(dist(ring.at(s, 0), arm.middle[0]) < 1750 for arm in arms):
                ok = False
            if ok:
                used.append(s)
                pins += diamond(roads, dual, s, line, t)
                if dual is ring:
                    inner = t + 110
    line = insert_points(line, pins)
    length = line_length(line)
    if inner:
        roads.add(between(line, 0, inner), cls, 70, water=True, zone="inner")
        line = between(line, inner, length)
    near = [s for s in every(3300, 6500, line_length(line))]
    add_rural(roads, line, cls, limit, near, water=True)
