// Laps with their metrics, of the cars that are compared, and what two laps were like in each corner.
import { speed } from "../lib/format";
import type { Settings } from "../lib/settings";
import type { Corner } from "../lib/track";
import { lapTime } from "../race/tower";
import type { LapRow } from "../recorded/runs";
import { covers, valueAt, type Delta, type LapChoice, type Trace } from "./laps";
import type { Asked } from "./use_laps";

const number = (value: number | null, digits: number): string => (value === null ? "–" : value.toFixed(digits));

export function LapTable(props: {
  laps: readonly LapRow[]; // of the chosen cars
  chosen: readonly (LapChoice | null)[];
  units: Settings["units"];
  choose(which: 0 | 1, lap: LapChoice): void;
}) {
  const { units, chosen } = props;
  const best = Math.min(...props.laps.map((lap) => lap.lap_time_s ?? Infinity));
  const pace = (kmh: number | null): string => (kmh === null ? "–" : Math.round(speed(kmh, units)).toString());
  const rows = [...props.laps].sort((a, b) => a.lap - b.lap || a.car - b.car);
  const heads = ["Time", "S1", "S2", "S3", `Mean ${units}`, `Top ${units}`, `Slowest ${units}`, "Full throttle %", "On brakes %", "Fuel kg", "Lateral g", "Braking g", "Shifts", "Tyre"];
  return (
    <div class="scroll lap-table" tabIndex={0} role="group" aria-label="Laps with their metrics">
      <table>
        <thead>
          <tr>
            <th scope="col">Compare</th>
            <th scope="col">Driver</th>
            <th scope="col" class="num">
              Lap
            </th>
            {heads.map((head) => (
              <th key={head} scope="col" class="num">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((lap) => {
            const is = (which: 0 | 1): boolean => chosen[which]?.car === lap.car && chosen[which]?.lap === lap.lap;
            return (
              <tr key={`${lap.car}-${lap.lap}`} class={is(0) || is(1) ? "chosen" : ""}>
                <td class="pick">
                  {([0, 1] as const).map((which) => (
                    <button
                      key={which}
                      type="button"
                      class={`pick-${which}`}
                      aria-pressed={is(which)}
                      aria-label={`${which === 0 ? "First" : "Second"} lap: ${lap.driver}, lap ${lap.lap}`}
                      onClick={() => props.choose(which, { car: lap.car, lap: lap.lap })}
                    >
                      {which === 0 ? "A" : "B"}
                    </button>
                  ))}
                </td>
                <th scope="row">{lap.driver}</th>
                <td class="num">{lap.lap}</td>
                <td class={`num ${lap.lap_time_s === best ? "fastest" : ""}`}>{lapTime(lap.lap_time_s)}</td>
                <td class="num">{number(lap.sector1_s, 3)}</td>
                <td class="num">{number(lap.sector2_s, 3)}</td>
                <td class="num">{number(lap.sector3_s, 3)}</td>
                <td class="num">{pace(lap.avg_speed_kmh)}</td>
                <td class="num">{pace(lap.max_speed_kmh)}</td>
                <td class="num">{pace(lap.min_speed_kmh)}</td>
                <td class="num">{number(lap.full_throttle_pct, 1)}</td>
                <td class="num">{number(lap.brake_pct_time, 1)}</td>
                <td class="num">{number(lap.fuel_used_kg, 2)}</td>
                <td class="num">{number(lap.max_lat_g, 2)}</td>
                <td class="num">{number(lap.max_brake_g, 2)}</td>
                <td class="num">{lap.gear_changes ?? "–"}</td>
                <td class="num">
                  {lap.tyre.charAt(0)} {lap.tyre_age_laps ?? ""}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

const AROUND_M = 60;

/** The lowest speed near the corner. */
export function slowest(trace: Trace, at_m: number): { kmh: number; gear: number } {
  let least = { kmh: Infinity, gear: 0 };
  trace.distance_m.forEach((distance, i) => {
    if (Math.abs(distance - at_m) <= AROUND_M && trace.speed_kmh[i]! < least.kmh)
      least = { kmh: trace.speed_kmh[i]!, gear: trace.gear[i]! };
  });
  return least;
}

export function CornerTable(props: {
  corners: readonly Corner[];
  traces: readonly (Trace | null)[];
  delta: Delta | null;
  names: readonly string[];
  units: Settings["units"];
  show(at_m: number): void;
}) {
  const { traces, delta, units } = props;
  return (
    <div class="scroll corner-table" tabIndex={0} role="group" aria-label="Both laps corner by corner">
      <table>
        <thead>
          <tr>
            <th scope="col">Corner</th>
            {props.names.map((name, i) => (
              <th key={i} scope="col" class="num">
                {i === 0 ? "A" : "B"} {name}
              </th>
            ))}
            {props.names.map((_, i) => (
              <th key={i} scope="col" class="num">
                Gear {i === 0 ? "A" : "B"}
              </th>
            ))}
            <th scope="col" class="num">
              B, s
            </th>
          </tr>
        </thead>
        <tbody>
          {props.corners.map((corner) => {
            const at = traces.map((trace) => (trace === null ? null : slowest(trace, corner.s_m)));
            const place = delta === null ? -1 : delta.distance_m.findLastIndex((d) => d <= corner.s_m);
            return (
              <tr key={corner.number}>
                <th scope="row">
                  <button type="button" class="link" onClick={() => props.show(corner.s_m)}>
                    {corner.number} <small>{corner.name}</small>
                  </button>
                </th>
                {at.map((one, i) => (
                  <td key={i} class="num">
                    {one === null || one.kmh === Infinity ? "–" : Math.round(speed(one.kmh, units))}
                  </td>
                ))}
                {at.map((one, i) => (
                  <td key={i} class="num">
                    {one === null || one.kmh === Infinity ? "–" : one.gear}
                  </td>
                ))}
                <td class="num">{place < 0 ? "–" : signed(delta!.behind_s[place]!)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

export function signed(seconds: number): string {
  return `${seconds < 0 ? "−" : "+"}${Math.abs(seconds).toFixed(3)}`;
}

/** The value of both laps at the cursor, in words; `…`: the lap's samples are on their way, `–`: there are none here. */
export function readout(asked: readonly Asked[], delta: Delta | null, at_m: number, units: Settings["units"]): string {
  const speeds = asked.map(({ state, trace }) => {
    if (state === "asking") return "…";
    return trace === null || !covers(trace, at_m) ? "–" : Math.round(speed(valueAt(trace, trace.speed_kmh, at_m), units));
  });
  const place = delta === null ? -1 : delta.distance_m.findLastIndex((d) => d <= at_m);
  const gap = place < 0 ? "" : `, B ${signed(delta!.behind_s[place]!)} s`;
  return `${(at_m / 1000).toFixed(2)} km: A ${speeds[0]}, B ${speeds[1]} ${units}${gap}`;
}
