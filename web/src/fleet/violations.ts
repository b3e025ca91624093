// Violations as a person counts them: packets of one vehicle that break the same limit without a pause are one.
import type { FleetEvent } from "../generated/events";

export type ViolationKind = "speeding" | "over rpm";

export interface Violation {
  vehicle: string;
  kind: ViolationKind;
  begin_s: number;
  end_s: number;
  worst: number; // km/h or rpm
  limit: number | null; // km/h; a packet does not tell where the redline is
  road: string;
}

export const KEPT = 200;
const PAUSE_S = 5;

export class Violations {
  /** The one that went on last comes last. */
  readonly list: Violation[] = [];
  private readonly open = new Map<string, Violation>();
  total = 0;

  add(event: FleetEvent, time_s: number): void {
    if (event.speeding) this.note(event, "speeding", event.speed_kmh, event.speed_limit_kmh, time_s);
    if (event.rpm_over_redline) this.note(event, "over rpm", event.engine_rpm, null, time_s);
  }

  clear(): void {
    this.list.length = 0;
    this.open.clear();
    this.total = 0;
  }

  private note(event: FleetEvent, kind: ViolationKind, value: number, limit: number | null, time_s: number): void {
    const key = `${kind} ${event.vehicle_id}`;
    const open = this.open.get(key);
    if (open !== undefined && time_s - open.end_s <= PAUSE_S && open.limit === limit) {
      open.end_s = time_s;
      open.worst = Math.max(open.worst, value);
      return;
    }
    const begun: Violation = {
      vehicle: event.vehicle_id,
      kind,
      begin_s: time_s,
      end_s: time_s,
      worst: value,
      limit,
      road: event.road_type,
    };
    this.open.set(key, begun);
    this.list.push(begun);
    this.total++;
    if (this.list.length > KEPT) this.list.shift();
  }
}
