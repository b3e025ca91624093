// The timing tower: order, gaps, laps and tyres of all cars.
import { carColour, CHOSEN_MOST } from "./colours";
import type { Car, RaceStore, Sectors } from "./timing";

const STATUS_WORDS: Record<string, string> = { pit: "PIT", out: "OUT", finished: "FIN", grid: "GRID" };

export function lapTime(seconds: number | null): string {
  if (seconds === null) return "–";
  const minutes = Math.floor(seconds / 60);
  return `${minutes}:${(seconds - minutes * 60).toFixed(3).padStart(6, "0")}`;
}

function Tyre({ car }: { car: Car }) {
  const { tyre, tyre_age_laps } = car.last;
  if (tyre === "") return null;
  return (
    <span class={`tyre ${tyre.toLowerCase()}`}>
      <span aria-hidden="true">{tyre.charAt(0)}</span>
      <span class="sr">{tyre.toLowerCase()} </span>
      <small>{tyre_age_laps}</small>
    </span>
  );
}

/** A car without a time (qualifying, before its first lap) has no gap. */
function seconds(gap_s: number | null): string {
  return gap_s === null ? "–" : `+${gap_s.toFixed(1)}`;
}

function interval_s(gap_s: number | null, ahead_s: number | null): number | null {
  return gap_s === null || ahead_s === null ? null : Math.max(0, gap_s - ahead_s);
}

/** How good a sector was: best of all, the car's own best, or neither. */
export function sectorRank(car: Car, best: Sectors, i: number): "none" | "all" | "own" | "slower" {
  const time_s = car.sectors_s[i];
  if (time_s === null || time_s === undefined) return "none";
  if (time_s <= best[i]!) return "all";
  return time_s <= car.bestSectors_s[i]! ? "own" : "slower";
}

/** Three strokes below the lap: high for the best of all, middle for the car's own best. */
function SectorMarks({ car, best }: { car: Car; best: Sectors }) {
  if (car.sectors_s[0] === null) return null;
  return (
    <svg class="sectors" width="54" height="4" aria-hidden="true">
      {[0, 1, 2].map((i) => (
        <rect key={i} class={sectorRank(car, best, i)} x={i * 19} width="16" height="4" />
      ))}
    </svg>
  );
}

function Row(props: {
  car: Car;
  ahead: Car | undefined;
  fastest: boolean; // its last lap is the best of all
  holdsBest: boolean;
  best: Sectors; // of all
  chosen: number;
  dark: boolean;
  choose(number: number, more: boolean): void;
}) {
  const { car, ahead, chosen } = props;
  const { last } = car;
  const status = STATUS_WORDS[last.status];
  return (
    <tr class={chosen >= 0 ? "chosen" : ""}>
      <td class="num place">{last.position}</td>
      <th scope="row">
        <button
          type="button"
          class="link driver"
          aria-pressed={chosen >= 0}
          onClick={(event) => props.choose(car.number, event.shiftKey)}
        >
          <svg width="4" height="16" aria-hidden="true">
            <rect width="4" height="16" fill={chosen >= 0 ? carColour(chosen, props.dark) : "transparent"} />
          </svg>
          {car.driver}
          <small>{car.number}</small>
        </button>
      </th>
      {status !== undefined ? (
        <td class="num status" colSpan={2}>
          {status}
        </td>
      ) : (
        <>
          <td class="num">{ahead === undefined ? `lap ${last.lap}` : seconds(last.gap_s)}</td>
          <td class="num faint">{ahead === undefined ? "" : seconds(interval_s(last.gap_s, ahead.last.gap_s))}</td>
        </>
      )}
      <td class={`num ${props.fastest ? "fastest" : ""}`}>
        {lapTime(car.lastLap_s)}
        {props.fastest && <span class="sr"> fastest of all</span>}
        <SectorMarks car={car} best={props.best} />
      </td>
      <td class={`num best ${props.holdsBest ? "fastest" : "faint"}`}>{lapTime(car.bestLap_s)}</td>
      <td class="num">
        <Tyre car={car} />
      </td>
    </tr>
  );
}

export function Tower(props: {
  store: RaceStore;
  selected: readonly number[];
  dark: boolean;
  choose(number: number, more: boolean): void;
}) {
  const { store, selected } = props;
  const { fastest } = store;
  return (
    <section class="tower" aria-labelledby="tower-title">
      <h2 id="tower-title">
        Order <span class="hint">Shift adds a car, up to {CHOSEN_MOST}</span>
      </h2>
      {store.order.length === 0 ? (
        <p class="hint empty">No cars yet.</p>
      ) : (
        <div class="scroll" tabIndex={0} role="group" aria-labelledby="tower-title">
          <table>
            <thead>
              <tr>
                <th scope="col" class="num">
                  <span class="sr">Position</span>
                </th>
                <th scope="col">Driver</th>
                <th scope="col" class="num">
                  Gap
                </th>
                <th scope="col" class="num">
                  Interval
                </th>
                <th scope="col" class="num">
                  Last lap
                </th>
                <th scope="col" class="num best">
                  Best
                </th>
                <th scope="col" class="num">
                  Tyre
                </th>
              </tr>
            </thead>
            <tbody>
              {store.order.map((car, i) => (
                <Row
                  key={car.number}
                  car={car}
                  ahead={store.order[i - 1]}
                  holdsBest={fastest === car}
                  best={store.bestSectors_s}
                  fastest={fastest === car && car.lastLap_s !== null && car.lastLap_s === car.bestLap_s}
                  chosen={selected.indexOf(car.number)}
                  dark={props.dark}
                  choose={props.choose}
                />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
