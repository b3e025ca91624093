// What timing needs of a sample of telemetry, small enough to be kept while it waits for its turn.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "agg/state.h"
#include "model/batch.h"
#include "model/race.h"

namespace racesim {

/// Times and places beside a line.
struct Sight {
  std::int64_t time_ms = 0;
  std::int32_t s_mm = 0;  ///< lap distance
  std::uint16_t speed_dkmh = 0;
  std::int16_t lon_cg = 0;
};

/// Bits of Sample::missing_fields, by the name in the schema.
constexpr std::uint32_t telemetry_field(std::string_view path) {
  std::uint32_t bit = 1, found = 0;
  std::apply([&](const auto&... f) { ((found |= f.path == path ? bit : 0, bit <<= 1), ...); },
             Schema<TelemetryRow>::fields);
  return found;
}

/// A race's lights go out so long after its session's begin (docs/race.md, "Calendar"): lap 1 begins then.
inline constexpr std::int64_t kLightsOut_ms = 5'000;

/// One row of telemetry.
struct Sample {
  Sight sight;
  std::int64_t session_begin_ms = 0;  ///< epoch
  std::uint32_t missing_fields = 0;   ///< bit f: the record had no field f of Schema<TelemetryRow>
  std::uint32_t driver = 0;           ///< in DriverNames
  std::int32_t fuel_g = 0;
  std::uint16_t session = 0;
  std::uint16_t lap = 0;
  std::int16_t lat_cg = 0;
  std::uint8_t gear = 0;
  std::uint8_t throttle_pct = 0;
  std::uint8_t brake_pct = 0;
  std::uint8_t sector = 0;
  Compound tyre = Compound::soft;
  std::uint8_t tyre_age_laps = 0;
  CarStatus status = CarStatus::grid;
  std::uint8_t unused[7] = {};  ///< a state has no padding

  /// As a car's first sample: its session is no race, which begins on the grid, but goes by best laps. There
  /// a lap from the box has no time (docs/race.md), since it does not begin at the line.
  bool begins_in_box() const { return status == CarStatus::pit && lap <= 1; }
  bool starts_lap_one() const {
    return status == CarStatus::grid && lap == 1 && (missing_fields & telemetry_field("session_time_s")) == 0;
  }
};

/// Without these a sample is of no use to timing.
inline constexpr std::uint32_t kTimingFields = telemetry_field("car") | telemetry_field("time") |
                                               telemetry_field("lap") | telemetry_field("lap_distance_m") |
                                               telemetry_field("speed_kmh");
/// Without these an owner's samples are ordered by time.
inline constexpr std::uint32_t kOrderFields = telemetry_field("run") | telemetry_field("seq");

/// Distinct drivers' names by number; 0 is the empty one, which further names get once there are very many.
class DriverNames {
 public:
  std::uint32_t number(std::string_view name) {
    const auto found = numbers_.find(std::string(name));
    if (found != numbers_.end()) return found->second;
    if (names_.size() == kMost) return 0;
    const auto next = static_cast<std::uint32_t>(names_.size());
    names_.emplace_back(name);
    numbers_.emplace(names_.back(), next);
    return next;
  }
  std::string_view name(std::uint32_t number) const {
    return number < names_.size() ? std::string_view(names_[number]) : std::string_view{};
  }

  void save(StateWriter& out) const {
    out.put(static_cast<std::uint64_t>(names_.size()));
    for (const std::string& name : names_) out.text(name);
  }
  void load(StateReader& in) {
    names_.clear();
    numbers_.clear();
    const std::uint64_t count = in.count(sizeof(std::uint64_t));
    for (std::uint64_t i = 0; i < count; ++i) {
      names_.emplace_back(in.text());
      numbers_.emplace(names_.back(), static_cast<std::uint32_t>(i));
    }
  }

 private:
  static constexpr std::size_t kMost = 65'536;
  std::vector<std::string> names_{std::string{}};
  std::unordered_map<std::string, std::uint32_t> numbers_{{std::string{}, 0}};
};

/// `driver` is the number of the row's driver.
inline Sample sample_of(const TelemetryRow& row, std::uint64_t missing_fields, std::uint32_t driver) {
  Sample s;
  s.sight = {row.time.ms, row.lap_distance_mm, row.speed_dkmh, row.lon_cg};
  s.session_begin_ms = row.time.ms - row.session_time_ms;
  s.missing_fields = static_cast<std::uint32_t>(missing_fields);
  s.driver = driver;
  s.fuel_g = row.fuel_g;
  s.session = row.session;
  s.lap = row.lap;
  s.lat_cg = row.lat_cg;
  s.gear = row.gear;
  s.throttle_pct = row.throttle_pct;
  s.brake_pct = row.brake_pct;
  s.sector = row.sector;
  s.tyre = row.tyre;
  s.tyre_age_laps = row.tyre_age_laps;
  s.status = row.status;
  return s;
}

}  // namespace racesim
