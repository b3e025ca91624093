// Vehicles and violations as tables: what the map shows, in words.
import { clock, duration, speed } from "../lib/format";
import type { Settings } from "../lib/settings";
import type { FleetStore } from "./store";
import type { Violation } from "./violations";

export const ROWS_MOST = 200;

export function VehicleTable(props: {
  store: FleetStore;
  settings: Settings;
  selected: string | null;
  select(id: string): void;
}) {
  const { store, settings } = props;
  const all = store.ids;
  const shown = all.slice(0, ROWS_MOST).map((id) => store.vehicles.get(id)!);
  return (
    <section class="list" aria-labelledby="vehicles-title">
      <h2 id="vehicles-title">
        Vehicles <span class="count">{all.length}</span>
      </h2>
      {all.length === 0 ? (
        <p class="hint empty">None yet.</p>
      ) : (
        <div class="scroll" tabIndex={0} role="group" aria-labelledby="vehicles-title">
          <table>
            <thead>
              <tr>
                <th scope="col">Vehicle</th>
                <th scope="col" class="num">
                  {settings.units}
                </th>
                <th scope="col" class="num">
                  Limit
                </th>
                <th scope="col">Road</th>
                <th scope="col" class="num">
                  Fuel %
                </th>
                <th scope="col">Faults</th>
              </tr>
            </thead>
            <tbody>
              {shown.map(({ id, last }) => (
                <tr key={id} class={id === props.selected ? "chosen" : ""}>
                  <th scope="row">
                    <button type="button" class="link" aria-pressed={id === props.selected} onClick={() => props.select(id)}>
                      {id}
                    </button>
                  </th>
                  <td class={`num ${last.speeding ? "alert" : ""}`}>
                    {last.speeding && <span aria-hidden="true">! </span>}
                    {Math.round(speed(last.speed_kmh, settings.units))}
                  </td>
                  <td class="num faint">{Math.round(speed(last.speed_limit_kmh, settings.units))}</td>
                  <td>{last.road_type}</td>
                  <td class="num">{last.fuel_level_pct.toFixed(0)}</td>
                  <td class={last.fault_codes.length > 0 ? "alert" : "faint"}>{last.fault_codes.join(" ") || "–"}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {all.length > ROWS_MOST && <p class="hint">The first {ROWS_MOST} are listed; the map shows all.</p>}
        </div>
      )}
    </section>
  );
}

function value(violation: Violation, settings: Settings): string {
  if (violation.kind === "speeding") return speed(violation.worst, settings.units).toFixed(1);
  return `${violation.worst}`;
}

export function ViolationTable(props: { store: FleetStore; settings: Settings; select(id: string): void }) {
  const { violations } = props.store;
  const shown = violations.list.slice(-60).reverse();
  return (
    <section class="list" aria-labelledby="violations-title">
      <h2 id="violations-title">
        Violations <span class="count">{violations.total}</span>
      </h2>
      {shown.length === 0 ? (
        <p class="hint empty">{props.store.vehicles.size === 0 ? "None yet." : "None so far: every vehicle keeps to the limits."}</p>
      ) : (
        <div class="scroll" tabIndex={0} role="group" aria-labelledby="violations-title">
          <table>
            <thead>
              <tr>
                <th scope="col">Since</th>
                <th scope="col">Vehicle</th>
                <th scope="col">What</th>
                <th scope="col" class="num">
                  Worst
                </th>
                <th scope="col" class="num">
                  Limit
                </th>
                <th scope="col" class="num">
                  For
                </th>
              </tr>
            </thead>
            <tbody>
              {shown.map((violation) => (
                <tr key={`${violation.vehicle} ${violation.kind} ${violation.begin_s}`}>
                  <td class="faint">{clock(violation.begin_s, props.settings.clock)}</td>
                  <th scope="row">
                    <button type="button" class="link" onClick={() => props.select(violation.vehicle)}>
                      {violation.vehicle}
                    </button>
                  </th>
                  <td>{violation.kind}</td>
                  <td class="num alert">{value(violation, props.settings)}</td>
                  <td class="num faint">
                    {violation.limit === null ? "–" : Math.round(speed(violation.limit, props.settings.units))}
                  </td>
                  <td class="num">{duration(violation.end_s - violation.begin_s)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

export function ChartTable({ store, selected, settings }: { store: FleetStore; selected: string | null; settings: Settings }) {
  const vehicle = selected === null ? undefined : store.vehicles.get(selected);
  if (vehicle === undefined) return null;
  const { trail } = vehicle;
  // The newest packet of each of the last seconds.
  const rows: number[] = [];
  for (let i = trail.length - 1, second = NaN; i >= 0 && rows.length < 15; i--) {
    const p = trail.place(i);
    if (Math.floor(trail.time_s[p]!) === second) continue;
    second = Math.floor(trail.time_s[p]!);
    rows.push(p);
  }
  return (
    <div class="scroll" tabIndex={0} role="group" aria-label="The chart as a table">
      <table>
        <thead>
          <tr>
            <th scope="col">Time</th>
            <th scope="col" class="num">
              {settings.units}
            </th>
            <th scope="col" class="num">
              rpm
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((p) => (
            <tr key={trail.time_s[p]}>
              <td>{clock(trail.time_s[p]!, settings.clock)}</td>
              <td class="num">{speed(trail.speed_kmh[p]!, settings.units).toFixed(1)}</td>
              <td class="num">{trail.rpm[p]}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
