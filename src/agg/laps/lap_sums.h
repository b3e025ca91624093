// What is added up of a lap while it is driven, and the row that comes of it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "agg/timing/car_trace.h"
#include "agg/timing/sector_lines.h"
#include "model/aggregates/lap.h"

namespace racesim {

inline constexpr std::int64_t kUnknown_ms = INT64_MIN;

/// One lap of one car. Without padding.
struct LapSums {
  std::array<Crossing, 2> crossings{};  ///< of the sector lines, as far as `crossed` says
  std::int64_t begin_ms = kUnknown_ms, end_ms = kUnknown_ms;  ///< epoch
  std::int64_t last_ms = 0;                                   ///< of the last sample
  std::uint64_t samples = 0, missing = 0;
  std::uint64_t speed_dkmh = 0, throttle_pct = 0;  ///< added up
  std::uint64_t full_throttle = 0, braking = 0;    ///< samples
  std::uint64_t gear_changes = 0;
  std::int64_t fuel_used_g = 0;
  std::int32_t last_fuel_g = 0;
  std::uint32_t missing_fields = 0;  ///< of any sample
  std::uint32_t driver = 0;
  std::uint32_t run = 0;
  std::uint16_t car = 0, session = 0, lap = 0;
  std::uint16_t max_speed_dkmh = 0, min_speed_dkmh = UINT16_MAX;
  std::int16_t max_lat_cg = 0, max_lon_cg = INT16_MIN, max_brake_cg = INT16_MIN;
  std::uint8_t last_gear = 0;
  std::uint8_t crossed = 0;       ///< bit i: crossings[i] is there
  std::uint8_t interpolated = 0;  ///< 0 or 1
  std::uint8_t on_track = 0;      ///< tyre and age are of a sample outside the pit lane
  Compound tyre = Compound::soft;
  std::uint8_t tyre_age_laps = 0;
  std::uint8_t by_best_laps = 0;  ///< 0 or 1: the session is no race
  std::uint8_t unused = 0;

  void add(const Sample& sample);
};

/// The row of a lap, its driver's text left out. `lines` are those of its run.
LapMetricsRow lap_row(const LapSums& lap, const std::array<SectorLine, 2>& lines);
/// Lines that the car has passed in this lap are not known well enough yet.
bool waits_for_lines(const LapSums& lap, const std::array<SectorLine, 2>& lines);

}  // namespace racesim
