// Goal: the name of a run changes with everything that changes its bytes and with nothing else. Method:
// change one option at a time.
#include "run/run_id.h"

#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace racesim {
namespace {

constexpr std::array<std::uint64_t, 2> kMaster{1, 2};

const ScenarioEntry& plays() {
  return *find_scenario("plays");
}

ScenarioConfig options() {
  ScenarioConfig config;
  config.start_ms = 1'704'067'200'000;
  config.end_ms = 1'706'745'600'000;
  return config;
}

TEST(RunId, SameContentIsTheSameRun) {
  EXPECT_EQ(derive_run(plays(), options(), kMaster), derive_run(plays(), options(), kMaster));
  // Stores recognise a run by its name, so it stays the same from one racesim to the next.
  EXPECT_EQ(derive_run(plays(), options(), kMaster), 0x1a0e9ac3U);
}

TEST(RunId, EachPartOfTheContentChangesIt) {
  const std::vector<std::pair<std::string, std::function<void(ScenarioConfig&)>>> changes{
      {"seed", [](ScenarioConfig& c) { c.seed = 43; }},
      {"large seed", [](ScenarioConfig& c) { c.seed = UINT64_MAX; }},
      {"start", [](ScenarioConfig& c) { c.start_ms += 1; }},
      {"end", [](ScenarioConfig& c) { *c.end_ms += 1; }},
      {"volume", [](ScenarioConfig& c) { c.plays.volume = 10001; }},
      {"volume per minute", [](ScenarioConfig& c) { c.plays.volume_per_minute = true; }},
      {"popularity", [](ScenarioConfig& c) { c.plays.popularity = "uniform"; }}};
  std::set<std::uint32_t> runs{derive_run(plays(), options(), kMaster)};
  for (const auto& [what, change] : changes) {
    ScenarioConfig changed = options();
    change(changed);
    EXPECT_TRUE(runs.insert(derive_run(plays(), changed, kMaster)).second) << what;
  }
  ScenarioEntry next = plays();
  ++next.version;
  EXPECT_TRUE(runs.insert(derive_run(next, options(), kMaster)).second);
  EXPECT_TRUE(runs.insert(derive_run(plays(), options(), {1, 3})).second);
  EXPECT_TRUE(runs.insert(derive_run(plays(), options(), {3, 2})).second);
  EXPECT_TRUE(runs.insert(derive_run(*find_scenario("race"), options(), kMaster)).second);
}

TEST(RunId, EachPartOfARaceChangesIt) {
  const ScenarioEntry& race = *find_scenario("race");
  const std::vector<std::pair<std::string, std::function<void(ScenarioConfig&)>>> changes{
      {"rate", [](ScenarioConfig& c) { c.race.rate_mhz = 50'000; }},
      {"cars", [](ScenarioConfig& c) { c.race.cars = 19; }},
      {"laps", [](ScenarioConfig& c) { c.race.laps = 51; }},
      {"track", [](ScenarioConfig& c) { c.race.track = "oval"; }}};
  std::set<std::uint32_t> runs{derive_run(race, options(), kMaster)};
  for (const auto& [what, change] : changes) {
    ScenarioConfig changed = options();
    change(changed);
    EXPECT_TRUE(runs.insert(derive_run(race, changed, kMaster)).second) << what;
  }
  // These only choose from what there is.
  ScenarioConfig part = options();
  part.end_ms.reset();
  part.race.streams = {"laps"};
  part.plays.volume = 1;
  EXPECT_EQ(derive_run(race, part, kMaster), derive_run(race, options(), kMaster));
}

TEST(RunId, TheEndOfAVolumePerMinuteOnlyCuts) {
  ScenarioConfig config = options();
  config.plays.volume_per_minute = true;
  const std::uint32_t run = derive_run(plays(), config, kMaster);
  *config.end_ms += 3'600'000;
  EXPECT_EQ(derive_run(plays(), config, kMaster), run);
  config.end_ms.reset();
  EXPECT_EQ(derive_run(plays(), config, kMaster), run);
}

}  // namespace
}  // namespace racesim
