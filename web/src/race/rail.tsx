// Start, stop and rate of the race; what race control says; the chosen cars in numbers.
import { useState } from "preact/hooks";
import { count, duration, speed } from "../lib/format";
import type { Settings } from "../lib/settings";
import { carColour } from "./colours";
import type { RaceSession } from "./race_session";
import type { Car, RaceStore } from "./timing";
import { sectorRank } from "./tower";

const RATE = { least: 1, most: 1000, usual: 100 };
const NOTICES_SHOWN = 30;

export function RaceControls({ session }: { session: RaceSession }) {
  const { run, running, busy } = session;
  const cars = session.store.cars.size;
  const rateNow = running && cars > 0 ? Math.round((run?.rate.asked ?? 0) / cars) || RATE.usual : RATE.usual;
  const [rate, setRate] = useState<string | null>(null);
  const [at, setAt] = useState("0");
  const wanted = Number(rate ?? rateNow);
  const minutes = Number(at);
  const valid = wanted >= RATE.least && wanted <= RATE.most && minutes >= 0 && minutes <= 120 && at !== "";
  const other = rate !== null && wanted !== rateNow;
  const begin = async (): Promise<void> => {
    await session.start({
      rate_hz: String(wanted),
      streams: "telemetry,laps,race-control",
      ...(minutes > 0 ? { at: `${minutes}m` } : {}),
    });
    setRate(null);
  };
  const failed = run?.state === "failed" && run.error !== null ? `${run.error.what}. ${run.error.hint}` : null;
  const trouble = session.unreachable ?? session.refused ?? failed;
  return (
    <section class="controls" aria-labelledby="controls-title">
      <h2 id="controls-title">Simulation</h2>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (valid && (!running || other)) void begin();
        }}
      >
        <label>
          Rate (Hz)
          <input
            type="number"
            inputMode="decimal"
            min={RATE.least}
            max={RATE.most}
            step="any"
            value={rate ?? rateNow}
            onInput={(event) => setRate(event.currentTarget.value)}
          />
        </label>
        <label>
          From minute
          <input
            type="number"
            inputMode="decimal"
            min={0}
            max={120}
            step="any"
            value={at}
            onInput={(event) => setAt(event.currentTarget.value)}
          />
        </label>
        <button type="submit" class="primary" disabled={busy || !valid || (running && !other)}>
          {running && other ? "Restart" : "Start"}
        </button>
        <button type="button" disabled={busy || !running} onClick={() => void session.stop()}>
          Stop
        </button>
      </form>
      {trouble !== null && (
        <p class="error" role="alert">
          {trouble}
        </p>
      )}
      <dl class="facts">
        <div>
          <dt>State</dt>
          <dd>{session.unreachable !== null ? "unknown" : run === null ? "none yet" : (run?.state ?? "…")}</dd>
        </div>
        <div>
          <dt>Uptime</dt>
          <dd>{run ? duration(run.uptime_s) : "–"}</dd>
        </div>
        <div>
          <dt>Events</dt>
          <dd>{run ? count(run.sent) : "–"}</dd>
        </div>
        <div>
          <dt>Rate</dt>
          <dd>
            {run ? count(run.rate.got) : "–"}
            <small>/s</small>
          </dd>
        </div>
      </dl>
    </section>
  );
}

const SECTOR_WORDS = { none: "", all: "best of all", own: "own best", slower: "" } as const;

function Sector({ car, store, i }: { car: Car; store: RaceStore; i: number }) {
  const rank = sectorRank(car, store.bestSectors_s, i);
  return (
    <td class={`num sector ${rank}`}>
      {car.sectors_s[i]?.toFixed(3) ?? "–"}
      {SECTOR_WORDS[rank] !== "" && <span class="sr"> {SECTOR_WORDS[rank]}</span>}
    </td>
  );
}

export function Chosen(props: { store: RaceStore; selected: readonly number[]; settings: Settings; dark: boolean }) {
  const { store } = props;
  const cars = props.selected.map((number) => store.cars.get(number)).filter((car) => car !== undefined);
  if (cars.length === 0) return null;
  const name = (car: Car, i: number) => (
    <th scope="row" class="driver">
      <svg width="4" height="16" aria-hidden="true">
        <rect width="4" height="16" fill={carColour(i, props.dark)} />
      </svg>
      {car.driver}
    </th>
  );
  return (
    <section aria-labelledby="chosen-title">
      <h2 id="chosen-title">Chosen cars</h2>
      <table>
        <thead>
          <tr>
            <th scope="col">Driver</th>
            {[props.settings.units, "Gear", "Thr %", "Brk %", "g", "Fuel kg"].map((label) => (
              <th key={label} scope="col" class="num">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {cars.map((car, i) => (
            <tr key={car.number}>
              {name(car, i)}
              <td class="num">{Math.round(speed(car.last.speed_kmh, props.settings.units))}</td>
              <td class="num">{car.last.gear === 0 ? "N" : car.last.gear}</td>
              <td class="num">{car.last.throttle_pct}</td>
              <td class="num">{car.last.brake_pct}</td>
              <td class="num">{Math.hypot(car.last.lat_g, car.last.lon_g).toFixed(1)}</td>
              <td class="num">{car.last.fuel_kg.toFixed(1)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <table class="sector-times">
        <thead>
          <tr>
            <th scope="col">Last lap</th>
            {["Sector 1", "Sector 2", "Sector 3", "Now in"].map((label) => (
              <th key={label} scope="col" class="num">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {cars.map((car, i) => (
            <tr key={car.number}>
              {name(car, i)}
              <Sector car={car} store={store} i={0} />
              <Sector car={car} store={store} i={1} />
              <Sector car={car} store={store} i={2} />
              <td class="num">{car.last.sector}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

export function RaceControl({ store }: { store: RaceStore }) {
  const shown = store.notices.slice(-NOTICES_SHOWN).reverse();
  return (
    <section class="notices" aria-labelledby="control-title">
      <h2 id="control-title">Race control</h2>
      {shown.length === 0 ? (
        <p class="hint empty">Nothing was said yet.</p>
      ) : (
        <ol class="scroll" tabIndex={0} aria-labelledby="control-title">
          {shown.map((notice) => (
            <li key={notice.key}>
              <time class="faint">{duration(notice.time_s)}</time>
              {notice.flag !== "" && <span class={`flag ${notice.flag.toLowerCase()}`}>{notice.flag}</span>}
              <span>{notice.text}</span>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
