// Goal: back-off has full jitter with its base and cap, the limits hold, and Retry-After is read in every
// form. Method: pure functions and made-up times; nothing waits.
#include "io/http/retry.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "base/clock.h"

namespace racesim::http {
namespace {

Backoff backoff_of(std::uint64_t seed) {
  return Backoff(stream_key(seed, "test", 1));
}

TEST(HttpBackoff, IsUniformBelowADoublingCeiling) {
  for (std::uint32_t repetition = 0; repetition < 40; ++repetition) {
    const std::int64_t ceiling =
        repetition < 7 ? kBackoffBaseNs << repetition : std::min(kBackoffCapNs, kBackoffBaseNs << 7);
    Backoff backoff = backoff_of(repetition);
    constexpr int kDraws = 4000;
    double sum = 0;
    std::array<int, 4> quarter{};
    for (int i = 0; i < kDraws; ++i) {
      const std::int64_t delay_ns = backoff.next_delay_ns(repetition);
      ASSERT_GE(delay_ns, 0);
      ASSERT_LT(delay_ns, ceiling);
      sum += static_cast<double>(delay_ns) / static_cast<double>(ceiling);
      ++quarter[static_cast<std::size_t>(4 * delay_ns / ceiling)];
    }
    EXPECT_NEAR(sum / kDraws, 0.5, 0.03);
    for (const int hits : quarter) EXPECT_NEAR(hits, kDraws / 4, 150);
  }
}

TEST(HttpBackoff, IsAFunctionOfItsKey) {
  Backoff a = backoff_of(7), b = backoff_of(7), c = backoff_of(8);
  bool differs = false;
  for (std::uint32_t i = 0; i < 20; ++i) {
    const std::int64_t delay_ns = a.next_delay_ns(i);
    EXPECT_EQ(delay_ns, b.next_delay_ns(i));
    differs = differs || delay_ns != c.next_delay_ns(i);
  }
  EXPECT_TRUE(differs);
}

TEST(HttpRetry, CountsAnswersAgainstTheRetries) {
  const RetryLimits limits{2, 300 * kNsPerSecond};
  Backoff backoff = backoff_of(1);
  TryLog log;
  EXPECT_TRUE(next_step(log, FailureKind::answer, -1, 0, limits, backoff));
  EXPECT_TRUE(next_step(log, FailureKind::network, -1, 0, limits, backoff));
  EXPECT_TRUE(next_step(log, FailureKind::answer, -1, 0, limits, backoff));
  EXPECT_FALSE(next_step(log, FailureKind::answer, -1, 0, limits, backoff));
}

TEST(HttpRetry, TriesNetworkFailuresUntilTheTimeIsUp) {
  const RetryLimits limits{0, 300 * kNsPerSecond};
  Backoff backoff = backoff_of(2);
  TryLog log;
  log.first_try_ns = 5 * kNsPerSecond;
  std::int64_t now_ns = log.first_try_ns;
  int tries = 1;
  while (const auto step = next_step(log, FailureKind::network, -1, now_ns, limits, backoff)) {
    EXPECT_FALSE(step->gives_up);
    now_ns += step->delay_ns;
    ASSERT_LE(now_ns, 305 * kNsPerSecond);
    ++tries;
  }
  EXPECT_EQ(now_ns, 305 * kNsPerSecond);  // the last try is made when the time is just up
  EXPECT_GT(tries, 20);
  EXPECT_LT(tries, 60);
}

TEST(HttpRetry, ObeysRetryAfterWithinTheTime) {
  const RetryLimits limits{5, 60 * kNsPerSecond};
  Backoff backoff = backoff_of(3);
  TryLog log;
  const auto step = [&](std::int64_t retry_after_s, std::int64_t now_s) {
    return next_step(log, FailureKind::answer, retry_after_s * kNsPerSecond, now_s * kNsPerSecond, limits,
                     backoff);
  };
  EXPECT_GE(step(2, 0)->delay_ns, 2 * kNsPerSecond);
  EXPECT_EQ(step(45, 10)->delay_ns, 45 * kNsPerSecond);
  EXPECT_EQ(step(50, 10)->delay_ns, 50 * kNsPerSecond);
  EXPECT_FALSE(step(50, 10)->gives_up) << "it ends just within the time";
  const auto beyond = step(3600, 10);
  EXPECT_EQ(beyond->delay_ns, 50 * kNsPerSecond) << "the server is left alone for so long";
  EXPECT_TRUE(beyond->gives_up) << "and not asked before it said";
}

TEST(HttpRetry, ReadsRetryAfter) {
  constexpr std::int64_t kNow = 784111777 * kNsPerSecond;  // 1994-11-06T08:49:37Z
  EXPECT_EQ(parse_retry_after("0", kNow), 0);
  EXPECT_EQ(parse_retry_after("120", kNow), 120 * kNsPerSecond);
  EXPECT_EQ(parse_retry_after("99999999999999999999", kNow), 1'000'000'000 * kNsPerSecond);
  EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:50:07 GMT", kNow), 30 * kNsPerSecond);
  EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:49:07 GMT", kNow), 0);
  for (const char* bad : {"", "-1", "1.5", "soon", "12 s"}) EXPECT_FALSE(parse_retry_after(bad, kNow)) << bad;
}

TEST(HttpRetry, ReadsDatesInThreeForms) {
  for (const char* text :
       {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"})
    EXPECT_EQ(parse_http_date(text), 784111777) << text;
  EXPECT_EQ(parse_http_date("Thu, 01 Jan 1970 00:00:00 GMT"), 0);
  EXPECT_EQ(parse_http_date("Tuesday, 01-Jan-30 00:00:00 GMT"), 1893456000);
  for (const char* bad :
       {"Sun, 06 Nov 1994 08:49:37 CET", "Sun, 06 Nov 1994 08:49 GMT", "Sun, 06 Foo 1994 08:49:37 GMT",
        "Sun, 32 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT",
        "Sun, 06 Nov 1994 08:49:37 GMT more", "Sun Nov  6 08:49:37", "1994-11-06T08:49:37Z", ","})
    EXPECT_FALSE(parse_http_date(bad)) << bad;
}

}  // namespace
}  // namespace racesim::http
