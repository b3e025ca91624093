// ISO 8601 / RFC 3339 dates and times as text. Generation never calls the zone functions: zones serve
// only the command line.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"

namespace racesim {

/// Proleptic Gregorian date as days since 1970-01-01.
struct CivilDate {
  int year;
  int month;  ///< 1..12
  int day;    ///< 1..31
};
constexpr std::int64_t days_from_civil(CivilDate d) noexcept {
  // Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
  const std::int64_t y = d.year - (d.month <= 2 ? 1 : 0);
  const std::int64_t era = (y >= 0 ? y : y - 399) / 400;
  const std::int64_t yoe = y - era * 400;
  const std::int64_t doy = (153 * (d.month + (d.month > 2 ? -3 : 9)) + 2) / 5 + d.day - 1;
  const std::int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
  return era * 146097 + doe - 719468;
}
constexpr CivilDate civil_from_days(std::int64_t days) noexcept {
  const std::int64_t z = days + 719468;
  const std::int64_t era = (z >= 0 ? z : z - 146096) / 146097;
  const std::int64_t doe = z - era * 146097;
  const std::int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
  const std::int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
  const std::int64_t mp = (5 * doy + 2) / 153;
  const int month = static_cast<int>(mp < 10 ? mp + 3 : mp - 9);
  return {static_cast<int>(yoe + era * 400 + (month <= 2 ? 1 : 0)), month,
          static_cast<int>(doy - (153 * mp + 2) / 5 + 1)};
}

/// "2024-02-01" → days since 1970-01-01. Exactly that form; impossible dates are an error saying why.
Result<std::int64_t> parse_date(std::string_view text);

/// An ISO 8601 date-time (extended form; 'T' or one space; seconds and fraction optional; 'Z', ±hh:mm or
/// nothing) → nanoseconds since the epoch, UTC. Without an offset it is read in `zone` (an IANA name, "UTC",
/// or a fixed ±hh:mm). A time in a DST gap, or one that a DST overlap makes ambiguous, is an error that
/// shows both readings with their offsets. A date alone means its midnight. ":60" is accepted as the next
/// second. The error's `what` says what is wrong with `text`; its `hint` shows a right one.
Result<std::int64_t> parse_datetime(std::string_view text, std::string_view zone);

/// Strict RFC 3339 as events carry it: full date, 'T', full time, `digits` decimals exactly, 'Z' or
/// "+00:00" (`offset_form`) → units of 10^-digits seconds since the epoch. No leap second.
Result<std::int64_t> parse_event_time(std::string_view text, int digits, bool offset_form);

/// Nanoseconds since the epoch → "2024-02-01T00:00:00Z", with a fraction of 3, 6 or 9 digits if not zero.
std::string format_datetime(std::int64_t epoch_ns);
/// The same of times that clocks in nanoseconds do not reach: of years before 1678 and behind 2261.
std::string format_datetime_us(std::int64_t epoch_us);

}  // namespace racesim
