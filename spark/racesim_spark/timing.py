"""When a car passed a line, from its samples beside it: src/agg/timing in Python, step by step the same arithmetic, so
that both engines print the same millisecond. What each step is for is said there."""

from collections import namedtuple

MOST_GAP_MS = 2000  # beyond this between two samples nobody knows when a line between them was passed
MOST_SPACING_MS = 100  # samples farther apart bound no sector line
KEPT = 8  # samples of a lap

# Times and places beside a line, in whole numbers: ms, mm, 0.1 km/h, 0.01 g.
Sight = namedtuple("Sight", "time_ms s_mm speed_dkmh lon_cg")
Crossing = namedtuple("Crossing", "before after")

MMPMS_PER_DKMH = 1 / 36.0
MMPMS2_PER_CG = 9.80665e-5
HARDLY_MOVED_MM = 20
HALVINGS = 40
RATIO_WAY_MM = 2000.0
ROUNDING_UM = 1000
CONTRADICTION_UM = 100_000
AGREED_PER_DOUBT = 4
FAR_UM = 1 << 61
CUBIC_PER_100MS_UM = 6_000
SURE_HALVINGS = 40


def gap_ms(crossing):
    return crossing.after.time_ms - crossing.before.time_ms


def driven_mm(before, after, share):
    h_ms = float(after.time_ms - before.time_ms)
    v0, v1 = before.speed_dkmh * MMPMS_PER_DKMH, after.speed_dkmh * MMPMS_PER_DKMH
    m0, m1 = before.lon_cg * MMPMS2_PER_CG * h_ms, after.lon_cg * MMPMS2_PER_CG * h_ms
    c2, c3 = 3 * (v1 - v0) - 2 * m0 - m1, 2 * (v0 - v1) + m0 + m1
    return h_ms * share * (v0 + share * (m0 / 2 + share * (c2 / 3 + share * c3 / 4)))


def line_ratio(line_mm, driven):
    return 1.0 if driven < HARDLY_MOVED_MM or line_mm < HARDLY_MOVED_MM else line_mm / driven


def share_at(crossing, wanted_mm):
    low, high = 0.0, 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if driven_mm(crossing.before, crossing.after, middle) < wanted_mm:
            low = middle
        else:
            high = middle
    return low


def ratio_between(crossing):
    return line_ratio(float(crossing.after.s_mm - crossing.before.s_mm), driven_mm(crossing.before, crossing.after, 1))


def whole_ms(crossing, ms):
    return crossing.before.time_ms + min(max(int(ms + 0.5), 1), gap_ms(crossing))


def timing_line_ms(crossing, ratio):
    behind_mm = float(crossing.after.s_mm) / ratio
    share = share_at(crossing, driven_mm(crossing.before, crossing.after, 1) - behind_mm)
    return whole_ms(crossing, share * float(gap_ms(crossing)))


def place_um(crossing, ms):
    mm = driven_mm(crossing.before, crossing.after, float(ms) / float(gap_ms(crossing))) * ratio_between(crossing)
    return crossing.before.s_mm * 1000 + int(mm * 1000)


def ms_behind_first(crossing, s_um):
    line_mm = float(s_um - crossing.before.s_mm * 1000) / 1000
    return share_at(crossing, line_mm / ratio_between(crossing)) * float(gap_ms(crossing))


class LinePlaces:
    """Places where a line can be, as far as crossings at whole milliseconds tell: [low, high] in µm, ascending."""

    def __init__(self):
        self.places = []
        self.agreed = self.against = self.halvings = 0

    def narrow(self, crossing):
        gap = gap_ms(crossing)
        off_um = ROUNDING_UM + CUBIC_PER_100MS_UM * gap * gap // 10_000
        apart_um = min(crossing.before.speed_dkmh, crossing.after.speed_dkmh) * 1000 // 36
        if gap > MOST_SPACING_MS or apart_um < 4 * off_um:
            return
        here = [(at - off_um, at + off_um) for at in (place_um(crossing, ms) for ms in range(1, gap + 1))]
        left = here if self.agreed == 0 else [
            (max(a[0], b[0]), min(a[1], b[1])) for b in here for a in self.places if a[0] <= b[1] and b[0] <= a[1]]
        if not left:
            self.against += 1
            if self.against * AGREED_PER_DOUBT > self.agreed:
                self.__init__()
                self.narrow(crossing)
            return
        self.agreed += 1
        self.halvings += (apart_um // (2 * off_um)).bit_length() - 1
        self.places = left

    def within(self, low_um, high_um):
        """None: nothing that is sure enough."""
        if self.halvings < SURE_HALVINGS:
            return None
        left = [(max(a, low_um), min(b, high_um)) for a, b in self.places if a <= high_um and low_um <= b]
        return (left[0][0], left[-1][1]) if left else (self.places[0][0], self.places[-1][1])


class SectorLine:
    """One sector line, which all cars of a run narrow."""

    def __init__(self):
        self.low_um, self.high_um = -FAR_UM, FAR_UM
        self.agreed = self.against = 0
        self.places = LinePlaces()

    def __setstate__(self, state):
        """Of an older checkpoint, which has no places: they are found anew."""
        self.__init__()
        self.__dict__.update(state)

    def narrow(self, crossing):
        line_mm = float(crossing.after.s_mm - crossing.before.s_mm)
        driven = driven_mm(crossing.before, crossing.after, 1)
        if not (line_mm > 0 and driven * 0.7 - 2 < line_mm < driven * 1.3 + 2):
            return
        low_um = place_um(crossing, 1) - ROUNDING_UM
        high_um = crossing.after.s_mm * 1000 + ROUNDING_UM
        if max(low_um, self.low_um) - min(high_um, self.high_um) > CONTRADICTION_UM:
            self.against += 1
            if self.against * AGREED_PER_DOUBT <= self.agreed:
                return
            self.__init__()
        self.agreed += 1
        self.low_um, self.high_um = max(self.low_um, low_um), min(self.high_um, high_um)
        self.places.narrow(crossing)

    def time_ms(self, crossing):
        """None as long as it is not known."""
        if self.agreed == 0:
            return None
        low_um, high_um = self.places.within(self.low_um, self.high_um) or (self.low_um, self.high_um)
        if low_um > high_um:
            low_um = high_um = (low_um + high_um) // 2
        earliest = whole_ms(crossing, ms_behind_first(crossing, low_um))
        latest = whole_ms(crossing, ms_behind_first(crossing, high_um))
        return earliest if earliest == latest else None


class Trace:
    """One car's samples in their order: which lines lie between each and the one before."""

    def __init__(self):
        self.recent = []  # of this lap, the newest last
        self.session = self.lap = self.sector = None

    def ratio(self):
        driven, back = 0.0, 1
        while back < KEPT and back < len(self.recent) and driven < RATIO_WAY_MM:
            driven += driven_mm(self.recent[-back - 1], self.recent[-back], 1)
            back += 1
        return line_ratio(float(self.recent[-1].s_mm - self.recent[-back].s_mm), driven)

    def follow(self, sight, session, lap, sector, missing):
        """(kind, crossing, line): "same"; "lap" and the ms at which it began; "sector" and which line was passed, None
        if nobody can time that; "lost" if nothing joins the sample to what was before."""
        kind, crossing, line = "lost", None, None
        if self.recent and session == self.session:
            crossing = Crossing(self.recent[-1], sight)
            gap = gap_ms(crossing)
            if lap != self.lap:
                if lap == self.lap + 1 and 0 < gap <= MOST_GAP_MS:
                    kind, line = "lap", timing_line_ms(crossing, self.ratio())
            elif sector != self.sector:
                kind = "sector"
                close = 0 < gap <= MOST_GAP_MS and gap <= MOST_SPACING_MS * (missing + 1)
                if sector == self.sector + 1 and 1 <= self.sector <= 2 and close:
                    line = self.sector - 1
            else:
                kind = "same"
        if kind in ("lost", "lap"):
            self.recent = []
        self.recent = [*self.recent[-KEPT + 1:], sight]
        self.session, self.lap, self.sector = session, lap, sector
        return kind, crossing, line
