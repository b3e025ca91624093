// Telemetry and laps under the column names of the two public sources that people know (run --as). Only names
// and units differ from model/race.h; columns that a simulator has no value for are left out.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <tuple>

#include "model/race.h"

namespace racesim {

/// The one source of samples here; theirs are "car", "pos" and "interpolation".
enum class FastF1Source : std::uint8_t { car };
template <>
struct EnumNames<FastF1Source> {
  static constexpr std::array<std::string_view, 1> names{"car"};
};

/// Off: in the pit lane, in the garage, or given up.
enum class FastF1Status : std::uint8_t { on_track, off_track };
template <>
struct EnumNames<FastF1Status> {
  static constexpr std::array<std::string_view, 2> names{"OnTrack", "OffTrack"};
};

/// Fast-F1's telemetry, of car and position data in one. Times that are timedeltas there are seconds here; X,
/// Y, Z are in 0.1 m.
struct FastF1TelemetryRow {
  TimeMs date;
  std::int64_t session_time_ms;
  std::int64_t time_ms;  ///< the same: of a slice that begins with the session
  Text driver_number;    ///< digits
  std::uint16_t rpm;
  std::uint16_t speed_dkmh;
  std::uint8_t gear;
  std::uint8_t throttle_pct;
  bool brake;
  std::uint8_t drs;  ///< 0 off, 12 on
  std::int32_t x_dm;
  std::int32_t y_dm;
  std::int32_t z_dm;
  std::int32_t distance_mm;  ///< since the lap's begin
  FastF1Status status;
  FastF1Source source;
};
template <>
struct Schema<FastF1TelemetryRow> {
  static constexpr std::string_view name = "telemetry-fastf1";
  static constexpr int version = 2;
  static constexpr bool sampled = true;
  static constexpr auto fields = std::make_tuple(
      field("Date", &FastF1TelemetryRow::date),
      field("SessionTime", &FastF1TelemetryRow::session_time_ms, 3, "s"),
      field("Time", &FastF1TelemetryRow::time_ms, 3, "s"),
      field("DriverNumber", &FastF1TelemetryRow::driver_number),
      field("RPM", &FastF1TelemetryRow::rpm, 0, "rpm"),
      field("Speed", &FastF1TelemetryRow::speed_dkmh, 1, "km/h"),
      field("nGear", &FastF1TelemetryRow::gear, 0, "", kGears),
      field("Throttle", &FastF1TelemetryRow::throttle_pct, 0, "%"),
      field("Brake", &FastF1TelemetryRow::brake), field("DRS", &FastF1TelemetryRow::drs),
      field("X", &FastF1TelemetryRow::x_dm, 0, "dm"), field("Y", &FastF1TelemetryRow::y_dm, 0, "dm"),
      field("Z", &FastF1TelemetryRow::z_dm, 0, "dm"),
      field("Distance", &FastF1TelemetryRow::distance_mm, 3, "m"),
      field("Status", &FastF1TelemetryRow::status), field("Source", &FastF1TelemetryRow::source));
};

/// Fast-F1's laps.
struct FastF1LapRow {
  std::int64_t time_ms;  ///< of the session, at the lap's end
  Text driver;
  Text driver_number;  ///< digits
  Maybe<std::int32_t> lap_time_ms;
  std::uint16_t lap_number;
  std::uint8_t stint;
  Maybe<std::int64_t> pit_out_ms;  ///< of the session
  Maybe<std::int64_t> pit_in_ms;
  Maybe<std::int32_t> sector1_ms;
  Maybe<std::int32_t> sector2_ms;
  Maybe<std::int32_t> sector3_ms;
  Maybe<std::int64_t> sector1_session_ms;  ///< of the session, at the sector's end
  Maybe<std::int64_t> sector2_session_ms;
  Maybe<std::int64_t> sector3_session_ms;
  std::uint16_t speed_i1_dkmh;  ///< the ends of sectors 1 and 2, the timing line, the speed trap
  std::uint16_t speed_i2_dkmh;
  std::uint16_t speed_fl_dkmh;
  std::uint16_t speed_st_dkmh;
  bool is_personal_best;
  Compound compound;
  std::uint8_t tyre_life_laps;
  bool fresh_tyre;  ///< always: every set that is fitted is a new one
  Text team;
  std::int64_t lap_start_ms;
  TimeMs lap_start_date;
  Text track_status;
  std::uint8_t position;
  bool deleted;
  Text deleted_reason;  ///< empty where it counts
  bool generated;       ///< never: nothing is added to what was timed
  bool is_accurate;     ///< as LapRow has it
};
template <>
struct Schema<FastF1LapRow> {
  static constexpr std::string_view name = "laps-fastf1";
  static constexpr int version = 2;
  static constexpr auto fields = std::make_tuple(
      field("Time", &FastF1LapRow::time_ms, 3, "s"), field("Driver", &FastF1LapRow::driver),
      field("DriverNumber", &FastF1LapRow::driver_number),
      field("LapTime", &FastF1LapRow::lap_time_ms, 3, "s"), field("LapNumber", &FastF1LapRow::lap_number),
      field("Stint", &FastF1LapRow::stint), field("PitOutTime", &FastF1LapRow::pit_out_ms, 3, "s"),
      field("PitInTime", &FastF1LapRow::pit_in_ms, 3, "s"),
      field("Sector1Time", &FastF1LapRow::sector1_ms, 3, "s"),
      field("Sector2Time", &FastF1LapRow::sector2_ms, 3, "s"),
      field("Sector3Time", &FastF1LapRow::sector3_ms, 3, "s"),
      field("Sector1SessionTime", &FastF1LapRow::sector1_session_ms, 3, "s"),
      field("Sector2SessionTime", &FastF1LapRow::sector2_session_ms, 3, "s"),
      field("Sector3SessionTime", &FastF1LapRow::sector3_session_ms, 3, "s"),
      field("SpeedI1", &FastF1LapRow::speed_i1_dkmh, 1, "km/h"),
      field("SpeedI2", &FastF1LapRow::speed_i2_dkmh, 1, "km/h"),
      field("SpeedFL", &FastF1LapRow::speed_fl_dkmh, 1, "km/h"),
      field("SpeedST", &FastF1LapRow::speed_st_dkmh, 1, "km/h"),
      field("IsPersonalBest", &FastF1LapRow::is_personal_best), field("Compound", &FastF1LapRow::compound),
      field("TyreLife", &FastF1LapRow::tyre_life_laps, 0, "laps"),
      field("FreshTyre", &FastF1LapRow::fresh_tyre), field("Team", &FastF1LapRow::team),
      field("LapStartTime", &FastF1LapRow::lap_start_ms, 3, "s"),
      field("LapStartDate", &FastF1LapRow::lap_start_date), field("TrackStatus", &FastF1LapRow::track_status),
      field("Position", &FastF1LapRow::position), field("Deleted", &FastF1LapRow::deleted),
      field("DeletedReason", &FastF1LapRow::deleted_reason),
      field("FastF1Generated", &FastF1LapRow::generated), field("IsAccurate", &FastF1LapRow::is_accurate));
};

/// OpenF1's car_data with the x, y, z of its location, in 0.1 m.
struct OpenF1CarDataRow {
  TimeUs date;
  std::uint16_t driver_number;
  std::uint16_t speed_kmh;
  std::uint16_t rpm;
  std::uint8_t gear;
  std::uint8_t throttle_pct;
  std::uint8_t brake;  ///< 0 or 100
  std::uint8_t drs;    ///< 0 off, 12 on
  std::int32_t x_dm;
  std::int32_t y_dm;
  std::int32_t z_dm;
  std::uint32_t meeting_key;  ///< the run's number
  std::uint16_t session_key;
};
template <>
struct Schema<OpenF1CarDataRow> {
  static constexpr std::string_view name = "car-data-openf1";
  static constexpr int version = 1;
  static constexpr auto fields = std::make_tuple(
      field("date", &OpenF1CarDataRow::date), field("driver_number", &OpenF1CarDataRow::driver_number),
      field("speed", &OpenF1CarDataRow::speed_kmh, 0, "km/h"), field("rpm", &OpenF1CarDataRow::rpm, 0, "rpm"),
      field("n_gear", &OpenF1CarDataRow::gear, 0, "", kGears),
      field("throttle", &OpenF1CarDataRow::throttle_pct, 0, "%"),
      field("brake", &OpenF1CarDataRow::brake, 0, "%"), field("drs", &OpenF1CarDataRow::drs),
      field("x", &OpenF1CarDataRow::x_dm, 0, "dm"), field("y", &OpenF1CarDataRow::y_dm, 0, "dm"),
      field("z", &OpenF1CarDataRow::z_dm, 0, "dm"), field("meeting_key", &OpenF1CarDataRow::meeting_key),
      field("session_key", &OpenF1CarDataRow::session_key));
};

/// OpenF1's laps.
struct OpenF1LapRow {
  TimeUs date_start;
  std::uint16_t driver_number;
  std::uint16_t lap_number;
  Maybe<std::int32_t> lap_ms;
  Maybe<std::int32_t> sector1_ms;
  Maybe<std::int32_t> sector2_ms;
  Maybe<std::int32_t> sector3_ms;
  std::uint16_t i1_speed_kmh;
  std::uint16_t i2_speed_kmh;
  std::uint16_t st_speed_kmh;
  bool is_pit_out_lap;
  std::uint32_t meeting_key;
  std::uint16_t session_key;
};
template <>
struct Schema<OpenF1LapRow> {
  static constexpr std::string_view name = "laps-openf1";
  static constexpr int version = 2;
  static constexpr auto fields = std::make_tuple(
      field("date_start", &OpenF1LapRow::date_start), field("driver_number", &OpenF1LapRow::driver_number),
      field("lap_number", &OpenF1LapRow::lap_number), field("lap_duration", &OpenF1LapRow::lap_ms, 3, "s"),
      field("duration_sector_1", &OpenF1LapRow::sector1_ms, 3, "s"),
      field("duration_sector_2", &OpenF1LapRow::sector2_ms, 3, "s"),
      field("duration_sector_3", &OpenF1LapRow::sector3_ms, 3, "s"),
      field("i1_speed", &OpenF1LapRow::i1_speed_kmh, 0, "km/h"),
      field("i2_speed", &OpenF1LapRow::i2_speed_kmh, 0, "km/h"),
      field("st_speed", &OpenF1LapRow::st_speed_kmh, 0, "km/h"),
      field("is_pit_out_lap", &OpenF1LapRow::is_pit_out_lap),
      field("meeting_key", &OpenF1LapRow::meeting_key), field("session_key", &OpenF1LapRow::session_key));
};

}  // namespace racesim
