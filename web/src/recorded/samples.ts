// Samples as GET /api/v1/races/{run}/telemetry?every= gives them, made whole for parts that show live ones: texts are not among
// them, and a store may lack fields.
import type { CarSample } from "../generated/events";

export type Item = Partial<CarSample> & { event_time: string; driver: string };

/** Null: it has no place, or nobody knows whose it is. `cars`: numbers by driver, where samples do not name them. */
export function filledSample(item: Item, run: string, cars?: ReadonlyMap<string, number>): CarSample | null {
  const car = item.car ?? cars?.get(item.driver);
  if (car === undefined || item.x_m === undefined || item.y_m === undefined) return null;
  return {
    session: 1,
    seq: 0,
    session_time_s: 0,
    lap: 0,
    lap_distance_m: 0,
    speed_kmh: 0,
    engine_rpm: 0,
    gear: 0,
    throttle_pct: 0,
    brake_pct: 0,
    drs: false,
    lat: 0,
    lon: 0,
    lon_g: 0,
    lat_g: 0,
    fuel_kg: 0,
    tyre: "",
    tyre_age_laps: 0,
    tyre_wear_pct: 0,
    sector: 1,
    position: 99,
    gap_s: null,
    status: "on_track",
    ...item,
    x_m: item.x_m,
    y_m: item.y_m,
    run,
    car,
    time: item.event_time,
  };
}
