// Recorded races as the server lists them, and what it keeps of each: docs/serve.md.
import { getAll, getJson } from "../lib/api";

export interface RaceRun {
  run: string; // 8 hex digits
  scenario: string;
  session: string | null;
  seed: number | null;
  track: string | null;
  started: string | null;
  events: number | null;
  live: boolean;
  stored: boolean;
}

/** A row of the aggregate `lap`: docs/formats/aggregates.md. */
export interface LapRow {
  run: string;
  session: number;
  car: number;
  driver: string;
  lap: number;
  time: string;
  lap_time_s: number | null;
  sector1_s: number | null;
  sector2_s: number | null;
  sector3_s: number | null;
  avg_speed_kmh: number | null;
  max_speed_kmh: number | null;
  min_speed_kmh: number | null;
  full_throttle_pct: number | null;
  brake_pct_time: number | null;
  fuel_used_kg: number | null;
  max_lat_g: number | null;
  max_brake_g: number | null;
  gear_changes: number | null;
  tyre: string;
  tyre_age_laps: number | null;
  is_complete: boolean;
}

export async function raceRuns(): Promise<RaceRun[]> {
  return (await getJson<{ items: RaceRun[] }>("/api/v1/races?limit=200")).items;
}

export function lapsOf(run: string): Promise<LapRow[]> {
  return getAll<LapRow>(`/api/v1/races/${run}/laps`);
}

export function runTitle(run: RaceRun): string {
  const when = run.started === null ? "" : `${run.started.slice(0, 16).replace("T", " ")} · `;
  const what = [run.track, run.session].filter((text) => text).join(", ");
  return `${when}${what === "" ? run.run : what}${run.live ? " · now" : ""}`;
}
