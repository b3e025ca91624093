// What the pit wall knows of the race, from the cars' telemetry alone: rings of samples for the canvases, laps, order.
import type { CarSample } from "../generated/events";

const SAMPLES = 2_048; // of each car: more than a minute at 25 a second
export const CARS_MOST = 60;

/** A car's samples in columns that are overwritten in place. */
export class CarRing {
  readonly time_s = new Float64Array(SAMPLES); // session time
  readonly x = new Float32Array(SAMPLES);
  readonly y = new Float32Array(SAMPLES);
  readonly speed = new Float32Array(SAMPLES);
  readonly throttle = new Float32Array(SAMPLES);
  readonly brake = new Float32Array(SAMPLES);
  readonly gear = new Float32Array(SAMPLES);
  readonly rpm = new Float32Array(SAMPLES);
  readonly lateral_g = new Float32Array(SAMPLES);
  readonly forward_g = new Float32Array(SAMPLES);
  length = 0;
  private head = 0;

  push(s: CarSample): void {
    const at = this.head;
    this.time_s[at] = s.session_time_s;
    this.x[at] = s.x_m;
    this.y[at] = s.y_m;
    this.speed[at] = s.speed_kmh;
    this.throttle[at] = s.throttle_pct;
    this.brake[at] = s.brake_pct;
    this.gear[at] = s.gear;
    this.rpm[at] = s.engine_rpm;
    this.lateral_g[at] = s.lat_g;
    this.forward_g[at] = s.lon_g;
    this.head = (at + 1) % SAMPLES;
    if (this.length < SAMPLES) this.length++;
  }

  place(i: number): number {
    return (this.head - this.length + i + SAMPLES) % SAMPLES;
  }

  /** Index of the last sample at or before the time; −1: all are later. */
  before(time_s: number): number {
    let [low, high] = [0, this.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.time_s[this.place(middle)]! <= time_s) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}

/** A message of race control, as f1-race-control has it. */
export interface Notice {
  key: number;
  time_s: number;
  text: string;
  flag: string;
}

export interface ControlEvent {
  session?: number;
  seq?: number;
  session_time_s?: number;
  message?: string;
  flag?: string | null;
}

const NOTICES = 100;

export interface Car {
  number: number;
  driver: string;
  last: CarSample;
  ring: CarRing;
  crossed_s: number | null; // session time at the line, of this lap's begin
  lastLap_s: number | null;
  bestLap_s: number | null;
  sectors_s: Sectors; // of the last lap
  bestSectors_s: Sectors;
}

export type Sectors = [number | null, number | null, number | null];

/** Of the timing stream or of the aggregate `lap`. */
export interface LapTimes {
  session?: number;
  car: number;
  lap?: number;
  lap_time_s: number | null;
  sector1_s?: number | null;
  sector2_s?: number | null;
  sector3_s?: number | null;
}

export class RaceStore {
  readonly cars = new Map<number, Car>();
  /** By position. */
  order: Car[] = [];
  newest_s = 0; // session time
  lastArrival_ms = -Infinity;
  received = 0;
  fastest: Car | null = null;
  readonly bestSectors_s: Sectors = [null, null, null]; // of all
  readonly notices: Notice[] = []; // the newest last
  run = "";
  session = 0;

  take(samples: readonly CarSample[], now_ms: number): void {
    // Simpler models and other sets of names have no cars of this kind.
    for (const sample of samples) if (typeof sample.car === "number" && "x_m" in sample) this.takeOne(sample);
    if (samples.length > 0) this.lastArrival_ms = now_ms;
  }

  /** An event of another stream than telemetry: race control's are kept, lap times are better than our own. */
  note(stream: string, event: unknown): void {
    if (stream.endsWith("laps")) return this.noteLap(event as LapTimes);
    if (stream.endsWith("race-control")) this.noteMessage(event as ControlEvent);
  }

  /** Messages that are told twice, live and from memory, are kept once, in their order. */
  noteMessage({ seq, session_time_s, message, flag }: ControlEvent): void {
    const key = seq ?? (this.notices.at(-1)?.key ?? 0) + 1;
    const at = this.notices.findLastIndex((notice) => notice.key <= key);
    if (at >= 0 && this.notices[at]!.key === key) return;
    this.notices.splice(at + 1, 0, { key, time_s: session_time_s ?? 0, text: message ?? "", flag: flag ?? "" });
    if (this.notices.length > NOTICES) this.notices.shift();
  }

  /** A few times a second: sorting is not for every sample. */
  sort(): void {
    this.order = [...this.cars.values()].sort((a, b) => a.last.position - b.last.position || a.number - b.number);
  }

  private takeOne(sample: CarSample): void {
    if (sample.run !== this.run || sample.session !== this.session) {
      this.run = sample.run;
      this.session = sample.session;
      this.cars.clear();
      this.newest_s = 0;
      this.fastest = null;
      this.bestSectors_s.fill(null);
      this.received = 0;
      this.notices.length = 0;
    }
    let car = this.cars.get(sample.car);
    if (car === undefined) {
      if (this.cars.size >= CARS_MOST) return;
      car = {
        number: sample.car,
        driver: sample.driver,
        last: sample,
        ring: new CarRing(),
        crossed_s: null,
        lastLap_s: null,
        bestLap_s: null,
        sectors_s: [null, null, null],
        bestSectors_s: [null, null, null],
      };
      this.cars.set(sample.car, car);
    } else if (sample.session_time_s <= car.last.session_time_s) return;
    else this.time(car, sample);
    car.last = sample;
    car.ring.push(sample);
    this.received++;
    if (sample.session_time_s > this.newest_s) this.newest_s = sample.session_time_s;
  }

  /** Laps in their order; one that was measured here is measured better there. */
  noteLap(lap: LapTimes): void {
    const car = this.cars.get(lap.car);
    if (car === undefined) return;
    const sectors: Sectors = [lap.sector1_s ?? null, lap.sector2_s ?? null, lap.sector3_s ?? null];
    car.sectors_s = sectors;
    sectors.forEach((time_s, i) => {
      if (time_s === null) return;
      car.bestSectors_s[i] = Math.min(time_s, car.bestSectors_s[i] ?? Infinity);
      this.bestSectors_s[i] = Math.min(time_s, this.bestSectors_s[i] ?? Infinity);
    });
    if (lap.lap_time_s !== null) this.lapDone(car, lap.lap_time_s);
  }

  private lapDone(car: Car, time_s: number): void {
    car.lastLap_s = time_s;
    if (car.bestLap_s === null || time_s < car.bestLap_s) car.bestLap_s = time_s;
    if (this.fastest === null || time_s < this.fastest.bestLap_s!) this.fastest = car;
  }

  /** When the car crosses the line, between two samples, in proportion to the way. */
  private time(car: Car, now: CarSample): void {
    const before = car.last;
    if (now.lap !== before.lap + 1 || now.lap_distance_m > 500) {
      if (now.lap !== before.lap) car.crossed_s = null; // something was missed
      return;
    }
    const speed_mps = Math.max(1, now.speed_kmh / 3.6);
    const crossed_s = now.session_time_s - Math.max(0, now.lap_distance_m) / speed_mps;
    if (car.crossed_s !== null) this.lapDone(car, crossed_s - car.crossed_s);
    car.crossed_s = crossed_s;
  }
}
