// Goal: sums of times never wrap. Method: both ends of the range, and ordinary values between.
#include "base/saturate.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace racesim
