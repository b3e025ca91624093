// What a row tells of a car or of a lap, whatever its columns are called. A quantity that the columns do not
// tell is kUnknown.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

#include "model/batch.h"
#include "model/race.h"

namespace racesim::race {

inline constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
inline bool known(double value) {
  return !std::isnan(value);
}

/// No car is faster, in any stream.
inline constexpr double kMostSpeed_kmh = 420;

/// The names of columns, for messages.
struct SampleNames {
  std::string_view speed, rpm, gear, throttle, brake, x, y;
};

/// A sample of a car.
struct SampleFacts {
  const SampleNames* names = nullptr;
  std::int64_t time_us = 0;  ///< event time
  double session = kUnknown;
  double speed_kmh = kUnknown, rpm = kUnknown, gear = kUnknown, throttle_pct = kUnknown, brake_pct = kUnknown;
  double x_m = kUnknown, y_m = kUnknown;
  double lap = kUnknown, sector = kUnknown, lon_g = kUnknown, lat_g = kUnknown, fuel_kg = kUnknown,
         wear_pct = kUnknown, tyre_age_laps = kUnknown, position = kUnknown, gap_s = kUnknown;
  std::optional<CarStatus> status;
  double speed_step_kmh = 0.1, place_step_m = 0.01;  ///< what the columns round to
};

/// A finished lap.
struct LapFacts {
  std::string_view lap_time_name, lap_name;  ///< of columns
  double session = kUnknown;
  double lap = kUnknown, lap_time_s = kUnknown, sectors_s = kUnknown;  ///< sectors: their sum
  double begin_s = kUnknown, end_s = kUnknown;                         ///< of the session or the epoch
  double gap_s = kUnknown;
};

/// A pass of a checkpoint.
struct PassFacts {
  double session = kUnknown, lap = kUnknown, s_m = kUnknown, gap_s = kUnknown, speed_kmh = kUnknown;
};

/// None: the row is of another kind.
std::optional<SampleFacts> sample_facts(const RowBatch& rows, std::size_t i);
std::optional<LapFacts> lap_facts(const RowBatch& rows, std::size_t i);
std::optional<PassFacts> pass_facts(const RowBatch& rows, std::size_t i);

}  // namespace racesim::race
