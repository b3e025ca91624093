// Goal: traffic lights are plausible and safe. Method: the lights of random junctions over their whole cycle.
#include "sim/fleet/roads/signal.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "sim/fleet/roads/road_network.h"
#include "sim/fleet/roads/signal_cycles.h"

namespace racesim::fleet {
namespace {

bool is_red(const Signal& signal, std::int64_t time_ms) {
  return phase_ms(signal, time_ms) < signal.red_ms;
}

double red_share(const Signal& signal) {
  return static_cast<double>(signal.red_ms) / signal.cycle_ms;
}

/// Both roads' lights are red for kAllRed_ms between yellow and green, and each gets green once.
void expect_safe(const std::array<Signal, 2>& lights) {
  ASSERT_EQ(lights[0].cycle_ms, lights[1].cycle_ms);
  std::uint32_t both_red_ms = 0;
  std::uint32_t green_ms[2] = {0, 0};
  constexpr std::uint32_t kStep_ms = 250;
  for (std::uint32_t t = 0; t < lights[0].cycle_ms; t += kStep_ms) {
    const std::int64_t time_ms = 1'735'689'600'000 + t;
    ASSERT_TRUE(is_red(lights[0], time_ms) || is_red(lights[1], time_ms)) << t;
    if (is_red(lights[0], time_ms) && is_red(lights[1], time_ms)) both_red_ms += kStep_ms;
    for (int i = 0; i < 2; ++i) {
      ASSERT_FALSE(is_green(lights[i], time_ms) && is_red(lights[i], time_ms));
      if (is_green(lights[i], time_ms)) green_ms[i] += kStep_ms;
    }
  }
  EXPECT_NEAR(both_red_ms, 2 * kAllRed_ms, 2 * kStep_ms);
  EXPECT_GT(green_ms[0], 15'000U);
  EXPECT_GT(green_ms[1], 15'000U);
}

TEST(RoadsSignal, NeverHaveBothRoadsOfAJunctionAnythingButRed) {
  const StreamKey key = stream_key(1, "test.junctions", 0);
  for (std::uint64_t i = 0; i < 300; ++i) {
    const GeoPoint place{-60 + 120 * unit(draw(key, 2 * i)), -180 + 360 * unit(draw(key, 2 * i + 1))};
    const std::array<Signal, 2> lights = junction_signals(place, {});
    expect_safe(lights);
    EXPECT_GE(lights[0].cycle_ms, 60'000U);
    EXPECT_LE(lights[0].cycle_ms, 120'000U);
    for (const Signal& signal : lights) {
      EXPECT_LT(signal.offset_ms, signal.cycle_ms);
      EXPECT_GE(red_share(signal), 0.44);
      EXPECT_LE(red_share(signal), 0.62);
    }
  }
}

TEST(RoadsSignal, TurnAsTheFileSays) {
  const std::array<Signal, 2> lights = junction_signals({52, 21}, {100, 48, 30});
  expect_safe(lights);
  EXPECT_EQ(lights[0].cycle_ms, 100'000U);
  EXPECT_EQ(lights[0].red_ms, 48'000U);
  EXPECT_EQ(phase_ms(lights[0], 0), 30'000U);
  EXPECT_TRUE(is_red(lights[0], 17'999));
  EXPECT_TRUE(is_green(lights[0], 18'000));
  EXPECT_EQ(phase_ms(lights[0], -30'000), 0U) << "before 1970 too";
  EXPECT_EQ(junction_signals({52, 21}, {1000, 1, 1})[0].cycle_ms, 120'000U) << "within what is plausible";
}

TEST(RoadsSignal, BuiltInJunctionsAreSafeAndMostlyInTheBand) {
  const RoadNetwork network = RoadNetwork::built_in();
  ASSERT_GT(network.signals().size(), 400U);
  for (std::size_t i = 0; i < network.signals().size(); i += 2)
    expect_safe({network.signals()[i], network.signals()[i + 1]});
  for (const Signal& signal : network.signals()) {
    EXPECT_GE(red_share(signal), 0.44);
    EXPECT_LE(red_share(signal), 0.61);
  }
}

}  // namespace
}  // namespace racesim::fleet
