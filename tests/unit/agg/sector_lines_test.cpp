// Goal: a sector line is found from the samples beside it: soon where cars pass it at whole milliseconds, in
// time where they pass it at any moment, in whatever order crossings come, and with damaged ones among them;
// no time that was once known is another one later. Method: made-up cars of constant or rising speed pass a
// line whose place is drawn; the time of the crossing is what they were made with.
#include "agg/timing/sector_lines.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace racesim::timing_test {
namespace {

struct LineWorld {
  std::int64_t spacing_ms;
  bool whole_ms;  ///< cars are on the line at whole milliseconds
  std::mt19937_64 random{7};
  double line_mm = 1'234'567.4;

  double uniform(double low, double high) {
    return std::uniform_real_distribution<double>(low, high)(random);
  }

  struct Passed {
    Crossing crossing;
    std::int64_t line_ms;
  };
  Passed pass() {
    const double mmpms = uniform(45, 85), mmpms2 = uniform(-0.002, 0.004);
    const std::int64_t before_ms = 1'000'000'000 + static_cast<std::int64_t>(random() % 100'000'000);
    double line_ms = uniform(0, static_cast<double>(spacing_ms));
    if (whole_ms) line_ms = std::floor(line_ms) + 1;
    const auto sight = [&](std::int64_t ms) {
      const double since_ms = static_cast<double>(ms) - line_ms;
      const double s_mm = line_mm + since_ms * (mmpms + since_ms * mmpms2 / 2);
      return Sight{before_ms + ms, static_cast<std::int32_t>(std::lround(s_mm)),
                   static_cast<std::uint16_t>(std::lround((mmpms + since_ms * mmpms2) * 36)),
                   static_cast<std::int16_t>(std::lround(mmpms2 / 9.80665e-5))};
    };
    return {{sight(0), sight(spacing_ms)}, before_ms + std::lround(line_ms)};
  }
};

/// How many crossings it takes until nine of ten are timed; each time is then compared.
std::size_t crossings_until_known(LineWorld world, std::int64_t off_ms) {
  SectorLine line;
  for (std::size_t count = 1; count <= 2'000; ++count) {
    line.narrow(world.pass().crossing);
    std::size_t known = 0;
    LineWorld others = world;
    others.random.seed(count);
    for (int i = 0; i < 20; ++i) {
      const LineWorld::Passed passed = others.pass();
      const auto ms = line.time_ms(passed.crossing);
      known += ms.has_value();
      if (ms) {
        EXPECT_LE(std::abs(*ms - passed.line_ms), off_ms) << "after " << count;
      }
    }
    if (known >= 18) return count;
  }
  return SIZE_MAX;
}

TEST(SectorLines, AreFoundByAHandfulOfCrossingsAtWholeMilliseconds) {
  EXPECT_LE(crossings_until_known({.spacing_ms = 10, .whole_ms = true}, 0), 10U);
  EXPECT_LE(crossings_until_known({.spacing_ms = 20, .whole_ms = true}, 0), 10U);
  EXPECT_LE(crossings_until_known({.spacing_ms = 50, .whole_ms = true}, 0), 16U);
  EXPECT_LE(crossings_until_known({.spacing_ms = 100, .whole_ms = true}, 0), 40U);
}

TEST(SectorLines, AreFoundByTheirBoundsWhereCarsPassAtAnyMoment) {
  for (const std::int64_t spacing_ms : {10, 50, 100}) {
    EXPECT_LE(crossings_until_known({.spacing_ms = spacing_ms, .whole_ms = false}, 1), 2'000U) << spacing_ms;
  }
}

TEST(SectorLines, HangOnTheSetOfCrossingsAndNotOnTheirOrder) {
  LineWorld world{.spacing_ms = 50, .whole_ms = true};
  std::vector<LineWorld::Passed> passed;
  for (int i = 0; i < 15; ++i) passed.push_back(world.pass());
  for (int round = 0; round < 50; ++round) {
    std::shuffle(passed.begin(), passed.end(), world.random);
    SectorLine line;
    std::optional<std::int64_t> first;
    for (const LineWorld::Passed& one : passed) {
      line.narrow(one.crossing);
      const auto ms = line.time_ms(passed[0].crossing);
      if (first) {
        ASSERT_EQ(ms, first) << "what was known once stays";
      }
      first = ms;
    }
    for (const LineWorld::Passed& one : passed) ASSERT_EQ(line.time_ms(one.crossing), one.line_ms);
  }
}

TEST(SectorLines, OutliveDamagedCrossings) {
  for (const std::uint64_t seed : {1U, 2U, 3U, 4U, 5U}) {
    LineWorld world{.spacing_ms = 20, .whole_ms = true};
    world.random.seed(seed);
    SectorLine line;
    for (int i = 0; i < 400; ++i) {
      Crossing crossing = world.pass().crossing;
      if (i % 10 == 3) {
        const auto off_mm = static_cast<std::int32_t>(world.random() % 2'000) - 1'000;
        crossing.before.s_mm += off_mm;
        crossing.after.s_mm += off_mm;
      }
      line.narrow(crossing);
    }
    for (int i = 0; i < 50; ++i) {
      const LineWorld::Passed one = world.pass();
      EXPECT_EQ(line.time_ms(one.crossing), one.line_ms) << "seed " << seed;
    }
  }
}

}  // namespace
}  // namespace racesim::timing_test
