// Goal: a slice of the fleet is a pure function of the content options, and radio gaps only move packets.
// Method: slices of one whole walk against the same slices alone, by threads, by shards and of a shorter run,
// packets as text; the numbers and times of each vehicle's packets.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "support/fleet_world.h"

namespace racesim::fleet_test {
namespace {

std::string text_of(const FleetRow& row, const EventHead& head, std::string_view id) {
  return fmt::format("{} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {}", head.emit_time_ns, head.owner,
                     head.seq, id, row.timestamp.us, row.latitude_udeg, row.longitude_udeg, row.speed_dkmh,
                     row.engine_rpm, row.gear, row.fuel_level_dpct, static_cast<int>(row.fault_codes.count),
                     static_cast<int>(row.road_type), row.speed_limit_kmh, row.speeding,
                     row.rpm_over_redline);
}

std::vector<std::string> packets(const Scenario& scenario, ShardRange shards, std::uint64_t first,
                                 std::uint64_t last) {
  std::vector<std::string> all;
  play(scenario, shards, first, last, [&](const FleetRow& row, const EventHead& head, std::string_view id) {
    all.push_back(text_of(row, head, id));
  });
  return all;
}
std::vector<std::string> packets(const Scenario& scenario) {
  return packets(scenario, {0, scenario.shard_count()}, 0, scenario.slices().count());
}

/// From before six to noon, local time, so that many are under way, with a gap of the test car; odd rate and
/// count.
FleetConfig usual() {
  FleetConfig config = fleet_config(7, 8);
  config.fleet.rate_mhz = 777;
  return config;
}

TEST(FleetPurity, ASliceAloneIsTheSliceOfAWholeRun) {
  const auto scenario = make_fleet(usual());
  const ShardRange all{0, scenario->shard_count()};
  ASSERT_GT(scenario->slices().count(), 30U);
  const auto whole = scenario->walk(all, 0);
  for (std::uint64_t slice = 0; slice < scenario->slices().count(); ++slice) {
    std::vector<std::string> made;
    Listener out([&](const FleetRow& row, const EventHead& head, std::string_view id) {
      made.push_back(text_of(row, head, id));
    });
    whole->fill(slice, out);
    if (slice % 4 != 1) continue;
    EXPECT_EQ(made, packets(*make_fleet(usual()), all, slice, slice + 1)) << slice;
  }
}

TEST(FleetPurity, ThreadsGiveTheSameSlices) {
  const auto scenario = make_fleet(usual());
  const auto expected = packets(*scenario);
  for (const std::uint64_t threads : {2U, 3U}) {
    const auto walk = scenario->walk({0, scenario->shard_count()}, 0);
    std::vector<std::vector<std::string>> made(scenario->slices().count());
    std::vector<std::thread> workers;
    for (std::uint64_t first = 0; first < threads; ++first)
      workers.emplace_back([&, first] {
        for (std::uint64_t slice = first; slice < made.size(); slice += threads) {
          Listener out([&](const FleetRow& row, const EventHead& head, std::string_view id) {
            made[slice].push_back(text_of(row, head, id));
          });
          walk->fill(slice, out);
        }
      });
    for (std::thread& worker : workers) worker.join();
    std::vector<std::string> together;
    for (const auto& part : made) together.insert(together.end(), part.begin(), part.end());
    EXPECT_EQ(together, expected) << threads;
  }
}

/// A thread that is held up before it begins its slice comes behind one that has finished a later slice.
TEST(FleetPurity, SlicesMayBeFilledOutOfOrder) {
  const auto scenario = make_fleet(usual());
  const ShardRange all{0, scenario->shard_count()};
  const auto walk = scenario->walk(all, 0);
  for (const std::uint64_t slice : {0U, 2U, 1U, 3U, 7U, 6U, 5U, 20U, 4U}) {
    std::vector<std::string> made;
    Listener out([&](const FleetRow& row, const EventHead& head, std::string_view id) {
      made.push_back(text_of(row, head, id));
    });
    walk->fill(slice, out);
    EXPECT_EQ(made, packets(*scenario, all, slice, slice + 1)) << slice;
  }
}

TEST(FleetPurity, ShardsTogetherAreTheWhole) {
  const auto scenario = make_fleet(usual());
  ASSERT_EQ(scenario->shard_count(), 7U);
  std::vector<std::string> together;
  for (const ShardRange part : {ShardRange{0, 1}, ShardRange{1, 4}, ShardRange{4, 7}}) {
    const auto some = packets(*scenario, part, 0, scenario->slices().count());
    together.insert(together.end(), some.begin(), some.end());
  }
  std::vector<std::string> whole = packets(*scenario);
  std::sort(together.begin(), together.end());
  std::sort(whole.begin(), whole.end());
  EXPECT_EQ(together, whole);
}

TEST(FleetPurity, AShorterRunIsThePrefixOfALonger) {
  FleetConfig config = usual();
  const auto whole = packets(*make_fleet(config));
  config.end_ms = *config.end_ms - 3 * kHour_ms - 1'234;
  const auto part = packets(*make_fleet(config));
  ASSERT_LT(part.size(), whole.size());
  EXPECT_TRUE(std::equal(part.begin(), part.end(), whole.begin()));
}

TEST(FleetPurity, AnotherSeedIsAnotherFleet) {
  FleetConfig config = usual();
  const auto one = packets(*make_fleet(config));
  config.seed = 43;
  EXPECT_NE(one, packets(*make_fleet(config)));
}

/// What holds for each packet of a fleet of any size and rate.
void check_order(std::uint32_t vehicles, std::uint64_t rate_mhz, double hours, bool expects_late) {
  FleetConfig config = fleet_config(vehicles, hours);
  config.fleet.rate_mhz = rate_mhz;
  const auto scenario = make_fleet(config);
  std::vector<std::uint64_t> next(vehicles, 0);
  std::int64_t last_ns = config.start_ms * 1'000'000;
  std::uint64_t events = 0;
  std::uint64_t late = 0;
  play(*scenario, [&](const FleetRow& row, const EventHead& head, std::string_view) {
    ASSERT_GE(head.emit_time_ns, last_ns);
    ASSERT_LT(head.emit_time_ns, *config.end_ms * 1'000'000);
    ASSERT_GE(head.emit_time_ns, row.timestamp.us * 1000);
    ASSERT_EQ(head.seq, next[head.owner]++);
    ASSERT_EQ(head.seq, row.seq);
    // The n-th packet is made at n ÷ rate, whatever the gaps.
    const std::int64_t since_us = row.timestamp.us - config.start_ms * 1000;
    const auto tick_us = static_cast<std::int64_t>(head.seq * 1'000'000'000 / rate_mhz);
    ASSERT_GE(since_us, tick_us);
    ASSERT_LT(since_us, tick_us + static_cast<std::int64_t>(1'000'000'000 / rate_mhz));
    late += head.emit_time_ns > row.timestamp.us * 1000;
    last_ns = head.emit_time_ns;
    ++events;
  });
  EXPECT_EQ(events, scenario->outlook().planned_events());
  EXPECT_EQ(late > 0, expects_late);
}

TEST(FleetPurity, PacketsAreInTheOrderOfEmitTimeAndNumberedWithoutAGap) {
  check_order(7, 777, 6, true);
  check_order(1, 100'000, 0.02, false);
  check_order(1, 5'000, 3, true);
  check_order(1300, 250, 0.5, true);
  check_order(9001, 100, 0.05, true);  // shards hold three vehicles
}

}  // namespace
}  // namespace racesim::fleet_test
