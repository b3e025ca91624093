// Goal: numbers and times are written digit by digit as the standard library and the calendar have them,
// whichever of the quick ways the writer takes.
// Method: every whole number below two million and those next to powers of ten against std::to_string; every
// millisecond of a minute, and minutes around midnight in either order.
#include "codec/encode/put.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <limits>
#include <string>

namespace racesim {
namespace {

template <class Write>
std::string written(Write write) {
  char text[40 + put::kPutSlack];
  return {text, static_cast<std::size_t>(write(text) - text)};
}

std::string number(std::uint64_t value) {
  return written([&](char* p) { return put::unsigned_int(p, value); });
}

TEST(Put, WholeNumbers) {
  for (std::uint64_t value = 0; value < 2'000'000; ++value) ASSERT_EQ(number(value), std::to_string(value));
  for (std::uint64_t power = 1'000'000; power <= 10'000'000'000'000'000'000ULL / 10; power *= 10)
    for (const std::uint64_t value : {power - 1, power, power + 1, 9 * power})
      ASSERT_EQ(number(value), std::to_string(value));
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();
  EXPECT_EQ(number(kMost), std::to_string(kMost));
}

TEST(Put, MillisecondsOfAMinute) {
  put::MinutePrefix prefix;
  for (int ms = 0; ms < 60'000; ++ms) {
    char expected[40];
    std::snprintf(expected, sizeof expected, "2024-01-01T00:00:%02d.%03dZ", ms / 1000, ms % 1000);
    const TimeMs time{1'704'067'200'000 + ms};
    ASSERT_EQ(written([&](char* p) { return put::time_ms(p, time, prefix); }), expected);
  }
}

TEST(Put, MinutesAndDaysInAnyOrder) {
  put::MinutePrefix prefix;
  const auto text = [&](std::int64_t ms) {
    return written([&](char* p) { return put::time_ms(p, {ms}, prefix); });
  };
  constexpr std::int64_t kNewYear = 1'704'067'200'000;
  EXPECT_EQ(text(kNewYear), "2024-01-01T00:00:00.000Z");
  EXPECT_EQ(text(kNewYear - 1), "2023-12-31T23:59:59.999Z");
  EXPECT_EQ(text(kNewYear + 86'400'000), "2024-01-02T00:00:00.000Z");
  EXPECT_EQ(text(kNewYear + 90'061'001), "2024-01-02T01:01:01.001Z");
  EXPECT_EQ(text(0), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(text(-1), "1969-12-31T23:59:59.999Z");
}

}  // namespace
}  // namespace racesim
