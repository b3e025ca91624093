// Goal: each kind of difference is told from the others also where it is hard: beyond the window, beyond what
// is remembered, in blocks, among injected faults. Method: small runs whose lines are moved by hand.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "support/keyed_sequences.h"
#include "verify/identity/identity.h"

namespace racesim {
namespace {

using namespace verify_test;
using Lines = std::vector<std::string>;

const SmallRun& race() {
  static const SmallRun run = make_run(race_run(3, 300));
  return run;
}

std::string joined(const SmallRun& run, const Lines& lines) {
  std::string text = run.header;
  for (const std::string& line : lines) text += line;
  return text;
}

std::string named_of(const SmallRun& run, const Lines& lines, const VerifyOptions& options = {}) {
  return named(verify_text(run, joined(run, lines), options).findings);
}

Lines without(Lines lines, std::size_t first, std::size_t last) {
  lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(first),
              lines.begin() + static_cast<std::ptrdiff_t>(last));
  return lines;
}

Lines with_inserted(Lines lines, std::size_t at, const Lines& more) {
  lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(at), more.begin(), more.end());
  return lines;
}

VerifyOptions small_window() {
  VerifyOptions options;
  options.window = 64;
  options.history_bytes = 0;
  return options;
}

/// Telemetry events of one car, as indices.
std::vector<std::size_t> of_entity(const SmallRun& run, std::uint32_t entity) {
  std::vector<std::size_t> all;
  for (std::size_t i = 0; i < run.sent.size(); ++i)
    if (run.sent[i].stream == 0 && run.sent[i].head.entity == entity) all.push_back(i);
  return all;
}

TEST(Matcher, FindsItsPlaceBehindAGapWiderThanTheWindow) {
  const Lines lines = lines_of(race());
  EXPECT_EQ(named_of(race(), without(lines, 200, 700), small_window()), "lost 500");
  EXPECT_EQ(named_of(race(), without(lines, 0, 500), small_window()), "lost 500");
  EXPECT_EQ(named_of(race(), without(lines, 500, lines.size()), small_window()),
            "lost " + std::to_string(lines.size() - 500));
  EXPECT_EQ(named_of(race(), {}), "lost " + std::to_string(lines.size()));
}

TEST(Matcher, KeepsOrderPerEntityOnly) {
  const std::uint32_t first = race().sent[0].head.entity;
  Lines lines = lines_of(race());
  // All events of one car behind those of the others, and by turns again.
  Lines sorted;
  for (const bool own : {false, true})
    for (std::size_t i = 0; i < lines.size(); ++i)
      if ((race().sent[i].head.entity == first) == own) sorted.push_back(lines[i]);
  EXPECT_EQ(named_of(race(), sorted), "");
  const std::size_t a = of_entity(race(), first)[50];
  std::size_t b = a + 1;
  while (race().sent[b].head.entity == first) ++b;
  std::swap(lines[a], lines[b]);
  EXPECT_EQ(named_of(race(), lines), "");
}

TEST(Matcher, AnEventThatComesEarlyOvertakesAllBetween) {
  const std::vector<std::size_t> own = of_entity(race(), race().sent[0].head.entity);
  const Lines lines = lines_of(race());
  const Lines late = with_inserted(without(lines, own[20], own[20] + 1), own[60], {lines[own[20]]});
  EXPECT_EQ(named_of(race(), late), "reordered 1");
  const Lines early = with_inserted(without(lines, own[60], own[60] + 1), own[20], {lines[own[60]]});
  EXPECT_EQ(named_of(race(), early), "reordered 40");
}

TEST(Matcher, WhoWasOvertakenIsToldWhereItCame) {
  const Lines lines = lines_of(race());
  const std::vector<std::size_t> own = of_entity(race(), race().sent[100].head.entity);
  const auto from = *std::find_if(own.begin(), own.end(), [](std::size_t i) { return i > 120; });
  const VerifyResult result =
      verify_text(race(), joined(race(), with_inserted(without(lines, from, from + 1), 90, {lines[from]})));
  const auto overtaken = std::find_if(own.begin(), own.end(), [](std::size_t i) { return i >= 90; });
  const auto count = std::find(own.begin(), own.end(), from) - overtaken;
  ASSERT_EQ(named(result.findings), "reordered " + std::to_string(count));
  EXPECT_EQ(result.findings.examples.front().place, std::to_string(*overtaken + 2));
}

TEST(Matcher, NamesOtherLineEnds) {
  Lines lines = lines_of(race());
  for (std::string& line : lines) line.insert(line.size() - 1, "\r");
  const VerifyResult result = verify_text(race(), joined(race(), lines));
  EXPECT_EQ(named(result.findings), "altered " + std::to_string(lines.size()));
  EXPECT_EQ(result.findings.examples.front().field, "line end");
  EXPECT_EQ(result.findings.examples.front().found, "\\r\\n");
}

/// Beyond the window it is known by its identity until its event is made.
TEST(Matcher, AnEventThatComesFarAheadOvertakesAllBetween) {
  const std::vector<std::size_t> own = of_entity(race(), race().sent[0].head.entity);
  const Lines lines = lines_of(race());
  const Lines late = with_inserted(without(lines, own[20], own[20] + 1), own[250], {lines[own[20]]});
  EXPECT_EQ(named_of(race(), late, small_window()), "reordered 1");
  const Lines early = with_inserted(without(lines, own[250], own[250] + 1), own[20], {lines[own[250]]});
  EXPECT_EQ(named_of(race(), early, small_window()), "reordered 230");
}

/// V2 of the field cases: --fast and events that were written again, so that their identity is not read.
TEST(Matcher, WhatFastCannotReadIsUnreadableAndNotLost) {
  Lines lines = lines_of(race());
  const std::size_t count = lines.size();
  for (std::string& line : lines) {
    std::string spaced;
    for (const char c : line) spaced += c == ',' || c == ':' ? std::string(1, c) + " " : std::string(1, c);
    line = spaced;
  }
  VerifyOptions options;
  options.comparison = Comparison::fast;
  const VerifyResult all = verify_text(race(), joined(race(), lines), options);
  EXPECT_EQ(named(all.findings), "unreadable " + std::to_string(count));
  EXPECT_EQ(all.findings.expected(), count);
  // Nothing of the line can be read, not even by a closer look.
  Lines some = lines_of(race());
  for (std::size_t i = 100; i < 120; ++i) some[i] = "\x01\x02\n";
  const VerifyResult garbled = verify_text(race(), joined(race(), some), options);
  EXPECT_EQ(named(garbled.findings), "unreadable 20");
  EXPECT_EQ(garbled.findings.expected(), count);
  // What is too many is unreadable too, and what is missing beside it is lost.
  const Lines more = with_inserted(without(lines_of(race()), 100, 105), 400, {"\x01\n", "\x02\n"});
  EXPECT_EQ(named(verify_text(race(), joined(race(), more), options).findings), "lost 3 unreadable 2");
}

/// The first event of all has the identity 0, 0, 0.
TEST(Matcher, TheFirstEventIsNoSentinel) {
  VerifyOptions options;
  options.comparison = Comparison::fast;
  EXPECT_EQ(identity_key(0, 0, 0), 0u) << "else this test means nothing";
  const Lines lines = lines_of(race());
  EXPECT_EQ(named_of(race(), without(lines, 0, 1), options), "lost 1");
  EXPECT_EQ(named_of(race(), with_inserted(lines, 200, {"nothing\n"}), options), "unreadable 1");
  EXPECT_EQ(named_of(race(), with_inserted(lines, 200, {lines[0]}), options), "duplicated 1");
}

TEST(Matcher, TellsWhatComesAgainFromTheRest) {
  const Lines lines = lines_of(race());
  EXPECT_EQ(named_of(race(), with_inserted(lines, 800, {lines[10]}), small_window()), "duplicated 1");
  EXPECT_EQ(named_of(race(), with_inserted(lines, 800, {lines[10], lines[10]}), small_window()),
            "duplicated 2");
  // As after a restart that went back: near enough to be remembered, and further back.
  for (const std::size_t back : {300u, 700u}) {
    const Lines again(lines.begin() + static_cast<std::ptrdiff_t>(800 - back), lines.begin() + 800);
    EXPECT_EQ(named_of(race(), with_inserted(lines, 800, again), small_window()),
              "redelivered " + std::to_string(back));
  }
  EXPECT_EQ(named_of(race(), with_inserted(lines, lines.size(), lines)),
            "redelivered " + std::to_string(lines.size()));
}

TEST(Matcher, ShowsSomeExamplesOfEachKind) {
  const Lines lines = lines_of(race());
  Lines again = lines;
  // Runs of two, each again a little later.
  for (std::size_t at = 3; at < 200; at += 10)
    again = with_inserted(again, at + 4, {again[at], again[at + 1]});
  const VerifyResult result = verify_text(race(), joined(race(), again), {});
  const auto& examples = result.findings.examples;
  const auto redelivered = std::count_if(examples.begin(), examples.end(), [](const FindingExample& e) {
    return e.kind == Finding::redelivered;
  });
  EXPECT_GT(result.findings[Finding::redelivered], 30u);
  EXPECT_EQ(redelivered, 10);
  EXPECT_EQ(examples.size(), 10u);
}

TEST(Matcher, CountsWhatCameAfterItWasForgotten) {
  const Lines lines = lines_of(race());
  VerifyOptions options;
  options.most_missing = 10;
  const Lines block(lines.begin() + 100, lines.begin() + 150);
  const Lines late = with_inserted(without(lines, 100, 150), lines.size() - 50, block);
  const VerifyResult result = verify_text(race(), joined(race(), late), options);
  EXPECT_TRUE(result.findings.overflowed);
  EXPECT_EQ(result.findings[Finding::lost], 40u);
  EXPECT_FALSE(verify_text(race(), joined(race(), late)).findings.overflowed);
  EXPECT_EQ(verify_text(race(), joined(race(), late)).findings[Finding::lost], 0u);
}

TEST(Matcher, NamesGarbageAndForeignLines) {
  const Lines lines = lines_of(race());
  const Lines garbage(20, "Segmentation fault (core dumped)\n");
  EXPECT_EQ(named_of(race(), with_inserted(lines, 400, garbage)), "phantom 20");
  EXPECT_EQ(named_of(race(), with_inserted(lines, lines.size(), garbage)), "phantom 20");
  EXPECT_EQ(named_of(race(), with_inserted(lines, 0, {"\n"})), "phantom 1");
  // The same run under another name: line for line alike.
  RunConfig config = race_run(3, 300);
  config.run_id = "0000beef";
  const SmallRun other = make_run(config);
  const Lines alike = lines_of(other);
  const Lines foreign(alike.begin() + 100, alike.begin() + 140);
  EXPECT_EQ(named_of(race(), with_inserted(lines, 140, foreign)), "phantom 40");
  // What no car is called.
  std::string unknown = lines[0];
  unknown.replace(unknown.find("\"car\":") + 6, unknown.find(",\"driver\"") - unknown.find("\"car\":") - 6,
                  "4000000000");
  EXPECT_EQ(named_of(race(), with_inserted(lines, 900, {unknown})), "phantom 1");
}

TEST(Matcher, NamesEveryLineOfAPipelineThatWritesAnew) {
  Lines lines = lines_of(race());
  for (std::string& line : lines) {
    std::string spaced;
    for (const char c : line) spaced += c == ',' ? ", " : std::string(1, c);
    line = spaced;
  }
  const VerifyResult result = verify_text(race(), joined(race(), lines));
  EXPECT_EQ(named(result.findings), "altered " + std::to_string(lines.size()));
  EXPECT_EQ(result.findings.examples.front().field, "form");
  EXPECT_EQ(result.findings.examples.size(), Findings::kMostExamples);
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

TEST(Matcher, SubtractsWhatAReceiverPutRight) {
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
  const SmallRun& ordered = race();
  EXPECT_EQ(named_of(disordered, lines_of(ordered)), "") << "put into the order in which it was made";
}

TEST(Matcher, TellsLateFromLost) {
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

TEST(Matcher, KnowsWhatWasLeftOutOnPurpose) {
  FaultRules rules;
  rules.drop = 0.05;
  const SmallRun run = faulty_run(rules);
  std::map<std::string, int> sent;
  for (const SentLine& line : run.sent) ++sent[line.text];
  const std::size_t dropped = static_cast<std::size_t>(
      std::find_if(race().sent.begin() + 200, race().sent.end(),
                   [&](const SentLine& line) { return sent.count(line.text) == 0; }) -
      race().sent.begin());
  const VerifyResult result =
      verify_text(run, joined(run, with_inserted(lines_of(run), dropped + 5, {race().sent[dropped].text})));
  EXPECT_EQ(named(result.findings), "phantom 1");
  EXPECT_EQ(result.findings.examples.front().expected, "left out on purpose");
}

TEST(Matcher, DoesNotExpectWhatWasShed) {
  SmallRun run = make_run(race_run(3, 300));
  run.manifest.totals->shed = {{10, 20}, {100, 300}};
  const Lines lines = lines_of(run);
  const Lines rest = without(without(lines, 100, 300), 10, 20);
  EXPECT_EQ(named_of(run, rest), "");
  EXPECT_EQ(named_of(run, with_inserted(rest, 100, {lines[150]})), "phantom 1");
}

TEST(Matcher, OfARunThatWasKilledTheEndIsNotKnown) {
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

TEST(Matcher, LinesWithoutNumbersAreToldByTheirBytes) {
  for (const char* names : {"fastf1", "openf1"}) {
    RunConfig config = race_run(3, 120);
    test::set_option(config.content, "as", names);
    test::set_option(config.content, "streams", "telemetry");
    const SmallRun run = make_run(config);
    const Lines lines = lines_of(run);
    EXPECT_EQ(named_of(run, lines), "") << names;
    EXPECT_EQ(named_of(run, without(lines, 100, 101)), "lost 1") << names;
    EXPECT_EQ(named_of(run, with_inserted(lines, 150, {lines[100]})), "duplicated 1") << names;
    VerifyOptions options;
    options.comparison = Comparison::fast;
    MemoryArrivals arrivals(run.text());
    EXPECT_FALSE(verify(run.manifest, *run.truth, arrivals, options)) << names;
  }
}

}  // namespace
}  // namespace racesim
