// How every stage of the pipeline stands, as GET /api/v1/pipeline tells it.
export interface Lag {
  p50: number;
  p99: number;
  max: number;
}

/** As Prometheus counts: every bucket has those of all smaller ones too. */
export interface LagBucket {
  le_ms: number | null; // null: all
  count: number;
}

/** Null where it is not known. */
export interface Stage {
  scenario: string | null;
  name: string;
  state: string;
  in: number | null; // events taken
  out: number | null; // events done
  failed: number | null;
  dead_letters: number | null;
  late: number | null;
  duplicates: number | null;
  rate_asked: number | null;
  rate_got: number | null;
  lag_ms: Lag | null;
  lag_histogram: LagBucket[] | null;
  watermark: string | null;
  newest: string | null; // event
}

const UNKNOWN: Omit<Stage, "scenario" | "name" | "state"> = {
  in: null,
  out: null,
  failed: null,
  dead_letters: null,
  late: null,
  duplicates: null,
  rate_asked: null,
  rate_got: null,
  lag_ms: null,
  lag_histogram: null,
  watermark: null,
  newest: null,
};

/** Members that this server does not tell are unknown. */
export function stagesOf(told: { stages: (Partial<Stage> & { name: string; state: string })[] }): Stage[] {
  return told.stages.map((stage) => ({ scenario: null, ...UNKNOWN, ...stage }));
}

/** How many lie between each bound and the one before. */
export function apart(buckets: readonly LagBucket[]): LagBucket[] {
  return buckets.map(({ le_ms, count }, i) => ({ le_ms, count: count - (i === 0 ? 0 : buckets[i - 1]!.count) }));
}

/** What the stage has done: processing takes events in and gives results, which are other things. */
export function doneBy(stage: Stage): number | null {
  return isProcessing(stage) ? stage.in : (stage.out ?? stage.in);
}

export function isProcessing(stage: Stage): boolean {
  return stage.name === "processing";
}

export function hasEnded({ state }: Stage): boolean {
  return state === "stopped" || state === "failed";
}

/** What a stage did by the second, over the last two minutes; rates that nobody tells come from its counts. */
export class StageHistory {
  static readonly seconds = 120;
  readonly rate: number[] = [];
  private last: { count: number; at_ms: number } | null = null;

  add(stage: Stage, now_ms: number): void {
    const count = doneBy(stage);
    let rate = hasEnded(stage) ? 0 : stage.rate_got; // what is told of a run that has ended is its mean
    if (count !== null) {
      if (this.last !== null && now_ms > this.last.at_ms && count >= this.last.count)
        rate = ((count - this.last.count) * 1000) / (now_ms - this.last.at_ms);
      this.last = { count, at_ms: now_ms };
    }
    this.rate.push(rate ?? 0);
    if (this.rate.length > StageHistory.seconds) this.rate.shift();
  }
}
