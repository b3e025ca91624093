// When a failed request is tried again: full jitter (Brooker, "Exponential Backoff And Jitter", 2015) and
// the server's Retry-After (RFC 9110, 10.2.3).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/random.h"

namespace racesim::http {

inline constexpr std::int64_t kBackoffBaseNs = 250'000'000;
inline constexpr std::int64_t kBackoffCapNs = 30'000'000'000;

/// Waits before the first, second, … repetition: uniform in [0, min(cap, base · 2^n)). The stream of draws is
/// a function of the key, so that tests see the same waits; one per lane, so that lanes spread.
class Backoff {
 public:
  explicit Backoff(StreamKey key) : key_(key) {}
  /// `repetition` counts from 0.
  std::int64_t next_delay_ns(std::uint32_t repetition);

 private:
  StreamKey key_;
  std::uint64_t draws_ = 0;
};

/// Why a try failed.
enum class FailureKind : std::uint8_t {
  answer,   ///< 5xx, 429, 408, an unreadable answer, or none in time: `retries` counts these
  network,  ///< refused, reset, closed: only the time counts
};

/// How one request fared so far.
struct TryLog {
  std::int64_t first_try_ns = 0;
  std::uint32_t answers = 0;  ///< failures of kind answer
  std::uint32_t network = 0;  ///< failures of kind network
};

struct RetryLimits {
  std::uint32_t retries = 5;
  std::int64_t retry_max_time_ns = 0;
};

/// What is done about a failed try.
struct NextStep {
  std::int64_t delay_ns = 0;  ///< after which it is tried again
  bool gives_up = false;      ///< or given up: Retry-After does not end within the time
};

/// Notes the failure in `log` and returns what comes next, or nothing to give up at once. `retry_after_ns`
/// (negative: none) is a least wait before a try; no wait ends after first try + retry_max_time. Where the
/// server asks for longer the request waits until then and is not tried again: to give it up at once would
/// rush the next one to a server that asked for patience.
std::optional<NextStep> next_step(TryLog& log, FailureKind kind, std::int64_t retry_after_ns,
                                  std::int64_t now_ns, const RetryLimits& limits, Backoff& backoff);

/// The value of a Retry-After header, seconds or an HTTP date, as nanoseconds from now; nothing if
/// unreadable. A date in the past is 0. `wall_ns` is the time now since 1970.
std::optional<std::int64_t> parse_retry_after(std::string_view value, std::int64_t wall_ns);

/// An HTTP date in any of the three forms of RFC 9110, 5.6.7, as seconds since 1970. Two-digit years lie in
/// 1970–2069.
std::optional<std::int64_t> parse_http_date(std::string_view text);

}  // namespace racesim::http
