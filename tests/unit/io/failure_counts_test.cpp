// Goal: reasons are counted, most frequent first, and many different ones take a bounded room.
#include "io/failure_counts.h"

#include <gtest/gtest.h>

#include <string>

namespace racesim {
namespace {

TEST(FailureCountsTest, MostFrequentFirst) {
  FailureCounts counts;
  EXPECT_TRUE(counts.reasons().empty());
  counts.add("odd", 1);
  counts.add("boom", 2);
  counts.add("odd", 4);
  const std::vector<FailureReason> reasons = counts.reasons();
  ASSERT_EQ(reasons.size(), 2u);
  EXPECT_EQ(reasons[0].why, "odd");
  EXPECT_EQ(reasons[0].events, 5u);
  EXPECT_EQ(reasons[1].why, "boom");
}

TEST(FailureCountsTest, FurtherReasonsCountAsOthers) {
  FailureCounts counts;
  for (int i = 0; i < 100; ++i) counts.add("reason " + std::to_string(i), 1);
  counts.add("reason 3", 1);
  const std::vector<FailureReason> reasons = counts.reasons();
  ASSERT_EQ(reasons.size(), 21u);
  EXPECT_EQ(reasons[0].why, "other reasons");
  EXPECT_EQ(reasons[0].events, 80u);
  EXPECT_EQ(reasons[1].why, "reason 3");
}

}  // namespace
}  // namespace racesim
