#include "base/quantity.h"

#include <fmt/core.h>

#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "base/parse_text.h"

namespace racesim {
namespace {

using Wide = unsigned __int128;

constexpr std::string_view kRateHint = "example: 0.2/s, 500/s, 50k/s, 600/min";
constexpr std::string_view kDurationHint = "example: 250ms, 30s, 5m, 1h30m, 7d";
constexpr std::string_view kVolumeHint = "example: 10000, 10k or 60/min";
constexpr std::string_view kStagesHint = "example: 30s:100,2m:1000";
constexpr std::string_view kShardHint = "example: 1/3";
constexpr std::uint64_t kSecondsLimit = 86'400ULL * 1'000'000'000;
/// Smaller rates have no fraction with `seconds` within the limit.
constexpr double kRateMin_per_s = 0x1p-47;
constexpr std::size_t kDigitsMax = 18;
constexpr std::uint64_t kEventsLimit = 1'000'000'000'000'000'000;

bool take(std::string_view& rest, std::string_view prefix) {
  if (rest.substr(0, prefix.size()) != prefix) return false;
  rest.remove_prefix(prefix.size());
  return true;
}

/// digits / scale, exactly as written.
struct Decimal {
  std::uint64_t digits = 0;
  std::uint64_t scale = 1;
};

/// Takes a decimal off the front of `rest`. None: there is no number, or one with too many digits.
std::optional<Decimal> take_decimal(std::string_view& rest) {
  Decimal value;
  int count = 0;
  int behind = 0;
  std::size_t i = 0;
  bool point = false;
  for (; i < rest.size(); ++i) {
    const char c = rest[i];
    if (c == '.' && !point && count > 0) {
      point = true;
      continue;
    }
    if (!is_digit(c)) break;
    ++count;
    if (point) ++behind;
    if (count > static_cast<int>(kDigitsMax) || behind > 9) return std::nullopt;
    value.digits = value.digits * 10 + static_cast<std::uint64_t>(c - '0');
    if (point) value.scale *= 10;
  }
  if (count == 0 || (point && behind == 0)) return std::nullopt;
  rest.remove_prefix(i);
  return value;
}

/// "k", "M", "G" off the front of `rest`.
std::uint64_t take_multiplier(std::string_view& rest) {
  if (take(rest, "k") || take(rest, "K")) return 1000;
  if (take(rest, "M")) return 1'000'000;
  if (take(rest, "G")) return 1'000'000'000;
  return 1;
}

/// The seconds of "/s", "/min", "/h", "/d" if that is the whole of `rest`.
std::optional<std::uint64_t> per_unit_s(std::string_view rest) {
  if (rest == "/s" || rest == "/sec") return 1;
  if (rest == "/min") return 60;
  if (rest == "/h") return 3600;
  if (rest == "/d") return 86'400;
  return std::nullopt;
}

Wide greatest_divisor(Wide a, Wide b) {
  while (b != 0) {
    const Wide rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

/// Why a text is no number, for the start of every message. `limit` is the largest value in words, if the
/// user may have tried to pass it.
std::string not_a(std::string_view text, std::string_view noun, std::string_view limit = {}) {
  if (!text.empty() && text.front() == '-') return fmt::format("'{}' is negative", text);
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  if (!limit.empty() && digits > kDigitsMax) return fmt::format("'{}' is above the limit of {}", text, limit);
  const std::size_t end = std::min(text.find_first_not_of("0123456789."), text.size());
  if (!limit.empty() && digits > 0 && end < text.size() && (text[end] == 'e' || text[end] == 'E'))
    return fmt::format("'{}' has an exponent: write the number out, at most {}", text, limit);
  return fmt::format("'{}' is not a {}", text, noun);
}

constexpr std::string_view kRateLimitText = "1,000,000,000 events per second";

/// What parse_volume() allows.
std::string volume_limit_text(bool per_minute) {
  return format_count(per_minute ? kRateLimit_per_s * 60 : kVolumeLimit) + " events" +
         (per_minute ? " a minute" : "");
}

}  // namespace

Result<Rate> parse_rate(std::string_view text) {
  std::string_view rest = text;
  const auto number = take_decimal(rest);
  if (!number) return usage(not_a(text, "rate", kRateLimitText), kRateHint);
  const std::uint64_t multiplier = take_multiplier(rest);
  const auto unit_s = rest.empty() ? std::optional<std::uint64_t>(1) : per_unit_s(rest);
  if (!unit_s) return usage(not_a(text, "rate", kRateLimitText), kRateHint);

  const Wide events = Wide{number->digits} * multiplier;
  const Wide seconds = Wide{number->scale} * *unit_s;
  if (events > seconds * kRateLimit_per_s)
    return usage(fmt::format("'{}' is above the limit of {}", text, kRateLimitText), kRateHint);
  // Both fit 64 bits: seconds ≤ 86,400 × 10^9, and what the multiplier adds to 18 digits of events either
  // cancels against the scale or is bounded by the limit.
  const Wide divisor = greatest_divisor(events, seconds);
  return Rate{static_cast<std::uint64_t>(events / divisor), static_cast<std::uint64_t>(seconds / divisor)};
}

Result<Rate> rate_from_double(double per_second) {
  if (!(per_second >= 0) || per_second > static_cast<double>(kRateLimit_per_s))
    return usage(fmt::format("{} is not a rate from 0 to 1,000,000,000 events per second", per_second),
                 kRateHint);
  const auto inexact = [&] {
    return usage(fmt::format("{} events per second is not a rate that can be kept exactly", per_second),
                 kRateHint);
  };
  if (per_second == 0) return Rate{};
  if (per_second < kRateMin_per_s) return inexact();
  // Convergents of the continued fraction of the double's exact value; the first that rounds to the same
  // double has the smallest terms of them, which for short decimals and ratios is the one that was meant.
  int exponent = 0;
  const double mantissa = std::frexp(per_second, &exponent);
  Wide numerator = static_cast<std::uint64_t>(mantissa * 0x1p53);
  Wide denominator = Wide{1} << 53;
  if (exponent >= 0) numerator <<= exponent;
  if (exponent < 0) denominator <<= -exponent;
  Wide events = 1, events_before = 0;
  Wide seconds = 0, seconds_before = 1;
  while (denominator != 0) {
    const Wide term = numerator / denominator;
    numerator = std::exchange(denominator, numerator % denominator);
    events_before = std::exchange(events, term * events + events_before);
    seconds_before = std::exchange(seconds, term * seconds + seconds_before);
    if (seconds > kSecondsLimit || events > kEventsLimit) break;
    const Rate rate{static_cast<std::uint64_t>(events), static_cast<std::uint64_t>(seconds)};
    if (rate.per_second() == per_second) return rate;
  }
  return inexact();
}

Result<std::int64_t> parse_duration_ns(std::string_view text) {
  struct Unit {
    std::string_view name;
    std::uint64_t size_ns;
  };
  // "ms" and "min" stand before "m", and every name before those it begins with.
  constexpr std::array<Unit, 8> kUnits{{{"ns", 1},
                                        {"us", 1000},
                                        {"ms", 1'000'000},
                                        {"min", 60'000'000'000},
                                        {"s", 1'000'000'000},
                                        {"m", 60'000'000'000},
                                        {"h", 3'600'000'000'000},
                                        {"d", 86'400'000'000'000}}};
  std::string_view rest = text;
  Wide total_ns = 0;
  std::uint64_t last_size_ns = std::numeric_limits<std::uint64_t>::max();
  do {
    const bool alone = rest.size() == text.size();
    const auto number = take_decimal(rest);
    if (!number) return usage(not_a(text, "duration"), kDurationHint);
    std::uint64_t size_ns = 0;
    if (alone && rest.empty()) size_ns = 1'000'000'000;
    for (const Unit& unit : kUnits) {
      if (size_ns != 0 || !take(rest, unit.name)) continue;
      size_ns = unit.size_ns;
    }
    if (size_ns == 0 || size_ns >= last_size_ns) return usage(not_a(text, "duration"), kDurationHint);
    last_size_ns = size_ns;
    const Wide scaled = Wide{number->digits} * size_ns;
    if (scaled % number->scale != 0)
      return usage(fmt::format("'{}' is finer than a nanosecond", text), kDurationHint);
    total_ns += scaled / number->scale;
  } while (!rest.empty());
  if (total_ns > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
    return usage(fmt::format("'{}' is longer than 292 years", text), kDurationHint);
  return static_cast<std::int64_t>(total_ns);
}

Result<Volume> parse_volume(std::string_view text) {
  std::string_view rest = text;
  const auto number = take_decimal(rest);
  const bool per_time = text.find('/') != std::string_view::npos;
  if (!number) return usage(not_a(text, "volume", volume_limit_text(per_time)), kVolumeHint);
  Wide events = Wide{number->digits} * take_multiplier(rest);
  Wide parts = number->scale;
  Volume volume;
  if (!rest.empty()) {
    const auto unit_s = per_unit_s(rest);
    if (!unit_s) return usage(not_a(text, "volume", volume_limit_text(per_time)), kVolumeHint);
    volume.per_minute = true;
    events *= 60;
    parts *= *unit_s;
  }
  if (events % parts != 0)
    return usage(
        fmt::format("'{}' is not a whole number of events{}", text, volume.per_minute ? " a minute" : ""),
        kVolumeHint);
  events /= parts;
  if (events == 0) return usage(fmt::format("'{}': the volume must be at least 1", text), kVolumeHint);
  const std::uint64_t limit = volume.per_minute ? kRateLimit_per_s * 60 : kVolumeLimit;
  if (events > limit)
    return usage(fmt::format("'{}' is above the limit of {}", text, volume_limit_text(volume.per_minute)),
                 kVolumeHint);
  volume.events = static_cast<std::uint64_t>(events);
  return volume;
}

Result<std::vector<StageText>> parse_stages(std::string_view text) {
  std::vector<StageText> stages;
  std::string_view rest = text;
  for (bool more = true; more;) {
    const std::size_t comma = rest.find(',');
    more = comma != std::string_view::npos;
    const std::string_view leg = rest.substr(0, comma);
    if (more) rest.remove_prefix(comma + 1);
    const auto in_leg = [&](const std::string& why) {
      return usage(fmt::format("stage {} of '{}': {}", stages.size() + 1, text, why), kStagesHint);
    };
    const std::size_t colon = leg.find(':');
    if (colon == std::string_view::npos) return in_leg(fmt::format("'{}' is not duration:rate", leg));
    const auto duration_ns = parse_duration_ns(leg.substr(0, colon));
    if (!duration_ns) return in_leg(duration_ns.error().what);
    const auto rate = parse_rate(leg.substr(colon + 1));
    if (!rate) return in_leg(rate.error().what);
    if (*duration_ns == 0) return in_leg("the duration must be above 0");
    if (stages.size() == kStageLimit) return in_leg("more than 1,000 stages");
    stages.push_back({*duration_ns, *rate});
  }
  if (stages.back().rate.events == 0)
    return usage(fmt::format("'{}' ends with a rate of 0, which would last for ever", text), kStagesHint);
  return stages;
}

Result<ShardText> parse_shard(std::string_view text) {
  std::string_view rest = text;
  const auto index = take_decimal(rest);
  const bool slash = take(rest, "/");
  const auto count = take_decimal(rest);
  if (!index || !slash || !count || !rest.empty() || index->scale != 1 || count->scale != 1)
    return usage(not_a(text, "shard, which is part/parts"), kShardHint);
  if (count->digits < 1 || count->digits > kShardLimit)
    return usage(fmt::format("'{}': there must be 1 to {} parts", text, format_count(kShardLimit)),
                 kShardHint);
  if (index->digits < 1 || index->digits > count->digits)
    return usage(fmt::format("'{}': the part must be 1 to {}", text, count->digits), kShardHint);
  return ShardText{static_cast<std::uint32_t>(index->digits), static_cast<std::uint32_t>(count->digits)};
}

std::string format_count(std::uint64_t count) {
  std::string digits = std::to_string(count);
  for (std::size_t behind = 3; digits.size() > behind; behind += 4)
    digits.insert(digits.size() - behind, 1, ',');
  return digits;
}

std::string format_number(double value, int decimals) {
  if (!std::isfinite(value)) return fmt::format("{}", value);
  std::string text = fmt::format("{:.{}f}", std::fabs(value), decimals);
  std::string fraction;
  if (const std::size_t point = text.find('.'); point != std::string::npos) {
    fraction = text.substr(point);
    text.resize(point);
    while (fraction.back() == '0') fraction.pop_back();
    if (fraction == ".") fraction.clear();
  }
  for (std::size_t behind = 3; text.size() > behind; behind += 4) text.insert(text.size() - behind, 1, ',');
  const bool zero = text == "0" && fraction.empty();
  return (value < 0 && !zero ? "-" : "") + text + fraction;
}

std::string format_rate(double per_second) {
  struct Scale {
    double size;
    const char* letter;
  };
  // The bounds are where rounding to three digits would show 1000 of the smaller letter.
  for (const Scale& scale : {Scale{1e9, "G"}, Scale{1e6, "M"}, Scale{1e3, "k"}}) {
    if (per_second < scale.size * 0.9995) continue;
    const double value = per_second / scale.size;
    return format_number(value, value < 9.995 ? 2 : value < 99.95 ? 1 : 0) + scale.letter + "/s";
  }
  // Where four decimals would show nothing, a day is long enough for any rate.
  if (per_second > 0 && per_second < 0.001) {
    const double per_day = per_second * 86'400;
    return (per_day < 0.01 ? fmt::format("{:.3g}", per_day) : format_number(per_day, 2)) + "/d";
  }
  return format_number(per_second, per_second < 0.995   ? 4
                                   : per_second < 9.995 ? 2
                                   : per_second < 99.95 ? 1
                                                        : 0) +
         "/s";
}

std::string format_bytes(double bytes) {
  constexpr std::array<const char*, 6> kUnits{"B", "kB", "MB", "GB", "TB", "PB"};
  std::size_t unit = 0;
  // What would be rounded to 1,000 has the next unit.
  while (bytes >= 999.5 && unit + 1 < kUnits.size()) {
    bytes /= 1000;
    ++unit;
  }
  const int decimals = unit == 0 || bytes >= 99.95 ? 0 : bytes >= 9.995 ? 1 : 2;
  return format_number(bytes, decimals) + " " + kUnits.at(unit);
}

std::string format_duration(std::int64_t duration_ns) {
  if (duration_ns < 0) {
    // The smallest value has no opposite; a nanosecond does not show at that size.
    const std::int64_t size_ns = -(duration_ns + (duration_ns == std::numeric_limits<std::int64_t>::min()));
    return "-" + format_duration(size_ns);
  }
  const double size_ns = static_cast<double>(duration_ns);
  const auto one_unit = [&](double unit_ns, const char* name) {
    const double value = size_ns / unit_ns;
    return format_number(value, value < 9.995 ? 2 : value < 99.95 ? 1 : 0) + name;
  };
  if (duration_ns < 1000) return format_number(size_ns, 0) + "ns";
  if (size_ns < 999.5e3) return one_unit(1e3, "us");
  if (size_ns < 999.5e6) return one_unit(1e6, "ms");
  if (size_ns < 59.95e9) return one_unit(1e9, "s");
  const std::int64_t seconds =
      duration_ns / 1'000'000'000 + (duration_ns % 1'000'000'000 >= 500'000'000 ? 1 : 0);
  const auto two_units = [](std::int64_t large, const char* large_name, std::int64_t small,
                            const char* small_name) {
    std::string text = std::to_string(large) + large_name;
    if (small > 0) text += " " + std::to_string(small) + small_name;
    return text;
  };
  if (seconds < 3600) return two_units(seconds / 60, "m", seconds % 60, "s");
  if (seconds < 86'400) return two_units(seconds / 3600, "h", seconds / 60 % 60, "m");
  return two_units(seconds / 86'400, "d", seconds / 3600 % 24, "h");
}

}  // namespace racesim
