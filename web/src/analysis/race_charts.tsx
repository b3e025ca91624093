// The race as a whole: everybody's place lap by lap, and everybody's tyres.
import { carColour } from "../race/colours";
import type { LapRow } from "../recorded/runs";
import { placesOf, stintsOf } from "./laps";

interface Driver {
  car: number;
  driver: string;
}

/** Every car once, by its place at the end of the last lap that it ended. */
export function driversOf(laps: readonly LapRow[]): Driver[] {
  const places = placesOf(laps);
  const names = new Map(laps.map((lap) => [lap.car, lap.driver]));
  const rank = (car: number): [number, number] => {
    const of = places.get(car) ?? [];
    const last = of.findLastIndex((place) => place !== null);
    return [-last, last < 0 ? 99 : of[last]!];
  };
  return [...names]
    .map(([car, driver]) => ({ car, driver, rank: rank(car) }))
    .sort((a, b) => a.rank[0] - b.rank[0] || a.rank[1] - b.rank[1] || a.car - b.car);
}

const WIDE = 860;
const ROW = 17;
const NAME = 44;

export function PositionChart(props: { laps: readonly LapRow[]; chosen: readonly number[]; dark: boolean }) {
  const places = placesOf(props.laps);
  const drivers = driversOf(props.laps);
  const last = Math.max(1, ...[...places.values()].map((of) => of.length));
  const tall = Math.max(1, places.size) * ROW + 20;
  // A recording may begin in the middle of a race.
  const first = Math.max(1, Math.min(last, ...[...places.values()].map((of) => of.findIndex((place) => place !== null) + 1)));
  const x = (lap: number): number => 28 + ((lap - first) / Math.max(1, last - first)) * (WIDE - 28 - NAME - 8);
  const y = (place: number): number => (place - 0.5) * ROW + 2;
  const every = Math.ceil((last - first + 1) / 12);
  return (
    <svg class="positions" viewBox={`0 0 ${WIDE} ${tall}`} role="img" aria-label={`Places by lap; now ${drivers.map((d) => d.driver).join(", ")}`}>
      {Array.from({ length: places.size }, (_, i) => (
        <text key={i} x="20" y={y(i + 1) + 4} text-anchor="end" class="axis">
          {i + 1}
        </text>
      ))}
      {Array.from({ length: last - first + 1 }, (_, i) => first + i)
        .filter((lap) => lap === first || lap % every === 0)
        .map((lap) => (
          <text key={lap} x={x(lap)} y={tall - 4} text-anchor="middle" class="axis">
            {lap}
          </text>
        ))}
      {drivers.map(({ car, driver }) => {
        const of = places.get(car);
        if (of === undefined) return null;
        const chosen = props.chosen.indexOf(car);
        const end = of.findLastIndex((place) => place !== null);
        const points = of.map((place, i) => (place === null ? null : `${x(i + 1).toFixed(1)},${y(place)}`)).filter((p) => p !== null);
        const colour = chosen < 0 ? undefined : carColour(chosen, props.dark);
        return (
          <g key={car} class={chosen < 0 ? "other" : "chosen"}>
            <polyline points={points.join(" ")} style={{ stroke: colour }} />
            <circle cx={x(end + 1)} cy={y(of[end]!)} r="3" style={{ fill: colour }} />
            <text x={x(end + 1) + 8} y={y(of[end]!) + 4} style={{ fill: colour }}>
              {driver}
            </text>
          </g>
        );
      })}
    </svg>
  );
}

export function StintChart({ laps }: { laps: readonly LapRow[] }) {
  const drivers = driversOf(laps);
  const last = Math.max(1, ...laps.map((lap) => lap.lap));
  return (
    <table class="stints">
      <caption class="sr">Tyres by lap</caption>
      <tbody>
        {drivers.map(({ car, driver }) => (
          <tr key={car}>
            <th scope="row">{driver}</th>
            <td>
              <svg viewBox={`0 0 ${last} 1`} preserveAspectRatio="none" aria-hidden="true">
                {stintsOf(laps.filter((lap) => lap.car === car)).map((stint) => (
                  <rect
                    key={stint.from}
                    class={`tyre-fill ${stint.tyre.toLowerCase()}`}
                    x={stint.from - 1 + 0.04}
                    width={stint.to - stint.from + 0.92}
                    height="1"
                  />
                ))}
              </svg>
              <span class="stint-words">
                {stintsOf(laps.filter((lap) => lap.car === car)).map((stint) => (
                  <span key={stint.from} style={{ left: `${(100 * (stint.from - 1)) / last}%` }}>
                    <b>{stint.tyre.charAt(0)}</b>
                    <span class="sr">{stint.tyre.toLowerCase().slice(1)}</span> {stint.to - stint.from + 1}
                    <span class="sr"> laps</span>
                  </span>
                ))}
              </span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
