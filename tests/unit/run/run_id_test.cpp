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

ContentOptions options() {
  ContentOptions content;
  content.start_ns = 1'704'067'200'000'000'000;
  content.end_ns = 1'706'745'600'000'000'000;
  return content;
}

TEST(RunId, SameContentIsTheSameRun) {
  EXPECT_EQ(derive_run(options(), 1, kMaster), derive_run(options(), 1, kMaster));
  // Stores recognise a run by its name, so it stays the same from one racesim to the next.
  EXPECT_EQ(derive_run(options(), 1, kMaster), 0x27957babU);
}

TEST(RunId, EachPartOfTheContentChangesIt) {
  const std::vector<std::pair<std::string, std::function<void(ContentOptions&)>>> changes{
      {"scenario", [](ContentOptions& c) { c.scenario = "race"; }},
      {"seed", [](ContentOptions& c) { c.seed = 43; }},
      {"large seed", [](ContentOptions& c) { c.seed = UINT64_MAX; }},
      {"start", [](ContentOptions& c) { c.start_ns += 1'000'000; }},
      {"end", [](ContentOptions& c) { *c.end_ns += 1'000'000; }},
      {"no end", [](ContentOptions& c) { c.end_ns.reset(); }},
      {"volume", [](ContentOptions& c) { c.volume = 10001; }},
      {"volume per minute", [](ContentOptions& c) { c.volume_per_minute = true; }},
      {"popularity", [](ContentOptions& c) { c.popularity = "uniform"; }}};
  std::set<std::uint32_t> runs{derive_run(options(), 1, kMaster)};
  for (const auto& [what, change] : changes) {
    ContentOptions changed = options();
    change(changed);
    EXPECT_TRUE(runs.insert(derive_run(changed, 1, kMaster)).second) << what;
  }
  EXPECT_TRUE(runs.insert(derive_run(options(), 2, kMaster)).second);
  EXPECT_TRUE(runs.insert(derive_run(options(), 1, {1, 3})).second);
  EXPECT_TRUE(runs.insert(derive_run(options(), 1, {3, 2})).second);
}

TEST(RunId, TheEndOfAVolumePerMinuteOnlyCuts) {
  ContentOptions content = options();
  content.volume_per_minute = true;
  const std::uint32_t run = derive_run(content, 1, kMaster);
  *content.end_ns += 3'600'000'000'000;
  EXPECT_EQ(derive_run(content, 1, kMaster), run);
  content.end_ns.reset();
  EXPECT_EQ(derive_run(content, 1, kMaster), run);
}

TEST(RunId, WhereTheMasterDataLiesDoesNotMatter) {
  ContentOptions content = options();
  content.master_data_dir = "elsewhere/";
  EXPECT_EQ(derive_run(content, 1, kMaster), derive_run(options(), 1, kMaster));
}

}  // namespace
}  // namespace racesim
