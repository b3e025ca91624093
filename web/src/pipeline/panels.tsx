// The pictures of one stage: rate over two minutes, and how late events were.
import { apart, StageHistory, type Lag, type LagBucket } from "./stages";

const WIDE = 260;
const TALL = 56;

/** The area is what was got, the dashed line what was asked for. */
export function RatePicture({ rate, asked }: { rate: readonly number[]; asked: number | null }) {
  const most = Math.max(1e-9, asked ?? 0, ...rate) * 1.15;
  const step = WIDE / (StageHistory.seconds - 1);
  const first = StageHistory.seconds - rate.length;
  const y = (value: number): number => TALL - (value / most) * TALL;
  const line = rate.map((value, i) => `${((first + i) * step).toFixed(1)},${y(value).toFixed(1)}`).join(" ");
  return (
    <svg class="rate" viewBox={`0 0 ${WIDE} ${TALL}`} preserveAspectRatio="none" aria-hidden="true">
      {rate.length > 1 && (
        <>
          <polygon points={`${(first * step).toFixed(1)},${TALL} ${line} ${WIDE},${TALL}`} class="area" />
          <polyline points={line} class="line" />
        </>
      )}
      {asked !== null && asked > 0 && <line x1="0" x2={WIDE} y1={y(asked)} y2={y(asked)} class="asked" />}
    </svg>
  );
}

const DECADES_MS = [0.01, 0.1, 1, 10, 100, 1_000, 10_000];
const LEAST_MS = 0.01;
const MOST_MS = 10_000;

/** 0 at a hundredth of a millisecond, 1 at ten seconds; every power of ten has the same room. */
export function lagPlace(ms: number): number {
  const share = Math.log10(Math.max(LEAST_MS, ms) / LEAST_MS) / Math.log10(MOST_MS / LEAST_MS);
  return Math.min(1, share);
}

export function lagText(ms: number): string {
  if (ms >= 1000) return `${(ms / 1000).toFixed(1)} s`;
  return ms >= 10 ? `${ms.toFixed(0)} ms` : ms >= 0.1 ? `${ms.toFixed(1)} ms` : `${(ms * 1000).toFixed(0)} µs`;
}

/** How many events were how late; a line where 99 of 100 are in time. */
export function LagPicture({ lag, buckets: cumulative }: { lag: Lag | null; buckets: LagBucket[] | null }) {
  const buckets = cumulative === null ? null : apart(cumulative);
  const most = Math.max(1, ...(buckets ?? []).map((bucket) => bucket.count));
  const at = (ms: number): number => lagPlace(ms) * WIDE;
  const tall = TALL - 16;
  return (
    <svg class="lag" viewBox={`0 0 ${WIDE} ${TALL}`} preserveAspectRatio="xMinYMid" aria-hidden="true">
      {DECADES_MS.map((ms, i) => (
        <g key={ms}>
          <line x1={at(ms)} x2={at(ms)} y1="0" y2={tall} class="grid" />
          <text x={at(ms)} y={TALL - 2} text-anchor={i === 0 ? "start" : i === DECADES_MS.length - 1 ? "end" : "middle"}>
            {["10 µs", "", "1 ms", "", "100 ms", "", "10 s"][i]}
          </text>
        </g>
      ))}
      {buckets?.map((bucket, i) => {
        const from = i === 0 ? 0 : at(buckets[i - 1]!.le_ms ?? MOST_MS);
        const to = at(bucket.le_ms ?? MOST_MS);
        // A square root lets few late ones be seen beside many that were in time.
        const high = bucket.count === 0 ? 0 : Math.max(1.5, Math.sqrt(bucket.count / most) * tall);
        return <rect key={i} x={from + 0.5} width={Math.max(1, to - from - 1)} y={tall - high} height={high} class="bar" />;
      })}
      {lag !== null && <line x1={at(lag.p99)} x2={at(lag.p99)} y1="0" y2={tall} class="mark" />}
    </svg>
  );
}
