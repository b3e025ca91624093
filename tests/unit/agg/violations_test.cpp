// Goal: every packet with a violation makes its rows once, however late it comes; repeated packets make none.
// Method: random packets on random lanes with repeats, cuts and restarts; the rows that a plain loop makes.
#include "agg/violations/violations.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <set>

#include "agg/violations/entry.h"
#include "model/vehicle.h"
#include "unit/agg/driven.h"

namespace racesim {
namespace {

using driven::Event;

constexpr std::uint16_t kKnownVehicles = 2, kRedline_rpm = 6500;

std::vector<Event> random_packets(std::mt19937& random) {
  const auto below = [&](std::uint32_t n) { return static_cast<std::uint32_t>(random() % n); };
  const std::uint32_t lanes = 1 + below(3);
  std::vector<Event> events;
  std::int64_t now_us = 0;
  for (std::uint64_t seq = 0; seq < 400; ++seq) {
    now_us += below(2'000'000);
    Event event;
    event.kind = driven::Kind::fleet;
    event.who = static_cast<std::uint16_t>(below(4));
    event.lane = event.who % lanes;
    event.has_seq = event.who != 3;
    event.run = event.has_seq ? 7 : 0;
    event.seq = seq;
    event.time_us = now_us - (below(8) == 0 ? below(200'000'000) : 0);
    event.speed_limit_kmh = 50;
    event.speeding = below(4) == 0;
    event.speed_dkmh = static_cast<std::uint16_t>(event.speeding ? 501 + below(300) : below(500));
    event.over_redline = below(6) == 0;
    event.rpm = static_cast<std::uint16_t>(event.over_redline ? 6501 + below(500) : 2000);
    events.push_back(event);
    // Within the minute that is remembered.
    if (below(8) == 0 && events.back().time_us == now_us) events.push_back(events.back());
  }
  return events;
}

std::string violation_of(const Event& event, bool engine) {
  const std::string limit = !engine                      ? "500"
                            : event.who < kKnownVehicles ? std::to_string(kRedline_rpm * 10)
                                                         : "none";
  return fmt::format("{} {} {} {} {} of {} seq {}", event.run, driven::vehicle_of(event.who), event.time_us,
                     engine ? "rpm_over_redline" : "speeding", engine ? event.rpm * 10 : event.speed_dkmh,
                     limit, event.has_seq ? std::to_string(event.seq) : "none");
}

std::string violation_text(const RowBatch& batch, const ViolationRow& row) {
  const auto maybe = [](auto value) { return value.has_value() ? std::to_string(value.value) : "none"; };
  return fmt::format("{} {} {} {} {} of {} seq {}", row.run.value, batch.text(row.vehicle_id), row.time.us,
                     EnumNames<ViolationKind>::names[static_cast<std::size_t>(row.kind)], row.value_d,
                     maybe(row.limit_d), maybe(row.seq));
}

TEST(Violations, EachIsToldOnce) {
  RowBatch vehicles(schema_info<VehicleRow>());
  for (std::uint16_t i = 0; i < kKnownVehicles; ++i) {
    VehicleRow row{};
    row.vehicle_id = vehicles.add_text(driven::vehicle_of(i));
    row.redline_rpm = kRedline_rpm;
    vehicles.resize(i + 1u);
    vehicles.rows<VehicleRow>()[i] = row;
  }
  std::uint64_t duplicates = 0;
  for (unsigned seed = 1; seed <= 60; ++seed) {
    std::mt19937 random(seed);
    const std::vector<Event> events = random_packets(random);
    std::multiset<std::string> expected;
    std::set<std::uint64_t> seen;
    for (const Event& event : events) {
      if (!seen.insert(event.seq).second) continue;
      if (event.speeding) expected.insert(violation_of(event, false));
      if (event.over_redline) expected.insert(violation_of(event, true));
    }
    AggregationFrame frame;
    frame.watermark_delay_us = (seed % 3) * 1'000'000;
    frame.master.add("vehicles", vehicles);
    const driven::Outcome outcome =
        driven::drive({violations::entry(), [&] { return std::make_unique<violations::Violations>(frame); },
                       frame.watermark_delay_us, seed % 2 == 0},
                      events, random);
    std::multiset<std::string> told;
    for (const RowBatch& batch : outcome.results)
      for (const ViolationRow& row : batch.rows<ViolationRow>()) told.insert(violation_text(batch, row));
    ASSERT_EQ(told, expected) << "seed " << seed;
    EXPECT_EQ(outcome.counts.late + outcome.counts.late_idle, 0u);
    duplicates += outcome.counts.duplicates;
  }
  EXPECT_GT(duplicates, 100u);
}

TEST(Violations, PacketsAreForgottenWithTheirMinute) {
  violations::RecentPackets recent;
  EXPECT_TRUE(recent.insert(59'999'999, {7, "TESTCAR01", 1}));
  EXPECT_TRUE(recent.insert(60'000'000, {7, "TESTCAR01", 2}));
  recent.forget_until(59'999'999);
  EXPECT_FALSE(recent.insert(59'999'999, {7, "TESTCAR01", 1}));
  recent.forget_until(60'000'000);
  EXPECT_FALSE(recent.insert(60'000'000, {7, "TESTCAR01", 2}));
  EXPECT_TRUE(recent.insert(59'999'999, {7, "TESTCAR01", 1}));
  EXPECT_TRUE(recent.insert(60'000'000, {8, "TESTCAR01", 2}));
  EXPECT_TRUE(recent.insert(60'000'000, {7, "TESTCAR02", 2}));
}

}  // namespace
}  // namespace racesim
