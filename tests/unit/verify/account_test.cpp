// Goal: what comes again, late or not at all is counted as what it is, and injected faults are subtracted.
// Method: small runs whose lines are moved by hand, or put right as a receiver does.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "support/moved_lines.h"

namespace racesim {
namespace {

using namespace verify_test;

TEST(Account, TellsWhatComesAgainFromTheRest) {
  const Lines lines = lines_of(small_race());
  EXPECT_EQ(named_of(small_race(), with_inserted(lines, 800, {lines[10]}), small_window()), "duplicated 1");
  EXPECT_EQ(named_of(small_race(), with_inserted(lines, 800, {lines[10], lines[10]}), small_window()),
            "duplicated 2");
  // As after a restart that went back: near enough to be remembered, and further back.
  for (const std::size_t back : {300u, 700u}) {
    const Lines again(lines.begin() + static_cast<std::ptrdiff_t>(800 - back), lines.begin() + 800);
    EXPECT_EQ(named_of(small_race(), with_inserted(lines, 800, again), small_window()),
              "redelivered " + std::to_string(back));
  }
  EXPECT_EQ(named_of(small_race(), with_inserted(lines, lines.size(), lines)),
            "redelivered " + std::to_string(lines.size()));
}

TEST(Account, ShowsSomeExamplesOfEachKind) {
  const Lines lines = lines_of(small_race());
  Lines again = lines;
  // Runs of two, each again a little later.
  for (std::size_t at = 3; at < 200; at += 10)
    again = with_inserted(again, at + 4, {again[at], again[at + 1]});
  const VerifyResult result = verify_text(small_race(), joined(small_race(), again), {});
  const auto& examples = result.findings.examples;
  const auto redelivered = std::count_if(examples.begin(), examples.end(), [](const FindingExample& e) {
    return e.kind == Finding::redelivered;
  });
  EXPECT_GT(result.findings[Finding::redelivered], 30u);
  EXPECT_EQ(redelivered, 10);
  EXPECT_EQ(examples.size(), 10u);
}

TEST(Account, CountsWhatCameAfterItWasForgotten) {
  const Lines lines = lines_of(small_race());
  VerifyOptions options;
  options.most_missing = 10;
  const Lines block(lines.begin() + 100, lines.begin() + 150);
  const Lines late = with_inserted(without(lines, 100, 150), lines.size() - 50, block);
  const VerifyResult result = verify_text(small_race(), joined(small_race(), late), options);
  EXPECT_TRUE(result.findings.overflowed);
  EXPECT_EQ(result.findings[Finding::lost], 40u);
  EXPECT_FALSE(verify_text(small_race(), joined(small_race(), late)).findings.overflowed);
  EXPECT_EQ(verify_text(small_race(), joined(small_race(), late)).findings[Finding::lost], 0u);
}

SmallRun faulty_run(const FaultRules& rules) {
  RunConfig config = race_run(3, 300);
  config.faults = rules;
  return make_run(config);
}

template <class Keep>
Lines kept(const SmallRun& run, Keep keep) {
  Lines lines;
  for (const SentLine& line : run.sent)
    if (keep(line)) lines.push_back(line.text);
  return lines;
}

TEST(Account, SubtractsWhatAReceiverPutRight) {
  FaultRules rules;
  rules.duplicate = 0.1;
  const SmallRun copies = faulty_run(rules);
  const VerifyResult result = verify_text(
      copies,
      joined(copies, kept(copies, [](const SentLine& l) { return (l.faults & kFaultDuplicate) == 0; })));
  EXPECT_EQ(named(result.findings), "");
  EXPECT_EQ(result.findings.injected_present.duplicate, 0u);
  EXPECT_GT(result.findings.injected.duplicate, 50u);
  EXPECT_EQ(result.findings.expected(), result.findings.found);
  rules = {};
  rules.corrupt = 0.1;
  const SmallRun damaged = faulty_run(rules);
  EXPECT_EQ(
      named_of(damaged, kept(damaged, [](const SentLine& l) { return (l.faults & kFaultCorrupt) == 0; })),
      "");
  rules = {};
  rules.late = 0.05;
  rules.reorder = 0.05;
  SmallRun disordered = faulty_run(rules);
  const SmallRun& ordered = small_race();
  EXPECT_EQ(named_of(disordered, lines_of(ordered)), "") << "put into the order in which it was made";
}

TEST(Account, TellsLateFromLost) {
  FaultRules rules;
  rules.late = 0.2;
  rules.late_delay_ns = 10'000'000'000;
  const SmallRun run = faulty_run(rules);
  constexpr std::int64_t kWatermark_ns = 4'000'000'000;
  const Faults faults(rules, run.manifest.content.seed);
  const auto is_late = [&](const SentLine& l) {
    const std::string name(run.truth->scenario->streams()[l.stream].name);
    return (l.faults & kFaultLate) != 0 &&
           faults.delay_ns(Faults::event_key(topic_hash(name), l.head)) > kWatermark_ns;
  };
  const Lines lines = kept(run, [&](const SentLine& l) { return !is_late(l); });
  const std::string missing = std::to_string(run.sent.size() - lines.size());
  VerifyOptions options;
  EXPECT_EQ(named_of(run, lines, options), "lost " + missing);
  options.watermark_ns = kWatermark_ns;
  EXPECT_EQ(named_of(run, lines, options), "late " + missing);
}

TEST(Account, KnowsWhatWasLeftOutOnPurpose) {
  FaultRules rules;
  rules.drop = 0.05;
  const SmallRun run = faulty_run(rules);
  std::map<std::string, int> sent;
  for (const SentLine& line : run.sent) ++sent[line.text];
  const std::size_t dropped = static_cast<std::size_t>(
      std::find_if(small_race().sent.begin() + 200, small_race().sent.end(),
                   [&](const SentLine& line) { return sent.count(line.text) == 0; }) -
      small_race().sent.begin());
  const VerifyResult result = verify_text(
      run, joined(run, with_inserted(lines_of(run), dropped + 5, {small_race().sent[dropped].text})));
  EXPECT_EQ(named(result.findings), "phantom 1");
  EXPECT_EQ(result.findings.examples.front().expected, "left out on purpose");
}

TEST(Account, DoesNotExpectWhatWasShed) {
  SmallRun run = make_run(race_run(3, 300));
  run.manifest.totals->shed = {{10, 20}, {100, 300}};
  const Lines lines = lines_of(run);
  const Lines rest = without(without(lines, 100, 300), 10, 20);
  EXPECT_EQ(named_of(run, rest), "");
  EXPECT_EQ(named_of(run, with_inserted(rest, 100, {lines[150]})), "phantom 1");
}

TEST(Account, OfARunThatWasKilledTheEndIsNotKnown) {
  SmallRun run = make_run(race_run(3, 300));
  run.manifest.totals.reset();
  const Lines lines = lines_of(run);
  const VerifyResult result = verify_text(run, joined(run, without(lines, 500, lines.size())));
  EXPECT_EQ(named(result.findings), "");
  EXPECT_FALSE(result.end_is_known);
  EXPECT_EQ(result.findings.found, 500u);
  const std::string torn = joined(run, without(lines, 500, lines.size()));
  EXPECT_EQ(named(verify_text(run, torn.substr(0, torn.size() - 30)).findings), "");
  EXPECT_EQ(named_of(run, without(without(lines, 500, lines.size()), 100, 103)), "lost 3");
}

}  // namespace
}  // namespace racesim
