// Goal: --invariants finds what breaks a law, and nothing in good streams. Method: streams of every form as
// they are made, then each broken in one place.
#include "verify/laws/invariants.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/verify_world.h"

namespace racesim {
namespace {

using namespace verify_test;

RunConfig at_rate(RunConfig config, std::uint64_t rate_hz) {
  test::set_option(config.content, "rate-hz", std::to_string(rate_hz));
  return config;
}

TEST(Invariants, HoldInEveryStream) {
  for (const std::uint64_t rate_hz : {1u, 5u, 10u, 50u, 100u}) {
    const SmallRun run =
        make_run(at_rate(race_run(11, 20'000 / static_cast<std::int64_t>(rate_hz) / 4, 4), rate_hz));
    EXPECT_EQ(named(laws_of(run.text())), "") << rate_hz;
  }
  for (const char* names : {"fastf1", "openf1"}) {
    RunConfig config = race_run(11, 300);
    test::set_option(config.content, "as", names);
    test::set_option(config.content, "streams", "telemetry,laps");
    EXPECT_EQ(named(laws_of(make_run(config).text())), "") << names;
  }
  for (const char* format : {"json", "csv"}) {
    RunConfig simple = simple_run(11, 300);
    simple.delivery.format = format;
    EXPECT_EQ(named(laws_of(make_run(simple).text())), "") << format;
    RunConfig plays = plays_run(11, 20'000, kMaster);
    plays.delivery.format = format;
    const SmallRun run = make_run(plays);
    EXPECT_EQ(named(laws_of(run.text(), kMaster)), "") << format;
  }
}

TEST(Invariants, HoldInAWholeRace) {
  RunConfig config = at_rate(race_run(5, 3 * 3600, 20), 1);
  test::set_option(config.content, "laps", "10");
  const SmallRun run = make_run(config);
  EXPECT_EQ(named(laws_of(run.text())), "");
}

TEST(Invariants, HoldInOtherSessionsAndLongRaces) {
  for (const char* session : {"practice", "qualifying", "race"}) {
    RunConfig config = at_rate(race_run(7, 2 * 3600, 20), 1);
    test::set_option(config.content, "session", session);
    test::set_option(config.content, "laps", "80");
    test::set_option(config.content, "streams", "telemetry,laps");
    EXPECT_EQ(named(laws_of(make_run(config).text())), "") << session;
  }
}

TEST(Invariants, EachLawIsBroken) {
  const SmallRun run = make_run(at_rate(race_run(11, 60, 2), 10));
  std::size_t victim = 900;
  while (run.sent[victim].stream != 0) ++victim;
  const auto broken = [&](const std::string& key, const std::string& value) {
    std::string text;
    for (std::size_t i = 0; i < run.sent.size(); ++i)
      text += i == victim ? with_value(run.sent[i].text, key, value) : run.sent[i].text;
    const Findings findings = laws_of(text);
    EXPECT_GE(findings[Finding::invariant], 1u) << key;
    EXPECT_EQ(findings[Finding::lost] + findings[Finding::duplicated] + findings[Finding::altered], 0u)
        << key;
    return findings.examples.empty() ? FindingExample{} : findings.examples.front();
  };
  EXPECT_EQ(broken("speed_kmh", "999.9").field, "speed_kmh");
  EXPECT_EQ(broken("speed_kmh", "12.3").field, "speed_kmh");
  EXPECT_EQ(broken("x_m", "4000.00").field, "x_m, y_m");
  EXPECT_EQ(broken("lap", "7").field, "lap");
  EXPECT_EQ(broken("fuel_kg", "119.000").field, "fuel_kg");
  EXPECT_EQ(broken("gear", "11").field, "gear");
  EXPECT_EQ(broken("throttle_pct", "101").field, "throttle_pct");
  EXPECT_EQ(broken("sector", "4").field, "sector");
}

TEST(Invariants, NumbersThatAreMissingOrTwice) {
  const SmallRun run = make_run(race_run(11, 300));
  std::vector<std::string> lines;
  for (const SentLine& line : run.sent) lines.push_back(line.text);
  const auto joined = [](const std::vector<std::string>& all) {
    std::string text;
    for (const std::string& line : all) text += line;
    return text;
  };
  std::vector<std::string> changed = lines;
  changed.erase(changed.begin() + 500);
  EXPECT_EQ(named(laws_of(joined(changed))), "lost 1");
  changed = lines;
  changed.insert(changed.begin() + 500, lines[400]);
  EXPECT_EQ(named(laws_of(joined(changed))), "duplicated 1");
  changed = lines;
  changed[500] = "half a line\n";
  EXPECT_EQ(named(laws_of(joined(changed))), "lost 1 altered 1");
  // One wrong number far ahead is no reason to miss all between.
  changed = lines;
  std::size_t victim = 500;
  while (run.sent[victim].stream != 0) ++victim;
  changed[victim] = with_value(lines[victim], "seq", "900000050");
  EXPECT_EQ(named(laws_of(joined(changed))), "lost 1 invariant 1");
  // A stream may begin and end anywhere.
  EXPECT_EQ(named(laws_of(joined({lines.begin() + 300, lines.end() - 100}))), "");
}

TEST(Invariants, PlaysReferToMasterData) {
  const SmallRun run = make_run(plays_run(11, 2000, kMaster));
  const auto broken = [&](const std::string& key, const std::string& value) {
    std::string text;
    for (std::size_t i = 0; i < run.sent.size(); ++i)
      text += i == 700 ? with_value(run.sent[i].text, key, value) : run.sent[i].text;
    return laws_of(text, kMaster);
  };
  const std::string nobody = "\"00000000-0000-4000-8000-000000000000\"";
  for (const char* key : {"song_id", "user_id", "location_id"}) {
    const Findings findings = broken(key, nobody);
    EXPECT_EQ(named(findings), "invariant 1") << key;
    EXPECT_EQ(findings.examples.front().field, key);
  }
  EXPECT_EQ(named(broken("play_duration_ms", "0")), "invariant 1");
  EXPECT_EQ(named(broken("play_duration_ms", "99999999")), "invariant 1");
  EXPECT_EQ(named(broken("event_id", nobody)), "lost 1 invariant 1");
}

}  // namespace
}  // namespace racesim
