// The events of the race scenario. Telemetry is the main stream (topic f1-telemetry, key car); checkpoints,
// laps and race control say what the timing tower would.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <tuple>

#include "model/schema.h"

namespace racesim {

enum class Compound : std::uint8_t { soft, medium, hard };
inline constexpr std::size_t kCompoundCount = 3;
template <>
struct EnumNames<Compound> {
  static constexpr std::array<std::string_view, kCompoundCount> names{"SOFT", "MEDIUM", "HARD"};
};

enum class CarStatus : std::uint8_t { grid, on_track, pit, out, finished };
inline constexpr std::size_t kCarStatusCount = 5;
template <>
struct EnumNames<CarStatus> {
  static constexpr std::array<std::string_view, kCarStatusCount> names{"grid", "on_track", "pit", "out",
                                                                       "finished"};
};

/// Of a racing car; 0 is neutral.
inline constexpr FieldRange kGears{0, 8};

/// One sample of one car.
struct TelemetryRow {
  Hex32 run;
  std::uint16_t session;  ///< of the run, from 1
  std::uint16_t car;      ///< its number
  Text driver;            ///< three letters
  std::uint64_t seq;      ///< of the car, from 0
  TimeMs time;
  std::int64_t session_time_ms;  ///< since the session's begin
  std::uint16_t lap;             ///< from 1, which begins on the grid
  std::int32_t lap_distance_mm;  ///< along the centreline from the timing line; negative on the grid
  std::uint16_t speed_dkmh;      ///< 0.1 km/h
  std::uint16_t engine_rpm;
  std::uint8_t gear;
  std::uint8_t throttle_pct;
  std::uint8_t brake_pct;
  bool drs;
  std::int32_t x_cm;         ///< east of the track's anchor
  std::int32_t y_cm;         ///< north
  Maybe<std::int32_t> z_cm;  ///< up; only where the track has heights
  std::int32_t latitude_udeg;
  std::int32_t longitude_udeg;
  std::int16_t lon_cg;  ///< 0.01 g, + = faster
  std::int16_t lat_cg;  ///< + = to the left
  std::int32_t fuel_g;
  Compound tyre;
  std::uint8_t tyre_age_laps;
  std::uint16_t tyre_wear_dpct;  ///< 0.1 %
  std::uint8_t sector;
  std::uint8_t position;  ///< in the classification of this moment
  Maybe<std::int32_t>
      gap_ms;  ///< to the leader; by best laps in qualifying and practice: none without a time
  CarStatus status;
};
template <>
struct Schema<TelemetryRow> {
  static constexpr std::string_view name = "telemetry";
  static constexpr int version = 2;
  static constexpr bool sampled = true;
  static constexpr auto fields = std::make_tuple(
      field("run", &TelemetryRow::run), field("session", &TelemetryRow::session),
      field("car", &TelemetryRow::car), field("driver", &TelemetryRow::driver),
      field("seq", &TelemetryRow::seq), field("time", &TelemetryRow::time),
      field("session_time_s", &TelemetryRow::session_time_ms, 3, "s"), field("lap", &TelemetryRow::lap),
      field("lap_distance_m", &TelemetryRow::lap_distance_mm, 3, "m"),
      field("speed_kmh", &TelemetryRow::speed_dkmh, 1, "km/h"),
      field("engine_rpm", &TelemetryRow::engine_rpm, 0, "rpm"),
      field("gear", &TelemetryRow::gear, 0, "", kGears),
      field("throttle_pct", &TelemetryRow::throttle_pct, 0, "%", percent(0)),
      field("brake_pct", &TelemetryRow::brake_pct, 0, "%", percent(0)), field("drs", &TelemetryRow::drs),
      field("x_m", &TelemetryRow::x_cm, 2, "m"), field("y_m", &TelemetryRow::y_cm, 2, "m"),
      rare_field("z_m", &TelemetryRow::z_cm, 2, "m"),
      field("lat", &TelemetryRow::latitude_udeg, 6, "deg", kLatitude_udeg),
      field("lon", &TelemetryRow::longitude_udeg, 6, "deg", kLongitude_udeg),
      field("lon_g", &TelemetryRow::lon_cg, 2, "g"), field("lat_g", &TelemetryRow::lat_cg, 2, "g"),
      field("fuel_kg", &TelemetryRow::fuel_g, 3, "kg"), field("tyre", &TelemetryRow::tyre),
      field("tyre_age_laps", &TelemetryRow::tyre_age_laps),
      field("tyre_wear_pct", &TelemetryRow::tyre_wear_dpct, 1, "%", percent(1)),
      field("sector", &TelemetryRow::sector), field("position", &TelemetryRow::position),
      field("gap_s", &TelemetryRow::gap_ms, 3, "s"), field("status", &TelemetryRow::status));
};

/// A car passes a checkpoint.
struct CheckpointPassRow {
  Hex32 run;
  std::uint16_t session;
  std::uint16_t car;
  Text driver;
  std::uint64_t seq;  ///< of the car's passes
  TimeMs time;
  std::int64_t session_time_ms;
  std::uint16_t lap;         ///< that goes on here; at the timing line the one that ends
  std::uint16_t checkpoint;  ///< its id; the timing line is 0
  Text name;
  std::int32_t s_mm;    ///< where it lies on the centreline
  std::uint8_t sector;  ///< that ends here, else 0
  std::uint16_t speed_dkmh;
  std::uint8_t position;
  Maybe<std::int32_t> gap_ms;  ///< as in TelemetryRow
};
template <>
struct Schema<CheckpointPassRow> {
  static constexpr std::string_view name = "checkpoints";
  static constexpr int version = 2;
  static constexpr auto fields = std::make_tuple(
      field("run", &CheckpointPassRow::run), field("session", &CheckpointPassRow::session),
      field("car", &CheckpointPassRow::car), field("driver", &CheckpointPassRow::driver),
      field("seq", &CheckpointPassRow::seq), field("time", &CheckpointPassRow::time),
      field("session_time_s", &CheckpointPassRow::session_time_ms, 3, "s"),
      field("lap", &CheckpointPassRow::lap), field("checkpoint", &CheckpointPassRow::checkpoint),
      field("name", &CheckpointPassRow::name), field("s_m", &CheckpointPassRow::s_mm, 3, "m"),
      field("sector", &CheckpointPassRow::sector),
      field("speed_kmh", &CheckpointPassRow::speed_dkmh, 1, "km/h"),
      field("position", &CheckpointPassRow::position), field("gap_s", &CheckpointPassRow::gap_ms, 3, "s"));
};

/// A finished lap.
struct LapRow {
  Hex32 run;
  std::uint16_t session;
  std::uint16_t car;
  Text driver;
  Text team;          ///< its name
  std::uint64_t seq;  ///< of the car's laps
  TimeMs time;        ///< its end
  std::int64_t session_time_ms;
  std::uint16_t lap;
  Maybe<std::int32_t> lap_time_ms;  ///< none: it began in the box (qualifying, practice)
  Maybe<std::int32_t> sector1_ms;   ///< likewise
  Maybe<std::int32_t> sector2_ms;
  Maybe<std::int32_t> sector3_ms;
  Compound tyre;
  std::uint8_t tyre_age_laps;     ///< at the lap's end
  std::uint8_t stint;             ///< from 1
  std::uint16_t speed_s1_dkmh;    ///< 0.1 km/h, where sector 1 ends
  std::uint16_t speed_s2_dkmh;    ///< likewise sector 2
  std::uint16_t speed_line_dkmh;  ///< at the timing line, at the lap's end
  std::uint16_t speed_trap_dkmh;  ///< at the place where the track is fastest
  std::uint8_t position;
  Maybe<std::int32_t> gap_ms;      ///< as in TelemetryRow
  bool pit_in;                     ///< the lap ends in the pit lane
  bool pit_out;                    ///< it begins there
  Maybe<std::int64_t> pit_in_ms;   ///< since the session's begin: the car came under the lane's limit
  Maybe<std::int64_t> pit_out_ms;  ///< likewise: it left the limit behind
  bool is_valid;
  bool is_best;       ///< the driver's best valid one so far
  Text track_status;  ///< what was shown in the course of it, in order: 1 clear, 2 yellow, 4 safety car, 6
                      ///< virtual safety car, 7 the same ending
  std::int64_t start_time_ms;  ///< since the session's begin: the lap began; in the box when the car left it
  bool deleted;                ///< its time does not count
  Text deleted_reason;         ///< empty where it does
  bool is_accurate;            ///< its times are those of a whole lap at racing speed: all of them are there,
                               ///< it is neither into nor out of the pits, was clear or yellow, and does not
                               ///< follow one behind the safety car
};
template <>
struct Schema<LapRow> {
  static constexpr std::string_view name = "laps";
  static constexpr int version = 2;
  static constexpr auto fields = std::make_tuple(
      field("run", &LapRow::run), field("session", &LapRow::session), field("car", &LapRow::car),
      field("driver", &LapRow::driver), field("team", &LapRow::team), field("seq", &LapRow::seq),
      field("time", &LapRow::time), field("session_time_s", &LapRow::session_time_ms, 3, "s"),
      field("lap", &LapRow::lap), field("lap_time_s", &LapRow::lap_time_ms, 3, "s"),
      field("sector1_s", &LapRow::sector1_ms, 3, "s"), field("sector2_s", &LapRow::sector2_ms, 3, "s"),
      field("sector3_s", &LapRow::sector3_ms, 3, "s"), field("tyre", &LapRow::tyre),
      field("tyre_age_laps", &LapRow::tyre_age_laps), field("stint", &LapRow::stint),
      field("speed_s1_kmh", &LapRow::speed_s1_dkmh, 1, "km/h"),
      field("speed_s2_kmh", &LapRow::speed_s2_dkmh, 1, "km/h"),
      field("speed_line_kmh", &LapRow::speed_line_dkmh, 1, "km/h"),
      field("speed_trap_kmh", &LapRow::speed_trap_dkmh, 1, "km/h"), field("position", &LapRow::position),
      field("gap_s", &LapRow::gap_ms, 3, "s"), field("pit_in", &LapRow::pit_in),
      field("pit_out", &LapRow::pit_out), field("pit_in_time_s", &LapRow::pit_in_ms, 3, "s"),
      field("pit_out_time_s", &LapRow::pit_out_ms, 3, "s"), field("is_valid", &LapRow::is_valid),
      field("is_best", &LapRow::is_best), field("track_status", &LapRow::track_status),
      field("start_time_s", &LapRow::start_time_ms, 3, "s"), field("deleted", &LapRow::deleted),
      field("deleted_reason", &LapRow::deleted_reason), field("is_accurate", &LapRow::is_accurate));
};

/// A message of race control.
struct RaceControlRow {
  Hex32 run;
  std::uint16_t session;
  std::uint64_t seq;  ///< of the session's messages
  TimeMs time;
  std::int64_t session_time_ms;
  std::uint16_t lap;    ///< of the leader
  Text category;        ///< Flag, SafetyCar, CarEvent, Other
  Text flag;            ///< GREEN, YELLOW, RED, RESTART, …; empty where none
  Text scope;           ///< Track, Sector, Driver
  std::uint8_t sector;  ///< 0: none
  std::uint16_t car;    ///< 0: none
  Text message;
  Maybe<std::int32_t> seconds_ms;  ///< of a penalty
  Text reason;                     ///< of a penalty; else empty
};
template <>
struct Schema<RaceControlRow> {
  static constexpr std::string_view name = "race-control";
  static constexpr int version = 2;
  static constexpr auto fields = std::make_tuple(
      field("run", &RaceControlRow::run), field("session", &RaceControlRow::session),
      field("seq", &RaceControlRow::seq), field("time", &RaceControlRow::time),
      field("session_time_s", &RaceControlRow::session_time_ms, 3, "s"), field("lap", &RaceControlRow::lap),
      field("category", &RaceControlRow::category), field("flag", &RaceControlRow::flag),
      field("scope", &RaceControlRow::scope), field("sector", &RaceControlRow::sector),
      field("car", &RaceControlRow::car), field("message", &RaceControlRow::message),
      field("seconds", &RaceControlRow::seconds_ms, 3, "s"), field("reason", &RaceControlRow::reason));
};

/// A car in the result of a session, told at its end.
struct ResultRow {
  Hex32 run;
  std::uint16_t session;
  std::uint16_t car;
  Text driver;
  Text team;          ///< its name
  std::uint64_t seq;  ///< of the car's results
  TimeMs time;
  std::int64_t session_time_ms;
  std::uint8_t position;     ///< from 1
  bool classified;           ///< race: it drove nine tenths of the winner's laps; else: it has a time
  Maybe<std::int16_t> grid;  ///< slot from 1; only in races
  std::uint16_t laps;        ///< complete ones
  Maybe<std::int64_t>
      time_ms;  ///< race: for its laps since the lights went out, with its penalties, if it took
                ///< the flag; else: its best lap, in qualifying of the last part that it was in
  Maybe<std::int64_t> gap_ms;  ///< the same less that of the first one; none where they drove other distances
  std::uint16_t points;
  Text status;  ///< Finished, "+1 Lap", or why it did not: "Gearbox"
  Maybe<std::int32_t> q1_ms;
  Maybe<std::int32_t> q2_ms;
  Maybe<std::int32_t> q3_ms;
  std::int32_t penalties_ms;  ///< that were added to its time
};
template <>
struct Schema<ResultRow> {
  static constexpr std::string_view name = "results";
  static constexpr int version = 1;
  static constexpr auto fields = std::make_tuple(
      field("run", &ResultRow::run), field("session", &ResultRow::session), field("car", &ResultRow::car),
      field("driver", &ResultRow::driver), field("team", &ResultRow::team), field("seq", &ResultRow::seq),
      field("time", &ResultRow::time), field("session_time_s", &ResultRow::session_time_ms, 3, "s"),
      field("position", &ResultRow::position), field("classified", &ResultRow::classified),
      field("grid", &ResultRow::grid), field("laps", &ResultRow::laps),
      field("time_s", &ResultRow::time_ms, 3, "s"), field("gap_s", &ResultRow::gap_ms, 3, "s"),
      field("points", &ResultRow::points), field("status", &ResultRow::status),
      field("q1_s", &ResultRow::q1_ms, 3, "s"), field("q2_s", &ResultRow::q2_ms, 3, "s"),
      field("q3_s", &ResultRow::q3_ms, 3, "s"), field("penalties_s", &ResultRow::penalties_ms, 3, "s"));
};

}  // namespace racesim
