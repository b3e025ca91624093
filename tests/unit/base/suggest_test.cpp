// Goal: "did you mean" names what was meant, and stays silent rather than guess wildly.
// Method: known distances, typical slips.
#include "base/suggest.h"

#include <gtest/gtest.h>

namespace racesim {
namespace {

TEST(EditDistance, CountsEachKindOfSlipOnce) {
  EXPECT_EQ(edit_distance("run", "run"), 0U);
  EXPECT_EQ(edit_distance("rn", "run"), 1U);
  EXPECT_EQ(edit_distance("ruun", "run"), 1U);
  EXPECT_EQ(edit_distance("rin", "run"), 1U);
  EXPECT_EQ(edit_distance("rnu", "run"), 1U);  // a swap; plain Levenshtein says 2
  EXPECT_EQ(edit_distance("", "run"), 3U);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
}

TEST(EditDistance, IsSymmetric) {
  EXPECT_EQ(edit_distance("posting-rate", "postnig-rat"), edit_distance("postnig-rat", "posting-rate"));
}

TEST(Closest, FindsTheSlip) {
  const std::vector<std::string> commands{"generate-master", "run", "config"};
  EXPECT_EQ(closest("rnu", commands), "run");
  EXPECT_EQ(closest("generate_master", commands), "generate-master");
  EXPECT_EQ(closest("confg", commands), "config");
}

TEST(Closest, StaysSilentWhenNothingIsNear) {
  EXPECT_EQ(closest("deploy", {"generate-master", "run", "config"}), "");
  EXPECT_EQ(closest("x", {"run"}), "");
}

}  // namespace
}  // namespace racesim
