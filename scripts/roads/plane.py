"""Points and lines in the plane, in metres, and the draws of all that is made up."""

import math
import random

SEED = 20221
rng = random.Random(SEED)


def uniform(low, high):
    return low + (high - low) * rng.random()


def chance(p):
    return rng.random() < p


def add(a, b, f=1.0):
    return (a[0] + f * b[0], a[1] + f * b[1])


def dist(a, b):
    return math.hypot(a[0] - b[0], a[1] - b[1])


def lerp(a, b, f):
    return (a[0] + f * (b[0] - a[0]), a[1] + f * (b[1] - a[1]))


def polar(angle, r):
    return (r * math.cos(angle), r * math.sin(angle))


def unit(a, b):
    d = dist(a, b) or 1.0
    return ((b[0] - a[0]) / d, (b[1] - a[1]) / d)


def right_of(d):
    return (d[1], -d[0])


def line_length(pts):
    return sum(dist(a, b) for a, b in zip(pts, pts[1:]))


def at_distance(pts, s):
    """The point and direction at distance s along a polyline."""
    for a, b in zip(pts, pts[1:]):
        d = dist(a, b)
        if s <= d and d > 0:
            return lerp(a, b, s / d), unit(a, b)
        s -= d
    return pts[-1], unit(pts[-2], pts[-1])


def between(pts, s0, s1):
    """The part of a polyline from s0 to s1."""
    out, s = [at_distance(pts, s0)[0]], 0.0
    for a, b in zip(pts, pts[1:]):
        s += dist(a, b)
        if s0 + 1 < s < s1 - 1:
            out.append(b)
    out.append(at_distance(pts, s1)[0])
    return out


def beside(pts, off, closed=False):
    """A parallel line, `off` to the right."""
    out = []
    n = len(pts)
    for i, p in enumerate(pts):
        before = pts[i - 1] if i else (pts[-2] if closed else pts[0])
        after = pts[i + 1] if i + 1 < n else (pts[1] if closed else pts[-1])
        out.append(add(p, right_of(unit(before, after)), off))
    return out


def crossing(a, b, c, d):
    """Where segments ab and cd cross, as (share of ab, share of cd); None: nowhere."""
    rx, ry, sx, sy = b[0] - a[0], b[1] - a[1], d[0] - c[0], d[1] - c[1]
    det = rx * sy - ry * sx
    if abs(det) < 1e-9:
        return None
    t = ((c[0] - a[0]) * sy - (c[1] - a[1]) * sx) / det
    u = ((c[0] - a[0]) * ry - (c[1] - a[1]) * rx) / det
    return (t, u) if 0 <= t <= 1 and 0 <= u <= 1 else None


def line_crossings(one, other):
    """Distances along both lines where they cross."""
    out, s = [], 0.0
    for a, b in zip(one, one[1:]):
        r = 0.0
        for c, d in zip(other, other[1:]):
            hit = crossing(a, b, c, d)
            if hit:
                out.append((s + hit[0] * dist(a, b), r + hit[1] * dist(c, d)))
            r += dist(c, d)
        s += dist(a, b)
    return out


def nearest_on(a, b, p):
    """The share of segment ab nearest to p, and how far p is off."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    f = ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / (dx * dx + dy * dy or 1.0)
    f = min(1.0, max(0.0, f))
    return f, dist(lerp(a, b, f), p)


def bezier(p0, p1, p2, steps=10):
    return [lerp(lerp(p0, p1, i / steps), lerp(p1, p2, i / steps), i / steps) for i in range(steps + 1)]


def winding(a, b, swing, step=110, wave=6500):
    """A road from a to b that swings to both sides, straight on at its ends."""
    d = dist(a, b)
    n = max(2, int(d / step))
    waves = [(uniform(0.5, 1.0) * swing, uniform(1.3, 2.2) * wave, uniform(0, 6.28)),
             (uniform(0.2, 0.6) * swing, uniform(0.7, 1.1) * wave, uniform(0, 6.28)),
             (uniform(0.1, 0.25) * swing, uniform(0.28, 0.45) * wave, uniform(0, 6.28))]
    side = right_of(unit(a, b))
    out = []
    for i in range(n + 1):
        f = i / n
        ease = min(1.0, min(f, 1 - f) * d / 1500) ** 2
        off = sum(amp * math.sin(2 * math.pi * f * d / wave + phase) for amp, wave, phase in waves)
        out.append(add(lerp(a, b, f), side, ease * off))
    return out
