import type { CarSample } from "../generated/events";
import { Session } from "../lib/session";
import { RaceStore } from "./timing";

/** 25 samples a second of each car are enough for 30 frames, which glide between them. */
const SAMPLES_PER_S = 25;

export type RaceSession = Session<CarSample, RaceStore>;

export function makeRaceSession(store: RaceStore, changed: () => void): RaceSession {
  return new Session(
    store,
    {
      scenario: "race",
      query: `&rate=${SAMPLES_PER_S}`,
      other: (stream, event) => store.note(stream, event),
    },
    changed,
  );
}
