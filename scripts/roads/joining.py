"""Makes one network of many lines: common points where they meet, nothing twice, nothing loose."""

from .plane import add, crossing, dist, lerp, line_length, nearest_on
from .land import CLASS_ORDER, SEPARATED


class Joiner:
    """Finds where roads meet and gives them common points."""

    def __init__(self, roads):
        self.roads = roads
        self.cell = 150.0

    def cells(self, a, b):
        c = self.cell
        for i in range(int(min(a[0], b[0]) // c), int(max(a[0], b[0]) // c) + 1):
            for j in range(int(min(a[1], b[1]) // c), int(max(a[1], b[1]) // c) + 1):
                yield i, j

    def hash_segments(self):
        table = {}
        for r, road in enumerate(self.roads):
            for i, (a, b) in enumerate(zip(road["pts"], road["pts"][1:])):
                for cell in self.cells(a, b):
                    table.setdefault(cell, []).append((r, i))
        return table

    def meet(self, near=16.0):
        """Ends that come near another road end on it; roads that cross get the crossing as a point."""
        table = self.hash_segments()
        extra = {}                       # (road, segment) → shares and points to insert
        for r, road in enumerate(self.roads):
            if road["cls"] in SEPARATED:
                continue
            for end in (0, -1):
                self.snap_end(table, extra, r, end, near)
        done = set()
        for cell in sorted(table):
            found = table[cell]
            for x, (r, i) in enumerate(found):
                for q, k in found[x + 1:]:
                    if r == q or (r, i, q, k) in done:
                        continue
                    done.add((r, i, q, k))
                    one, other = self.roads[r], self.roads[q]
                    if one["cls"] in SEPARATED or other["cls"] in SEPARATED:
                        continue
                    hit = crossing(one["pts"][i], one["pts"][i + 1], other["pts"][k], other["pts"][k + 1])
                    if hit:
                        p = lerp(one["pts"][i], one["pts"][i + 1], hit[0])
                        extra.setdefault((r, i), []).append((hit[0], p))
                        extra.setdefault((q, k), []).append((hit[1], p))
        for r, road in enumerate(self.roads):
            pts = []
            for i, p in enumerate(road["pts"]):
                pts.append(p)
                pts += [q for _, q in sorted(extra.get((r, i), []))]
            road["pts"] = pts

    def snap_end(self, table, extra, r, end, near):
        p = self.roads[r]["pts"][end]
        best = None
        for cell in self.cells(add(p, (-near, -near)), add(p, (near, near))):
            for q, k in table.get(cell, []):
                other = self.roads[q]
                if q == r or (other["cls"] in SEPARATED):
                    continue
                f, d = nearest_on(other["pts"][k], other["pts"][k + 1], p)
                if d < near and (best is None or d < best[0]):
                    best = (d, q, k, f)
        if best:
            _, q, k, f = best
            foot = lerp(self.roads[q]["pts"][k], self.roads[q]["pts"][k + 1], f)
            extra.setdefault((q, k), []).append((f, foot))
            self.roads[r]["pts"][end] = foot

    def merge(self, near=17.0):
        """Points of several roads, and ends, that lie together become one point; others near it go."""
        ends, seen = set(), {}
        for r, road in enumerate(self.roads):
            ends.update((road["pts"][0], road["pts"][-1]))
            for p in road["pts"]:
                seen.setdefault(p, set()).add(r)
        rank = {}
        for p, users in seen.items():
            if len(users) > 1 or p in ends:
                fixed = p == (0.0, 0.0) or any(self.roads[r]["cls"] in SEPARATED for r in users)
                rank[p] = (not fixed, min(CLASS_ORDER.index(self.roads[r]["cls"]) for r in users), p)
        kept, grid = {}, {}
        for p in sorted(rank, key=rank.get):
            key = (int(p[0] // near), int(p[1] // near))
            close = [q for i in (-1, 0, 1) for j in (-1, 0, 1) for q in grid.get((key[0] + i, key[1] + j), [])
                     if dist(p, q) < near]
            if close and rank[p][0]:
                kept[p] = min(close, key=lambda q: (dist(p, q), q))
            else:
                kept[p] = p
                grid.setdefault(key, []).append(p)
        junctions = set(kept.values())
        for road in self.roads:
            out = []
            for p in road["pts"]:
                q = kept.get(p)
                if q is None:            # a point of its own: not beside a junction
                    if out and dist(out[-1], p) < 12:
                        continue
                    out.append(p)
                    continue
                while out and out[-1] not in junctions and dist(out[-1], q) < 12:
                    out.pop()
                if not out or out[-1] != q:
                    out.append(q)
            road["pts"] = out
        self.roads[:] = [road for road in self.roads if len(road["pts"]) >= 2]


def cut_doubles(roads):
    """A stretch that several roads have is the better one's."""
    used, out = set(), []
    for road in sorted(roads, key=lambda r: CLASS_ORDER.index(r["cls"])):
        if road["cls"] in SEPARATED:
            out.append(road)
            continue
        part = [road["pts"][0]]
        for a, b in zip(road["pts"], road["pts"][1:]):
            pair = (min(a, b), max(a, b))
            if pair in used or a == b:
                if len(part) > 1:
                    out.append({**road, "pts": part})
                part = [b]
            else:
                used.add(pair)
                part.append(b)
        if len(part) > 1:
            out.append({**road, "pts": part})
    return out


def count_users(roads):
    """How many road ends and passages each point has."""
    users = {}
    for road in roads:
        for i, p in enumerate(road["pts"]):
            users[p] = users.get(p, 0) + (1 if i in (0, len(road["pts"]) - 1) else 2)
    return users


def trim_stubs(roads):
    """Main streets end at junctions, and no street hangs out a few metres."""
    users = count_users(roads)
    for road in roads:
        if road["cls"] in SEPARATED:
            continue
        shortest = 45 if road["cls"] == "residential" else 1e9
        for _ in range(2):
            pts = road["pts"]
            i = 1
            while i < len(pts) and users[pts[-i]] <= (1 if i == 1 else 2):
                i += 1
            if 1 < i <= len(pts) and line_length(pts[-i:]) < shortest:
                road["pts"] = pts[:len(pts) - i + 1]
            road["pts"].reverse()
    return [road for road in roads if len(road["pts"]) >= 2]


def main_part(roads):
    """What is joined to the longest road's begin."""
    parent = {}

    def root(p):
        while parent.setdefault(p, p) != p:
            parent[p] = parent[parent[p]]
            p = parent[p]
        return p

    for road in roads:
        for p in road["pts"]:
            parent[root(p)] = root(road["pts"][0])
    main = root(max(roads, key=lambda r: line_length(r["pts"]))["pts"][0])
    return [road for road in roads if root(road["pts"][0]) == main]


def simplify(roads, tolerance=1.8):
    """Leaves out points that lie on the line between others, but for junctions."""
    users = count_users(roads)
    for road in roads:
        pts, out, begin = road["pts"], [], 0
        for i in range(1, len(pts)):
            if i == len(pts) - 1 or users[pts[i]] > 2:
                out += thinned(pts[begin:i + 1], tolerance)[:-1]
                begin = i
        road["pts"] = out + [pts[-1]]


def thinned(pts, tolerance):
    far, off = 0, 0.0
    for i in range(1, len(pts) - 1):
        d = nearest_on(pts[0], pts[-1], pts[i])[1]
        if d > off:
            far, off = i, d
    if off < tolerance:
        return [pts[0], pts[-1]]
    return thinned(pts[:far + 1], tolerance)[:-1] + thinned(pts[far:], tolerance)
