// Goal: laps and moments that the pit wall shows are those of the samples. Method: cars whose speed and laps are known.
import { describe, expect, it } from "vitest";
import { RaceClock } from "../src/race/race_clock";
import { CarRing, RaceStore } from "../src/race/timing";
import { sectorRank } from "../src/race/tower";
import type { CarSample } from "../src/generated/events";

const LENGTH_M = 5000;

/** A car at an even speed, sampled 25 times a second, that starts `ahead_m` before the line. */
function sample(n: number, more: Partial<CarSample> = {}, speed_mps = 60, ahead_m = 20): CarSample {
  const way_m = LENGTH_M - ahead_m + (n / 25) * speed_mps;
  return {
    run: "a1b2c3d4", session: 1, car: 7, driver: "HAL", seq: n * 4, time: "", session_time_s: n / 25,
    lap: 1 + Math.floor(way_m / LENGTH_M), lap_distance_m: way_m % LENGTH_M, speed_kmh: speed_mps * 3.6, engine_rpm: 11000,
    gear: 8, throttle_pct: 100, brake_pct: 0, drs: false, x_m: way_m, y_m: 0, lat: 0, lon: 0, lon_g: 0, lat_g: 0,
    fuel_kg: 50, tyre: "SOFT", tyre_age_laps: 1, tyre_wear_pct: 1, sector: 1, position: 1, gap_s: 0, status: "on_track",
    ...more,
  };
}

describe("timing", () => {
  it("measures whole laps only, between samples", () => {
    const store = new RaceStore();
    const laps: (number | null)[] = [];
    for (let n = 0; n < 25 * 180; n++) {
      store.take([sample(n)], 0);
      const { lastLap_s } = store.cars.get(7)!;
      if (lastLap_s !== laps.at(-1)) laps.push(lastLap_s);
    }
    expect(laps[0]).toBeNull();
    expect(laps.slice(1).every((lap) => Math.abs(lap! - LENGTH_M / 60) < 0.001)).toBe(true);
    expect(laps.length).toBeGreaterThan(1);
  });

  it("has no time for a lap of which something was missed", () => {
    const store = new RaceStore();
    for (const n of [0, 10, 25 * 120, 25 * 120 + 1]) store.take([sample(n)], 0);
    expect(store.cars.get(7)!.lastLap_s).toBeNull();
  });

  it("believes the timing stream", () => {
    const store = new RaceStore();
    store.take([sample(0), sample(0, { car: 8 })], 0);
    store.note("f1-laps", { car: 8, lap_time_s: 88.123 });
    store.note("f1-race-control", { session_time_s: 3, message: "CAR 8 STOPPED", flag: "YELLOW" });
    expect([store.cars.get(8)!.lastLap_s, store.fastest?.number]).toEqual([88.123, 8]);
    expect(store.notices.map((notice) => notice.flag)).toEqual(["YELLOW"]);
  });

  it("keeps messages once and in their order, whichever way they come", () => {
    const store = new RaceStore();
    store.take([sample(0)], 0);
    for (const seq of [7, 8, 3, 5, 7, 9, 3]) store.note("f1-race-control", { seq, session_time_s: seq, message: `M${seq}` });
    expect(store.notices.map((notice) => notice.text)).toEqual(["M3", "M5", "M7", "M8", "M9"]);
    for (let seq = 10; seq < 300; seq++) store.note("f1-race-control", { seq, message: "" });
    expect([store.notices.length, store.notices.at(-1)!.key]).toEqual([100, 299]);
  });

  it("keeps sectors and knows the best of each", () => {
    const store = new RaceStore();
    store.take([sample(0), sample(0, { car: 8 })], 0);
    store.note("f1-laps", { car: 7, lap_time_s: 90, sector1_s: 30, sector2_s: 35, sector3_s: 25 });
    store.note("f1-laps", { car: 8, lap_time_s: 91, sector1_s: 29, sector2_s: 36, sector3_s: 26 });
    store.note("f1-laps", { car: 7, lap_time_s: 91.5, sector1_s: 31, sector2_s: 34, sector3_s: 26.5 });
    const [seven, eight] = [store.cars.get(7)!, store.cars.get(8)!];
    const ranks = (car: typeof seven) => [0, 1, 2].map((i) => sectorRank(car, store.bestSectors_s, i));
    expect(ranks(seven)).toEqual(["slower", "all", "slower"]);
    expect(ranks(eight)).toEqual(["all", "own", "own"]);
    expect(seven.bestLap_s).toBe(90);
    store.note("f1-laps", { car: 8, lap_time_s: null, sector1_s: null, sector2_s: 33, sector3_s: null });
    expect(ranks(eight)).toEqual(["none", "all", "none"]);
  });

  it("begins anew with another run, and orders by position", () => {
    const store = new RaceStore();
    store.take([sample(5, { position: 2 }), sample(5, { car: 8, position: 1 })], 0);
    store.sort();
    expect(store.order.map((car) => car.number)).toEqual([8, 7]);
    store.take([sample(0, { run: "00000002" })], 0);
    expect([...store.cars.keys()]).toEqual([7]);
  });
});

describe("a car's ring", () => {
  it("finds the sample before a moment, as a plain search does", () => {
    const ring = new CarRing();
    for (let n = 0; n < 5000; n++) ring.push(sample(n));
    const times = Array.from({ length: ring.length }, (_, i) => ring.time_s[ring.place(i)]!);
    expect(times.at(-1)).toBeCloseTo(4999 / 25);
    for (let t = times[0]! - 1; t < times.at(-1)! + 1; t += 0.777)
      expect(ring.before(t)).toBe(times.findLastIndex((time) => time <= t));
  });
});

describe("the clock of the race", () => {
  it("finds the run's pace, also when the first samples are those of half a minute at once", () => {
    const clock = new RaceClock();
    const store = new RaceStore();
    for (let now_ms = 5000; now_ms < 15_000; now_ms += 20) {
      const at_s = 450 + ((now_ms - 6000) / 1000) * 12; // a run at twelve times the clock, seen from 6 s on
      if (now_ms >= 6000) store.take([sample(0, { seq: now_ms, session_time_s: at_s })], now_ms);
      const shown_s = clock.shown(store, now_ms);
      if (now_ms >= 6100) expect(Math.abs(shown_s - at_s)).toBeLessThan(12 * 0.4);
    }
    expect(clock.shown(store, 14_990)).toBeLessThan(store.newest_s);
  });
});
