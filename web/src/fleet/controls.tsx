// Start, stop, rate and number of vehicles; CSV.
import { useState } from "preact/hooks";
import { count, duration } from "../lib/format";
import type { FleetSession } from "./fleet_session";
import { rateOf, VEHICLES_MOST } from "./store";

const RATE_RANGE = { least: 0.1, most: 100 };

export function Controls({ session }: { session: FleetSession }) {
  const { run, running, busy, store } = session;
  const rateNow = rateOf(store.vehicles.get(store.ids[0] ?? "")) ?? 5;
  const [rate, setRate] = useState<string | null>(null);
  const [vehicles, setVehicles] = useState("");
  const wanted = Number(rate ?? rateNow);
  const fleet = vehicles === "" ? null : Number(vehicles);
  const valid =
    wanted >= RATE_RANGE.least &&
    wanted <= RATE_RANGE.most &&
    (fleet === null || (Number.isInteger(fleet) && fleet >= 1 && fleet <= VEHICLES_MOST));
  const other = (rate !== null && wanted !== rateNow) || (fleet !== null && fleet !== store.vehicles.size);
  const begin = async (): Promise<void> => {
    await session.start({ rate_hz: String(wanted), ...(fleet === null ? {} : { vehicles: String(fleet) }) });
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
            min={RATE_RANGE.least}
            max={RATE_RANGE.most}
            step="any"
            value={rate ?? rateNow}
            aria-describedby="rate-hint"
            onInput={(event) => setRate(event.currentTarget.value)}
          />
        </label>
        <label>
          Vehicles
          <input
            type="number"
            inputMode="numeric"
            min={1}
            max={VEHICLES_MOST}
            placeholder={store.vehicles.size > 0 ? String(store.vehicles.size) : "1"}
            value={vehicles}
            onInput={(event) => setVehicles(event.currentTarget.value)}
          />
        </label>
        {running && other ? (
          <button type="submit" class="primary" disabled={busy || !valid}>
            Restart
          </button>
        ) : (
          <button type="submit" class="primary" disabled={busy || running || !valid}>
            Start
          </button>
        )}
        <button type="button" disabled={busy || !running} onClick={() => void session.stop()}>
          Stop
        </button>
      </form>
      <p id="rate-hint" class="hint">
        {!valid
          ? `Rate: ${RATE_RANGE.least} to ${RATE_RANGE.most} packets a second. Vehicles: 1 to ${VEHICLES_MOST}.`
          : running && other
            ? "A new rate begins a new run."
            : "Packets a second of each vehicle."}
      </p>
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
          <dt>Packets</dt>
          <dd>{run ? count(run.sent) : "–"}</dd>
        </div>
        <div>
          <dt>Rate</dt>
          <dd>
            {run ? run.rate.got.toFixed(1) : "–"}
            <small>/s</small>
          </dd>
        </div>
      </dl>
      {store.received > 0 ? (
        <a class="button" href="/telemetry/export.csv?limit=2000&scenario=fleet" download="telemetry.csv">
          Export CSV
        </a>
      ) : (
        <button type="button" disabled>
          Export CSV
        </button>
      )}
    </section>
  );
}
