// Days as drivers have them: from half past three at night, local time, to the next. Our own rule of offsets,
// so that events do not depend on the machine's zone database; part of fleet@1.
#pragma once

#include <cstdint>

#include "base/time_text.h"
#include "sim/fleet/plan/draws.h"

namespace racesim::fleet {

/// Central European time with the European Union's summer time (last Sunday of March to last Sunday of
/// October, 01:00 UTC), applied to all years; or a fixed offset.
class LocalTime {
 public:
  static LocalTime warsaw() { return LocalTime(1, true); }
  /// ⌊longitude / 15 + 0.5⌋ hours, no summer time: for places of which only the longitude is known.
  static LocalTime of_longitude(double longitude_deg) {
    const int hours = static_cast<int>((longitude_deg + 187.5) / 15) - 12;
    return LocalTime(hours, false);
  }

  std::int64_t offset_us(std::int64_t utc_us) const {
    return (base_hours_ + (summer_ && is_summer(utc_us) ? 1 : 0)) * kHour_us;
  }
  /// Number of the local day, from 1970-01-01, that has begun at this moment.
  std::int64_t day_of(std::int64_t utc_us) const {
    return floor_div(utc_us + offset_us(utc_us) - kDayBegins_us, kDay_us);
  }
  /// UTC of a local time of day: `hours` since midnight, 3.5 to 27.5 on the day itself.
  std::int64_t utc_us(std::int64_t day, double hours) const {
    const std::int64_t begin_us = day * kDay_us + kDayBegins_us;
    // The clock has changed by the time that the day begins.
    const std::int64_t offset = offset_us(begin_us - base_hours_ * kHour_us);
    return day * kDay_us + static_cast<std::int64_t>(hours * static_cast<double>(kHour_us)) - offset;
  }
  static constexpr double kDayBegins_h = 3.5;

 private:
  static constexpr std::int64_t kHour_us = 3600 * kSecond_us;
  static constexpr std::int64_t kDayBegins_us = 35 * kHour_us / 10;

  LocalTime(int base_hours, bool summer) : base_hours_(base_hours), summer_(summer) {}

  static std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }
  /// The last Sunday of a month of 31 days, 01:00 UTC.
  static std::int64_t last_sunday_us(int year, int month) {
    const std::int64_t last = days_from_civil({year, month, 31});
    return (last - (last + 4) % 7) * kDay_us + kHour_us;
  }
  static bool is_summer(std::int64_t utc_us) {
    const int year = civil_from_days(floor_div(utc_us, kDay_us)).year;
    return utc_us >= last_sunday_us(year, 3) && utc_us < last_sunday_us(year, 10);
  }

  int base_hours_;
  bool summer_;
};

/// 0 is Sunday.
inline int weekday(std::int64_t day) {
  return static_cast<int>(((day + 4) % 7 + 7) % 7);
}

}  // namespace racesim::fleet
