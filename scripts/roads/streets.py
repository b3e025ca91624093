"""Streets of the city, of suburbs and towns, and rural roads with their villages."""

import math

from .plane import (add, at_distance, between, chance, crossing, dist, lerp, line_length, polar, right_of, uniform,
    winding)
from .land import city_radius, river_off, warp


def uv_line(a, b, to_plane, step=75):
    n = max(1, int(dist(a, b) / step))
    return [to_plane(*lerp(a, b, i / n)) for i in range(n + 1)]


def subdivide(roads, quad, to_plane, leaf_m2, zone, depth=0):
    """Cuts a block by a street, and its halves again, until they are small enough. quad: corners in order."""
    a, b, c, d = quad
    p, q = (dist(a, b) + dist(d, c)) / 2, (dist(b, c) + dist(a, d)) / 2
    if p * q < leaf_m2(to_plane(*lerp(a, c, 0.5))) * uniform(0.75, 1.5) or min(p, q) < 60:
        return
    f = uniform(0.38, 0.62)
    g = min(0.72, max(0.28, f + uniform(-0.13, 0.13)))
    if p < q:
        a, b, c, d = b, c, d, a
    m, n = lerp(a, b, f), lerp(d, c, g)
    if not chance(0.07) or depth == 0:
        roads.add(uv_line(m, n, to_plane), "residential", 30, zone=zone)
    subdivide(roads, (a, m, n, d), to_plane, leaf_m2, zone, depth + 1)
    subdivide(roads, (m, b, c, n), to_plane, leaf_m2, zone, depth + 1)


def city_leaf(p):
    r = math.hypot(*p)
    return 30000 if r < 1700 else 52000 if r < 3200 else 92000 if r < 5000 else 135000


def lines_from(offset, most, low, high):
    """Positions of arterials on both sides of 0."""
    right, left = [offset], [offset - uniform(low, high)]
    while right[-1] < most:
        right.append(right[-1] + uniform(low, high) * (1 + 0.25 * abs(right[-1]) / most))
    while left[-1] > -most:
        left.append(left[-1] - uniform(low, high) * (1 + 0.25 * abs(left[-1]) / most))
    return sorted(left) + right


def make_city(roads):
    """Arterials about every kilometre, two collectors across each block between them, streets within. Returns the
    ends of arterials at the city's edge."""
    us, vs = lines_from(520, 6400, 780, 1080), lines_from(410, 6400, 760, 1050)
    inside = {}
    for i in range(len(us) - 1):
        for j in range(len(vs) - 1):
            p = warp((us[i] + us[i + 1]) / 2, (vs[j] + vs[j + 1]) / 2)
            inside[i, j] = math.hypot(*p) < city_radius(math.atan2(p[1], p[0]))
    main_u = {i for i in range(len(us)) if i % 2 == 0}
    main_v = {j for j in range(len(vs)) if j % 2 == 1}
    runs = []
    for i, u in enumerate(us):
        there = [inside.get((i - 1, j), False) or inside.get((i, j), False) for j in range(len(vs) - 1)]
        runs += [(i in main_u, False, [(u, vs[j]) for j in range(a, b + 1)]) for a, b in spans(there)]
    for j, v in enumerate(vs):
        there = [inside.get((i, j - 1), False) or inside.get((i, j), False) for i in range(len(us) - 1)]
        runs += [(j in main_v, j in main_v, [(us[i], v) for i in range(a, b + 1)]) for a, b in spans(there)]
    ends = []
    for is_main, bridge, corners in runs:
        pts = [warp(*corners[0])]
        for a, b in zip(corners, corners[1:]):
            pts += uv_line(a, b, warp)[1:]
        roads.add(pts, "primary" if is_main else "secondary", 50, water=bridge, zone="city")
        ends += [(pts[0], pts[1]), (pts[-1], pts[-2])] if is_main else []
    cut_u = {(i, j): uniform(0.42, 0.58) for i in range(len(us)) for j in range(len(vs))}   # on the line v = vs[j]
    cut_v = {(i, j): uniform(0.42, 0.58) for i in range(len(us)) for j in range(len(vs))}   # on the line u = us[i]
    for (i, j), is_in in sorted(inside.items()):
        if not is_in:
            continue
        make_superblock(roads, us[i:i + 2], vs[j:j + 2], cut_u[i, j], cut_u[i, j + 1], cut_v[i, j], cut_v[i + 1, j])
    return ends


def make_avenues(roads):
    """What cuts across the blocks: avenues from the centre outward, and a boulevard around it."""
    for degrees, begin, bridge in ((148, 1050, False), (212, 1000, False), (322, 1150, False), (41, 3600, False)):
        a = math.radians(degrees)
        line = winding(polar(a, begin), polar(a, city_radius(a) - 150), 210, 75, 2600)
        roads.add(line, "primary", 50, water=bridge, zone="city")
    phase = uniform(0, 6.28)
    loop = [add(polar(i * math.pi / 36, 1120 + 130 * math.sin(3 * i * math.pi / 36 + phase)), (-180, 60))
            for i in range(73)]
    for half in (loop[:37], loop[36:]):
        roads.add(half, "secondary", 50, zone="city")


def make_suburbs(roads, lines):
    """Small places between the city and its ring and just outside, off the main roads but joined to two of them."""
    for degrees in range(18, 360, 36):
        for low, high in ((6900, 7700), (10200, 11500)):
            at = polar(math.radians(degrees + uniform(-9, 9)), uniform(low, high))
            near = sorted((min(line, key=lambda p: dist(p, at)) for line in lines), key=lambda p: dist(p, at))
            if abs(river_off(at)) < 1500 or dist(near[0], at) < 900 or chance(0.15):
                continue
            gates = make_town(roads, at, uniform(380, 620), uniform(0, 1.57))
            for target in near[:2]:
                gate = gate_towards(gates, target)
                if (river_off(gate) > 0) == (river_off(target) > 0) and dist(gate, target) < 5000:
                    roads.add(winding(gate, target, 0.07 * dist(gate, target), 110, 2200), "tertiary", 50, zone="suburb")


def spans(flags):
    """[begin, end) of each run of true."""
    out, begin = [], None
    for i, flag in enumerate(flags + [False]):
        if flag and begin is None:
            begin = i
        if not flag and begin is not None:
            out.append((begin, i))
            begin = None
    return out


def make_superblock(roads, us, vs, south, north, west, east):
    a, b, c, d = (us[0], vs[0]), (us[1], vs[0]), (us[1], vs[1]), (us[0], vs[1])
    middle_of = warp((us[0] + us[1]) / 2, (vs[0] + vs[1]) / 2)
    r = math.hypot(*middle_of)
    s, n, w, e = lerp(a, b, south), lerp(d, c, north), lerp(a, d, west), lerp(b, c, east)
    hit = crossing(s, n, w, e)
    m = lerp(s, n, hit[0])
    is_park = r > 1700 and chance(0.09)
    for end in (s, n, w, e):
        if is_park and chance(0.6):
            continue
        cls = "tertiary" if chance(0.82) else "residential"
        roads.add(uv_line(end, m, warp), cls, 50 if cls == "tertiary" else 30, zone="city")
    for quad in ((a, s, m, w), (s, b, e, m), (m, e, c, n), (w, m, n, d)):
        if not is_park and not (r > 3500 and chance(0.12)):
            subdivide(roads, quad, warp, city_leaf, "city")


def make_town(roads, centre, r, angle):
    """A small town: main streets that cross, streets between. Returns its gates, the ends of main streets."""
    c, s = math.cos(angle), math.sin(angle)
    waves = [(uniform(0, 6.28), uniform(900, 1500)) for _ in range(2)]

    def to_plane(u, v):
        x = u + 45 * math.sin(v * 6.28 / waves[0][1] + waves[0][0])
        y = v + 45 * math.sin(u * 6.28 / waves[1][1] + waves[1][0])
        return add(centre, (c * x - s * y, s * x + c * y))

    f = [uniform(-0.12, 0.12) * r for _ in range(4)]
    middle = (f[0], f[1])
    tips = [(1.25 * r, f[1] + f[2]), (f[0] + f[3], 1.25 * r), (-1.25 * r, f[1] - f[2]), (f[0] - f[3], -1.25 * r)]
    for tip in tips:
        roads.add(uv_line(middle, tip, to_plane), "secondary", 50, zone="town")
    for sx in (1, -1):
        for sy in (1, -1):
            a, b = (tips[0] if sx > 0 else tips[2]), (tips[1] if sy > 0 else tips[3])
            a, b = lerp(middle, a, 0.75), lerp(middle, b, 0.75)
            corner = (sx * r * uniform(0.6, 0.85), sy * r * uniform(0.6, 0.85))
            for one, other in ((a, corner), (corner, b)):
                roads.add(uv_line(one, other, to_plane), "residential", 30, zone="town")
            quad = (middle, a, corner, b) if sx * sy > 0 else (middle, b, corner, a)
            subdivide(roads, quad, to_plane, lambda p: 30000, "town")
    return [to_plane(*tip) for tip in tips]


def gate_towards(gates, p):
    return min(gates, key=lambda g: dist(g, p))


def add_rural(roads, pts, cls, limit, villages, water=False):
    """A road through villages, where 50 km/h hold and side streets begin. `villages`: distances along it."""
    length, s = line_length(pts), 0.0
    for at in villages:
        half = uniform(330, 560)
        if at - half < s + 300 or at + half > length - 300 or abs(river_off(at_distance(pts, at)[0])) < 1200:
            continue
        roads.add(between(pts, s, at - half), cls, limit, water=water, zone="rural")
        roads.add(between(pts, at - half, at + half), cls, 50, water=water, zone="village")
        for _ in range(int(uniform(3, 6))):
            p, d = at_distance(pts, at + uniform(-0.85, 0.85) * half)
            side = right_of(d) if chance(0.5) else right_of((-d[0], -d[1]))
            q = add(add(p, side, uniform(130, 330)), d, uniform(-60, 60))
            roads.add([p, add(lerp(p, q, 0.5), d, uniform(-12, 12)), q], "residential", 30, zone="village")
        s = at + half
    roads.add(between(pts, s, length), cls, limit, water=water, zone="rural")


def every(low, high, length):
    out, s = [], uniform(0.5 * low, high)
    while s < length:
        out.append(s)
        s += uniform(low, high)
    return out
