// One lap of one car, as its telemetry shows it: a row of the aggregation "lap".
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <tuple>

#include "model/schema.h"

namespace racesim {

enum class LapType : std::uint8_t { lap };
template <>
struct EnumNames<LapType> {
  static constexpr std::array<std::string_view, 1> names{"lap"};
};

/// The names of model/race.h's Compound, and one for samples that do not say.
enum class TyreSeen : std::uint8_t { soft, medium, hard, unknown };
template <>
struct EnumNames<TyreSeen> {
  static constexpr std::array<std::string_view, 4> names{"SOFT", "MEDIUM", "HARD", "UNKNOWN"};
};

/// Missing is what the samples do not tell. Shares and means are over samples, halves away from zero.
struct LapMetricsRow {
  LapType type;
  Hex32 run;  ///< 0 where the samples name none
  std::uint16_t session;
  std::uint16_t car;
  Text driver;
  std::uint16_t lap;
  TimeMs time;  ///< the lap's end; of one that is not complete its last sample
  std::uint64_t samples;
  std::uint64_t missing_samples;  ///< that seq counts and nobody brought
  Maybe<std::int64_t> lap_time_ms;
  Maybe<std::int64_t> sector1_ms;
  Maybe<std::int64_t> sector2_ms;
  Maybe<std::int64_t> sector3_ms;
  std::int64_t avg_speed_mkmh;  ///< 0.001 km/h
  std::uint16_t max_speed_dkmh;
  std::uint16_t min_speed_dkmh;
  Maybe<std::int32_t> full_throttle_cpct;  ///< 0.01 %: share of samples with all of it
  Maybe<std::int32_t> throttle_avg_cpct;
  Maybe<std::int32_t> brake_cpct_time;  ///< share of samples with any
  Maybe<std::int64_t> fuel_used_g;      ///< what it fell by from sample to sample within the lap
  Maybe<std::int32_t> max_lat_cg;       ///< 0.01 g, to whatever side
  Maybe<std::int32_t> max_lon_cg;
  Maybe<std::int32_t> max_brake_cg;   ///< the greatest deceleration
  Maybe<std::int64_t> gear_changes;   ///< between neighbouring samples of the lap
  TyreSeen tyre;                      ///< on the track, not what is fitted in the pits at the lap's end
  Maybe<std::int32_t> tyre_age_laps;  ///< at the lap's end
  bool is_interpolated;  ///< a sample beside a line is missing: times are read from those farther away
  bool is_complete;      ///< begin and end were seen
};
template <>
struct Schema<LapMetricsRow> {
  static constexpr std::string_view name = "lap";
  static constexpr int version = 1;
  static constexpr auto fields = std::make_tuple(
      field("type", &LapMetricsRow::type), field("run", &LapMetricsRow::run),
      field("session", &LapMetricsRow::session), field("car", &LapMetricsRow::car),
      field("driver", &LapMetricsRow::driver), field("lap", &LapMetricsRow::lap),
      field("time", &LapMetricsRow::time), field("samples", &LapMetricsRow::samples),
      field("missing_samples", &LapMetricsRow::missing_samples),
      field("lap_time_s", &LapMetricsRow::lap_time_ms, 3, "s"),
      field("sector1_s", &LapMetricsRow::sector1_ms, 3, "s"),
      field("sector2_s", &LapMetricsRow::sector2_ms, 3, "s"),
      field("sector3_s", &LapMetricsRow::sector3_ms, 3, "s"),
      field("avg_speed_kmh", &LapMetricsRow::avg_speed_mkmh, 3, "km/h"),
      field("max_speed_kmh", &LapMetricsRow::max_speed_dkmh, 1, "km/h"),
      field("min_speed_kmh", &LapMetricsRow::min_speed_dkmh, 1, "km/h"),
      field("full_throttle_pct", &LapMetricsRow::full_throttle_cpct, 2, "%"),
      field("throttle_avg_pct", &LapMetricsRow::throttle_avg_cpct, 2, "%"),
      field("brake_pct_time", &LapMetricsRow::brake_cpct_time, 2, "%"),
      field("fuel_used_kg", &LapMetricsRow::fuel_used_g, 3, "kg"),
      field("max_lat_g", &LapMetricsRow::max_lat_cg, 2, "g"),
      field("max_lon_g", &LapMetricsRow::max_lon_cg, 2, "g"),
      field("max_brake_g", &LapMetricsRow::max_brake_cg, 2, "g"),
      field("gear_changes", &LapMetricsRow::gear_changes), field("tyre", &LapMetricsRow::tyre),
      field("tyre_age_laps", &LapMetricsRow::tyre_age_laps),
      field("is_interpolated", &LapMetricsRow::is_interpolated),
      field("is_complete", &LapMetricsRow::is_complete));
};

}  // namespace racesim
