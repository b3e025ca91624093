// A recorded race in the form in which the pit wall shows a live one: order, laps and messages as they stood at a moment.
import type { CarSample } from "../generated/events";
import { RaceStore, type Notice } from "../race/timing";
import type { LapRow } from "../recorded/runs";
import type { Piece } from "./recording";

export interface RecordedNotice extends Notice {
  /** Since the recording's begin. */
  time_s: number;
}

export class ReplayStore extends RaceStore {
  /** What is loaded; empty before the first piece. */
  from_s = 0;
  to_s = 0;
  laps: readonly LapRow[] = [];
  begin_ms = 0;
  said: readonly RecordedNotice[] = [];
  private readonly samples = new Map<number, CarSample[]>();

  /** Pieces that follow one another. */
  load(pieces: readonly Piece[]): void {
    this.cars.clear();
    this.samples.clear();
    this.from_s = pieces[0]?.from_s ?? 0;
    this.to_s = pieces.at(-1)?.to_s ?? 0;
    for (const piece of pieces)
      for (const sample of piece.samples) {
        const before = this.received;
        this.take([{ ...sample, session: 1 }], 0);
        if (this.received === before) continue; // it is there already, or there are too many cars
        const of = this.samples.get(sample.car) ?? [];
        of.push(sample);
        this.samples.set(sample.car, of);
      }
  }

  covers(at_s: number): boolean {
    return at_s >= this.from_s && at_s < this.to_s;
  }

  /** Order, laps, messages as of this moment. */
  showAt(at_s: number): void {
    for (const car of this.cars.values()) {
      const of = this.samples.get(car.number);
      // The ring may have lost the oldest ones.
      const lost = (of?.length ?? 0) - car.ring.length;
      const sample = of?.[Math.max(0, car.ring.before(at_s)) + lost];
      if (sample !== undefined) car.last = { ...sample, tyre: sample.tyre === "" ? this.tyreOf(sample) : sample.tyre };
    }
    this.newest_s = at_s;
    this.sort();
    this.showLaps(this.begin_ms + at_s * 1000);
    this.notices.length = 0;
    for (const notice of this.said) if (notice.time_s <= at_s) this.notices.push(notice);
  }

  /** Of the lap that is driven, or the last one that is known. */
  private tyreOf(sample: CarSample): string {
    let known = "";
    for (const lap of this.laps)
      if (lap.car === sample.car && lap.session === sample.session && (known === "" || lap.lap <= sample.lap)) known = lap.tyre;
    return known;
  }

  private showLaps(at_ms: number): void {
    this.fastest = null;
    this.bestSectors_s.fill(null);
    for (const car of this.cars.values()) {
      car.lastLap_s = null;
      car.bestLap_s = null;
      car.sectors_s = [null, null, null];
      car.bestSectors_s = [null, null, null];
    }
    const session = this.order[0] === undefined ? null : (this.samples.get(this.order[0].number)?.[0]?.session ?? null);
    for (const lap of this.laps)
      if (Date.parse(lap.time) <= at_ms && (session === null || lap.session === session)) this.noteLap(lap);
  }
}
