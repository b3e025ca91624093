#include "run/replay/event_time.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <cstring>

#include "base/time_text.h"

namespace racesim {
namespace {

constexpr std::int64_t kBillion = 1'000'000'000;
// 1990 and 2100: what is outside was mostly taken for the wrong unit.
constexpr std::int64_t kLikelyFrom_s = 631'152'000, kLikelyUntil_s = 4'102'444'800;
// Seconds that nanoseconds in 64 bits reach: the year 2262.
constexpr std::int64_t kMostSeconds = INT64_MAX / kBillion;

bool two_digits(const char* p, int& value) {
  const unsigned a = static_cast<unsigned char>(p[0] - '0'), b = static_cast<unsigned char>(p[1] - '0');
  if (a > 9 || b > 9) return false;
  value = static_cast<int>(10 * a + b);
  return true;
}

/// Digits of a fraction as nanoseconds; more than nine are cut off. Returns how many there are.
int fraction(std::string_view text, std::int64_t& ns) {
  ns = 0;
  int digits = 0;
  while (static_cast<std::size_t>(digits) < text.size() &&
         static_cast<unsigned char>(text[static_cast<std::size_t>(digits)] - '0') < 10) {
    if (digits < 9) ns = ns * 10 + (text[static_cast<std::size_t>(digits)] - '0');
    ++digits;
  }
  for (int i = digits; i < 9; ++i) ns *= 10;
  return digits;
}

/// "Z", "+02:00", "+0200", "+02" or nothing.
bool read_offset(std::string_view text, TimeForm& form) {
  form.offset = text;
  if (text.empty() || text == "Z" || text == "z") return true;
  if (text.size() < 3 || (text[0] != '+' && text[0] != '-')) return false;
  int hours = 0, minutes = 0;
  if (!two_digits(text.data() + 1, hours)) return false;
  std::string_view rest = text.substr(3);
  if (!rest.empty() && rest[0] == ':') rest.remove_prefix(1);
  if (!rest.empty() && (rest.size() != 2 || !two_digits(rest.data(), minutes))) return false;
  if (hours > 23 || minutes > 59) return false;
  form.offset_s = (text[0] == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
  return true;
}

/// Seconds since 1970 of "2026-07-05T14:18", and what stands behind it.
bool read_minute(std::string_view text, TimeForm& form, std::int64_t& seconds) {
  int hours = 0, minutes = 0;
  if (text.size() < 16 || text[13] != ':') return false;
  const auto days = parse_date(text.substr(0, 10));
  if (!days || *days < -100'000 || *days > 100'000) return false;
  form.separator = text[10];
  if (form.separator != 'T' && form.separator != ' ' && form.separator != 't') return false;
  if (!two_digits(text.data() + 11, hours) || !two_digits(text.data() + 14, minutes)) return false;
  if (hours > 23 || minutes > 59) return false;
  seconds = *days * 86400 + hours * 3600 + minutes * 60;
  return true;
}

std::optional<std::int64_t> read_iso(std::string_view text, TimeForm& form) {
  std::int64_t seconds = 0, ns = 0;
  if (!read_minute(text, form, seconds)) return std::nullopt;
  std::string_view rest = text.substr(16);
  form.has_seconds = rest.size() >= 3 && rest[0] == ':';
  if (form.has_seconds) {
    int second = 0;
    if (!two_digits(rest.data() + 1, second) || second > 60) return std::nullopt;
    seconds += second;
    rest.remove_prefix(3);
    if (!rest.empty() && (rest[0] == '.' || rest[0] == ',')) {
      form.decimals = fraction(rest.substr(1), ns);
      if (form.decimals == 0) return std::nullopt;
      rest.remove_prefix(static_cast<std::size_t>(form.decimals) + 1);
    }
  }
  if (!read_offset(rest, form)) return std::nullopt;
  return (seconds - form.offset_s) * kBillion + ns;
}

std::int64_t units_per_second(TimeUnit unit) {
  switch (unit) {
    case TimeUnit::ms:
      return 1'000;
    case TimeUnit::us:
      return 1'000'000;
    case TimeUnit::ns:
      return kBillion;
    default:
      return 1;
  }
}

const char* name_of_unit(TimeUnit unit) {
  switch (unit) {
    case TimeUnit::ms:
      return "milliseconds";
    case TimeUnit::us:
      return "microseconds";
    case TimeUnit::ns:
      return "nanoseconds";
    default:
      return "seconds";
  }
}

/// Times of today, in any unit, have sizes that are far apart.
TimeUnit unit_by_size(std::int64_t whole) {
  const std::uint64_t size =
      whole < 0 ? -static_cast<std::uint64_t>(whole) : static_cast<std::uint64_t>(whole);
  if (size < 100'000'000'000) return TimeUnit::s;
  if (size < 100'000'000'000'000) return TimeUnit::ms;
  return size < 100'000'000'000'000'000 ? TimeUnit::us : TimeUnit::ns;
}

const char* flag_of(TimeUnit unit) {
  switch (unit) {
    case TimeUnit::ms:
      return "ms";
    case TimeUnit::us:
      return "us";
    case TimeUnit::ns:
      return "ns";
    default:
      return "s";
  }
}

std::string shown(std::string_view text) {
  return std::string(text.substr(0, 40));
}

}  // namespace

std::optional<std::int64_t> TimeReader::read(std::string_view text, std::string& why) {
  // "2026-07-05T14:18:02.340Z" in the minute of the last one.
  int second = 0;
  if (text.size() >= 20 && std::memcmp(text.data(), minute_.data(), minute_.size()) == 0 &&
      two_digits(text.data() + 17, second) && second < 60) {
    std::int64_t ns = 0;
    std::string_view rest = text.substr(19);
    if (rest[0] == '.') rest.remove_prefix(static_cast<std::size_t>(fraction(rest.substr(1), ns)) + 1);
    if (rest == "Z") return (minute_s_ + second) * kBillion + ns;
  }
  TimeForm form;
  const std::optional<std::int64_t> time_ns = read(text, form, why);
  if (time_ns && !form.is_number && form.has_seconds && form.offset == "Z") {
    std::copy_n(text.begin(), minute_.size(), minute_.begin());
    minute_s_ = *time_ns >= 0 ? *time_ns / (60 * kBillion) * 60 : -1;
    if (minute_s_ < 0) minute_ = {};
  }
  return time_ns;
}

std::optional<std::int64_t> TimeReader::read(std::string_view text, TimeForm& form, std::string& why) const {
  form = {};
  if (const auto time_ns = read_iso(text, form)) return time_ns;
  form = {};
  return read_number(text, form, why);
}

std::optional<std::int64_t> TimeReader::read_number(std::string_view text, TimeForm& form,
                                                    std::string& why) const {
  form.is_number = true;
  std::int64_t whole = 0, ns = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, code] = std::from_chars(text.data(), end, whole);
  const bool has_point = code == std::errc{} && stop != end && *stop == '.';
  if (has_point) form.decimals = fraction({stop + 1, static_cast<std::size_t>(end - stop) - 1}, ns);
  const char* const behind = has_point ? stop + 1 + form.decimals : stop;
  if (code != std::errc{} || behind != end || (has_point && form.decimals == 0)) {
    why = fmt::format("'{}' is neither a time as in 2026-07-05T14:00:00Z nor a number", shown(text));
    return std::nullopt;
  }
  form.unit = unit_ == TimeUnit::by_size ? unit_by_size(whole) : unit_;
  const std::int64_t per_second = units_per_second(form.unit);
  const std::int64_t seconds = whole / per_second;
  const bool fits = seconds > -kMostSeconds && seconds < kMostSeconds;
  const bool is_likely = seconds >= kLikelyFrom_s && seconds < kLikelyUntil_s;
  if (!fits || (!is_likely && !any_number_ && (unit_ == TimeUnit::by_size || seconds >= kLikelyUntil_s))) {
    const TimeUnit better = unit_by_size(whole);
    why = fmt::format("{} was taken for {} since 1970, which is {}", shown(text), name_of_unit(form.unit),
                      fits ? "the time " + format_datetime(seconds * kBillion) : "behind the year 2262");
    why += better != form.unit ? fmt::format("; for --time-unit {} it is a time of today", flag_of(better))
                               : "; if it counts from elsewhere, say its unit: --time-unit s";
    return std::nullopt;
  }
  const std::int64_t part = (whole % per_second) * (kBillion / per_second);
  const std::int64_t fraction_ns = ns / per_second;
  return seconds * kBillion + part + (text[0] == '-' ? -fraction_ns : fraction_ns);
}

void append_time(std::int64_t time_ns, const TimeForm& form, std::string& out) {
  if (form.is_number) {
    const std::int64_t unit_ns = kBillion / units_per_second(form.unit);
    std::int64_t whole = time_ns / unit_ns, rest = time_ns % unit_ns;
    if (rest < 0) {
      --whole;
      rest += unit_ns;
    }
    out += std::to_string(whole);
    if (form.decimals == 0) return;
    // Digits behind the point, of which a nanosecond may be the last one.
    std::string digits = fmt::format("{:0{}}", rest, unit_ns == 1 ? 1 : std::to_string(unit_ns).size() - 1);
    if (unit_ns == 1) digits.clear();
    digits.resize(static_cast<std::size_t>(form.decimals), '0');
    out += '.' + digits;
    return;
  }
  const std::int64_t local_ns = time_ns + form.offset_s * kBillion;
  std::int64_t seconds = local_ns / kBillion, ns = local_ns % kBillion;
  if (ns < 0) {
    --seconds;
    ns += kBillion;
  }
  const std::int64_t days = seconds >= 0 ? seconds / 86400 : (seconds - 86399) / 86400;
  const std::int64_t of_day = seconds - days * 86400;
  const CivilDate date = civil_from_days(days);
  out += fmt::format("{:04}-{:02}-{:02}{}{:02}:{:02}", date.year, date.month, date.day, form.separator,
                     of_day / 3600, of_day / 60 % 60);
  if (form.has_seconds) out += fmt::format(":{:02}", of_day % 60);
  if (form.decimals > 0) {
    std::string digits = fmt::format("{:09}", ns);
    digits.resize(static_cast<std::size_t>(form.decimals), '0');
    out += '.' + digits;
  }
  out += form.offset;
}

}  // namespace racesim
