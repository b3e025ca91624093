// What the replay has of the server: the runs, and of the chosen one its laps, its messages and its samples.
import { useEffect, useState } from "preact/hooks";
import { ApiError, getAll, getJson, type ServiceStatus } from "../lib/api";
import { lapsOf, useRuns, type LapRow, type RaceRun } from "../recorded/runs";
import { Recording } from "./recording";
import type { RecordedNotice } from "./replay_store";

const LEAST_S = 30;
const ASK_AGAIN_MS = 10_000; // of a run that goes on

export interface Recorded {
  recording: Recording;
  laps: LapRow[];
  notices: RecordedNotice[];
  begin_ms: number;
  end_s: number;
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
    const events = await getAll<ControlEvent>(`/api/v1/races/${run}/events?streams=race_control&limit=200000`);
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

interface First {
  begin_ms: number;
  cars: Map<string, number>; // by driver
}

/** The first samples that are kept, of all cars; null: there is none at all. */
async function firstOf(run: RaceRun): Promise<First | null> {
  const { items } = await getJson<{ items: { event_time: string; driver: string; car: number }[] }>(
    `/api/v1/races/${run.run}/telemetry?limit=200`,
  );
  if (items[0] === undefined) return null;
  return { begin_ms: Date.parse(items[0].event_time), cars: new Map(items.map(({ driver, car }) => [driver, car])) };
}

/** The newest sample: of a run that goes on as the service tells it, of another one to the second. */
async function newest_ms(run: RaceRun): Promise<number> {
  if (run.live) {
    const { runs } = await getJson<ServiceStatus>("/status");
    return Date.parse(runs.find((one) => one.run === run.run)?.event_time ?? "") || 0;
  }
  const of = (every: string, from = ""): Promise<{ event_time: string }[]> =>
    getAll(`/api/v1/races/${run.run}/telemetry?every=${every}&fields=lap${from}`);
  const minute = (await of("60s")).at(-1);
  if (minute === undefined) return 0;
  const second = (await of("1s", `&from=${encodeURIComponent(minute.event_time)}`)).at(-1) ?? minute;
  return Date.parse(second.event_time);
}

/** `before`: what is known of the same run already. */
async function open(run: RaceRun, before: Recorded | null): Promise<Recorded> {
  const laps = await lapsOf(run.run);
  const first = before === null ? await firstOf(run) : null;
  const begin_ms = before?.begin_ms ?? first?.begin_ms ?? (Date.parse(run.started ?? "") || 0);
  const end_ms = await newest_ms(run);
  const cars = new Map([...(first?.cars ?? []), ...laps.map((lap) => [lap.driver, lap.car] as const)]);
  before?.recording.forget();
  return {
    recording: before?.recording ?? new Recording(run.run, begin_ms, cars),
    laps,
    notices: await noticesOf(run.run, begin_ms),
    begin_ms,
    end_s: Math.max(LEAST_S, (end_ms - begin_ms) / 1000),
  };
}

export function useRecording(wanted: string | null) {
  const { runs, failed: unlisted } = useRuns();
  const [recorded, setRecorded] = useState<Recorded | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  const run = runs?.find((one) => one.run === wanted || (wanted === "live" && one.live)) ?? runs?.[0] ?? null;
  useEffect(() => {
    if (run === null) return;
    let wanted = true;
    let timer: number | undefined;
    const ask = async (before: Recorded | null): Promise<void> => {
      let found = before;
      try {
        found = await open(run, before);
        if (wanted) setFailed(null);
      } catch (error) {
        if (wanted) setFailed((error as ApiError).message);
      }
      if (!wanted) return;
      setRecorded(found);
      if (run.live) timer = window.setTimeout(() => void ask(found), ASK_AGAIN_MS);
    };
    setRecorded(null);
    void ask(null);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [run?.run, run?.live]);
  return { runs, run, recorded, failed: failed ?? unlisted };
}
