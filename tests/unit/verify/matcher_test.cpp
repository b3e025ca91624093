// Goal: parts of a run in one place, headers, lanes and records with keys are each judged for themselves.
// Method: small runs in memory, several sequences.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "support/keyed_sequences.h"
#include "support/moved_lines.h"

namespace racesim {
namespace {

using namespace verify_test;

/// One of two parts of the run, by hand: all lines of a shard go to one place.
SmallRun part_of(std::uint32_t index) {
  RunConfig config = race_run(4, 300);
  config.shard = {index, 2};
  return make_run(config);
}

/// Some lines of each in turn.
Lines mixed(const Lines& a, const Lines& b) {
  Lines all;
  for (std::size_t i = 0; i < a.size() || i < b.size(); i += 7) {
    all.insert(all.end(), a.begin() + static_cast<std::ptrdiff_t>(std::min(i, a.size())),
               a.begin() + static_cast<std::ptrdiff_t>(std::min(i + 7, a.size())));
    all.insert(all.end(), b.begin() + static_cast<std::ptrdiff_t>(std::min(i, b.size())),
               b.begin() + static_cast<std::ptrdiff_t>(std::min(i + 7, b.size())));
  }
  return all;
}

TEST(Matcher, LeavesOutTheOtherPartsOfTheRun) {
  const SmallRun one = part_of(1), two = part_of(2);
  const Lines own = lines_of(one), other = lines_of(two);
  const Lines both = mixed(own, other);
  for (const bool fast : {false, true}) {
    VerifyOptions options;
    if (fast) options.comparison = Comparison::fast;
    const VerifyResult result = verify_text(one, joined(one, both), options);
    EXPECT_EQ(named(result.findings), "") << fast;
    EXPECT_EQ(result.findings.found, own.size());
    EXPECT_EQ(result.findings.of_other_parts, other.size());
    EXPECT_EQ(named_of(two, both, options), "") << fast;
  }
  Lines behind = other;
  behind.insert(behind.end(), own.begin(), own.end());
  EXPECT_EQ(named_of(one, behind), "");
  EXPECT_EQ(named_of(two, behind), "");
}

TEST(Matcher, PlacesCountTheLinesOfOtherParts) {
  const SmallRun one = part_of(1);
  Lines both = mixed(lines_of(one), lines_of(part_of(2)));
  both.insert(both.begin() + 100, "garbage\n");
  both.insert(both.end(), both[14]);  // the first of the second handful of part one
  const VerifyResult result = verify_text(one, joined(one, both));
  EXPECT_EQ(named(result.findings), "duplicated 1 phantom 1");
  for (const FindingExample& example : result.findings.examples)
    EXPECT_EQ(example.place, std::to_string(example.kind == Finding::phantom ? 101 : both.size()));
}

TEST(Matcher, MissesTheHeader) {
  RunConfig config = simple_run(3, 60);
  config.delivery.format = "csv";
  const SmallRun run = make_run(config);
  const std::string text = run.text().substr(run.header.size());
  const VerifyResult result = verify_text(run, text);
  EXPECT_EQ(named(result.findings), "altered 1");
  EXPECT_EQ(result.findings.examples.front().field, "header");
}

TEST(Matcher, KnowsLanesAndKeys) {
  const SmallRun run = make_run(race_run(3, 300, 12));
  const auto named_of_sequences = [&](KeyedSequences& sequences) {
    const auto result = verify(run.manifest, *run.truth, sequences, {});
    EXPECT_TRUE(result);
    return result ? named(result->findings) : "";
  };
  KeyedSequences clean(run);
  EXPECT_EQ(named_of_sequences(clean), "");
  KeyedSequences fewer(run);
  fewer.all[1].lines.erase(fewer.all[1].lines.begin() + 30);
  fewer.all[1].keys.erase(fewer.all[1].keys.begin() + 30);
  EXPECT_EQ(named_of_sequences(fewer), "lost 1");
  KeyedSequences rekeyed(run);
  rekeyed.all[2].keys[40] = "1234";
  EXPECT_EQ(named_of_sequences(rekeyed), "altered 1");
  KeyedSequences elsewhere(run);
  auto& from = elsewhere.all[0];
  auto& to = elsewhere.all[1];
  to.lines.insert(to.lines.begin() + 50, from.lines[50]);
  to.keys.insert(to.keys.begin() + 50, from.keys[50]);
  from.lines.erase(from.lines.begin() + 50);
  from.keys.erase(from.keys.begin() + 50);
  EXPECT_EQ(named_of_sequences(elsewhere), "altered 1");
}

/// S2 of the field cases: "another key or partition" helps nobody.
TEST(Matcher, TellsWhereARecordCameToAndWhereItBelongs) {
  const SmallRun run = make_run(race_run(3, 300, 12));
  for (const bool other_key : {false, true}) {
    KeyedSequences sequences(run);
    auto& from = sequences.all[0];
    auto& to = sequences.all[1];
    const std::string key = from.keys[50];
    to.lines.insert(to.lines.begin() + 50, from.lines[50]);
    to.keys.insert(to.keys.begin() + 50, other_key ? "1234" : key);
    from.lines.erase(from.lines.begin() + 50);
    from.keys.erase(from.keys.begin() + 50);
    const auto result = verify(run.manifest, *run.truth, sequences, {});
    ASSERT_TRUE(result);
    ASSERT_EQ(named(result->findings), "altered 1");
    const FindingExample& example = result->findings.examples.front();
    EXPECT_EQ(example.place, "offset 50");
    EXPECT_EQ(example.entity, key);
    EXPECT_EQ(example.field, other_key ? "key" : "partition");
    EXPECT_EQ(example.expected, other_key ? key + " in topic [0]" : "topic [0]");
    EXPECT_EQ(example.found, other_key ? "1234 in topic [1]" : "topic [1]");
  }
}

}  // namespace
}  // namespace racesim
