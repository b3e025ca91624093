// A recorded race, read piece by piece as it is needed: samples between two moments of event time, by the fifth of a second, or
// by the second where it is played fast.
import { getAll } from "../lib/api";
import type { CarSample } from "../generated/events";
import { filledSample, type Item } from "../recorded/samples";

export interface Piece {
  from_s: number; // since the recording's begin
  to_s: number;
  samples: CarSample[]; // session_time_s counts from the recording's begin
}

/** Numbers that are measured: a store has no others by the fifth of a second. */
const FIELDS =
  "session,lap,lap_distance_m,speed_kmh,engine_rpm,gear,throttle_pct,brake_pct,x_m,y_m,lon_g,lat_g,fuel_kg,tyre_age_laps,sector," +
  "position,gap_s";
const KEPT = 12;

/** How finely, and how much at once. */
export interface Grain {
  every: string;
  piece_s: number;
}
export const FINE: Grain = { every: "200ms", piece_s: 60 };
export const COARSE: Grain = { every: "1s", piece_s: 300 };

/** Null: nobody knows whose it is. Its time counts from the recording's begin, over all sessions. */
export function sampleOf(item: Item, run: string, begin_ms: number, cars: ReadonlyMap<string, number>): CarSample | null {
  const sample = filledSample(item, run, cars);
  if (sample === null) return null;
  const time_s = (Date.parse(item.event_time) - begin_ms) / 1000;
  return { ...sample, session_time_s: time_s, seq: Math.round(time_s * 1000) };
}

export class Recording {
  private readonly pieces = new Map<string, Promise<Piece>>();

  constructor(
    readonly run: string,
    readonly begin_ms: number,
    private readonly cars: ReadonlyMap<string, number>,
  ) {}

  piece(grain: Grain, number: number): Promise<Piece> {
    const key = `${grain.every}/${number}`;
    let piece = this.pieces.get(key);
    if (piece === undefined) {
      piece = this.ask(grain, number);
      piece.catch(() => this.pieces.delete(key)); // it is asked for again
      this.pieces.set(key, piece);
      if (this.pieces.size > KEPT) this.pieces.delete(this.pieces.keys().next().value!);
    }
    return piece;
  }

  /** A run that goes on: the last piece had no end yet, and memory loses the first ones. */
  forget(): void {
    this.pieces.clear();
  }

  private async ask(grain: Grain, number: number): Promise<Piece> {
    const from_s = number * grain.piece_s;
    const to_s = from_s + grain.piece_s;
    const at = (s: number): string => new Date(this.begin_ms + s * 1000).toISOString();
    const query = new URLSearchParams({ from: at(from_s), to: at(to_s), every: grain.every, fields: FIELDS, limit: "200000" });
    const items = await getAll<Item>(`/api/v1/races/${this.run}/telemetry?${query}`);
    const samples = items
      .map((item) => sampleOf(item, this.run, this.begin_ms, this.cars))
      .filter((sample) => sample !== null)
      .sort((a, b) => a.session_time_s - b.session_time_s);
    return { from_s, to_s, samples };
  }
}
