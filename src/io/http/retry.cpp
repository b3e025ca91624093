#include "io/http/retry.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/clock.h"
#include "base/time_text.h"

namespace racesim::http {
namespace {

// Longer waits are beyond any limit; the bound keeps the product within 64 bits.
constexpr std::int64_t kRetryAfterMaxS = 1'000'000'000;

std::optional<int> number(std::string_view digits) {
  int value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size() || value < 0) return std::nullopt;
  return value;
}

// Takes the text up to the first of `separators` off `rest`, which loses all separators that follow too.
std::string_view next_word(std::string_view& rest, std::string_view separators) {
  const std::size_t begin = std::min(rest.find_first_not_of(separators), rest.size());
  rest.remove_prefix(begin);
  const std::size_t length = std::min(rest.find_first_of(separators), rest.size());
  const std::string_view word = rest.substr(0, length);
  rest.remove_prefix(length);
  return word;
}

std::optional<int> month_number(std::string_view name) {
  static constexpr std::array<std::string_view, 12> kNames{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                           "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto* found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<int>(found - kNames.begin()) + 1;
}

struct DateWords {
  std::string_view day, month, year, time;
};

// "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994".
DateWords split_date(std::string_view text) {
  const bool asctime = text.find(',') == std::string_view::npos;
  std::string_view rest = text;
  next_word(rest, ", ");
  DateWords words;
  if (asctime) {
    words.month = next_word(rest, " ");
    words.day = next_word(rest, " ");
    words.time = next_word(rest, " ");
    words.year = next_word(rest, " ");
  } else {
    words.day = next_word(rest, ", -");
    words.month = next_word(rest, " -");
    words.year = next_word(rest, " -");
    words.time = next_word(rest, " ");
    if (next_word(rest, " ") != "GMT") return {};
  }
  return rest.find_first_not_of(' ') == std::string_view::npos ? words : DateWords{};
}

}  // namespace

std::int64_t Backoff::next_delay_ns(std::uint32_t repetition) {
  // More doublings are above the cap anyway and would overflow.
  const std::uint32_t doublings = std::min<std::uint32_t>(repetition, 20);
  const std::int64_t ceiling = std::min(kBackoffCapNs, kBackoffBaseNs << doublings);
  return static_cast<std::int64_t>(below(draw(key_, draws_++), static_cast<std::uint64_t>(ceiling)));
}

std::optional<NextStep> next_step(TryLog& log, FailureKind kind, std::int64_t retry_after_ns,
                                  std::int64_t now_ns, const RetryLimits& limits, Backoff& backoff) {
  // Both kinds of failure lengthen the wait: they are signs of the same server in trouble.
  const std::uint32_t repetition = log.answers + log.network;
  ++(kind == FailureKind::answer ? log.answers : log.network);
  const std::int64_t left_ns = limits.retry_max_time_ns - (now_ns - log.first_try_ns);
  if (left_ns <= 0 || log.answers > limits.retries) return std::nullopt;
  // Jitter stays on top of Retry-After: 0, which all lanes are told at the same moment.
  const std::int64_t wanted_ns = std::max(backoff.next_delay_ns(repetition), retry_after_ns);
  // The last try is made when the time is just up rather than not at all, but never before Retry-After.
  return NextStep{std::min(wanted_ns, left_ns), retry_after_ns > left_ns};
}

std::optional<std::int64_t> parse_retry_after(std::string_view value, std::int64_t wall_ns) {
  if (!value.empty() && value.find_first_not_of("0123456789") == std::string_view::npos) {
    std::int64_t seconds = kRetryAfterMaxS;
    std::from_chars(value.data(), value.data() + value.size(), seconds);  // too long: stays at the bound
    return std::min(seconds, kRetryAfterMaxS) * kNsPerSecond;
  }
  const std::optional<std::int64_t> date_s = parse_http_date(value);
  if (!date_s) return std::nullopt;
  const std::int64_t wait_s = *date_s - wall_ns / kNsPerSecond;
  return std::clamp<std::int64_t>(wait_s, 0, kRetryAfterMaxS) * kNsPerSecond;
}

std::optional<std::int64_t> parse_http_date(std::string_view text) {
  const DateWords words = split_date(text);
  const std::optional<int> day = number(words.day), month = month_number(words.month),
                           year = number(words.year);
  std::string_view clock = words.time;
  const std::optional<int> hour = number(next_word(clock, ":")), minute = number(next_word(clock, ":")),
                           second = number(next_word(clock, ":"));
  if (!day || !month || !year || !hour || !minute || !second || !clock.empty()) return std::nullopt;
  if (*day < 1 || *day > 31 || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  int full_year = *year;
  if (words.year.size() == 2) full_year += *year < 70 ? 2000 : 1900;
  if (full_year < 1970 || full_year > 9999) return std::nullopt;
  return days_from_civil({full_year, *month, *day}) * 86400 + *hour * 3600 + *minute * 60 + *second;
}

}  // namespace racesim::http
