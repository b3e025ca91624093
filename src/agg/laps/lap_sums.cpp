#include "agg/laps/lap_sums.h"

#include <algorithm>

#include "agg/rounded.h"

namespace racesim {
namespace {

constexpr std::uint32_t kThrottle = telemetry_field("throttle_pct");
constexpr std::uint32_t kBrake = telemetry_field("brake_pct");
constexpr std::uint32_t kFuel = telemetry_field("fuel_kg");
constexpr std::uint32_t kLat = telemetry_field("lat_g");
constexpr std::uint32_t kLon = telemetry_field("lon_g");
constexpr std::uint32_t kGear = telemetry_field("gear");
constexpr std::uint32_t kTyre = telemetry_field("tyre");
constexpr std::uint32_t kTyreAge = telemetry_field("tyre_age_laps");

std::int16_t negated(std::int16_t value) {
  return value == INT16_MIN ? INT16_MAX : static_cast<std::int16_t>(-value);
}

/// Hundredths of a per cent.
Maybe<std::int32_t> share_cpct(std::uint64_t of_percent, std::uint64_t count) {
  return {static_cast<std::int32_t>(rounded_mean(static_cast<std::int64_t>(of_percent), count, 100))};
}

std::optional<std::int64_t> crossed_ms(const LapSums& lap, const std::array<SectorLine, 2>& lines,
                                       std::size_t line) {
  if ((lap.crossed >> line & 1) == 0) return std::nullopt;
  return lines[line].time_ms(lap.crossings[line]);
}

void set_times(const LapSums& lap, const std::array<SectorLine, 2>& lines, LapMetricsRow& row) {
  const bool begun = lap.begin_ms != kUnknown_ms, ended = lap.end_ms != kUnknown_ms;
  const auto line1_ms = crossed_ms(lap, lines, 0), line2_ms = crossed_ms(lap, lines, 1);
  if (begun && ended) row.lap_time_ms.value = lap.end_ms - lap.begin_ms;
  if (begun && line1_ms) row.sector1_ms.value = *line1_ms - lap.begin_ms;
  if (line1_ms && line2_ms) row.sector2_ms.value = *line2_ms - *line1_ms;
  if (line2_ms && ended) row.sector3_ms.value = lap.end_ms - *line2_ms;
}

}  // namespace

void LapSums::add(const Sample& sample) {
  missing_fields |= sample.missing_fields;
  if (samples > 0) {
    gear_changes += sample.gear != last_gear ? 1 : 0;
    fuel_used_g += std::max(0, last_fuel_g - sample.fuel_g);
  }
  ++samples;
  last_ms = sample.sight.time_ms;
  last_gear = sample.gear;
  last_fuel_g = sample.fuel_g;
  driver = sample.driver;
  const std::uint16_t speed = sample.sight.speed_dkmh;
  const std::int16_t lon = sample.sight.lon_cg;
  speed_dkmh += speed;
  max_speed_dkmh = std::max(max_speed_dkmh, speed);
  min_speed_dkmh = std::min(min_speed_dkmh, speed);
  throttle_pct += sample.throttle_pct;
  full_throttle += sample.throttle_pct >= 100 ? 1 : 0;
  braking += sample.brake_pct > 0 ? 1 : 0;
  max_lat_cg = std::max({max_lat_cg, sample.lat_cg, negated(sample.lat_cg)});
  max_lon_cg = std::max(max_lon_cg, lon);
  max_brake_cg = std::max(max_brake_cg, negated(lon));
  const bool outside = sample.status != CarStatus::pit;
  if (outside || on_track == 0) {
    on_track = outside ? 1 : 0;
    tyre = sample.tyre;
    tyre_age_laps = sample.tyre_age_laps;
  }
}

LapMetricsRow lap_row(const LapSums& lap, const std::array<SectorLine, 2>& lines) {
  LapMetricsRow row{};
  const auto known = [&](std::uint32_t field) { return (lap.missing_fields & field) == 0; };
  row.run = {lap.run};
  row.session = lap.session;
  row.car = lap.car;
  row.lap = lap.lap;
  row.is_complete = lap.begin_ms != kUnknown_ms && lap.end_ms != kUnknown_ms;
  row.time.ms = lap.end_ms != kUnknown_ms ? lap.end_ms : lap.last_ms;
  row.samples = lap.samples;
  row.missing_samples = lap.missing;
  set_times(lap, lines, row);
  row.avg_speed_mkmh = rounded_mean(static_cast<std::int64_t>(lap.speed_dkmh), lap.samples, 100);
  row.max_speed_dkmh = lap.max_speed_dkmh;
  row.min_speed_dkmh = lap.min_speed_dkmh;
  if (known(kThrottle)) {
    row.full_throttle_cpct = share_cpct(lap.full_throttle * 100, lap.samples);
    row.throttle_avg_cpct = share_cpct(lap.throttle_pct, lap.samples);
  }
  if (known(kBrake)) row.brake_cpct_time = share_cpct(lap.braking * 100, lap.samples);
  if (known(kFuel)) row.fuel_used_g.value = lap.fuel_used_g;
  if (known(kLat)) row.max_lat_cg.value = lap.max_lat_cg;
  if (known(kLon)) {
    row.max_lon_cg.value = lap.max_lon_cg;
    row.max_brake_cg.value = lap.max_brake_cg;
  }
  if (known(kGear)) row.gear_changes.value = static_cast<std::int64_t>(lap.gear_changes);
  row.tyre = known(kTyre) ? static_cast<TyreSeen>(lap.tyre) : TyreSeen::unknown;
  if (known(kTyreAge)) row.tyre_age_laps.value = lap.tyre_age_laps + (lap.end_ms != kUnknown_ms ? 1 : 0);
  row.is_interpolated = lap.interpolated != 0;
  return row;
}

bool waits_for_lines(const LapSums& lap, const std::array<SectorLine, 2>& lines) {
  for (std::size_t line = 0; line < lines.size(); ++line)
    if ((lap.crossed >> line & 1) != 0 && !lines[line].time_ms(lap.crossings[line])) return true;
  return false;
}

}  // namespace racesim
