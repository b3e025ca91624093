// Goal: the name of a run changes with everything that changes its bytes and with nothing else. Method:
// change one option at a time.
#include "run/run_id.h"

#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "run/content.h"
#include "support/content_options.h"

namespace racesim {
namespace {

constexpr std::array<std::uint64_t, 2> kMaster{1, 2};
constexpr std::int64_t kNsPerMs = 1'000'000;

/// What a run's name is made from.
struct Told : ContentOptions {
  using ContentOptions::ContentOptions;
  std::array<std::uint64_t, 2> master = kMaster;
};

Told told(std::string_view scenario) {
  Told options(*find_scenario(scenario));
  options.start_ns = std::int64_t{1'704'067'200'000} * kNsPerMs;
  options.end_ns = std::int64_t{1'706'745'600'000} * kNsPerMs;
  return options;
}

std::uint32_t run_of(const Told& options, const ScenarioEntry& entry) {
  Frame frame;
  frame.seed = options.seed;
  frame.start_ms = options.start_ns / kNsPerMs;
  if (options.end_ns) frame.end_ms = *options.end_ns / kNsPerMs;
  const auto content = read_content(options);
  EXPECT_TRUE(content);
  const std::string identity =
      identity_of(entry, **content, {options.values, options.volume, options.live}, frame);
  return derive_run(entry, frame, identity, options.master);
}
std::uint32_t run_of(const Told& options) {
  return run_of(options, *options.scenario);
}

using Changes = std::vector<std::pair<std::string, std::function<void(Told&)>>>;

TEST(RunId, SameContentIsTheSameRun) {
  EXPECT_EQ(run_of(told("plays")), run_of(told("plays")));
  // Stores recognise a run by its name, so it stays the same from one racesim to the next.
  EXPECT_EQ(run_of(told("plays")), 0x1a0e9ac3U);
}

TEST(RunId, EachPartOfTheContentChangesIt) {
  const Changes changes{{"seed", [](Told& c) { c.seed = 43; }},
                        {"large seed", [](Told& c) { c.seed = UINT64_MAX; }},
                        {"start", [](Told& c) { c.start_ns += kNsPerMs; }},
                        {"end", [](Told& c) { *c.end_ns += kNsPerMs; }},
                        {"volume", [](Told& c) { c.volume->events = 10001; }},
                        {"volume per minute", [](Told& c) { c.volume->per_minute = true; }},
                        {"popularity", [](Told& c) { test::set_option(c, "popularity", "uniform"); }},
                        {"master data",
                         [](Told& c) {
                           c.master = {1, 3};
                         }},
                        {"other master data", [](Told& c) {
                           c.master = {3, 2};
                         }}};
  std::set<std::uint32_t> runs{run_of(told("plays"))};
  for (const auto& [what, change] : changes) {
    Told changed = told("plays");
    change(changed);
    EXPECT_TRUE(runs.insert(run_of(changed)).second) << what;
  }
  ScenarioEntry next = *find_scenario("plays");
  ++next.version;
  EXPECT_TRUE(runs.insert(run_of(told("plays"), next)).second);
  EXPECT_TRUE(runs.insert(run_of(told("race"))).second);
}

TEST(RunId, EachPartOfARaceChangesIt) {
  const Changes changes{{"rate", [](Told& c) { test::set_option(c, "rate-hz", "50"); }},
                        {"cars", [](Told& c) { test::set_option(c, "cars", "19"); }},
                        {"laps", [](Told& c) { test::set_option(c, "laps", "51"); }},
                        {"session", [](Told& c) { test::set_option(c, "session", "practice"); }},
                        {"model", [](Told& c) { test::set_option(c, "model", "simple"); }}};
  std::set<std::uint32_t> runs{run_of(told("race"))};
  for (const auto& [what, change] : changes) {
    Told changed = told("race");
    change(changed);
    EXPECT_TRUE(runs.insert(run_of(changed)).second) << what;
  }
  // These only choose from what there is.
  Told part = told("race");
  part.end_ns.reset();
  part.limit.most = 5;
  test::set_option(part, "streams", "laps");
  test::set_option(part, "as", "openf1");
  EXPECT_EQ(run_of(part), run_of(told("race")));
}

/// Of a scenario that says nothing of its identity the options that differ from their fallbacks count, so
/// that an option that is added later renames no run.
TEST(RunId, TheUsualIdentityIsWhatDiffersFromTheFallbacks) {
  ScenarioEntry entry = *find_scenario("race");
  entry.identity = nullptr;
  const auto identity = [&](const Told& options) {
    const auto content = read_content(options);
    EXPECT_TRUE(content);
    return identity_of(entry, **content, {options.values, options.volume, options.live}, Frame{});
  };
  Told options = told("race");
  EXPECT_EQ(identity(options), "");
  test::set_option(options, "cars", "3");
  test::set_option(options, "rate-hz", "12.5");
  test::set_option(options, "streams", "laps");
  EXPECT_EQ(identity(options), "rate-hz=12.5|cars=3");
}

TEST(RunId, TheEndOfAVolumePerMinuteOnlyCuts) {
  Told options = told("plays");
  options.volume->per_minute = true;
  const std::uint32_t run = run_of(options);
  *options.end_ns += 3'600'000 * kNsPerMs;
  EXPECT_EQ(run_of(options), run);
  options.end_ns.reset();
  EXPECT_EQ(run_of(options), run);
}

}  // namespace
}  // namespace racesim
