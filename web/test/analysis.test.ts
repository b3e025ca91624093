// Goal: what the analysis computes of laps is right. Method: laps driven by formulas, whose times at every place are known;
// plain searches as references; rows as the aggregate `lap` has them.
import { describe, expect, it } from "vitest";
import {
  bestTwo, deltaOf, partOf, placesOf, readSelection, sampleAt, stintsOf, traceOf, valueAt, writeSelection, type TraceSample,
} from "../src/analysis/laps";
import { deltaMost } from "../src/analysis/overlay";
import { withSectors, type LapRow } from "../src/recorded/runs";

/** A lap at an even speed from `begin_s` on, a sample each 50 ms, first one some metres behind the line. */
function even(speed_mps: number, begin_s = 1000, length_m = 5000): TraceSample[] {
  const samples: TraceSample[] = [];
  for (let t = 0.02; t * speed_mps < length_m; t += 0.05)
    samples.push({
      event_time: new Date(Math.round((begin_s + t) * 1000)).toISOString(), lap_distance_m: t * speed_mps, speed_kmh: speed_mps * 3.6, throttle_pct: 80, brake_pct: 0,
      gear: 6, x_m: t * speed_mps, y_m: 0,
    });
  return samples;
}

function row(car: number, lap: number, time: string, more: Partial<LapRow> = {}): LapRow {
  return {
    run: "a1b2c3d4", session: 1, car, driver: `D${car}`, lap, time, lap_time_s: 90, sector1_s: null, sector2_s: null,
    sector3_s: null, avg_speed_kmh: null, max_speed_kmh: null, min_speed_kmh: null, full_throttle_pct: null, brake_pct_time: null,
    fuel_used_kg: null, max_lat_g: null, max_brake_g: null, gear_changes: null, tyre: "SOFT", tyre_age_laps: lap, is_complete: true,
    ...more,
  };
}

describe("a trace", () => {
  it("has the time since the line at every place, from samples in any order", () => {
    for (const begin_ms of [null, 1_000_000]) {
      const trace = traceOf(even(60).reverse(), begin_ms)!;
      for (let at = 10; at < 4990; at += 37.7) expect(valueAt(trace, trace.time_s, at)).toBeCloseTo(at / 60, 6);
    }
  });
  it("has the right time where the lap's begin is missing, if it is known when that was", () => {
    const late = even(60).filter((sample) => sample.lap_distance_m > 1300);
    const trace = traceOf(late, 1_000_000)!;
    for (let at = 1400; at < 4990; at += 37.7) expect(valueAt(trace, trace.time_s, at)).toBeCloseTo(at / 60, 6);
    expect(deltaOf(traceOf(even(60), null)!, traceOf(late, null)!)).toBeNull();
  });
  it("leaves the grid and a car that stands out", () => {
    const samples = [{ ...even(60)[0]!, event_time: new Date(990_000).toISOString(), lap_distance_m: -150 }, ...even(60)];
    samples.splice(50, 0, { ...samples[49]!, event_time: new Date(Date.parse(samples[49]!.event_time) + 10).toISOString() });
    expect(traceOf(samples, null)!.distance_m.length).toBe(even(60).length);
    expect(traceOf(samples.slice(0, 5), null)).toBeNull();
  });
  it("is searched as a plain search does", () => {
    const { distance_m } = traceOf(even(61.3), null)!;
    for (let at = -20; at < 5100; at += 13.1) expect(sampleAt(distance_m, at)).toBe(distance_m.findLastIndex((d) => d <= at));
  });
});

describe("the time between two laps", () => {
  it("is that of their formulas everywhere, with its sign", () => {
    const [fast, slow] = [traceOf(even(60), null)!, traceOf(even(58, 5000), null)!];
    const { distance_m, behind_s } = deltaOf(fast, slow)!;
    expect(distance_m.length).toBeGreaterThan(490);
    distance_m.forEach((at, i) => expect(behind_s[i]).toBeCloseTo(at / 58 - at / 60, 6));
    expect(deltaOf(slow, fast)!.behind_s.at(-1)).toBeLessThan(-2);
  });
  it("has a scale that holds it", () => {
    for (const most of [0.01, 0.1, 0.11, 0.49, 1, 7, 33])
      expect(deltaMost({ distance_m: new Float64Array(1), behind_s: Float64Array.of(-most) })).toBeGreaterThanOrEqual(most);
  });
});

describe("places", () => {
  it("are the order in which a lap was ended; who did not end it has none", () => {
    const laps = [
      row(1, 1, "2026-01-01T00:01:30.000Z"), row(2, 1, "2026-01-01T00:01:29.000Z"), row(3, 1, "2026-01-01T00:01:31.000Z"),
      row(1, 2, "2026-01-01T00:03:00.000Z"), row(2, 2, "2026-01-01T00:03:01.000Z"),
      row(3, 2, "2026-01-01T00:02:30.000Z", { lap_time_s: null, is_complete: false }),
    ];
    expect([...placesOf(laps)].sort((a, b) => a[0] - b[0])).toEqual([[1, [2, 1]], [2, [1, 2]], [3, [3, null]]]);
  });
});

describe("stints", () => {
  it("begin with other tyres and with younger ones", () => {
    const ages: [string, number][] = [["SOFT", 3], ["SOFT", 4], ["HARD", 1], ["HARD", 2], ["HARD", 1], ["HARD", 1]];
    const laps = ages.map(([tyre, tyre_age_laps], i) => row(1, i + 1, "", { tyre, tyre_age_laps }));
    expect(stintsOf(laps.reverse())).toEqual([
      { tyre: "SOFT", from: 1, to: 2 }, { tyre: "HARD", from: 3, to: 4 }, { tyre: "HARD", from: 5, to: 6 },
    ]);
  });
});

describe("a selection", () => {
  it("comes back from the address", () => {
    const chosen = { run: "a1b2c3d4", session: 2, first: { car: 5, lap: 12 }, second: { car: 63, lap: 9 } };
    expect(readSelection(writeSelection(chosen))).toEqual(chosen);
    const none = { run: null, session: null, first: null, second: null };
    expect(readSelection(writeSelection(none))).toEqual(none);
    expect(readSelection("?run=../x&a=5&b=x-1&session=-1")).toEqual(none);
  });
  it("is at first the best lap and that of somebody else", () => {
    const laps = [row(1, 1, "", { lap_time_s: 91 }), row(1, 2, "", { lap_time_s: 90 }), row(2, 1, "", { lap_time_s: 92 }), row(3, 1, "", { lap_time_s: null })];
    expect(bestTwo(laps)).toEqual([{ car: 1, lap: 2 }, { car: 2, lap: 1 }]);
    expect(bestTwo(laps.slice(0, 2))).toEqual([{ car: 1, lap: 2 }, { car: 1, lap: 1 }]);
    expect(bestTwo([])).toEqual([null, null]);
  });
});

describe("laps of which memory has lost the begin", () => {
  it("are not chosen while there are two others", () => {
    const laps = [row(1, 2, "2026-07-05T14:03:00Z", { lap_time_s: 88 }), row(2, 3, "2026-07-05T14:05:00Z", { lap_time_s: 91 }),
                  row(3, 3, "2026-07-05T14:05:01Z", { lap_time_s: 92 })];
    const oldest_ms = Date.parse("2026-07-05T14:03:20Z");
    expect(bestTwo(laps, oldest_ms)).toEqual([{ car: 2, lap: 3 }, { car: 3, lap: 3 }]);
    expect(bestTwo(laps.slice(0, 2), oldest_ms)).toEqual([{ car: 1, lap: 2 }, { car: 2, lap: 3 }]);
  });
  it("say which part is there", () => {
    expect(partOf(traceOf(even(60), null)!, 5000)).toBeNull();
    const [from_m, to_m] = partOf(traceOf(even(60).filter((sample) => sample.lap_distance_m > 1300), 1_000_000)!, 5000)!;
    expect(Math.abs(from_m - 1300)).toBeLessThan(5);
    expect(Math.abs(to_m - 5000)).toBeLessThan(5);
  });
});

describe("sectors", () => {
  it("that the samples do not tell are those of the timing stream", () => {
    const laps = [row(1, 2, "2026-07-05T14:03:00Z", { sector1_s: 28.1 }), row(2, 2, "2026-07-05T14:03:01Z")];
    const filled = withSectors(laps, [{ ...laps[0]!, sector1_s: 28.2, sector3_s: 25.5 }, { ...laps[1]!, lap: 3, sector1_s: 30 }]);
    expect(filled.map((lap) => [lap.sector1_s, lap.sector2_s, lap.sector3_s])).toEqual([[28.1, null, 25.5], [null, null, null]]);
  });
});
