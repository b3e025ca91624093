// Goal: a slice of the race is a pure function of the content options. Method: slices of one whole walk
// against the same slices alone, by threads, by shards, of a shorter run and with other streams; the rows as
// bytes.
#include <gtest/gtest.h>

#include <thread>

#include "support/race_world.h"

namespace racesim::race_test {
namespace {

/// Rows as bytes, with stream and text, one string per event.
class Bytes final : public RowConsumer {
 public:
  void take(std::uint32_t, const RowBatch& rows) override {
    const SchemaInfo& schema = rows.schema();
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const EventHead& head = rows.heads[i];
      std::string event(schema.name);
      event += ' ' + std::to_string(head.emit_time_ns) + ' ' + std::to_string(head.owner) + ' ' +
               std::to_string(head.seq) + ' ';
      if (schema.name == schema_info<TelemetryRow>().name) {
        TelemetryRow row = rows.rows<TelemetryRow>()[i];
        event += rows.text(row.driver);
        for (const std::int64_t value :
             {std::int64_t{row.lap}, std::int64_t{row.lap_distance_mm}, std::int64_t{row.speed_dkmh},
              std::int64_t{row.x_cm}, std::int64_t{row.y_cm}, std::int64_t{row.lon_cg},
              std::int64_t{row.lat_cg}, std::int64_t{row.fuel_g}, std::int64_t{row.engine_rpm},
              std::int64_t{row.throttle_pct}, std::int64_t{row.brake_pct}, std::int64_t{row.tyre_wear_dpct},
              std::int64_t{row.gap_ms}})
          event += ' ' + std::to_string(value);
      }
      events.push_back(std::move(event));
    }
  }
  std::vector<std::string> events;
};

std::vector<std::string> slices(const Scenario& scenario, ShardRange shards, std::uint64_t first,
                                std::uint64_t last) {
  Bytes out;
  const auto walk = scenario.walk(shards, first);
  for (std::uint64_t slice = first; slice < last; ++slice) walk->fill(slice, out);
  return std::move(out.events);
}

std::vector<std::string> all(const Scenario& scenario) {
  return slices(scenario, {0, scenario.shard_count()}, 0, scenario.slices().count());
}

RaceConfig usual() {
  RaceConfig config = race_config(6, 9);
  config.race.rate.mhz = 20'000;
  return config;
}

TEST(RacePurity, ASliceAloneIsTheSliceOfAWholeRun) {
  const auto scenario = make_race(usual());
  const ShardRange cars{0, scenario->shard_count()};
  const auto whole = scenario->walk(cars, 0);
  for (std::uint64_t slice = 0; slice < scenario->slices().count(); ++slice) {
    Bytes out;
    whole->fill(slice, out);
    if (slice % 3 != 1) continue;
    EXPECT_EQ(out.events, slices(*make_race(usual()), cars, slice, slice + 1)) << slice;
  }
}

TEST(RacePurity, ThreadsGiveTheSameSlices) {
  const auto scenario = make_race(usual());
  const auto expected = all(*scenario);
  for (const std::uint64_t threads : {2U, 3U}) {
    const auto walk = scenario->walk({0, scenario->shard_count()}, 0);
    std::vector<Bytes> made(scenario->slices().count());
    std::vector<std::thread> workers;
    for (std::uint64_t first = 0; first < threads; ++first)
      workers.emplace_back([&, first] {
        for (std::uint64_t slice = first; slice < made.size(); slice += threads)
          walk->fill(slice, made[slice]);
      });
    for (std::thread& worker : workers) worker.join();
    std::vector<std::string> together;
    for (Bytes& part : made) together.insert(together.end(), part.events.begin(), part.events.end());
    EXPECT_EQ(together, expected) << threads;
  }
}

TEST(RacePurity, ShardsTogetherAreTheWhole) {
  const auto scenario = make_race(usual());
  std::vector<std::string> together;
  for (const ShardRange cars : {ShardRange{0, 1}, ShardRange{1, 4}, ShardRange{4, 6}}) {
    const auto part = slices(*scenario, cars, 0, scenario->slices().count());
    together.insert(together.end(), part.begin(), part.end());
  }
  std::vector<std::string> whole = all(*scenario);
  std::sort(together.begin(), together.end());
  std::sort(whole.begin(), whole.end());
  EXPECT_EQ(together, whole);
}

TEST(RacePurity, AShorterRunIsThePrefixOfALonger) {
  RaceConfig config = usual();
  const auto whole = all(*make_race(config));
  config.end_ms = kStart_ms + 301'234;
  const auto part = all(*make_race(config));
  ASSERT_LT(part.size(), whole.size());
  ASSERT_GT(part.size(), 30'000U);
  EXPECT_TRUE(std::equal(part.begin(), part.end(), whole.begin()));
}

/// An end that lies after both, so that the sessions behind the first are compared too.
TEST(RacePurity, ARunThatBeginsLaterIsTheRestOfTheWhole) {
  for (const std::int64_t at_ms : {7LL, 5'000LL, 301'234LL}) {
    RaceConfig config = usual();
    config.race.one_session = false;
    config.race.laps = 4;
    config.end_ms = kStart_ms + 3'900'000;
    const auto whole = all(*make_race(config));
    config.start_ms = kStart_ms + at_ms;
    config.race.at_ms = at_ms;
    const auto rest = all(*make_race(config));
    ASSERT_LT(rest.size(), whole.size());
    EXPECT_TRUE(std::equal(rest.begin(), rest.end(), whole.end() - static_cast<std::ptrdiff_t>(rest.size())))
        << at_ms;
    // Nothing of what it should have is missing: the event before the first one it has lies before its begin.
    const std::string& before = whole[whole.size() - rest.size() - 1];
    const std::size_t time_at = before.find(' ') + 1;
    EXPECT_LT(std::stoll(before.substr(time_at)), (kStart_ms + at_ms) * 1'000'000) << before;
  }
}

TEST(RacePurity, ThereIsNothingBehindTheSession) {
  RaceConfig config = usual();
  config.race.at_ms = 3'600'000;
  const auto late = race::make_scenario(config.race, config);
  ASSERT_FALSE(late);
  EXPECT_NE(late.error().what.find("--at"), std::string::npos) << late.error().what;
}

TEST(RacePurity, OtherStreamsDoNotChangeTelemetry) {
  RaceConfig config = usual();
  auto with = all(*make_race(config));
  std::erase_if(with, [](const std::string& event) { return !event.starts_with("telemetry "); });
  config.race.streams = {race::Stream::telemetry};
  EXPECT_EQ(all(*make_race(config)), with);
}

TEST(RacePurity, AnotherSeedIsAnotherRace) {
  RaceConfig config = usual();
  config.race.streams = {race::Stream::laps};
  const auto one = all(*make_race(config));
  config.seed = 43;
  EXPECT_NE(all(*make_race(config)), one);
}

}  // namespace
}  // namespace racesim::race_test
