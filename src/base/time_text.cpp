#include "base/time_text.h"

#include <array>
#include <limits>
#include <optional>

#include <fmt/core.h>

#include "base/parse_text.h"
#include "base/zone.h"

namespace racesim {
namespace {

constexpr std::int64_t kSecond_ns = 1'000'000'000;
constexpr std::int64_t kDay_s = 86'400;
constexpr std::int64_t kOffsetLimit_s = 18 * 3600;
constexpr std::string_view kDateExample = "example: 2024-02-01";
constexpr std::string_view kDateTimeExample = "example: 2024-02-01T00:00:00Z";

/// Reads a text from the left; every step says whether it matched.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool done() const { return rest_.empty(); }
  bool next_is_digit() const { return !rest_.empty() && is_digit(rest_.front()); }
  bool take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  /// Exactly `count` digits.
  bool number(int count, int& value) {
    if (rest_.size() < static_cast<std::size_t>(count)) return false;
    int sum = 0;
    for (int i = 0; i < count; ++i) {
      const char c = rest_[static_cast<std::size_t>(i)];
      if (!is_digit(c)) return false;
      sum = sum * 10 + (c - '0');
    }
    rest_.remove_prefix(static_cast<std::size_t>(count));
    value = sum;
    return true;
  }
  /// One digit; only where next_is_digit().
  int digit() {
    const int value = rest_.front() - '0';
    rest_.remove_prefix(1);
    return value;
  }

 private:
  std::string_view rest_;
};

bool is_leap(int year) {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int days_in_month(int year, int month) {
  constexpr std::array<int, 12> kDays{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && is_leap(year) ? 29 : kDays[static_cast<std::size_t>(month - 1)];
}

bool scan_date(Scanner& in, CivilDate& date) {
  return in.number(4, date.year) && in.take('-') && in.number(2, date.month) && in.take('-') &&
         in.number(2, date.day);
}

/// Why the date cannot be; empty if it can.
std::string date_fault(CivilDate date) {
  constexpr std::array<std::string_view, 12> kNames{"January",   "February", "March",    "April",
                                                    "May",       "June",     "July",     "August",
                                                    "September", "October",  "November", "December"};
  if (date.month < 1 || date.month > 12) return "months go from 01 to 12";
  const int days = days_in_month(date.year, date.month);
  if (date.day >= 1 && date.day <= days) return {};
  return fmt::format("{} {:04} has {} days", kNames[static_cast<std::size_t>(date.month - 1)], date.year,
                     days);
}

struct TimeOfDay {
  int hour = 0;
  int minute = 0;
  int second = 0;  ///< 60 in a leap second
  int nanos = 0;

  std::int64_t seconds() const { return hour * 3600 + minute * 60 + second; }
};

/// Why the time cannot be; empty if it can.
std::string time_fault(const TimeOfDay& time, int second_limit) {
  if (time.hour == 24) return "hours go from 00 to 23; midnight is 00:00 of the next day";
  if (time.hour > 23) return "hours go from 00 to 23";
  if (time.minute > 59) return "minutes go from 00 to 59";
  if (time.second > second_limit) return fmt::format("seconds go from 00 to {}", second_limit);
  return {};
}

/// The digits behind a decimal sign, 1 to 9 of them, as nanoseconds. Returns how many there were; 0 is a
/// fault.
int scan_fraction(Scanner& in, int& nanos) {
  int digits = 0;
  int value = 0;
  for (; digits < 9 && in.next_is_digit(); ++digits) value = value * 10 + in.digit();
  for (int i = digits; i < 9; ++i) value *= 10;
  nanos = value;
  return digits;
}

struct DateTime {
  CivilDate date{};
  TimeOfDay time;
  std::optional<std::int64_t> offset_s;
};

enum class Scan : std::uint8_t { ok, malformed, long_fraction, large_offset };

/// "+01:00", "-05:30"; the sign is still to be read.
Scan scan_offset(Scanner& in, std::int64_t& offset_s) {
  const bool minus = in.take('-');
  if (!minus && !in.take('+')) return Scan::malformed;
  int hours = 0;
  int minutes = 0;
  if (!in.number(2, hours) || !in.take(':') || !in.number(2, minutes)) return Scan::malformed;
  offset_s = hours * 3600 + minutes * 60;
  if (minutes > 59 || offset_s > kOffsetLimit_s) return Scan::large_offset;
  if (minus) offset_s = -offset_s;
  return Scan::ok;
}

Scan scan_time(Scanner& in, TimeOfDay& time) {
  if (!in.number(2, time.hour) || !in.take(':') || !in.number(2, time.minute)) return Scan::malformed;
  if (!in.take(':')) return Scan::ok;
  if (!in.number(2, time.second)) return Scan::malformed;
  if (!in.take('.') && !in.take(',')) return Scan::ok;
  if (scan_fraction(in, time.nanos) == 0) return Scan::malformed;
  return in.next_is_digit() ? Scan::long_fraction : Scan::ok;
}

Scan scan_datetime(Scanner& in, DateTime& out) {
  if (!scan_date(in, out.date)) return Scan::malformed;
  if (in.done()) return Scan::ok;
  if (!in.take('T') && !in.take(' ')) return Scan::malformed;
  const Scan time = scan_time(in, out.time);
  if (time != Scan::ok || in.done()) return time;
  if (in.take('Z')) {
    out.offset_s = 0;
  } else {
    const Scan offset = scan_offset(in, out.offset_s.emplace());
    if (offset != Scan::ok) return offset;
  }
  return in.done() ? Scan::ok : Scan::malformed;
}

Result<DateTime> read_datetime(std::string_view text) {
  Scanner in(text);
  DateTime out;
  switch (scan_datetime(in, out)) {
    case Scan::ok:
      break;
    case Scan::malformed:
      return usage(fmt::format("'{}' is not an ISO 8601 date-time", text), kDateTimeExample);
    case Scan::long_fraction:
      return usage(fmt::format("'{}' has more than 9 digits after the decimal point", text),
                   "example: 2024-02-01T00:00:00.123456789Z");
    case Scan::large_offset:
      return usage(fmt::format("'{}' has an impossible offset: offsets go from -18:00 to +18:00", text),
                   "example: 2024-02-01T00:00:00+01:00");
  }
  std::string fault = date_fault(out.date);
  if (fault.empty()) fault = time_fault(out.time, 60);
  if (!fault.empty()) return usage(fmt::format("'{}' is not a time: {}", text, fault), kDateTimeExample);
  return out;
}

std::string format_offset(std::int64_t offset_s) {
  const std::int64_t size_s = offset_s < 0 ? -offset_s : offset_s;
  std::string out = fmt::format("{}{:02}:{:02}", offset_s < 0 ? '-' : '+', size_s / 3600, size_s / 60 % 60);
  if (size_s % 60 != 0) out += fmt::format(":{:02}", size_s % 60);
  return out;
}

/// The time as ISO text without an offset, with seconds only: for messages.
std::string format_local(std::int64_t local_s) {
  std::string text = format_datetime(local_s * kSecond_ns);
  text.pop_back();
  return text;
}

/// `zone` as a fixed offset if it is one.
std::optional<std::int64_t> fixed_offset(std::string_view zone) {
  if (zone == "UTC" || zone == "Z") return 0;
  Scanner in(zone);
  std::int64_t offset_s = 0;
  if (scan_offset(in, offset_s) != Scan::ok || !in.done()) return std::nullopt;
  return offset_s;
}

Result<std::int64_t> offset_in_zone(std::string_view text, std::string_view zone, std::int64_t local_s) {
  if (const auto fixed = fixed_offset(zone)) return *fixed;
  const auto offsets = local_offsets(zone, local_s);
  if (!offsets) return tl::make_unexpected(offsets.error());
  if (offsets->kind == LocalOffsets::Kind::unique) return offsets->first_s;

  const std::string local = format_local(local_s);
  const std::string first = format_offset(offsets->first_s);
  const std::string second = format_offset(offsets->second_s);
  if (offsets->kind == LocalOffsets::Kind::overlap) {
    return usage(
        fmt::format("'{}' happens twice in {}, with {} and with {}: the clock is set back", text, zone, first,
                    second),
        fmt::format("write {0}{1} for the first time or {0}{2} for the second", local, first, second));
  }
  // Read with the offset before the jump the time lands behind it, and the other way round.
  const std::int64_t jump_s = offsets->second_s - offsets->first_s;
  return usage(fmt::format("'{}' does not exist in {}: the clock is set forward from {} to {}", text, zone,
                           first, second),
               fmt::format("write {}{} (read with {}) or {}{} (read with {})", format_local(local_s + jump_s),
                           second, first, format_local(local_s - jump_s), first, second));
}

/// A moment without a product that could be too large.
struct MomentParts {
  std::int64_t days;
  std::int64_t second;  ///< of the day
  std::int64_t nanos;   ///< of the second
};

/// `count` units since the epoch, of which a second has `units`; the fraction stays in units.
MomentParts split_time(std::int64_t count, std::int64_t units) {
  MomentParts parts{0, count / units, count % units};
  if (parts.nanos < 0) {
    parts.nanos += units;
    --parts.second;
  }
  parts.days = parts.second / kDay_s;
  parts.second %= kDay_s;
  if (parts.second < 0) {
    parts.second += kDay_s;
    --parts.days;
  }
  return parts;
}

std::string datetime_text(const MomentParts& parts) {
  const CivilDate date = civil_from_days(parts.days);
  std::string out = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", date.year, date.month, date.day,
                                parts.second / 3600, parts.second / 60 % 60, parts.second % 60);
  if (parts.nanos % 1'000'000 == 0) {
    if (parts.nanos != 0) out += fmt::format(".{:03}", parts.nanos / 1'000'000);
  } else if (parts.nanos % 1000 == 0) {
    out += fmt::format(".{:06}", parts.nanos / 1000);
  } else {
    out += fmt::format(".{:09}", parts.nanos);
  }
  out += 'Z';
  return out;
}

}  // namespace

Result<std::int64_t> parse_date(std::string_view text) {
  Scanner in(text);
  CivilDate date{};
  if (!scan_date(in, date) || !in.done())
    return usage(fmt::format("'{}' is not an ISO 8601 date", text), kDateExample);
  const std::string fault = date_fault(date);
  if (!fault.empty()) return usage(fmt::format("'{}' is not a date: {}", text, fault), kDateExample);
  return days_from_civil(date);
}

Result<std::int64_t> parse_datetime(std::string_view text, std::string_view zone) {
  const auto read = read_datetime(text);
  if (!read) return tl::make_unexpected(read.error());
  // 64 bits of nanoseconds reach from 1677-09-21 to 2262-04-11.
  if (read->date.year < 1678 || read->date.year > 2261)
    return usage(fmt::format("'{}' is out of range: years go from 1678 to 2261", text), kDateTimeExample);

  // A leap second belongs to the zone rules of the second before it.
  const bool leap = read->time.second == 60;
  const std::int64_t local_s = days_from_civil(read->date) * kDay_s + read->time.seconds() - (leap ? 1 : 0);
  std::int64_t offset_s = 0;
  if (read->offset_s) {
    offset_s = *read->offset_s;
  } else {
    const auto found = offset_in_zone(text, zone, local_s);
    if (!found) return tl::make_unexpected(found.error());
    offset_s = *found;
  }
  return (local_s - offset_s + (leap ? 1 : 0)) * kSecond_ns + read->time.nanos;
}

Result<std::int64_t> parse_event_time(std::string_view text, int digits, bool offset_form) {
  const auto malformed = [&] {
    const std::string fraction = digits == 0 ? "" : "." + std::string(static_cast<std::size_t>(digits), '0');
    return usage(fmt::format("'{}' is not an event time", text),
                 fmt::format("example: 2024-02-01T00:00:00{}{}", fraction, offset_form ? "+00:00" : "Z"));
  };
  Scanner in(text);
  CivilDate date{};
  TimeOfDay time;
  if (!scan_date(in, date) || !in.take('T') || !in.number(2, time.hour) || !in.take(':') ||
      !in.number(2, time.minute) || !in.take(':') || !in.number(2, time.second))
    return malformed();
  std::int64_t fraction = 0;
  std::int64_t scale = 1;
  if (digits > 0 && !in.take('.')) return malformed();
  for (int i = 0; i < digits; ++i) {
    if (!in.next_is_digit()) return malformed();
    fraction = fraction * 10 + in.digit();
    scale *= 10;
  }
  for (const char c : std::string_view(offset_form ? "+00:00" : "Z"))
    if (!in.take(c)) return malformed();
  if (!in.done()) return malformed();

  std::string fault = date_fault(date);
  if (fault.empty()) fault = time_fault(time, 59);
  if (!fault.empty()) return usage(fmt::format("'{}' is not a time: {}", text, fault), kDateTimeExample);
  const std::int64_t seconds = days_from_civil(date) * kDay_s + time.seconds();
  std::int64_t units = 0;
  if (__builtin_mul_overflow(seconds, scale, &units) || __builtin_add_overflow(units, fraction, &units))
    return usage(fmt::format("'{}' is out of range: years go from 1678 to 2261", text), kDateTimeExample);
  return units;
}

std::string format_datetime(std::int64_t epoch_ns) {
  return datetime_text(split_time(epoch_ns, kSecond_ns));
}

std::string format_datetime_us(std::int64_t epoch_us) {
  MomentParts parts = split_time(epoch_us, 1'000'000);
  parts.nanos *= 1000;
  return datetime_text(parts);
}

}  // namespace racesim
