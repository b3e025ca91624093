// What the analysis has of the server: runs, the laps of one of them, and the traces of the laps that are compared.
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, getAll, getJson } from "../lib/api";
import { raceTrack, type TrackFile } from "../lib/track";
import { lapsOf, useRuns, type LapRow, type RaceRun } from "../recorded/runs";
import { traceOf, TRACE_FIELDS, type LapChoice, type Trace, type TraceSample } from "./laps";

const ASK_AGAIN_MS = 5_000; // laps of a run that goes on

export interface Recorded {
  runs: RaceRun[] | null;
  laps: LapRow[] | null;
  oldest_ms: number; // the first moment of which samples are kept
  track: TrackFile | null;
  failed: string | null;
}

export function useRecorded(run: string | null): Recorded {
  const { runs, failed: unlisted } = useRuns();
  const [laps, setLaps] = useState<LapRow[] | null>(null);
  const [oldest_ms, setOldest] = useState(-Infinity);
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
        const [found, oldest] = await Promise.all([lapsOf(run), oldestOf(run)]);
        if (!wanted) return;
        setOldest(oldest);
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
  return { runs, laps, oldest_ms, track, failed: failed ?? unlisted };
}

/** From memory the first samples of a long run are gone. */
async function oldestOf(run: string): Promise<number> {
  const { items } = await getJson<{ items: { event_time: string }[] }>(`/api/v1/races/${run}/telemetry?fields=lap&limit=1`);
  return items.length === 0 ? -Infinity : Date.parse(items[0]!.event_time);
}

/** What is known of a lap's samples. */
export interface Asked {
  /** none: no lap is chosen; gone: the server keeps too little of it. */
  state: "none" | "asking" | "here" | "gone" | "failed";
  trace: Trace | null;
  why: string | null; // it failed
}

const NONE: Asked = { state: "none", trace: null, why: null };
const ASKING: Asked = { state: "asking", trace: null, why: null };

async function askTrace(run: string, session: number | null, lap: LapRow): Promise<Asked> {
  const query = new URLSearchParams({ driver: lap.driver, lap: String(lap.lap), fields: TRACE_FIELDS });
  const begin_ms = lap.lap_time_s === null ? null : Date.parse(lap.time) - lap.lap_time_s * 1000;
  try {
    const samples = await getAll<TraceSample>(`/api/v1/races/${run}/telemetry?${query}`);
    const trace = traceOf(samples.filter((sample) => sample.session === undefined || sample.session === session), begin_ms);
    return { state: trace === null ? "gone" : "here", trace, why: null };
  } catch (error) {
    return { state: "failed", trace: null, why: (error as ApiError).message };
  }
}

/** The trace of a lap. Traces are kept, laps do not change; what failed is asked for again. */
export function useTrace(run: string | null, session: number | null, lap: LapRow | null): Asked {
  const kept = useRef(new Map<string, Asked>());
  const [, arrived] = useState(0);
  const key = run === null || lap === null ? null : `${run}/${session}/${lap.car}/${lap.lap}/${lap.is_complete}`;
  useEffect(() => {
    const known = key === null ? undefined : kept.current.get(key)?.state;
    if (key === null || (known !== undefined && known !== "failed")) return;
    let timer: number | undefined;
    let wanted = true;
    const ask = async (): Promise<void> => {
      const answer = await askTrace(run!, session, lap!);
      kept.current.set(key, answer);
      if (!wanted) return;
      arrived((n) => n + 1);
      if (answer.state === "failed") timer = window.setTimeout(() => void ask(), ASK_AGAIN_MS);
    };
    void ask();
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [key]);
  return key === null ? NONE : (kept.current.get(key) ?? ASKING);
}

export function findLap(laps: readonly LapRow[], choice: LapChoice | null): LapRow | null {
  return laps.find((lap) => lap.car === choice?.car && lap.lap === choice.lap) ?? null;
}
