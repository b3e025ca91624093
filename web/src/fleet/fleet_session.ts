import type { FleetEvent } from "../generated/events";
import { Session } from "../lib/session";
import { FleetStore } from "./store";

export type FleetSession = Session<FleetEvent, FleetStore>;

export function makeFleetSession(changed: () => void): FleetSession {
  return new Session(new FleetStore(), { scenario: "fleet" }, changed);
}
