// Goal: sums and products of times never wrap. Method: both ends of the range, and ordinary values between.
#include "base/saturate.h"

#include <gtest/gtest.h>

#include <limits>

namespace racesim {
namespace {

TEST(Saturate, SumsStopAtTheEnds) {
  EXPECT_EQ(add_saturating(2, 3), 5);
  EXPECT_EQ(add_saturating(INT64_MAX, 1), INT64_MAX);
  EXPECT_EQ(add_saturating(INT64_MIN, -1), INT64_MIN);
  EXPECT_EQ(add_saturating(INT64_MAX, INT64_MIN), -1);
}

TEST(Saturate, DifferencesStopAtTheEnds) {
  EXPECT_EQ(subtract_saturating(2, 3), -1);
  EXPECT_EQ(subtract_saturating(INT64_MIN, 1), INT64_MIN);
  EXPECT_EQ(subtract_saturating(INT64_MAX, -1), INT64_MAX);
  EXPECT_EQ(subtract_saturating(0, INT64_MIN), INT64_MAX);
}

TEST(Saturate, ProductsStopAtTheEnds) {
  constexpr std::int64_t kDay_ns = 86'400'000'000'000;
  EXPECT_EQ(multiply_saturating(-2, 3), -6);
  EXPECT_EQ(multiply_saturating(106'751, kDay_ns), 9'223'286'400'000'000'000);
  EXPECT_EQ(multiply_saturating(106'752, kDay_ns), INT64_MAX);
  EXPECT_EQ(multiply_saturating(-106'752, kDay_ns), INT64_MIN);
  EXPECT_EQ(multiply_saturating(INT64_MIN, -1), INT64_MAX);
  EXPECT_EQ(multiply_saturating(INT64_MIN, 1), INT64_MIN);
}

TEST(Saturate, DoublesBecomeTheNearestInteger) {
  EXPECT_EQ(whole_saturating(1.9), 1);
  EXPECT_EQ(whole_saturating(-1.9), -1);
  EXPECT_EQ(whole_saturating(0x1p63), INT64_MAX);
  EXPECT_EQ(whole_saturating(0x1.fffffffffffffp62), 0x1.fffffffffffffp62);
  EXPECT_EQ(whole_saturating(-0x1p63), INT64_MIN);
  EXPECT_EQ(whole_saturating(1e300), INT64_MAX);
  EXPECT_EQ(whole_saturating(-1e300), INT64_MIN);
  EXPECT_EQ(whole_saturating(std::numeric_limits<double>::quiet_NaN()), 0);
}

}  // namespace
}  // namespace racesim
