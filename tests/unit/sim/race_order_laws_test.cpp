// Goal: the order law leaves out a gap that a car brought from a halt, and only that one. Method: moments of
// three cars, written by hand, with and without the halt, before and behind the next checkpoint.
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "sim/race/laws/order_laws.h"

namespace racesim::race {
namespace {

struct Moment {
  CarStatus second_status;
  double second_gap_s, third_gap_s;
};

/// The breaches of moments of three cars that keep their places.
std::vector<Breach> judged(const std::vector<Moment>& moments) {
  OrderLaws laws;
  std::vector<Breach> found;
  std::int64_t time_us = 0;
  for (const Moment& m : moments) {
    time_us += 100'000;
    const std::array<double, 3> gaps_s{0, m.second_gap_s, m.third_gap_s};
    for (int place = 1; place <= 3; ++place) {
      SampleFacts sample;
      sample.time_us = time_us;
      sample.session = 1;
      sample.position = place;
      sample.gap_s = gaps_s[static_cast<std::size_t>(place) - 1];
      sample.status = place == 2 ? m.second_status : CarStatus::on_track;
      const std::string owner = std::to_string(place);
      laws.check(sample, {owner, time_us, true}, found);
    }
  }
  return found;
}

TEST(RaceOrderLaws, AGapFromAHaltIsNotJudgedUntilTheNextCheckpoint) {
  const Moment in_box{CarStatus::pit, 60, 5}, away{CarStatus::on_track, 60, 5};
  const Moment next{CarStatus::on_track, 61, 5}, end{CarStatus::on_track, 3, 5};
  EXPECT_TRUE(judged({in_box, away, away, end}).empty()) << "it says nothing of its place";
  const std::vector<Breach> later = judged({in_box, away, next, end});
  ASSERT_EQ(later.size(), 1U);
  EXPECT_EQ(later[0].field, "gap_s");
  const std::vector<Breach> without = judged({end, away, end});
  ASSERT_EQ(without.size(), 1U) << "who did not stand has no such excuse";
  EXPECT_EQ(without[0].field, "gap_s");
}

}  // namespace
}  // namespace racesim::race
