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
