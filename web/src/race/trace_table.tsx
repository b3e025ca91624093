// The traces as a table: the first chosen car, second by second.
import { duration, speed } from "../lib/format";
import type { Settings } from "../lib/settings";
import type { RaceStore } from "./timing";

const ROWS = 30;

export function TraceTable(props: { store: RaceStore; selected: readonly number[]; settings: Settings; at_s: number }) {
  const { store, settings } = props;
  const car = store.cars.get(props.selected[0] ?? -1);
  if (car === undefined) return <p class="hint empty">Choose a car.</p>;
  const { ring } = car;
  const rows: number[] = [];
  for (let back_s = 0; back_s < ROWS; back_s++) {
    const i = ring.before(Math.floor(props.at_s) - back_s);
    if (i >= 0) rows.push(ring.place(i));
  }
  return (
    <div class="scroll trace-table" tabIndex={0} role="group" aria-label={`Traces of ${car.driver} as a table`}>
      <table>
        <thead>
          <tr>
            <th scope="col">{car.driver}</th>
            {[settings.units, "rpm", "Throttle %", "Brake %", "Gear", "Lateral g", "Forward g"].map((name) => (
              <th key={name} scope="col" class="num">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((p) => (
            <tr key={p}>
              <th scope="row">{duration(ring.time_s[p]!)}</th>
              <td class="num">{Math.round(speed(ring.speed[p]!, settings.units))}</td>
              <td class="num">{ring.rpm[p]}</td>
              <td class="num">{ring.throttle[p]}</td>
              <td class="num">{ring.brake[p]}</td>
              <td class="num">{ring.gear[p]}</td>
              <td class="num">{ring.lateral_g[p]!.toFixed(2)}</td>
              <td class="num">{ring.forward_g[p]!.toFixed(2)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
