// What the page knows of the fleet: the last packet of each vehicle, its trail, heat, violations. All of it is bounded.
import type { FleetEvent } from "../generated/events";
import { mercatorX, mercatorY } from "../lib/mercator";
import { TrailRing, VIOLATION } from "../lib/ring";
import { HeatGrid, heatOf } from "./heat_grid";
import { Violations } from "./violations";

const POINTS_IN_ALL = 120_000;
const POINTS_MOST = 3_000;
const POINTS_LEAST = 60;
export const VEHICLES_MOST = 5_000;

export interface Vehicle {
  id: string;
  last: FleetEvent;
  lastTime_s: number;
  arrived_ms: number; // performance.now() of the last packet
  interval_ms: number; // between packets, smoothed
  trail: TrailRing;
}

/** How many points each vehicle keeps. */
export function trailCapacity(vehicles: number): number {
  return Math.max(POINTS_LEAST, Math.min(POINTS_MOST, Math.floor(POINTS_IN_ALL / Math.max(1, vehicles))));
}

const byName = new Intl.Collator("en", { numeric: true }).compare;

function placeOf(sorted: readonly string[], id: string): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (byName(sorted[middle]!, id) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Packets per second of event time; null before there are two. */
export function rateOf(vehicle: Vehicle | undefined): number | null {
  if (vehicle === undefined || vehicle.trail.length < 2) return null;
  const { trail } = vehicle;
  const gap_s = trail.time_s[trail.place(trail.length - 1)]! - trail.time_s[trail.place(trail.length - 2)]!;
  return gap_s > 0 ? Math.round(10 / gap_s) / 10 : null;
}

export class FleetStore {
  readonly vehicles = new Map<string, Vehicle>();
  readonly heat = new HeatGrid();
  readonly violations = new Violations();
  received = 0;
  lastArrival_ms = -Infinity;
  /** In the order of their names. */
  ids: string[] = [];
  /** Counts up with each change. */
  version = 0;
  /** Of the vehicles; null before the first one, or where packets name none. */
  run: string | null = null;

  /** Events that were seen before are passed over, and those of older runs than the last one's; a new run begins
   * everything anew. */
  take(events: readonly FleetEvent[], now_ms: number): void {
    const run = events.at(-1)?.run;
    for (const event of events) if (event.run === run) this.takeOne(event, now_ms);
  }

  private takeOne(event: FleetEvent, now_ms: number): void {
    if (event.run !== this.run) this.begin(event.run);
    const known = this.vehicles.get(event.vehicle_id);
    if (known !== undefined && event.seq <= known.last.seq) return;
    const time_s = Date.parse(event.timestamp) / 1000;
    const vehicle = known ?? this.welcome(event, time_s, now_ms);
    if (vehicle === null) return;
    if (known !== undefined) {
      const gap_ms = now_ms - known.arrived_ms;
      if (gap_ms > 0) known.interval_ms = Math.min(2000, known.interval_ms * 0.8 + gap_ms * 0.2);
      known.arrived_ms = now_ms;
      known.last = event;
      known.lastTime_s = time_s;
    }
    const violation = event.speeding || event.rpm_over_redline;
    const x = mercatorX(event.location.lon);
    const y = mercatorY(event.location.lat);
    vehicle.trail.push(x, y, event.speed_kmh, event.engine_rpm, time_s, violation ? VIOLATION : 0);
    this.heat.add(x, y, heatOf(event.speed_kmh, violation));
    this.violations.add(event, time_s);
    this.received++;
    this.lastArrival_ms = now_ms;
    this.version++;
  }

  private welcome(event: FleetEvent, time_s: number, now_ms: number): Vehicle | null {
    if (this.vehicles.size >= VEHICLES_MOST) return null;
    const before = trailCapacity(this.vehicles.size);
    const capacity = trailCapacity(this.vehicles.size + 1);
    // Rings are made smaller in a few steps, not with each vehicle that comes.
    const stepped = 2 ** Math.floor(Math.log2(capacity));
    if (2 ** Math.floor(Math.log2(before)) !== stepped)
      for (const vehicle of this.vehicles.values()) vehicle.trail.resize(stepped);
    const vehicle: Vehicle = {
      id: event.vehicle_id,
      last: event,
      lastTime_s: time_s,
      arrived_ms: now_ms,
      interval_ms: 200,
      trail: new TrailRing(stepped),
    };
    this.vehicles.set(event.vehicle_id, vehicle);
    this.ids.splice(placeOf(this.ids, vehicle.id), 0, vehicle.id);
    return vehicle;
  }

  private begin(run: string | null): void {
    this.run = run;
    this.vehicles.clear();
    this.ids = [];
    this.heat.clear();
    this.violations.clear();
    this.received = 0;
    this.version++;
  }
}
