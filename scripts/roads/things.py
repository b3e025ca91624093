"""What lies on the roads: lights, fuel stations, and the places of trips."""

import math

from .plane import add, chance, crossing, dist, lerp, nearest_on, right_of, rng, uniform, unit
from .land import CLASS_ORDER, RIVER_HALF, SEPARATED, river_off
from .joining import Joiner, count_users


class Graph:
    """Junctions and the pieces of road between them."""

    def __init__(self, roads):
        users = count_users(roads)
        self.pieces = []                 # (road, points) from junction to junction
        self.at = {}                     # junction → pieces that touch it
        for road in roads:
            begin = 0
            for i in range(1, len(road["pts"])):
                if i == len(road["pts"]) - 1 or users[road["pts"][i]] > 2:
                    piece = (road, road["pts"][begin:i + 1])
                    self.pieces.append(piece)
                    for p in (piece[1][0], piece[1][-1]):
                        self.at.setdefault(p, []).append(piece)
                    begin = i

    def classes(self, p):
        return sorted((piece[0]["cls"] for piece in self.at[p]), key=CLASS_ORDER.index)


def make_signals(roads, graph):
    """Junctions of main streets first, then, where the next light is far, a lesser one between. Returns point →
    properties."""
    chosen = []

    def free(p, gap):
        return all(dist(p, q) >= gap for q in chosen)

    main = {"primary", "secondary"}
    ranked = []
    for p in sorted(graph.at):
        at_grade = [c for c in graph.classes(p) if c not in SEPARATED]
        has_link = len(at_grade) < len(graph.at[p])
        zones = {piece[0]["zone"] for piece in graph.at[p]}
        mains = sum(c in main for c in at_grade)
        if len(graph.at[p]) < 3 or not zones & {"city", "town", "inner", "suburb"}:
            continue
        if has_link and "inner" in zones:
            ranked.append((0, p))
        elif mains >= 3:
            ranked.append((1, p))
        elif mains == 2 and "tertiary" in at_grade and "town" not in zones:
            ranked.append((2, p))
        elif at_grade.count("tertiary") >= 4:
            ranked.append((3, p))
    for rank, p in sorted(ranked):
        if free(p, 130 if rank < 2 else 210):
            chosen.append(p)
    for road in roads:
        if road["cls"] in main and road["zone"] in ("city", "inner"):
            fill_gaps(road["pts"], graph, chosen, free)
    return {p: light_of(p, graph) for p in chosen}


def fill_gaps(pts, graph, chosen, free):
    taken = set(chosen)
    s, last, candidates = 0.0, 0.0, []
    for i, p in enumerate(pts):
        s += dist(pts[i - 1], p) if i else 0.0
        if p in taken or i == len(pts) - 1:
            if s - last > 520:
                middle = (s + last) / 2
                good = [(abs(c - middle), q) for c, q in candidates if c - last > 200 and s - c > 200 and free(q, 190)]
                if good:
                    chosen.append(min(good)[1])
            last, candidates = s, []
        elif len(graph.at.get(p, [])) >= 3:
            candidates.append((s, p))


def light_of(p, graph):
    """A wave runs along main streets at 45 km/h, eastward or northward: the red of the next light begins later."""
    road, pts = min(graph.at[p], key=lambda piece: (CLASS_ORDER.index(piece[0]["cls"]), piece[1]))
    main = road["cls"] in ("primary", "secondary")
    cycle = 100 if main else 70
    d = unit(pts[0], pts[-1])
    along = p[0] if abs(d[0]) > abs(d[1]) else p[1]
    offset = int(round(-along / 12.5 / 5)) * 5 % cycle
    crossing_main = sum(c in ("primary", "secondary") for c in graph.classes(p)) >= 3
    share = uniform(0.50, 0.55) if crossing_main else uniform(0.45, 0.50)
    return {"highway": "traffic_signals", "cycle_s": cycle, "red_s": int(round(cycle * share / 2)) * 2,
            "offset_s": offset}


def make_stations(roads, graph, signals):
    """Every few kilometres along main roads, away from lights and junctions where one stops."""
    stations = []
    spacing = {"primary": 1400, "secondary": 1700, "tertiary": 4000, "trunk": 6500, "motorway": 11000}
    for road in roads:
        gap = spacing.get(road["cls"])
        if not gap:
            continue
        gap = gap * (3.5 if road["zone"] == "rural" else 1)
        pts, s, want = road["pts"], 0.0, uniform(0.25, 0.6) * gap
        out = [pts[0]]
        lights = [q for q in pts if q in signals]
        clear = 30 + (road["limit"] / 3.6) ** 2 / 2
        for a, b in zip(pts, pts[1:]):
            d = dist(a, b)
            good = [p for p in (lerp(a, b, f) for f in (0.5, 0.3, 0.7)) if d > 50 and s + d > want
                    and all(dist(p, q) > clear for q in lights) and all(dist(p, q) > 700 for q in stations)
                    and abs(river_off(p)) > RIVER_HALF + 60
                    and (road["cls"] not in SEPARATED or all(dist(p, q) > 250 for q in graph.at))]
            if good:
                stations.append(good[0])
                out.append(good[0])
                want = s + d / 2 + gap * uniform(0.8, 1.2)
            out.append(b)
            s += d
        road["pts"] = out
    return stations


PLACES = [("home", 22, "city", 0, 5600, "residential"), ("home", 9, "town", 0, 50000, "residential"),
          ("home", 7, "village", 0, 50000, "residential"), ("work", 9, "city", 0, 2600, "tertiary"),
          ("work", 5, "city", 4200, 9000, "tertiary"), ("work", 2, "town", 0, 50000, "secondary"),
          ("shop", 8, "city", 0, 6500, "tertiary"), ("shop", 3, "town", 0, 50000, "secondary"),
          ("depot", 3, "city", 3500, 7500, "secondary"), ("depot", 2, "rural", 9000, 16000, "primary"),
          ("far", 5, "town", 27000, 60000, "residential")]


class Yards:
    """Short streets of their own for places, into the blocks, crossing nothing."""

    def __init__(self, roads):
        self.roads = roads
        self.joiner = Joiner(roads)
        self.table = self.joiner.hash_segments()
        self.places = []
        self.beside = {}                 # point → the points next to it
        for road in roads:
            for a, b in zip(road["pts"], road["pts"][1:]):
                self.beside.setdefault(a, []).append(b)
                self.beside.setdefault(b, []).append(a)

    def turns_off(self, p, end):
        """Whether the way from p to end keeps 50 degrees and more off every road there."""
        d = unit(p, end)
        return all(d[0] * e[0] + d[1] * e[1] < 0.64 for e in (unit(p, q) for q in self.beside[p]))

    def is_free(self, a, b):
        far = add(b, unit(a, b), 18)
        for cell in self.joiner.cells(a, far):
            for r, i in self.table.get(cell, []):
                c, d = self.roads[r]["pts"][i], self.roads[r]["pts"][i + 1]
                hit = crossing(a, far, c, d)
                if hit and hit[0] > 1e-6 or nearest_on(c, d, b)[1] < 18:
                    return False
        return True

    def lay(self, kind, a, b):
        cls = "residential" if kind in ("home", "far") else "service"
        road = {"pts": [a, b], "cls": cls, "limit": 30, "oneway": False, "zone": "yard"}
        self.places.append((kind, b))
        self.roads.append(road)
        for cell in self.joiner.cells(a, b):
            self.table.setdefault(cell, []).append((len(self.roads) - 1, 0))

    def lay_centre(self):
        """Place 0, the end of the street that leads to the centre."""
        best = None
        for r, road in enumerate(self.roads):
            if road["cls"] in SEPARATED or road["zone"] != "city":
                continue
            for i, (a, b) in enumerate(zip(road["pts"], road["pts"][1:])):
                f, d = nearest_on(a, b, (0.0, 0.0))
                if d > 45 and (best is None or d < best[0]) and 0.05 < f < 0.95:
                    p = lerp(a, b, f)
                    if self.is_free(p, (0.0, 0.0)):
                        best = (d, r, i, p)
        d, r, i, p = best
        self.lay("home", p, (0.0, 0.0))
        self.roads[r]["pts"].insert(i + 1, p)
        self.table = self.joiner.hash_segments()

    def lay_some(self, kind, count, zone, low, high, cls, apart):
        found = []
        for road in self.roads:
            if road["zone"] == zone and road["cls"] == cls:
                for i in range(1, len(road["pts"]) - 1):
                    if low <= math.hypot(*road["pts"][i]) < high:
                        found.append((road, i))
        placed = 0
        for _ in range(6000):
            if placed == count:
                break
            road, i = found[int(rng.random() * len(found))]
            p, q = road["pts"][i], road["pts"][i + 1]
            across = right_of(unit(road["pts"][i - 1], q))
            end = add(p, across, uniform(75, 170) * (1 if chance(0.5) else -1))
            if all(dist(end, o) > apart for k, o in self.places if k == kind) and self.is_free(p, end) \
                    and self.turns_off(p, end) and all(dist(end, o) > 60 for _, o in self.places):
                self.lay(kind, p, end)
                placed += 1
        if placed < count:
            raise SystemExit(f"make-roads: only {placed} of {count} {kind} places in {zone}")
