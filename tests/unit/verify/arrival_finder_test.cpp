// Goal: each line is known for the event that it is, also beyond the window, written again, garbled or
// foreign. Method: small runs whose lines are moved and changed by hand.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "support/moved_lines.h"
#include "verify/identity/identity.h"

namespace racesim {
namespace {

using namespace verify_test;

TEST(ArrivalFinder, FindsItsPlaceBehindAGapWiderThanTheWindow) {
  const Lines lines = lines_of(small_race());
  EXPECT_EQ(named_of(small_race(), without(lines, 200, 700), small_window()), "lost 500");
  EXPECT_EQ(named_of(small_race(), without(lines, 0, 500), small_window()), "lost 500");
  EXPECT_EQ(named_of(small_race(), without(lines, 500, lines.size()), small_window()),
            "lost " + std::to_string(lines.size() - 500));
  EXPECT_EQ(named_of(small_race(), {}), "lost " + std::to_string(lines.size()));
}

TEST(ArrivalFinder, NamesOtherLineEnds) {
  Lines lines = lines_of(small_race());
  for (std::string& line : lines) line.insert(line.size() - 1, "\r");
  const VerifyResult result = verify_text(small_race(), joined(small_race(), lines));
  EXPECT_EQ(named(result.findings), "altered " + std::to_string(lines.size()));
  EXPECT_EQ(result.findings.examples.front().field, "line end");
  EXPECT_EQ(result.findings.examples.front().found, "\\r\\n");
}

/// V2 of the field cases: --fast and events that were written again, so that their identity is not read.
TEST(ArrivalFinder, WhatFastCannotReadIsUnreadableAndNotLost) {
  Lines lines = lines_of(small_race());
  const std::size_t count = lines.size();
  for (std::string& line : lines) {
    std::string spaced;
    for (const char c : line) spaced += c == ',' || c == ':' ? std::string(1, c) + " " : std::string(1, c);
    line = spaced;
  }
  VerifyOptions options;
  options.comparison = Comparison::fast;
  const VerifyResult all = verify_text(small_race(), joined(small_race(), lines), options);
  EXPECT_EQ(named(all.findings), "unreadable " + std::to_string(count));
  EXPECT_EQ(all.findings.expected(), count);
  // Nothing of the line can be read, not even by a closer look.
  Lines some = lines_of(small_race());
  for (std::size_t i = 100; i < 120; ++i) some[i] = "\x01\x02\n";
  const VerifyResult garbled = verify_text(small_race(), joined(small_race(), some), options);
  EXPECT_EQ(named(garbled.findings), "unreadable 20");
  EXPECT_EQ(garbled.findings.expected(), count);
  // What is too many is unreadable too, and what is missing beside it is lost.
  const Lines more = with_inserted(without(lines_of(small_race()), 100, 105), 400, {"\x01\n", "\x02\n"});
  EXPECT_EQ(named(verify_text(small_race(), joined(small_race(), more), options).findings),
            "lost 3 unreadable 2");
}

/// The first event of all has the identity 0, 0, 0.
TEST(ArrivalFinder, TheFirstEventIsNoSentinel) {
  VerifyOptions options;
  options.comparison = Comparison::fast;
  EXPECT_EQ(identity_key(0, 0, 0), 0u) << "else this test means nothing";
  const Lines lines = lines_of(small_race());
  EXPECT_EQ(named_of(small_race(), without(lines, 0, 1), options), "lost 1");
  EXPECT_EQ(named_of(small_race(), with_inserted(lines, 200, {"nothing\n"}), options), "unreadable 1");
  EXPECT_EQ(named_of(small_race(), with_inserted(lines, 200, {lines[0]}), options), "duplicated 1");
}

TEST(ArrivalFinder, NamesGarbageAndForeignLines) {
  const Lines lines = lines_of(small_race());
  const Lines garbage(20, "Segmentation fault (core dumped)\n");
  EXPECT_EQ(named_of(small_race(), with_inserted(lines, 400, garbage)), "phantom 20");
  EXPECT_EQ(named_of(small_race(), with_inserted(lines, lines.size(), garbage)), "phantom 20");
  EXPECT_EQ(named_of(small_race(), with_inserted(lines, 0, {"\n"})), "phantom 1");
  // The same run under another name: line for line alike.
  RunConfig config = race_run(3, 300);
  config.run_id = "0000beef";
  const SmallRun other = make_run(config);
  const Lines alike = lines_of(other);
  const Lines foreign(alike.begin() + 100, alike.begin() + 140);
  EXPECT_EQ(named_of(small_race(), with_inserted(lines, 140, foreign)), "phantom 40");
  // What no car is called.
  std::string unknown = lines[0];
  unknown.replace(unknown.find("\"car\":") + 6, unknown.find(",\"driver\"") - unknown.find("\"car\":") - 6,
                  "4000000000");
  EXPECT_EQ(named_of(small_race(), with_inserted(lines, 900, {unknown})), "phantom 1");
}

TEST(ArrivalFinder, NamesEveryLineOfAPipelineThatWritesAnew) {
  Lines lines = lines_of(small_race());
  for (std::string& line : lines) {
    std::string spaced;
    for (const char c : line) spaced += c == ',' ? ", " : std::string(1, c);
    line = spaced;
  }
  const VerifyResult result = verify_text(small_race(), joined(small_race(), lines));
  EXPECT_EQ(named(result.findings), "altered " + std::to_string(lines.size()));
  EXPECT_EQ(result.findings.examples.front().field, "form");
  EXPECT_EQ(result.findings.examples.size(), Findings::kMostExamples);
}

TEST(ArrivalFinder, LinesWithoutNumbersAreToldByTheirBytes) {
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
