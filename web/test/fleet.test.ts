// Goal: what the page keeps of the fleet is right and bounded. Method: events as the server sends them, and plain lists
// that say the same.
import { describe, expect, it } from "vitest";
import { HeatGrid, CELLS_MOST, heatOf } from "../src/fleet/heat_grid";
import { stepOf, STEPS_KMH } from "../src/fleet/ramp";
import { FleetStore, rateOf, trailCapacity, VEHICLES_MOST } from "../src/fleet/store";
import { KEPT, Violations } from "../src/fleet/violations";
import type { FleetEvent } from "../src/generated/events";
import { duration } from "../src/lib/format";
import { backOff_ms, FIRST_WAIT_MS, WAIT_MOST_MS } from "../src/lib/live_link";
import { latitudeOf, longitudeOf, mercatorX, mercatorY } from "../src/lib/mercator";
import { TrailRing } from "../src/lib/ring";

function event(seq: number, more: Partial<FleetEvent> = {}): FleetEvent {
  return {
    vehicle_id: "CAR1",
    timestamp: new Date(Date.UTC(2025, 7, 9) + seq * 200).toISOString(),
    location: { lat: 52.23 + seq / 1e5, lon: 21.01 },
    speed_kmh: 50,
    engine_rpm: 2000,
    gear: 3,
    fuel_level_pct: 80,
    fault_codes: [],
    road_type: "urban",
    speed_limit_kmh: 50,
    speeding: false,
    rpm_over_redline: false,
    seq,
    run: "a1b2c3d4",
    ...more,
  };
}

describe("trail ring", () => {
  it("keeps the newest points in order, also when it is resized", () => {
    const ring = new TrailRing(5);
    const plain: number[] = [];
    const speeds = (): number[] => Array.from({ length: ring.length }, (_, i) => ring.speed_kmh[ring.place(i)]!);
    for (let step = 0; step < 200; step++) {
      ring.push(0, 0, step, 0, step, 0);
      plain.push(step);
      const trim = (): unknown => plain.splice(0, Math.max(0, plain.length - ring.capacity));
      trim();
      if (step % 37 === 0) ring.resize(3 + (step % 7));
      trim();
      expect(speeds()).toEqual(plain);
    }
  });
});

describe("store", () => {
  it("takes each event once, whatever comes again", () => {
    const store = new FleetStore();
    store.take([event(0), event(1), event(2)], 0);
    store.take([event(1), event(2), event(3)], 10);
    expect(store.received).toBe(4);
    expect(store.vehicles.get("CAR1")!.trail.length).toBe(4);
    expect(rateOf(store.vehicles.get("CAR1"))).toBe(5);
  });

  it("begins anew with a new run, and passes over what is left of the old one", () => {
    const store = new FleetStore();
    store.take([event(0), event(1, { speeding: true })], 0);
    store.take([event(2), event(0, { run: "00000002" })], 10);
    expect(store.received).toBe(1);
    expect(store.violations.total).toBe(0);
    expect(store.vehicles.get("CAR1")!.last.run).toBe("00000002");
  });

  it("keeps so many points and vehicles and no more", () => {
    const store = new FleetStore();
    for (let i = 0; i < VEHICLES_MOST + 10; i++) store.take([event(0, { vehicle_id: `CAR${i}` })], 0);
    expect(store.vehicles.size).toBe(VEHICLES_MOST);
    expect(store.ids.slice(0, 3)).toEqual(["CAR0", "CAR1", "CAR2"]);
    const points = [...store.vehicles.values()].reduce((sum, vehicle) => sum + vehicle.trail.capacity, 0);
    expect(points).toBeLessThan(VEHICLES_MOST * 64);
    expect(trailCapacity(1)).toBe(3000);
  });
});

describe("violations", () => {
  it("counts packets without a pause as one", () => {
    const list = new Violations();
    for (const time of [0, 0.2, 0.4, 10, 10.2]) list.add(event(0, { speeding: true, speed_kmh: 60 + time }), time);
    expect(list.list.map((v) => [v.begin_s, v.end_s, v.worst])).toEqual([
      [0, 0.4, 60.4],
      [10, 10.2, 70.2],
    ]);
    list.add(event(0, { speeding: true, rpm_over_redline: true, speed_limit_kmh: 30 }), 10.4);
    expect(list.list.slice(2).map((v) => v.kind)).toEqual(["speeding", "over rpm"]);
  });

  it("keeps the last ones", () => {
    const list = new Violations();
    for (let i = 0; i < KEPT + 50; i++) list.add(event(0, { speeding: true }), i * 100);
    expect([list.total, list.list.length, list.list[0]!.begin_s]).toEqual([KEPT + 50, KEPT, 5000]);
  });
});

describe("heat", () => {
  it("grows with speed, and more with a violation", () => {
    expect(heatOf(100, false)).toBeGreaterThan(heatOf(50, false));
    expect(heatOf(50, true)).toBeCloseTo(3 * heatOf(50, false));
  });

  it("lets go of the coldest cells", () => {
    const grid = new HeatGrid();
    for (let i = 0; i < CELLS_MOST + 1; i++) grid.add(i / 2 ** 20, 0.3, i === 7 ? 100 : 1 + i / 1e6);
    expect(grid.weights.size).toBeLessThanOrEqual(CELLS_MOST / 2 + 1);
    expect(Math.max(...grid.weights.values())).toBe(50);
  });
});

describe("small ones", () => {
  it("has a colour for each step of speed", () => {
    expect(STEPS_KMH.map((kmh) => stepOf(kmh))).toEqual([0, 1, 2, 3, 4]);
    expect([29.9, 59.9, 89.9, 119.9, 250].map(stepOf)).toEqual([0, 1, 2, 3, 4]);
  });

  it("goes to Mercator and back", () => {
    for (const [lat, lon] of [[52.2304, 21.0122], [-33.9, -151.2], [0, 0]] as const) {
      expect(latitudeOf(mercatorY(lat))).toBeCloseTo(lat, 9);
      expect(longitudeOf(mercatorX(lon))).toBeCloseTo(lon, 9);
    }
  });

  it("waits longer with each try, up to a bound", () => {
    const waits = Array.from({ length: 12 }, (_, i) => backOff_ms(i, 1));
    expect(waits[0]).toBe(FIRST_WAIT_MS);
    for (let i = 1; i < waits.length; i++) expect(waits[i]!).toBeGreaterThanOrEqual(waits[i - 1]!);
    expect(waits.at(-1)).toBe(WAIT_MOST_MS);
    expect(backOff_ms(0, 0)).toBeGreaterThan(0);
  });

  it("shows durations", () => {
    expect([0, 59, 60, 3599, 3661].map(duration)).toEqual(["0 s", "59 s", "1:00", "59:59", "1:01:01"]);
  });
});
