import { getJson, type ServiceStatus } from "../lib/api";
import { recentEvents, Session } from "../lib/session";
import type { CarSample } from "../generated/events";
import { filledSample, type Item } from "../recorded/samples";
import { RaceStore, type ControlEvent, type LapTimes } from "./timing";

/** 25 samples a second of each car are enough for 30 frames, which glide between them. */
const SAMPLES_PER_S = 25;
const TRACES_S = 32; // what the traces show, and a little more

export type RaceSession = Session<CarSample, RaceStore>;

/** What the traces show, sample by tenth of a second, with laps and messages; the moments just before now come last, whole. */
async function recentSamples(store: RaceStore): Promise<CarSample[]> {
  const { runs } = await getJson<ServiceStatus>("/status");
  const run = runs.find((one) => one.scenario === "race");
  if (run?.event_time == null) return recentEvents<CarSample>("race");
  const from = new Date(Date.parse(run.event_time) - TRACES_S * 1000).toISOString();
  const kept = await getJson<{ items: Item[] }>(`/api/v1/races/live/telemetry?every=100ms&limit=200000&from=${from}`);
  const recent = await recentEvents<CarSample>("race");
  const cars = new Map(recent.map((sample) => [sample.driver, sample.car])); // a store does not name them here
  const samples = kept.items.map((item) => filledSample(item, run.run ?? "", cars)).filter((sample) => sample !== null);
  store.take(samples, performance.now());
  // Of the telemetry all laps, of the timing stream those that are kept, with their sectors.
  for (const path of ["laps", "events?streams=laps"]) {
    const laps = await getJson<{ items: LapTimes[] }>(`/api/v1/races/live/${path}`);
    for (const lap of laps.items) if (lap.session === store.session) store.noteLap(lap);
  }
  const said = await getJson<{ items: ControlEvent[] }>("/api/v1/races/live/events?streams=race_control");
  for (const message of said.items) if (message.session === store.session) store.noteMessage(message);
  return recent;
}

export function makeRaceSession(store: RaceStore, changed: () => void): RaceSession {
  return new Session(
    store,
    {
      scenario: "race",
      query: `&rate=${SAMPLES_PER_S}`,
      recent: () => recentSamples(store),
      other: (stream, event) => store.note(stream, event),
    },
    changed,
  );
}
