// Goal: a recording is shown as it stood at each moment, and its clock can be led. Method: pieces of two cars that move by
// formulas; moments forwards and backwards; a server of fixed answers.
import { afterEach, describe, expect, it, vi } from "vitest";
import { FINE, Recording, sampleOf, type Piece } from "../src/replay/recording";
import { ReplayStore } from "../src/replay/replay_store";
import { SPEEDS, Timeline } from "../src/replay/timeline";
import type { LapRow } from "../src/recorded/runs";

const BEGIN_MS = Date.parse("2026-07-05T14:00:00.000Z");
const at = (s: number): string => new Date(BEGIN_MS + s * 1000).toISOString();
const CARS = new Map([["AAA", 7], ["BBB", 8]]);

/** The second car is faster and passes the first one at 30 s. */
function piece(from_s: number, to_s: number): Piece {
  const samples = [];
  for (let n = Math.round(from_s * 5); n < to_s * 5; n++)
    for (const [driver, car] of CARS) {
      const t = n / 5;
      const position = (car === 7) === t < 30 ? 1 : 2;
      samples.push(sampleOf({ event_time: at(t), driver, x_m: t * car, y_m: 0, position }, "a1b2c3d4", BEGIN_MS, CARS)!);
    }
  return { from_s, to_s, samples };
}

describe("the store", () => {
  const store = new ReplayStore();
  store.begin_ms = BEGIN_MS;
  store.laps = [
    { car: 7, session: 1, lap: 1, time: at(20), lap_time_s: 20, sector1_s: 6 },
    { car: 8, session: 1, lap: 1, time: at(40), lap_time_s: 18, sector1_s: 5 },
    { car: 7, session: 1, lap: 2, time: at(45), lap_time_s: 25, sector1_s: 7 },
  ] as LapRow[];
  store.said = [{ key: 0, time_s: 10, text: "GREEN", flag: "GREEN" }, { key: 1, time_s: 50, text: "RED", flag: "RED" }];
  store.load([piece(0, 60), piece(60, 120)]);

  it("has order, places, laps and messages of each moment, in any order of moments", () => {
    for (const t of [5, 44, 29.7, 61.3, 21, 119, 46]) {
      store.showAt(t);
      expect(store.order.map((car) => car.number)).toEqual(t < 30 ? [7, 8] : [8, 7]);
      for (const car of store.order) expect(car.last.x_m).toBeCloseTo((Math.floor(t * 5) / 5) * car.number, 6);
      expect(store.cars.get(7)!.lastLap_s).toBe(t < 20 ? null : t < 45 ? 20 : 25);
      expect(store.cars.get(7)!.bestLap_s).toBe(t < 20 ? null : 20);
      expect(store.fastest?.number).toBe(t < 20 ? undefined : t < 40 ? 7 : 8);
      expect(store.notices.length).toBe(t < 10 ? 0 : t < 50 ? 1 : 2);
    }
  });

  it("knows what it covers, and takes pieces that overlap once", () => {
    expect([-1, 0, 119.9, 120].map((t) => store.covers(t))).toEqual([false, true, true, false]);
    store.load([piece(60, 120), piece(60, 120)]);
    expect(store.cars.get(7)!.ring.length).toBe(300);
    store.showAt(90);
    expect(store.cars.get(8)!.last.x_m).toBeCloseTo(720);
  });
});

describe("a recording", () => {
  afterEach(() => vi.unstubAllGlobals());

  it("asks for each piece once, page by page, and again after a failure", async () => {
    const asked: URL[] = [];
    let fails = true;
    vi.stubGlobal("fetch", async (path: string) => {
      const url = new URL(path, "http://here");
      asked.push(url);
      if (fails) throw new Error("gone");
      const second = url.searchParams.get("from") === at(90);
      const items = [{ event_time: at(second ? 95 : 65), driver: "BBB", x_m: 1, y_m: 2 }, { event_time: at(70), driver: "NEW", x_m: 1, y_m: 2 }];
      return new Response(JSON.stringify({ items, next: second ? null : at(90) }));
    });
    const recording = new Recording("a1b2c3d4", BEGIN_MS, CARS);
    await expect(recording.piece(FINE, 1)).rejects.toThrow("does not answer");
    fails = false;
    asked.length = 0;
    const [one, same] = await Promise.all([recording.piece(FINE, 1), recording.piece(FINE, 1)]);
    expect(same).toBe(one);
    expect(asked.map((url) => url.searchParams.get("from"))).toEqual([at(60), at(90)]);
    expect(asked.every((url) => url.searchParams.get("to") === at(120) && url.searchParams.get("every") === "200ms")).toBe(true);
    // A driver whose car nobody names is left out.
    expect(one.samples.map((sample) => [sample.car, sample.session_time_s])).toEqual([[8, 65], [8, 95]]);
  });
});

describe("the timeline", () => {
  it("goes as fast as it was told, waits while nothing is loaded, and stops at the end", () => {
    const timeline = new Timeline();
    timeline.end_s = 10;
    timeline.toggle();
    timeline.changeSpeed(1);
    for (let now = 0; now <= 1000; now += 100) timeline.advance(now, true);
    expect(timeline.at_s).toBeCloseTo(2);
    for (let now = 1100; now <= 2000; now += 100) timeline.advance(now, false);
    expect(timeline.at_s).toBeCloseTo(2);
    for (let now = 2100; now <= 9000; now += 100) timeline.advance(now, true);
    expect([timeline.at_s, timeline.playing]).toEqual([10, false]);
    timeline.toggle();
    expect([timeline.at_s, timeline.playing]).toEqual([0, true]);
  });
  it("has speeds from a half to 32, and stays at either end", () => {
    const timeline = new Timeline();
    const up = Array.from({ length: 8 }, () => (timeline.changeSpeed(1), timeline.speed));
    expect(up).toEqual([2, 4, 8, 16, 32, 32, 32, 32]);
    for (let i = 0; i < 10; i++) timeline.changeSpeed(-1);
    expect([timeline.speed, SPEEDS[0], SPEEDS.at(-1)]).toEqual([0.5, 0.5, 32]);
  });
});
