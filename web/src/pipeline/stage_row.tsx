// One stage: what it is and does, its rate, its lag, what went wrong, and where its clock stands.
import { clock, count, duration } from "../lib/format";
import type { Settings } from "../lib/settings";
import { LagPicture, lagText, RatePicture } from "./panels";
import { hasEnded, isProcessing, type Stage } from "./stages";

const KINDS: Record<string, string> = {
  running: "good",
  starting: "busy",
  draining: "busy",
  failed: "bad",
  stopped: "idle",
  idle: "idle",
};

function Count({ name, value, bad = false }: { name: string; value: number | null; bad?: boolean }) {
  if (value === null) return null;
  return (
    <div class={value === 0 ? "zero" : bad ? "bad" : ""}>
      <dt>{name}</dt>
      <dd>{count(value)}</dd>
    </div>
  );
}

function rateText(rate: number): string {
  return rate >= 100 ? count(rate) : rate.toFixed(1);
}

function Behind({ moment, settings }: { moment: string; settings: Settings }) {
  const at_s = Date.parse(moment) / 1000;
  const behind_s = Date.now() / 1000 - at_s;
  return (
    <p>
      <span class="value">{clock(at_s, settings.clock)}</span>
      <span class="hint">
        {Math.abs(behind_s) < 86_400 ? `${duration(Math.abs(behind_s))} ${behind_s < 0 ? "ahead" : "behind"}` : moment.slice(0, 10)}
      </span>
    </p>
  );
}

export function StageRow({ stage, rate, settings }: { stage: Stage; rate: readonly number[]; settings: Settings }) {
  const now = rate.at(-1) ?? 0;
  const waiting = !isProcessing(stage) && stage.in !== null && stage.out !== null ? Math.max(0, stage.in - stage.out - (stage.failed ?? 0)) : null;
  return (
    <li class="stage">
      <div class="stage-name">
        <h3>{stage.name}</h3>
        <p class={`badge ${KINDS[stage.state] ?? "idle"}`}>
          <span class="dot" aria-hidden="true" />
          {stage.state}
        </p>
      </div>
      <div class="panel">
        <h4>Events a second</h4>
        <p>
          <span class="value">{rateText(now)}</span>
          {stage.rate_asked !== null && !hasEnded(stage) && <span class="hint">asked {rateText(stage.rate_asked)}</span>}
        </p>
        <RatePicture rate={rate} asked={hasEnded(stage) ? null : stage.rate_asked} />
      </div>
      <div class="panel">
        <h4>Lag</h4>
        {stage.lag_ms === null ? (
          <p class="hint">not measured here</p>
        ) : (
          <p>
            <span class="value">{lagText(stage.lag_ms.p99)}</span>
            <span class="hint">
              p99 · half {lagText(stage.lag_ms.p50)} · worst {lagText(stage.lag_ms.max)}
            </span>
          </p>
        )}
        {(stage.lag_ms !== null || stage.lag_histogram !== null) && <LagPicture lag={stage.lag_ms} buckets={stage.lag_histogram} />}
      </div>
      <div class="panel">
        <h4>Events</h4>
        <dl class="counts">
          <Count name={stage.name === "simulation" ? "made" : "in"} value={stage.in} />
          <Count name={isProcessing(stage) ? "results" : stage.name === "simulation" ? "sent" : "done"} value={stage.out} />
          <Count name="on the way" value={waiting} />
          <Count name="failed" value={stage.failed} bad />
          <Count name="dead letters" value={stage.dead_letters} bad />
          <Count name="late" value={stage.late} />
          <Count name="came twice" value={stage.duplicates} />
        </dl>
      </div>
      {(stage.watermark ?? stage.newest) !== null && (
        <div class="panel">
          <h4>{stage.watermark !== null ? "Watermark" : "Newest event"}</h4>
          <Behind moment={(stage.watermark ?? stage.newest)!} settings={settings} />
        </div>
      )}
    </li>
  );
}
