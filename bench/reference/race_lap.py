"""The race's car and its 100 Hz driver in plain Python: the same quasi-steady-state model as src/sim/race/car/
(forces, speed_profile, gearbox, driver, bake), for one flying lap with fresh tyres, no fuel and the wing shut.

A figure that a reader can relate to, and an independent look at the model. Left out: pit lanes and starts, single
precision of what is kept, and the millimetres by which racesim closes a lap.
"""

import dataclasses
import math

STEP_S = 0.01
GRAVITY = 9.81

# Car (car_model.h) and air.
MASS_KG = 798
INERTIA_KG = 1.06 * MASS_KG
WEIGHT_N = MASS_KG * GRAVITY
AIR_KGPM3 = 1.18
LIFT_NPW = 0.5 * AIR_KGPM3 * 5.04
DRAG_NPW = 0.5 * AIR_KGPM3 * 1.48
ROLL_N = 0.015 * WEIGHT_N
GRIP_0 = 1.90 + 3000 * 7e-5
GRIP_1 = -7e-5 / 4
TRACTION = 1.38
BRAKE_LIMIT = 48
ENGINE_W = 1000 * 560 * 0.95
ELECTRIC_W = 1000 * 120 * 0.95
FUEL_FLOW_KGPS = 0.02778
ENGINE_BRAKE_N = 0.1 * WEIGHT_N
FULL_BRAKE_N = 4.4 * WEIGHT_N
SPEED_BOUND = 110
SCRUB = 0.06 * MASS_KG

# Gears.
RPM_PER_KMH = (0, 114, 92, 78, 66.6, 57, 48.6, 41.5, 35.5)
TOP_GEAR = 8
SHIFT_UP_RPM = 12000
IDLE_RPM = 4000
SLIPPING_MPS = 9500 / (RPM_PER_KMH[1] * 3.6)


# Forces; w is speed squared.


def rpm_at(gear, v):
    return max(IDLE_RPM, RPM_PER_KMH[gear] * 3.6 * v)


def lateral_limit(w):
    load = WEIGHT_N + LIFT_NPW * w
    return (GRIP_0 + GRIP_1 * load) * load / MASS_KG


def circle(w, curvature, lateral):
    """What cornering uses of the grip, and what it leaves."""
    used = min(1.0, w * abs(curvature) / lateral)
    return used, math.sqrt(1 - used * used)


def cornering_cap(curvature):
    a = GRIP_1 * LIFT_NPW * LIFT_NPW
    b = GRIP_0 * LIFT_NPW + 2 * GRIP_1 * WEIGHT_N * LIFT_NPW - MASS_KG * abs(curvature)
    c = (GRIP_0 + GRIP_1 * WEIGHT_N) * WEIGHT_N
    root = math.sqrt(max(0.0, b * b - 4 * a * c))
    return min(SPEED_BOUND * SPEED_BOUND, 2 * c / (root - b) if b < 0 else (b + root) / (-2 * a))


def best_engine_n(v):
    return (ENGINE_W + ELECTRIC_W * min(1.0, v / 27.8)) / max(v, 3)


def engine_n(v, gear):
    if gear == 1:
        return best_engine_n(v) * max(v, 3) / SLIPPING_MPS if v < SLIPPING_MPS else best_engine_n(v)
    return best_engine_n(v) * min(1.0, RPM_PER_KMH[gear] * 3.6 * v / 10000)


def traction_n(v, w, share):
    load = 0.545 * WEIGHT_N + 0.56 * LIFT_NPW * w + 0.8 * MASS_KG
    wheels = (GRIP_0 + GRIP_1 * (WEIGHT_N + LIFT_NPW * w)) * load * share * TRACTION
    return wheels * (0.48 + 0.52 / 25 * v) if v < 25 else wheels


def resistance_n(w, used, lateral):
    return ROLL_N + DRAG_NPW * w + SCRUB * lateral * used * used


def braking(w, share, lateral):
    tyres = min(0.92 * lateral * share, BRAKE_LIMIT)
    return min(tyres + (0.75 * DRAG_NPW * w + ROLL_N) / MASS_KG, 52)


def lifting(w):
    return (ROLL_N + DRAG_NPW * w + ENGINE_BRAKE_N) / INERTIA_KG


# The speed profile: corners, then power and traction forward, brakes backward, and lifting where that is enough.


def felt(raw, reach):
    """Bends as their mean over `reach` cells on both sides, but never as less than 0.97 of what they are. The path
    is closed: its last value repeats the first."""
    cells = len(raw) - 1
    bends = []
    total = sum(raw[k % cells] for k in range(-reach, reach + 1))
    for i in range(cells):
        mean = total / (2 * reach + 1)
        least = 0.97 * raw[i]
        bends.append(least if abs(least) > abs(mean) else mean)
        total += raw[(i + reach + 1) % cells] - raw[(i - reach) % cells]
    return bends + bends[:1]


class Profile:
    """Speed squared at every grid point of a closed path."""

    def __init__(self, step_m, raw_curvature):
        self.step_m = step_m
        self.cells = len(raw_curvature) - 1
        self.bend = felt(raw_curvature, int(8 / step_m))
        self.w = [cornering_cap(bend) for bend in self.bend]
        self.slowest = self.w.index(min(self.w))
        self._forward()
        self._backward()
        self._lift()

    def _forward(self):
        w, cells = self.w, self.cells
        i = self.slowest
        for n in range(2 * cells):
            v = math.sqrt(w[i])
            lateral = lateral_limit(w[i])
            used, left = circle(w[i], self.bend[i], lateral)
            force = min(best_engine_n(v), traction_n(v, w[i], left))
            reached = w[i] + 2 * self.step_m / INERTIA_KG * (force - resistance_n(w[i], used, lateral))
            if n >= cells and reached >= w[i + 1]:
                break
            w[i + 1] = min(w[i + 1], max(0.0, reached))
            i += 1
            if i == cells:
                w[0] = w[cells]
                i = 0

    def _backward(self):
        w, cells = self.w, self.cells
        i = self.slowest or cells
        for _ in range(cells):
            lateral = lateral_limit(w[i])
            _, left = circle(w[i], self.bend[i], lateral)
            reached = w[i] + 2 * self.step_m * 0.95 * braking(w[i], left, lateral)
            i -= 1
            w[i] = min(w[i], reached)
            if i == 0:
                w[cells] = w[0]
                i = cells

    def _braked(self, i):
        return self.w[i] - self.w[i + 1] > 2.02 * self.step_m * lifting(self.w[i])

    def _lift(self):
        i = self.cells
        while i > 0:
            i -= 1
            if not self._braked(i):
                continue
            lifted = self._lift_to(i + 1)
            if lifted:
                self.w[i + 1 - len(lifted):i + 1] = reversed(lifted)
            while i > 0 and self._braked(i - 1):
                i -= 1

    def _lift_to(self, end):
        """Speeds squared backward from cell `end` with the foot off; None where that costs 0.08 s or more."""
        w = self.w[end]
        lost_s = 0.0
        lifted = []
        for i in range(end - 1, -1, -1):
            w += 2 * self.step_m * lifting(w)
            if w >= self.w[i]:
                return lifted
            lost_s += self.step_m * (1 / math.sqrt(w) - 1 / math.sqrt(self.w[i]))
            if lost_s > 0.08:
                break
            lifted.append(w)
        return None

    def apexes_ahead(self):
        """The speed at the next apex ahead of every grid point."""
        speeds = [math.sqrt(w) for w in self.w]
        ahead = [0.0] * len(speeds)
        lowest = hump = speeds[self.slowest]
        i = self.slowest
        for _ in speeds:
            if speeds[i] <= lowest or speeds[i] + 1.5 < hump:
                lowest = hump = speeds[i]
            else:
                hump = max(hump, speeds[i])
            ahead[i] = lowest
            i = i - 1 if i > 0 else len(speeds) - 1
        return ahead


# The driver.


@dataclasses.dataclass
class State:
    """All that changes from step to step."""

    l_m: float = 0.0
    v: float = 0.0
    throttle: float = 0.0
    brake: float = 0.0
    fuel_kg: float = 0.0
    work: float = 0.0
    gear: int = 1
    held_steps: int = 40
    gap_steps: int = 0


def gear_at(v):
    """The gear to be in at a slow point."""
    gear = TOP_GEAR
    while gear > 3 and rpm_at(gear - 1, v) < 10300:
        gear -= 1
    if gear == 3 and v < 80 / 3.6:
        gear = 2
    if gear == 2 and v < 45 / 3.6:
        gear = 1
    return gear


def calm(gap, fastest):
    return min(fastest, 0.5 + 8 * gap)


def toward(value, goal, up, down):
    return min(goal, value + up) if goal > value else max(goal, value - down)


class Driver:
    """Follows the profile of a closed path with two feet and a gear lever."""

    def __init__(self, profile):
        self.profile = profile
        self.length_m = profile.step_m * profile.cells
        self.apexes = profile.apexes_ahead()

    def plan_at(self, l_m):
        """(speed, acceleration, curvature, speed at the next apex) that the profile has there."""
        profile = self.profile
        at = l_m / profile.step_m % profile.cells
        i = int(at)
        share = at - i
        w, bend = profile.w, profile.bend
        gain = w[i + 1] - w[i]
        return (math.sqrt(max(0.0, w[i] + gain * share)), 0.5 * gain / profile.step_m,
                bend[i] + (bend[i + 1] - bend[i]) * share, self.apexes[i])

    def begin_at(self, l_m):
        v, a, curvature, _ = self.plan_at(l_m)
        state = State(l_m=l_m, v=v)
        while state.gear < TOP_GEAR and rpm_at(state.gear, v) >= SHIFT_UP_RPM:
            state.gear += 1
        lateral = lateral_limit(v * v)
        used, _ = circle(v * v, curvature, lateral)
        wanted = INERTIA_KG * a + resistance_n(v * v, used, lateral)
        if wanted > 0:
            state.throttle = min(1.0, wanted / engine_n(v, state.gear))
        else:
            state.brake = min(1.0, max(0.0, -wanted - ENGINE_BRAKE_N) / FULL_BRAKE_N)
        return state

    def step(self, state):
        """A hundredth of a second."""
        v_plan, _, curvature, apex = self.plan_at(state.l_m)
        _, a_ahead, _, _ = self.plan_at(state.l_m + 0.05 * state.v)
        w = state.v * state.v
        lateral = 1.05 * lateral_limit(w)
        used, left = circle(w, curvature, lateral)
        resistance = resistance_n(w, used, lateral)
        most = traction_n(state.v, w, left)
        least = resistance - INERTIA_KG * braking(w, max(0.25, left), lateral)
        wanted = max(least, min(most, INERTIA_KG * (a_ahead + 6 * (v_plan - state.v)) + resistance))
        engine = engine_n(state.v, state.gear)
        self.press(state, wanted, engine, state.v - v_plan)
        v = max(0.0, state.v + (self.force_n(state, wanted, engine) - resistance) / INERTIA_KG * STEP_S)
        self.change_gear(state, apex)
        gained, sideways = (v - state.v) / STEP_S, w * curvature
        state.work += (gained * gained + sideways * sideways) * STEP_S
        state.fuel_kg += FUEL_FLOW_KGPS * max(0.04, state.throttle) * STEP_S
        state.l_m += (state.v + v) / 2 * STEP_S
        state.v = v

    def press(self, state, wanted, engine, excess):
        throttle = brake = 0.0
        if wanted > (0.2 * WEIGHT_N if state.brake > 0 else 0):
            full = 0.97 if state.throttle < 1 else 0.9
            throttle = 1.0 if wanted >= full * engine else wanted / engine
        else:
            brake = min(1.0, max(0.0, -wanted - ENGINE_BRAKE_N) / FULL_BRAKE_N)
            if state.brake > 0:
                brake = max(brake, 0.02)
            elif brake < (0.02 if excess > 0.3 else 0.08):
                brake = 0.0
        if state.brake > 0:
            throttle = 0.0
        gap = abs(throttle - state.throttle)
        down = calm(gap, 30) if wanted > 0 else 30
        state.throttle = toward(state.throttle, throttle, calm(gap, 12) * STEP_S, down * STEP_S)
        if state.throttle > 0:
            brake = 0.0
        state.brake = toward(state.brake, brake, 30 * STEP_S, 30 * STEP_S)

    def force_n(self, state, wanted, engine):
        if state.throttle > 0:
            return (0.5 if state.gap_steps > 0 else 1.0) * state.throttle * engine
        if state.brake > 0:
            return -state.brake * FULL_BRAKE_N - ENGINE_BRAKE_N
        return -min(ENGINE_BRAKE_N, max(0.0, -wanted))

    def change_gear(self, state, apex):
        state.held_steps += 1
        state.gap_steps = max(0, state.gap_steps - 1)
        if state.held_steps < 40:
            return
        by = self.wanted_change(state, apex)
        if by:
            state.gear += by
            state.held_steps = 0
            state.gap_steps = 3

    def wanted_change(self, state, apex):
        rpm = rpm_at(state.gear, state.v)
        if state.gear < TOP_GEAR and rpm >= SHIFT_UP_RPM:
            soon = self.plan_at(state.l_m + 0.4 * state.v)[0]
            if rpm > 12400 or (soon > state.v and state.brake == 0):
                return 1
        if state.gear == 1 or state.throttle > 0.05:
            return 0
        excess = state.gear - gear_at(apex)
        highest = 12000 if excess > 1 else 10300
        return -1 if excess > 0 and rpm_at(state.gear - 1, state.v) < highest else 0

    def drive_to(self, l_m, state):
        """All states on the way, the first one included."""
        states = [dataclasses.replace(state)]
        while state.l_m < l_m:
            self.step(state)
            states.append(dataclasses.replace(state))
        return states


def passing(states, l_m):
    """(time since the first state, speed) at `l_m`, which lies between the last two states."""
    last, end = states[-2], states[-1]
    a = (end.v - last.v) / STEP_S
    v = math.sqrt(last.v * last.v + 2 * a * (l_m - last.l_m))
    return (len(states) - 2) * STEP_S + 2 * (l_m - last.l_m) / (last.v + v), v


def next_lap(states, length_m):
    """The state in which a lap begins that follows `states`."""
    begin = dataclasses.replace(states[-2])
    begin.v = passing(states, length_m)[1]
    begin.l_m = begin.fuel_kg = begin.work = 0.0
    return begin


def fly(step_m, curvature):
    """(lap time, states every 10 ms) of a flying lap on the closed path with that curvature at its grid points."""
    profile = Profile(step_m, curvature)
    driver = Driver(profile)
    # From the last apex on, a car arrives at the line as after a whole lap.
    first = len(profile.w) - len(profile.w) // 3
    apex = min(range(first, profile.cells), key=profile.w.__getitem__)
    begin = next_lap(driver.drive_to(driver.length_m, driver.begin_at(apex * step_m)), driver.length_m)
    for _ in range(3):
        states = driver.drive_to(driver.length_m, dataclasses.replace(begin))
        follows = next_lap(states, driver.length_m)
        if follows.gear == begin.gear and abs(follows.v - begin.v) < 0.05:
            break
        begin = follows
    return passing(states, driver.length_m)[0], states
