// How every stage of the pipeline stands: from GET /api/v1/pipeline, or, of a server without it, from /status and /metrics.
import type { ServiceStatus } from "../lib/api";
import type { Metrics } from "./metrics";

export interface Lag {
  p50: number;
  p90?: number;
  p99: number;
  max: number;
}

export interface LagBucket {
  le_ms: number | null; // null: all above the one before
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
  shed: number | null;
  retried: number | null;
  rate_asked: number | null;
  rate_got: number | null;
  lag_ms: Lag | null;
  lag_histogram: LagBucket[] | null;
  watermark: string | null;
}

const UNKNOWN: Omit<Stage, "scenario" | "name" | "state"> = {
  in: null,
  out: null,
  failed: null,
  dead_letters: null,
  late: null,
  shed: null,
  retried: null,
  rate_asked: null,
  rate_got: null,
  lag_ms: null,
  lag_histogram: null,
  watermark: null,
};

/** Members that this server does not tell are unknown. */
export function stagesOf(told: { stages: (Partial<Stage> & { name: string; state: string })[] }): Stage[] {
  return told.stages.map((stage) => ({ scenario: null, ...UNKNOWN, ...stage }));
}

function lagOf(metrics: Metrics, name: string, scenario: string): Lag | null {
  const of = (quantile: string): number | undefined => metrics.value(name, { scenario, quantile });
  const [p50, p90, p99, max] = ["0.5", "0.9", "0.99", "1"].map(of);
  if (p50 === undefined || p99 === undefined || max === undefined) return null;
  return { p50: p50 * 1000, ...(p90 === undefined ? {} : { p90: p90 * 1000 }), p99: p99 * 1000, max: max * 1000 };
}

export function stagesFromStatus(status: ServiceStatus, metrics: Metrics): Stage[] {
  const stages: Stage[] = [];
  for (const run of status.runs) {
    const { scenario } = run;
    stages.push({
      ...UNKNOWN,
      scenario,
      name: "simulation",
      state: run.state,
      out: run.sent,
      shed: metrics.value("racesim_run_shed_total", { scenario }) ?? null,
      rate_asked: run.rate.asked,
      rate_got: run.rate.got,
      lag_ms: lagOf(metrics, "racesim_run_send_lag_seconds", scenario),
      watermark: run.event_time,
    });
    for (const sink of run.sinks)
      stages.push({
        ...UNKNOWN,
        scenario,
        name: sink.name,
        state: run.state,
        in: sink.sent,
        out: sink.acked,
        failed: sink.failed,
        retried: metrics.value("racesim_sink_retried_total", { scenario, sink: sink.name }) ?? null,
        lag_ms: lagOf(metrics, "racesim_run_ack_lag_seconds", scenario),
      });
  }
  return stages;
}

/** What a stage did by the second, over the last two minutes; rates that nobody tells come from its counts. */
export class StageHistory {
  static readonly seconds = 120;
  readonly rate: number[] = [];
  private last: { count: number; at_ms: number } | null = null;

  add(stage: Stage, now_ms: number): void {
    const count = stage.out ?? stage.in;
    let rate = stage.rate_got;
    if (count !== null) {
      if (this.last !== null && now_ms > this.last.at_ms && count >= this.last.count)
        rate = ((count - this.last.count) * 1000) / (now_ms - this.last.at_ms);
      this.last = { count, at_ms: now_ms };
    }
    this.rate.push(rate ?? 0);
    if (this.rate.length > StageHistory.seconds) this.rate.shift();
  }
}
