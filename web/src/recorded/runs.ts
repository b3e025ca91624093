// Recorded races as the server lists them, and what it keeps of each: docs/serve.md.
import { useEffect, useState } from "preact/hooks";
import { ApiError, getAll, getJson } from "../lib/api";

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

async function raceRuns(): Promise<RaceRun[]> {
  return (await getJson<{ items: RaceRun[] }>("/api/v1/races?limit=200")).items;
}

const LIST_EVERY_MS = 3_000;

/** The runs that there are, now and later. */
export function useRuns(): { runs: RaceRun[] | null; failed: string | null } {
  const [runs, setRuns] = useState<RaceRun[] | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  useEffect(() => {
    let timer: number | undefined;
    const ask = async (): Promise<void> => {
      try {
        const found = await raceRuns();
        // The same list is kept: what hangs on it is not made anew.
        setRuns((now) => (JSON.stringify(now?.map(nameOf)) === JSON.stringify(found.map(nameOf)) ? now : found));
        setFailed(null);
      } catch (error) {
        setFailed((error as ApiError).message);
      }
      timer = window.setTimeout(() => void ask(), LIST_EVERY_MS);
    };
    void ask();
    return () => clearTimeout(timer);
  }, []);
  return { runs, failed };
}

function nameOf({ run, live, stored, started }: RaceRun): unknown {
  return [run, live, stored, started];
}

/** A lap as the timing stream tells it: docs/race.md. */
type TimedLap = Pick<LapRow, "run" | "session" | "car" | "driver" | "lap" | "time" | "lap_time_s" | "tyre"> & Partial<LapRow>;

/** What telemetry alone tells is unknown. */
export function lapOfTiming(lap: TimedLap): LapRow {
  return {
    sector1_s: null,
    sector2_s: null,
    sector3_s: null,
    avg_speed_kmh: null,
    max_speed_kmh: null,
    min_speed_kmh: null,
    full_throttle_pct: null,
    brake_pct_time: null,
    fuel_used_kg: null,
    max_lat_g: null,
    max_brake_g: null,
    gear_changes: null,
    tyre_age_laps: null,
    is_complete: true,
    ...lap,
  };
}

const keyOf = ({ session, car, lap }: TimedLap): string => `${session}/${car}/${lap}`;

/** Sectors that the samples do not tell, because there are too few of them, are those of the timing stream. */
export function withSectors(laps: readonly LapRow[], timed: readonly TimedLap[]): LapRow[] {
  const known = new Map(timed.map((lap) => [keyOf(lap), lap]));
  return laps.map((lap) => {
    const told = known.get(keyOf(lap));
    return {
      ...lap,
      sector1_s: lap.sector1_s ?? told?.sector1_s ?? null,
      sector2_s: lap.sector2_s ?? told?.sector2_s ?? null,
      sector3_s: lap.sector3_s ?? told?.sector3_s ?? null,
    };
  });
}

/** Of the aggregate `lap`, and of the timing stream what that does not tell; a store may have one of both only. */
export async function lapsOf(run: string): Promise<LapRow[]> {
  const laps = await getAll<LapRow>(`/api/v1/races/${run}/laps?limit=200000`);
  if (laps.length > 0 && laps.every((lap) => lap.lap_time_s === null || lap.sector3_s !== null)) return laps;
  const timed = await getAll<TimedLap>(`/api/v1/races/${run}/events?streams=laps&limit=200000`);
  return laps.length > 0 ? withSectors(laps, timed) : timed.map(lapOfTiming);
}

export function runTitle(run: RaceRun): string {
  const when = run.started === null ? "" : `${run.started.slice(0, 16).replace("T", " ")} · `;
  const what = [run.track, run.session].filter((text) => text).join(", ");
  return `${when}${what === "" ? run.run : what}${run.live ? " · now" : ""}`;
}
