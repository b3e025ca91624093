// The chosen vehicle's numbers, with the limit as the sign at the road.
import { clock, speed } from "../lib/format";
import type { Settings } from "../lib/settings";
import { ramp, stepOf } from "./ramp";
import type { Vehicle } from "./store";

const SCALE_KMH = 160;
const SCALE_RPM = 7000;

function Meter(props: { label: string; value: number; most: number; colour: string; mark?: number | undefined }) {
  const share = (value: number): number => Math.max(0, Math.min(100, (100 * value) / props.most));
  return (
    <div class="meter" role="img" aria-label={props.label}>
      <svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
        <rect class="meter-ground" width="100" height="6" />
        <rect width={share(props.value)} height="6" fill={props.colour} />
        {props.mark !== undefined && <rect class="meter-mark" x={share(props.mark) - 0.4} width="0.8" height="6" />}
      </svg>
    </div>
  );
}

export function Instrument({ vehicle, settings }: { vehicle: Vehicle | undefined; settings: Settings }) {
  if (vehicle === undefined)
    return (
      <section class="instrument" aria-label="Vehicle">
        <h2>No vehicle yet</h2>
        <p class="hint">Press Start: the first packets arrive within a second.</p>
      </section>
    );
  const { last } = vehicle;
  const colour = ramp(settings.safeColours, true)[stepOf(last.speed_kmh)]!;
  const limit = Math.round(speed(last.speed_limit_kmh, settings.units));
  return (
    <section class="instrument" aria-label={`Vehicle ${vehicle.id}`}>
      <div class="instrument-head">
        <h2>{vehicle.id}</h2>
        <span class="hint">
          {last.road_type} · {clock(vehicle.lastTime_s, settings.clock)}
        </span>
      </div>
      <div class="speed-row">
        <p class="speed">
          <span class="number">{Math.round(speed(last.speed_kmh, settings.units))}</span>
          <small>{settings.units}</small>
        </p>
        <p class={`limit ${last.speeding ? "broken" : ""}`}>
          <span class="sr">Limit </span>
          <span class="sign">{limit}</span>
          <span class="verdict">{last.speeding ? "! over the limit" : "within the limit"}</span>
        </p>
      </div>
      <Meter
        label={`Speed ${last.speed_kmh} km/h of ${last.speed_limit_kmh} allowed`}
        value={last.speed_kmh}
        most={SCALE_KMH}
        colour={colour}
        mark={last.speed_limit_kmh}
      />
      <dl class="facts">
        <div>
          <dt>Engine</dt>
          <dd class={last.rpm_over_redline ? "alert" : ""}>
            {last.engine_rpm}
            <small> rpm</small>
          </dd>
        </div>
        <div>
          <dt>Gear</dt>
          <dd>{last.gear === 0 ? "N" : last.gear}</dd>
        </div>
        <div>
          <dt>Fuel</dt>
          <dd class={last.fuel_level_pct < 10 ? "alert" : ""}>
            {last.fuel_level_pct.toFixed(1)}
            <small>%</small>
          </dd>
        </div>
        <div>
          <dt>Faults</dt>
          <dd class={last.fault_codes.length > 0 ? "alert" : ""}>
            {last.fault_codes.length > 0 ? last.fault_codes.join(" ") : "none"}
          </dd>
        </div>
      </dl>
      <Meter
        label={`Engine ${last.engine_rpm} rpm`}
        value={last.engine_rpm}
        most={SCALE_RPM}
        colour="var(--second)"
      />
    </section>
  );
}
