// Play, step, speed, and the whole recording as one line with its laps and flags.
import { duration } from "../lib/format";
import { SPEEDS, type Timeline } from "./timeline";
import type { Recorded } from "./use_recording";

/** Ends of the leader's laps, in seconds since the begin. */
export function leaderLaps(recorded: Pick<Recorded, "laps" | "begin_ms">): { lap: number; at_s: number }[] {
  const first = new Map<string, { lap: number; at_s: number }>();
  for (const { session, lap, time, lap_time_s } of recorded.laps) {
    if (lap_time_s === null) continue;
    const at_s = (Date.parse(time) - recorded.begin_ms) / 1000;
    const key = `${session}/${lap}`;
    if (at_s < (first.get(key)?.at_s ?? Infinity)) first.set(key, { lap, at_s });
  }
  return [...first.values()].sort((a, b) => a.at_s - b.at_s);
}

const WIDE = 1000;

function Marks({ recorded }: { recorded: Recorded }) {
  const { end_s } = recorded;
  const x = (at_s: number): number => (at_s / end_s) * WIDE;
  return (
    <svg class="marks" viewBox={`0 0 ${WIDE} 20`} preserveAspectRatio="none" aria-hidden="true">
      {leaderLaps(recorded).map(({ lap, at_s }) => (
        <line key={lap} x1={x(at_s)} x2={x(at_s)} y1="12" y2="20" class="lap-mark" />
      ))}
      {recorded.notices
        .filter((notice) => notice.flag !== "" && notice.time_s <= end_s)
        .map((notice) => (
          <line key={notice.key} x1={x(notice.time_s)} x2={x(notice.time_s)} y1="0" y2="10" class={`flag-mark ${notice.flag.toLowerCase()}`} />
        ))}
    </svg>
  );
}

export function Scrubber(props: {
  timeline: Timeline;
  recorded: Recorded | null;
  waiting: boolean;
  seek(at_s: number): void;
  changed(): void;
}) {
  const { timeline, recorded, seek, changed } = props;
  const off = recorded === null;
  return (
    <section class="scrubber" aria-label="Playback">
      <div class="transport">
        <button type="button" disabled={off} aria-label="Back 10 seconds" onClick={() => seek(timeline.at_s - 10)}>
          −10 s
        </button>
        <button
          type="button"
          class="primary play"
          disabled={off}
          aria-keyshortcuts="Space"
          onClick={() => {
            timeline.toggle();
            changed();
          }}
        >
          {timeline.playing ? "Pause" : "Play"}
        </button>
        <button type="button" disabled={off} aria-label="Forward 10 seconds" onClick={() => seek(timeline.at_s + 10)}>
          +10 s
        </button>
        <label class="field">
          Speed
          <select
            value={timeline.speed}
            onChange={(event) => {
              timeline.speed = Number(event.currentTarget.value);
              changed();
            }}
          >
            {SPEEDS.map((speed) => (
              <option key={speed} value={speed}>
                {speed}×
              </option>
            ))}
          </select>
        </label>
      </div>
      <div class="line">
        {recorded !== null && <Marks recorded={recorded} />}
        <input
          type="range"
          aria-label="Moment of the recording"
          aria-valuetext={duration(timeline.at_s)}
          min={0}
          max={Math.max(1, Math.round(timeline.end_s))}
          step={1}
          disabled={off}
          value={timeline.at_s}
          onInput={(event) => seek(Number(event.currentTarget.value))}
        />
      </div>
      <p class="moment" role="timer">
        {duration(timeline.at_s)} <span class="faint">/ {duration(timeline.end_s)}</span>
        {props.waiting && <span class="hint"> reading…</span>}
      </p>
    </section>
  );
}
