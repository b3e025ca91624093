// What the analysis computes of laps: traces over the distance, the time between two of them, places and stints. No drawing.
import type { LapRow } from "../recorded/runs";

/** One lap as it was driven, over the distance: ascending, so that any place can be looked up. */
export interface Trace {
  isTimed: boolean; // it is known when the lap began
  distance_m: Float64Array;
  time_s: Float64Array; // since then
  speed_kmh: Float64Array;
  throttle_pct: Float64Array;
  brake_pct: Float64Array;
  gear: Float64Array;
  x_m: Float64Array;
  y_m: Float64Array;
}

/** As GET …/telemetry gives it for TRACE_FIELDS. */
export interface TraceSample {
  event_time: string;
  session?: number;
  lap_distance_m: number;
  speed_kmh: number;
  throttle_pct: number;
  brake_pct: number;
  gear: number;
  x_m: number;
  y_m: number;
}
export const TRACE_FIELDS = "session,lap_distance_m,speed_kmh,throttle_pct,brake_pct,gear,x_m,y_m";

const BEGIN_MS = 1_000; // a lap may begin so long before its first sample
const FROM_LINE_M = 200; // so near to it its moment is told by the first sample's speed

/**
 * Null: too little of the lap is there. The grid before the line and a car that stands are left out. `begin_ms`: when the lap
 * began, or null.
 */
export function traceOf(samples: readonly TraceSample[], begin_ms: number | null): Trace | null {
  const ordered = samples.map((sample) => ({ ...sample, at_ms: Date.parse(sample.event_time) })).sort((a, b) => a.at_ms - b.at_ms);
  const kept: typeof ordered = [];
  for (const sample of ordered)
    if (sample.lap_distance_m >= 0 && sample.lap_distance_m > (kept.at(-1)?.lap_distance_m ?? -1)) kept.push(sample);
  const first = kept[0];
  if (first === undefined || kept.length < 10) return null;
  const isTimed = begin_ms !== null || first.lap_distance_m < FROM_LINE_M;
  const line_ms = begin_ms ?? first.at_ms - (first.lap_distance_m / Math.max(1, first.speed_kmh / 3.6)) * 1000;
  const column = (of: (sample: (typeof kept)[number]) => number): Float64Array => Float64Array.from(kept, of);
  return {
    isTimed,
    distance_m: column((s) => s.lap_distance_m),
    time_s: column((s) => (s.at_ms - line_ms) / 1000),
    speed_kmh: column((s) => s.speed_kmh),
    throttle_pct: column((s) => s.throttle_pct),
    brake_pct: column((s) => s.brake_pct),
    gear: column((s) => s.gear),
    x_m: column((s) => s.x_m),
    y_m: column((s) => s.y_m),
  };
}

/** Index of the last sample at or before the place; −1: all are behind it. */
export function sampleAt(distances_m: Float64Array, at_m: number): number {
  let [low, high] = [0, distances_m.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (distances_m[middle]! <= at_m) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The column's value at a place, in proportion between samples; before the first and behind the last one theirs. */
export function valueAt(trace: Trace, column: Float64Array, at_m: number): number {
  const i = sampleAt(trace.distance_m, at_m);
  if (i < 0) return column[0]!;
  if (i + 1 >= column.length) return column[column.length - 1]!;
  const share = (at_m - trace.distance_m[i]!) / (trace.distance_m[i + 1]! - trace.distance_m[i]!);
  return column[i]! + (column[i + 1]! - column[i]!) * share;
}

/** There are samples around the place. */
export function covers(trace: Trace, at_m: number): boolean {
  return at_m >= trace.distance_m[0]! - FROM_LINE_M && at_m <= trace.distance_m.at(-1)! + FROM_LINE_M;
}

/** From where to where samples are kept; null: of the whole lap. */
export function partOf(trace: Trace, length_m: number): [number, number] | null {
  const [from_m, to_m] = [trace.distance_m[0]!, trace.distance_m.at(-1)!];
  return from_m <= FROM_LINE_M && to_m >= length_m - FROM_LINE_M ? null : [from_m, to_m];
}

export interface Delta {
  distance_m: Float64Array;
  behind_s: Float64Array; // so much later than the first one the second one is here
}

const DELTA_EVERY_M = 10;

/** Null: it is not known when one of them began. */
export function deltaOf(first: Trace, second: Trace): Delta | null {
  if (!first.isTimed || !second.isTimed) return null;
  const from = Math.max(first.distance_m[0]!, second.distance_m[0]!);
  const to = Math.min(first.distance_m.at(-1)!, second.distance_m.at(-1)!);
  const count = Math.max(0, Math.floor((to - from) / DELTA_EVERY_M) + 1);
  const distance_m = Float64Array.from({ length: count }, (_, i) => from + i * DELTA_EVERY_M);
  const behind_s = distance_m.map((at) => valueAt(second, second.time_s, at) - valueAt(first, first.time_s, at));
  return { distance_m, behind_s };
}

/** Places by lap: who ended it when. Index 0 is lap 1; null: the car did not end that lap. */
export function placesOf(laps: readonly LapRow[]): Map<number, (number | null)[]> {
  const ends = new Map<number, { car: number; time: string }[]>();
  for (const lap of laps) {
    if (!lap.is_complete && lap.lap_time_s === null) continue;
    const of = ends.get(lap.lap) ?? [];
    of.push({ car: lap.car, time: lap.time });
    ends.set(lap.lap, of);
  }
  const last = Math.max(0, ...ends.keys());
  const places = new Map<number, (number | null)[]>();
  for (const [lap, cars] of ends) {
    cars.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : a.car - b.car));
    cars.forEach(({ car }, i) => {
      const of = places.get(car) ?? Array.from({ length: last }, () => null as number | null);
      of[lap - 1] = i + 1;
      places.set(car, of);
    });
  }
  return places;
}

export interface Stint {
  tyre: string;
  from: number; // laps, both in it
  to: number;
}

/** Of one car, in the order of laps: a new stint begins where the tyre changes or is younger than before. */
export function stintsOf(laps: readonly LapRow[]): Stint[] {
  const stints: Stint[] = [];
  let age = -1;
  for (const lap of [...laps].sort((a, b) => a.lap - b.lap)) {
    const now = stints.at(-1);
    const older = lap.tyre_age_laps === null || lap.tyre_age_laps >= age; // equal: the lap has no end
    if (now !== undefined && now.tyre === lap.tyre && older) now.to = lap.lap;
    else stints.push({ tyre: lap.tyre, from: lap.lap, to: lap.lap });
    age = lap.tyre_age_laps ?? age;
  }
  return stints;
}

/** What is compared, as the page's address keeps it. */
export interface LapChoice {
  car: number;
  lap: number;
}
export interface Selection {
  run: string | null;
  session: number | null;
  first: LapChoice | null;
  second: LapChoice | null;
}

export function readSelection(search: string): Selection {
  const query = new URLSearchParams(search);
  const lap = (name: string): LapChoice | null => {
    const found = /^(\d{1,4})-(\d{1,4})$/.exec(query.get(name) ?? "");
    return found === null ? null : { car: Number(found[1]), lap: Number(found[2]) };
  };
  const run = query.get("run");
  const session = Number(query.get("session"));
  return {
    run: run !== null && /^([0-9a-f]{8}|live)$/.test(run) ? run : null,
    session: Number.isInteger(session) && session > 0 ? session : null,
    first: lap("a"),
    second: lap("b"),
  };
}

export function writeSelection({ run, session, first, second }: Selection): string {
  const query = new URLSearchParams();
  if (run !== null) query.set("run", run);
  if (session !== null) query.set("session", String(session));
  if (first !== null) query.set("a", `${first.car}-${first.lap}`);
  if (second !== null) query.set("b", `${second.car}-${second.lap}`);
  const text = query.toString();
  return text === "" ? "" : `?${text}`;
}

/** Until somebody chooses: the best lap of all, and the best one of somebody else; of those whose samples are kept, if there are
    two. */
export function bestTwo(laps: readonly LapRow[], oldest_ms = -Infinity): [LapChoice | null, LapChoice | null] {
  const timed = laps.filter((lap) => lap.lap_time_s !== null).sort((a, b) => a.lap_time_s! - b.lap_time_s!);
  const kept = timed.filter((lap) => Date.parse(lap.time) - lap.lap_time_s! * 1000 >= oldest_ms - BEGIN_MS);
  const from = kept.length >= 2 ? kept : timed;
  const first = from[0] ?? null;
  const second = from.find((lap) => lap.car !== first?.car) ?? from[1] ?? null;
  const choice = (lap: LapRow | null): LapChoice | null => (lap === null ? null : { car: lap.car, lap: lap.lap });
  return [choice(first), choice(second)];
}
