#!/usr/bin/env python3
"""The race against a plain Python port of its car and driver (bench/reference/race_lap.py), by turns: a flying lap of
Silverstone driven step by step, and the samples of that lap written as events.

Path and lap of racesim come from bench/reference/print_path.cpp. The two lap times must agree within 0.5 %; else what is
compared is not the same. Python's events have the fields of racesim's, read off the lap it has just driven. The rate of
racesim is that of a race to the null device by processor time, start, planning and rendering included.
"""

import json
import os
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from reference.race_lap import GRAVITY, STEP_S, fly, rpm_at  # noqa: E402
from support.measure import QUICK, REFERENCE, by_turns, race, ratio, run, show, summary_of, turn_ratio  # noqa: E402

TURNS = 3 if QUICK else 5
LAPS = 2 if QUICK else 10
LEAST_DRIVEN = 50
LEAST_WRITTEN = 20
AGREEMENT = 0.005
BAKE_S = "0.2" if QUICK else "0.5"


def racesim_lap():
    return json.loads(run([str(REFERENCE / "print_path"), BAKE_S]).out)


def python_lap(path):
    begin = time.process_time()
    lap_s, states = fly(path["step_m"], path["curvature_1pm"])
    took_s = time.process_time() - begin
    if abs(lap_s / path["lap_s"] - 1) > AGREEMENT:
        raise RuntimeError(f"Python's lap takes {lap_s:.3f} s, racesim's {path['lap_s']:.3f} s: not the same model")
    return len(states) / took_s, lap_s, states


def event_of(path, tick, state, before, work):
    """A sample with all that racesim's has."""
    at = state.l_m / path["step_m"]
    i = min(int(at), len(path["x_m"]) - 2)
    share = at - i

    def place(name):
        return path[name][i] + share * (path[name][i + 1] - path[name][i])

    x_m, y_m = place("x_m"), place("y_m")
    millis = 10 * tick
    return {
        "run": "c0ffee42", "session": 1, "car": 44, "driver": "HAL", "seq": tick,
        "time": time.strftime("2024-01-01T%H:%M:%S", time.gmtime(millis // 1000)) + f".{millis % 1000:03}Z",
        "session_time_s": millis / 1000, "lap": 1, "lap_distance_m": round(place("s_m"), 3),
        "speed_kmh": round(state.v * 3.6, 1), "engine_rpm": round(rpm_at(state.gear, state.v)), "gear": state.gear,
        "throttle_pct": round(100 * state.throttle), "brake_pct": round(100 * state.brake), "drs": False,
        "x_m": round(x_m, 2), "y_m": round(y_m, 2), "lat": round(52.0684 + y_m / 111194.93, 6),
        "lon": round(-1.0234 + x_m / 68360.0, 6), "lon_g": round((state.v - before.v) / STEP_S / GRAVITY, 2),
        "lat_g": round(state.v * state.v * place("curvature_1pm") / GRAVITY, 2),
        "fuel_kg": round(100 - state.fuel_kg, 3), "tyre": "MEDIUM", "tyre_age_laps": 0,
        "tyre_wear_pct": round(3 * state.work / work, 1), "sector": 1, "position": 1, "gap_s": 0.0,
        "status": "on_track"}


def python_events(path, states, out):
    """Events per second of processor time."""
    begin = time.process_time()
    work = states[-1].work
    for tick in range(1, len(states)):
        out.write(json.dumps(event_of(path, tick, states[tick], states[tick - 1], work)))
        out.write("\n")
    return (len(states) - 1) / (time.process_time() - begin)


def racesim_events():
    child = run(race(LAPS, "--sink", "null", "--threads", "1"))
    return summary_of(child)["acked"] / child.processor_s


def main():
    path = racesim_lap()
    _, lap_s, states = python_lap(path)
    print(f"  a lap takes {path['lap_s']:.3f} s by racesim, {lap_s:.3f} s by Python")
    with open(os.devnull, "w", encoding="ascii") as null:
        rates = by_turns(TURNS, driven=lambda: racesim_lap()["steps_per_s"], by_python=lambda: python_lap(path)[0],
                         written=racesim_events, written_by_python=lambda: python_events(path, states, null))
    show("racesim drives a lap, car-steps", [r / 1e6 for r in rates["driven"]], "M/s")
    show("Python drives it", [r / 1e6 for r in rates["by_python"]], "M/s")
    show("racesim makes a race's events", [r / 1e6 for r in rates["written"]], "M/s")
    show("Python writes events of the lap", [r / 1e6 for r in rates["written_by_python"]], "M/s")
    ratio(turn_ratio(rates["driven"], rates["by_python"]), LEAST_DRIVEN, "a lap driven by racesim / by Python")
    ratio(turn_ratio(rates["written"], rates["written_by_python"]), LEAST_WRITTEN,
          "a race's events / Python's json.dumps")


if __name__ == "__main__":
    main()
