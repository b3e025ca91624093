// What the analysis has of the server: runs, the laps of one of them, and the traces of the laps that are compared.
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, getAll } from "../lib/api";
import { raceTrack, type TrackFile } from "../lib/track";
import { lapsOf, useRuns, type LapRow, type RaceRun } from "../recorded/runs";
import { traceOf, TRACE_FIELDS, type LapChoice, type Trace, type TraceSample } from "./laps";

const ASK_AGAIN_MS = 5_000; // laps of a run that goes on

export interface Recorded {
  runs: RaceRun[] | null;
  laps: LapRow[] | null;
  track: TrackFile | null;
  failed: string | null;
}

export function useRecorded(run: string | null): Recorded {
  const { runs, failed: unlisted } = useRuns();
  const [laps, setLaps] = useState<LapRow[] | null>(null);
  const [track, setTrack] = useState<TrackFile | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  useEffect(() => {
    raceTrack().then(setTrack, () => setTrack(null)); // laps are compared without the names of corners
  }, []);
  useEffect(() => {
    if (run === null) return;
    let timer: number | undefined;
    let wanted = true;
    const ask = async (): Promise<void> => {
      try {
        const found = await lapsOf(run);
        if (!wanted) return;
        setLaps(found);
        setFailed(null);
      } catch (error) {
        if (wanted) setFailed((error as ApiError).message);
      }
      if (wanted) timer = window.setTimeout(() => void ask(), ASK_AGAIN_MS);
    };
    setLaps(null);
    void ask();
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [run]);
  return { runs, laps, track, failed: failed ?? unlisted };
}

/** The trace of a lap; undefined while it is asked for, null if there is none. Traces are kept, laps do not change. */
export function useTrace(run: string | null, session: number | null, lap: LapRow | null): Trace | null | undefined {
  const kept = useRef(new Map<string, Trace | null>());
  const [, arrived] = useState(0);
  const key = run === null || lap === null ? null : `${run}/${session}/${lap.car}/${lap.lap}/${lap.is_complete}`;
  useEffect(() => {
    if (key === null || kept.current.has(key)) return;
    const query = new URLSearchParams({ driver: lap!.driver, lap: String(lap!.lap), fields: TRACE_FIELDS });
    const begin_ms = lap!.lap_time_s === null ? null : Date.parse(lap!.time) - lap!.lap_time_s * 1000;
    getAll<TraceSample>(`/api/v1/races/${run}/telemetry?${query}`)
      .then((samples) => traceOf(samples.filter((sample) => sample.session === undefined || sample.session === session), begin_ms))
      .catch(() => null)
      .then((trace) => {
        kept.current.set(key, trace);
        arrived((n) => n + 1);
      });
  }, [key]);
  return key === null ? null : kept.current.get(key);
}

export function findLap(laps: readonly LapRow[], choice: LapChoice | null): LapRow | null {
  return laps.find((lap) => lap.car === choice?.car && lap.lap === choice.lap) ?? null;
}
