// Made by web/scripts/make-types.py of `racesim schema show`; do not edit.

export interface FleetEvent {
  vehicle_id: string;
  timestamp: string;
  location: {
    lat: number;
    lon: number;
  };
  speed_kmh: number;
  engine_rpm: number;
  gear: number;
  fuel_level_pct: number;
  fault_codes: string[];
  road_type: string;
  speed_limit_kmh: number;
  speeding: boolean;
  rpm_over_redline: boolean;
  seq: number;
  run: string;
}

export interface CarSample {
  run: string;
  session: number;
  car: number;
  driver: string;
  seq: number;
  time: string;
  session_time_s: number;
  lap: number;
  lap_distance_m: number;
  speed_kmh: number;
  engine_rpm: number;
  gear: number;
  throttle_pct: number;
  brake_pct: number;
  drs: boolean;
  x_m: number;
  y_m: number;
  z_m?: number;
  lat: number;
  lon: number;
  lon_g: number;
  lat_g: number;
  fuel_kg: number;
  tyre: string;
  tyre_age_laps: number;
  tyre_wear_pct: number;
  sector: number;
  position: number;
  gap_s: number | null;
  status: string;
}
