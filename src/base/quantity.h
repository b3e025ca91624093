// Quantities as people write them (rates, durations, volumes, stages, shards), and back for messages.
// All parsers refuse with a usage error whose `what` names the text and whose `hint` shows a right one.
// Numbers are decimals without sign or exponent: at most 18 digits, 9 of them behind the point.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace racesim {

/// An exact rate in lowest terms: `events` in `seconds` seconds. 0.2/s is 1 in 5.
struct Rate {
  std::uint64_t events = 0;
  std::uint64_t seconds = 1;  ///< never 0; at most 86,400 × 10^9

  double per_second() const { return static_cast<double>(events) / static_cast<double>(seconds); }
  bool operator==(const Rate&) const = default;
};

inline constexpr std::uint64_t kRateLimit_per_s = 1'000'000'000;

/// "10", "0.2/s", "50k/s", "600/min", "1M/s", "3/h", "1/d"; without a unit per second. 0 is allowed: what it
/// means (no limit, a pause) is the caller's matter. At most kRateLimit_per_s.
Result<Rate> parse_rate(std::string_view text);

/// The fraction with the smallest terms that is the same double: 0.2 → 1/5, 1/3.0 → 1/3. Not a number,
/// negative, above kRateLimit_per_s, or so small that the double is no fraction with such `seconds`: an
/// error.
Result<Rate> rate_from_double(double per_second);

/// "250ms", "5m", "1h30m", "1.5s", "7d"; units d, h, m (or min), s, ms, us, ns, each once, from large to
/// small; a bare number is seconds → nanoseconds, at most 292 years. 0 is allowed.
Result<std::int64_t> parse_duration_ns(std::string_view text);

/// How many events: in all, or in a minute.
struct Volume {
  std::uint64_t events = 0;
  bool per_minute = false;
  bool operator==(const Volume&) const = default;
};
inline constexpr std::uint64_t kVolumeLimit = 1'000'000'000'000'000;

/// "10000", "10k", "60/min"; other units of time if they make whole events a minute ("1/s" is 60/min).
/// From 1 to kVolumeLimit; a volume per minute also keeps the limit of rates.
Result<Volume> parse_volume(std::string_view text);

/// One leg of a load profile.
struct StageText {
  std::int64_t duration_ns = 0;  ///< above 0
  Rate rate;                     ///< 0 is a pause
};
inline constexpr std::size_t kStageLimit = 1000;

/// "30s:100,2m:1000": duration and rate, separated by commas. The last rate is above 0: it goes on.
Result<std::vector<StageText>> parse_stages(std::string_view text);

/// Part `index` (from 1) of `count`.
struct ShardText {
  std::uint32_t index = 1;
  std::uint32_t count = 1;
  bool operator==(const ShardText&) const = default;
};
inline constexpr std::uint32_t kShardLimit = 4096;

/// "1/3".
Result<ShardText> parse_shard(std::string_view text);

/// 24000 → "24,000".
std::string format_count(std::uint64_t count);
/// Thousands separated, at most `decimals` (0..9) behind the point, without trailing zeros: 1999.6 →
/// "1,999.6".
std::string format_number(double value, int decimals);
/// Three digits and a letter: "1.2M/s", "950/s", "0.2/s".
std::string format_rate(double per_second);
/// Decimal units, as disks are sold: "950 B", "11.3 MB", "4.72 GB".
std::string format_bytes(double bytes);
/// The two largest units from one minute on, else one unit: "1m 20s", "2d 3h", "1.5s", "250ms", "0ns".
std::string format_duration(std::int64_t duration_ns);

}  // namespace racesim
