// What the replay has of the server: the runs, and of the chosen one its laps, its messages and its samples.
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, getAll } from "../lib/api";
import { lapsOf, raceRuns, type LapRow, type RaceRun } from "../recorded/runs";
import { Recording } from "./recording";
import type { RecordedNotice } from "./replay_store";

const AFTER_LAST_LAP_S = 20;
const LEAST_S = 120;

export interface Recorded {
  recording: Recording;
  laps: LapRow[];
  notices: RecordedNotice[];
  begin_ms: number;
  end_s: number;
  live: boolean;
}

interface ControlEvent {
  time?: string;
  event_time?: string;
  message?: string;
  flag?: string | null;
}

/** Race control may not be kept: then there are no messages. */
async function noticesOf(run: string, begin_ms: number): Promise<RecordedNotice[]> {
  try {
    const events = await getAll<ControlEvent>(`/api/v1/races/${run}/events?streams=race-control`);
    return events
      .map((event, key) => ({
        key,
        time_s: (Date.parse(event.time ?? event.event_time ?? "") - begin_ms) / 1000,
        text: event.message ?? "",
        flag: event.flag ?? "",
      }))
      .filter((notice) => Number.isFinite(notice.time_s));
  } catch {
    return [];
  }
}

async function open(run: RaceRun): Promise<Recorded> {
  const laps = await lapsOf(run.run);
  const begin_ms = Date.parse(run.started ?? laps[0]?.time ?? "") || 0;
  const last_ms = Math.max(begin_ms, ...laps.map((lap) => Date.parse(lap.time)));
  const cars = new Map(laps.map((lap) => [lap.driver, lap.car]));
  return {
    recording: new Recording(run.run, begin_ms, cars),
    laps,
    notices: await noticesOf(run.run, begin_ms),
    begin_ms,
    end_s: run.live
      ? Math.max(LEAST_S, (Date.now() - begin_ms) / 1000)
      : Math.max(LEAST_S, (last_ms - begin_ms) / 1000 + AFTER_LAST_LAP_S),
    live: run.live,
  };
}

export function useRecording(wanted: string | null) {
  const [runs, setRuns] = useState<RaceRun[] | null>(null);
  const [recorded, setRecorded] = useState<Recorded | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  const asked = useRef<string | null>(null);
  useEffect(() => {
    raceRuns().then(setRuns, (error: ApiError) => setFailed(error.message));
  }, []);
  const run = runs?.find((one) => one.run === wanted || (wanted === "live" && one.live)) ?? runs?.[0] ?? null;
  useEffect(() => {
    if (run === null) return;
    asked.current = run.run;
    setRecorded(null);
    open(run).then(
      (found) => asked.current === run.run && setRecorded(found),
      (error: ApiError) => setFailed(error.message),
    );
  }, [run?.run]);
  return { runs, run, recorded, failed };
}
