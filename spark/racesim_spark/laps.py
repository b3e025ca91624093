"""Laps of the cars of one run from their telemetry: src/agg/laps in Python. Rows are dictionaries in whole numbers."""

from racesim_spark.timing import SectorLine, Sight, Trace, gap_ms

LIGHTS_OUT_MS = 5000  # behind the begin of a session; cars are on the grid before
MOST_WAITING = 8192
GONE_MS = 86_400_000  # a run that has been silent for so long is over
LOW = -(1 << 15)
MAY_MISS = ("throttle_pct", "brake_pct", "fuel_g", "lat_cg", "lon_cg", "gear", "tyre", "tyre_age_laps")


def rounded_mean(total, count, scale):
    return (total * scale + count // 2) // count


class LapSums:
    def __init__(self, car, session, lap):
        self.car, self.session, self.lap = car, session, lap
        self.driver = ""
        self.crossings = [None, None]
        self.begin_ms = self.end_ms = None
        self.last_ms = self.samples = self.missing = 0
        self.speed = self.throttle = self.full_throttle = self.braking = self.gear_changes = self.fuel_used = 0
        self.max_speed, self.min_speed = 0, 65535
        self.max_lat, self.max_lon, self.max_brake = 0, LOW, LOW
        self.last_gear = self.last_fuel = None
        self.tyre, self.tyre_age, self.on_track = None, 0, False
        self.interpolated = False
        self.by_best_laps = False  # its session is no race
        self.lacking = set()

    def add(self, s):
        self.lacking.update(name for name in MAY_MISS if s[name] is None)
        gear, fuel = s["gear"] or 0, s["fuel_g"] or 0
        if self.samples:
            self.gear_changes += gear != self.last_gear
            self.fuel_used += max(0, self.last_fuel - fuel)
        self.samples += 1
        self.last_ms, self.last_gear, self.last_fuel, self.driver = s["time_ms"], gear, fuel, s["driver"] or ""
        speed, lon, lat = s["speed_dkmh"], s["lon_cg"] or 0, s["lat_cg"] or 0
        throttle = s["throttle_pct"] or 0
        self.speed += speed
        self.max_speed, self.min_speed = max(self.max_speed, speed), min(self.min_speed, speed)
        self.throttle += throttle
        self.full_throttle += throttle >= 100
        self.braking += (s["brake_pct"] or 0) > 0
        self.max_lat = max(self.max_lat, lat, -lat)
        self.max_lon, self.max_brake = max(self.max_lon, lon), max(self.max_brake, -lon)
        outside = s["status"] != "pit"
        if outside or not self.on_track:
            self.on_track = outside
            self.tyre, self.tyre_age = s["tyre"], s["tyre_age_laps"] or 0

    def waits_for(self, lines):
        return any(c is not None and line.time_ms(c) is None for c, line in zip(self.crossings, lines))

    def times(self, lines):
        line1, line2 = (None if c is None else line.time_ms(c) for c, line in zip(self.crossings, lines))
        marks = (self.begin_ms, line1, line2, self.end_ms)

        def between(first, last):
            return None if marks[first] is None or marks[last] is None else marks[last] - marks[first]

        return {"lap_time_ms": between(0, 3), "sector1_ms": between(0, 1), "sector2_ms": between(1, 2),
                "sector3_ms": between(2, 3)}

    def row(self, lines):
        def known(name, value):
            return None if name in self.lacking else value

        def share(total):
            return rounded_mean(total, self.samples, 100)

        complete = self.begin_ms is not None and self.end_ms is not None
        return {
            "session": self.session, "car": self.car, "driver": self.driver, "lap": self.lap,
            "time_ms": self.last_ms if self.end_ms is None else self.end_ms,
            "samples": self.samples, "missing_samples": self.missing, **self.times(lines),
            "avg_speed_mkmh": rounded_mean(self.speed, self.samples, 100),
            "max_speed_dkmh": self.max_speed, "min_speed_dkmh": self.min_speed,
            "full_throttle_cpct": known("throttle_pct", share(self.full_throttle * 100)),
            "throttle_avg_cpct": known("throttle_pct", share(self.throttle)),
            "brake_cpct_time": known("brake_pct", share(self.braking * 100)),
            "fuel_used_g": known("fuel_g", self.fuel_used), "max_lat_cg": known("lat_cg", self.max_lat),
            "max_lon_cg": known("lon_cg", self.max_lon), "max_brake_cg": known("lon_cg", self.max_brake),
            "gear_changes": known("gear", self.gear_changes), "tyre": known("tyre", self.tyre) or "UNKNOWN",
            "tyre_age_laps": known("tyre_age_laps", self.tyre_age + (self.end_ms is not None)),
            "is_interpolated": self.interpolated, "is_complete": complete,
        }


class Car:
    """Its samples, put into order: each waits for the one before it, or until the watermark has passed it."""

    def __init__(self):
        self.trace, self.lap = Trace(), None
        self.next_seq = 0
        self.started = False
        self.waiting = {}  # by seq

    def due(self, watermark_ms):
        """(sample, how many are missing before it)…, in order."""
        for seq in sorted(self.waiting):
            sample = self.waiting[seq]
            if seq != self.next_seq and watermark_ms is not None and sample["time_ms"] >= watermark_ms:
                return
            missing = seq - self.next_seq if self.started else 0
            self.next_seq, self.started = seq + 1, True
            del self.waiting[seq]
            yield sample, missing


class RunLaps:
    """All cars of a run, which share its sector lines. Kept from batch to batch."""

    def __init__(self):
        self.cars = {}
        self.lines = [SectorLine(), SectorLine()]
        self.closed = []  # laps that wait for lines
        self.newest_ms = 0

    def take(self, samples):
        """Copies and what came too late are left out."""
        for sample in samples:
            car = self.cars.setdefault(sample["car"], Car())
            if sample["seq"] >= car.next_seq:
                car.waiting.setdefault(sample["seq"], sample)
            self.newest_ms = max(self.newest_ms, sample["time_ms"])

    def advance(self, watermark_ms):
        """Rows that are done; None: nothing more comes."""
        rows = []
        for car in self.cars.values():
            for sample, missing in car.due(watermark_ms):
                self.fold(car, sample, missing, rows)
        return rows + self.settle(everything=False)

    def finish(self):
        rows = self.advance(None)
        for car in self.cars.values():
            self.close(car, rows)
            car.lap = None
        return rows + self.settle(everything=True)

    def earliest_waiting_ms(self):
        return min((s["time_ms"] for car in self.cars.values() for s in car.waiting.values()), default=None)

    def fold(self, car, s, missing, rows):
        sight = Sight(s["time_ms"], s["s_mm"], s["speed_dkmh"], s["lon_cg"] or 0)
        kind, crossing, line = car.trace.follow(sight, s["session"] or 0, s["lap"], s["sector"] or 0, missing)
        if kind == "lap":
            self.pass_line(car, s, crossing, line, missing, rows)
        else:
            if car.lap is not None:
                car.lap.missing += missing
            if kind == "lost":
                self.close(car, rows)
                car.lap = self.opened(car, s)
            elif line is not None:
                if missing == 0:
                    self.lines[line].narrow(crossing)
                car.lap.crossings[line] = crossing
                car.lap.interpolated |= missing > 0
        if (s["status"] or "grid") == "grid" and s["lap"] == 1 and s["session_time_ms"] is not None:
            car.lap.begin_ms = s["time_ms"] - s["session_time_ms"] + LIGHTS_OUT_MS
        car.lap.add(s)

    def pass_line(self, car, s, crossing, line_ms, missing, rows):
        before = min(missing, ((line_ms - crossing.before.time_ms) * (missing + 1) - 1) // gap_ms(crossing))
        car.lap.missing += before
        car.lap.end_ms = line_ms
        car.lap.interpolated |= missing > 0
        self.close(car, rows)
        car.lap = self.opened(car, s)
        # A lap from the box does not begin at the line.
        if not (car.lap.by_best_laps and s["status"] == "pit"):
            car.lap.begin_ms = line_ms
        car.lap.missing = missing - before
        car.lap.interpolated = missing > 0

    def opened(self, car, s):
        """The lap that begins with this sample; behind the chequered flag a car drives none."""
        lap = LapSums(s["car"], s["session"] or 0, 0 if s["status"] == "finished" else s["lap"])
        goes_on = car.lap is not None and car.lap.session == lap.session
        # A race begins on the grid, other sessions in the box.
        lap.by_best_laps = car.lap.by_best_laps if goes_on else s["status"] == "pit" and s["lap"] <= 1
        return lap

    def close(self, car, rows):
        # Lap 0 is the way to the line before the first one.
        if car.lap is None or car.lap.samples == 0 or car.lap.lap == 0:
            return
        if car.lap.waits_for(self.lines) and len(self.closed) < MOST_WAITING:
            self.closed.append(car.lap)
        else:
            rows.append(car.lap.row(self.lines))

    def settle(self, everything):
        done = [lap for lap in self.closed if everything or not lap.waits_for(self.lines)]
        self.closed = [lap for lap in self.closed if not (everything or not lap.waits_for(self.lines))]
        return [lap.row(self.lines) for lap in done]
