// Goal: every law of every scenario bites: it finds the stream that was damaged for it, whatever the columns
// are called, and a law that cannot be judged is told as not checked. Method: good streams of each form, a
// value changed in one line or in a car's lines, and the field that the first breach must name; at the end no
// declared law may be left that no damage was made for.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "support/verify_world.h"
#include "verify/laws/invariants.h"

namespace racesim {
namespace {

using namespace verify_test;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

Findings found_in(const std::string& text, const std::string& master = kMaster) {
  return laws_of(text, master);
}

/// JSON lines of telemetry and laps under these names of columns, ten samples a second.
SmallRun race_as(const char* names, std::int64_t seconds = 200, const char* streams = "telemetry,laps") {
  RunConfig config = race_run(11, seconds, 3);
  test::set_option(config.content, "rate-hz", "10");
  test::set_option(config.content, "as", names);
  test::set_option(config.content, "streams", streams);
  return make_run(config);
}

std::string value_of(const std::string& line, const std::string& key) {
  const std::string mark = "\"" + key + "\":";
  const std::size_t at = line.find(mark);
  if (at == std::string::npos) return {};
  const std::size_t begin = at + mark.size();
  return line.substr(begin, line.find_first_of(",}", begin) - begin);
}

using Pick = std::function<bool(const std::string& line)>;

/// The events with `key` of `value` in the picked lines: the first of them behind the middle, or all.
std::string damaged(const SmallRun& run, const std::string& key, const std::string& value, bool all = false,
                    const Pick& pick = {}) {
  std::string text;
  bool done = false;
  for (std::size_t i = 0; i < run.sent.size(); ++i) {
    const std::string& line = run.sent[i].text;
    const bool here =
        (all || (!done && i > run.sent.size() / 2)) && !value_of(line, key).empty() && (!pick || pick(line));
    text += here ? with_value(line, key, value) : line;
    done = done || here;
  }
  EXPECT_TRUE(done) << key;
  return text;
}

std::string first_field(const Findings& findings) {
  for (const FindingExample& example : findings.examples)
    if (example.kind == Finding::invariant) return example.field;
  return "none";
}

std::vector<std::string> not_checked(const Findings& findings) {
  std::vector<std::string> laws;
  for (const LawCount& count : findings.laws)
    if (count.judged == 0)
      laws.push_back(std::string(count.law.subject) + ": " + std::string(count.law.text));
  return laws;
}

bool is_on_track(const std::string& line) {
  return value_of(line, "status") == "\"on_track\"";
}

struct Damage {
  const char* field;  ///< that the breach names
  std::string key, value;
};

TEST(LawsBite, SamplesUnderTheirOwnNames) {
  const SmallRun run = race_as("racesim");
  ASSERT_EQ(named(found_in(run.text())), "");
  const std::vector<Damage> damages{
      {"speed_kmh", "speed_kmh", "900.0"},
      {"engine_rpm", "engine_rpm", "20000"},
      {"gear", "gear", "80"},
      {"throttle_pct", "throttle_pct", "101"},
      {"brake_pct", "brake_pct", "140"},
      {"sector", "sector", "4"},
      {"fuel_kg", "fuel_kg", "110.001"},
      {"tyre_wear_pct", "tyre_wear_pct", "180.0"},
      {"gap_s", "gap_s", "-0.500"},
      {"lap", "lap", "9"},
      {"fuel_kg", "fuel_kg", "150.000"},
      {"x_m, y_m", "x_m", "4000.00"},
      {"speed_kmh", "speed_kmh", "1.0"},
      {"lon_g", "lon_g", "12.00"},
      {"lat_g", "lat_g", "-11.00"},
  };
  for (const Damage& damage : damages) {
    const Findings found = found_in(damaged(run, damage.key, damage.value, false, is_on_track));
    EXPECT_GE(found[Finding::invariant], 1U) << damage.key << " " << damage.value;
    EXPECT_EQ(first_field(found), damage.field) << damage.key << " " << damage.value;
  }
  // Faster although it brakes, by no more than a car can gain.
  for (const SentLine& line : run.sent) {
    const std::string lon_g = value_of(line.text, "lon_g");
    if (!is_on_track(line.text) || lon_g.empty() || std::stod(lon_g) > -1.5) continue;
    const double faster = std::stod(value_of(line.text, "speed_kmh")) + 5;
    const Pick same = [&](const std::string& other) { return other == line.text; };
    const Findings found = found_in(damaged(run, "speed_kmh", fmt::format("{:.1f}", faster), true, same));
    ASSERT_GE(found[Finding::invariant], 1U);
    EXPECT_THAT(found.examples.front().expected, HasSubstr("a change of"));
    break;
  }
  // Worn less than the moment before.
  const Pick worn = [](const std::string& line) {
    return is_on_track(line) && value_of(line, "tyre_wear_pct") > "0.2";
  };
  EXPECT_EQ(first_field(found_in(damaged(run, "tyre_wear_pct", "0.0", false, worn))), "tyre_wear_pct");
}

TEST(LawsBite, TheOrderOfTheCars) {
  const SmallRun run = race_as("racesim", 200, "telemetry");
  ASSERT_EQ(named(found_in(run.text())), "");
  const auto at = [](const char* position) {
    return
        [=](const std::string& line) { return is_on_track(line) && value_of(line, "position") == position; };
  };
  const auto breaks = [&](const char* key, const char* value, const Pick& pick, const char* expected) {
    const Findings found = found_in(damaged(run, key, value, false, pick));
    ASSERT_GE(found[Finding::invariant], 1U) << key << " " << value;
    EXPECT_THAT(found.examples.front().expected, HasSubstr(expected)) << key << " " << value;
  };
  breaks("position", "2", at("1"), "one car's");
  breaks("position", "9", at("3"), "without a hole");
  breaks("status", "\"out\"", at("1"), "the last of those that run");
  breaks("gap_s", "1.000", at("1"), "of the first car");
  breaks("gap_s", "500.000", at("2"), "of the cars in front");
}

TEST(LawsBite, Results) {
  RunConfig config = race_run(11, 1200, 6);
  test::set_option(config.content, "laps", "3");
  test::set_option(config.content, "streams", "results");
  const SmallRun run = make_run(config);
  ASSERT_EQ(run.sent.size(), 6U);
  ASSERT_EQ(named(found_in(run.text())), "");
  const auto at = [](const char* position) {
    return [=](const std::string& line) { return value_of(line, "position") == position; };
  };
  const auto breaks = [&](const char* field, const char* key, const char* value, const Pick& pick) {
    EXPECT_EQ(first_field(found_in(damaged(run, key, value, true, pick))), field) << key << " " << value;
  };
  breaks("position", "position", "1", at("2"));
  breaks("points", "points", "27", at("1"));
  breaks("points", "points", "20", at("3"));
  breaks("points", "classified", "false", at("1"));
  breaks("laps", "laps", "9", at("2"));
  breaks("time_s", "time_s", "1.000", at("2"));
  breaks("gap_s", "gap_s", "0.001", at("2"));
  breaks("penalties_s", "penalties_s", "3.000", at("2"));
  breaks("q1_s", "q2_s", "80.000", at("1"));
}

/// Samples of a minute of qualifying, which begins in the garages.
SmallRun garages() {
  RunConfig config = race_run(11, 60, 3);
  test::set_option(config.content, "session", "qualifying");
  return make_run(config);
}

TEST(LawsBite, TooFastInThePitLane) {
  const SmallRun run = garages();
  ASSERT_EQ(named(found_in(run.text())), "");
  const Pick in_lane = [](const std::string& line) { return value_of(line, "status") == "\"pit\""; };
  EXPECT_EQ(named(found_in(damaged(run, "speed_kmh", "80.0", false, in_lane))), "");
  const Findings found = found_in(damaged(run, "speed_kmh", "80.1", false, in_lane));
  EXPECT_EQ(found[Finding::invariant], 1U);
  EXPECT_EQ(first_field(found), "speed_kmh");
}

TEST(LawsBite, SomeoneRacesUnderARedFlag) {
  // Cars stand in the queue by then: seed 11 is stopped by hand, with a message in the place of another.
  const SmallRun run = race_as("racesim", 200, "telemetry,race-control");
  std::string text = run.text();
  ASSERT_EQ(named(found_in(text)), "");
  const std::size_t at = text.find("\"flag\":\"GREEN\"");
  ASSERT_NE(at, std::string::npos);
  text.replace(at, 14, "\"flag\":\"RED\"");
  EXPECT_EQ(first_field(found_in(text)), "speed_kmh");
}

TEST(LawsBite, APenaltyThatTheResultForgets) {
  RunConfig config = race_run(10, 2 * 3600, 6);
  test::set_option(config.content, "laps", "12");
  test::set_option(config.content, "streams", "race-control,results");
  const SmallRun run = make_run(config);
  ASSERT_EQ(named(found_in(run.text())), "");
  EXPECT_EQ(first_field(found_in(damaged(run, "penalties_s", "7.000"))), "penalties_s");
}

TEST(LawsBite, LapsUnderTheirOwnNames) {
  const SmallRun run = race_as("racesim", 700, "laps");
  ASSERT_EQ(named(found_in(run.text())), "");
  EXPECT_EQ(first_field(found_in(damaged(run, "sector2_s", "1.000"))), "lap_time_s");
  EXPECT_EQ(first_field(found_in(damaged(run, "lap", "44"))), "lap");
  EXPECT_EQ(first_field(found_in(damaged(run, "gap_s", "-1.000"))), "gap_s");
  EXPECT_EQ(first_field(found_in(damaged(run, "lap_time_s", "0.000"))), "lap_time_s");
  // The sectors agree, the laps before and behind do not.
  std::string text = damaged(run, "session_time_s", "1.000");
  EXPECT_EQ(first_field(found_in(text)), "lap_time_s");
}

TEST(LawsBite, Checkpoints) {
  const SmallRun run = race_as("racesim", 200, "checkpoints");
  ASSERT_EQ(named(found_in(run.text())), "");
  const Pick far = [](const std::string& line) { return std::stod(value_of(line, "s_m")) > 2000; };
  EXPECT_EQ(first_field(found_in(damaged(run, "lap", "40"))), "lap, s_m");
  EXPECT_EQ(first_field(found_in(damaged(run, "s_m", "1.000", false, far))), "lap, s_m");
  EXPECT_EQ(first_field(found_in(damaged(run, "speed_kmh", "999.0"))), "speed_kmh");
  EXPECT_EQ(first_field(found_in(damaged(run, "gap_s", "-2.000"))), "gap_s");
}

/// The members of the case that was met: damage that was passed over under names that are not our own.
TEST(LawsBite, UnderTheNamesOfOthers) {
  struct Names {
    const char* as;
    std::vector<Damage> samples;
    std::vector<Damage> laps;
  };
  const std::vector<Names> all{
      {"openf1",
       {{"speed", "speed", "900"},
        {"n_gear", "n_gear", "80"},
        {"throttle", "throttle", "104"},
        {"brake", "brake", "120"},
        {"rpm", "rpm", "22000"},
        {"x, y", "x", "99999"}},
       {{"lap_duration", "duration_sector_1", "1.000"}, {"lap_number", "lap_number", "40"}}},
      {"fastf1",
       {{"Speed", "Speed", "900.0"},
        {"nGear", "nGear", "80"},
        {"Throttle", "Throttle", "104"},
        {"RPM", "RPM", "22000"},
        {"X, Y", "X", "99999"}},
       {{"LapTime", "Sector1Time", "1.000"}, {"LapNumber", "LapNumber", "40"}}},
  };
  for (const Names& names : all) {
    const SmallRun run = race_as(names.as, 300);
    ASSERT_EQ(named(found_in(run.text())), "") << names.as;
    for (const auto* damages : {&names.samples, &names.laps})
      for (const Damage& damage : *damages) {
        const Findings found = found_in(damaged(run, damage.key, damage.value));
        EXPECT_EQ(first_field(found), damage.field) << names.as << " " << damage.key;
      }
  }
}

TEST(LawsBite, AMissingLapWithoutNumbers) {
  for (const char* names : {"openf1", "fastf1"}) {
    const SmallRun run = race_as(names, 700, "laps");
    std::string text;
    for (std::size_t i = 0; i < run.sent.size(); ++i)
      if (i != run.sent.size() / 2) text += run.sent[i].text;
    EXPECT_GE(found_in(text)[Finding::invariant], 1U) << names;
  }
}

TEST(LawsBite, SimpleCars) {
  const SmallRun run = make_run(simple_run(11, 300));
  RunConfig config = simple_run(11, 60);
  test::set_option(config.content, "rate-hz", "10");
  const SmallRun dense = make_run(config);
  EXPECT_EQ(first_field(found_in(damaged(run, "speed", "555.5"))), "speed");
  EXPECT_EQ(first_field(found_in(damaged(dense, "speed", "1.0"))), "speed");
  EXPECT_EQ(first_field(found_in(damaged(dense, "x_m", "9999.00"))), "location.x_m, location.y_m");
}

TEST(LawsBite, Plays) {
  const SmallRun run = make_run(plays_run(11, 2000, kMaster));
  ASSERT_EQ(named(found_in(run.text())), "");
  const std::string nobody = "\"00000000-0000-4000-8000-000000000000\"";
  const std::vector<Damage> damages{
      {"play_duration_ms", "play_duration_ms", "0"},
      {"play_duration_ms", "play_duration_ms", "99999999"},
      {"song_id", "song_id", nobody},
      {"user_id", "user_id", nobody},
      {"location_id", "location_id", nobody},
      {"played_at", "played_at", "\"1950-01-01T00:00:00.000Z\""},
  };
  for (const Damage& damage : damages)
    EXPECT_EQ(first_field(found_in(damaged(run, damage.key, damage.value))), damage.field) << damage.key;
}

/// The first car of the fleet for some minutes, five packets a second.
SmallRun fleet(std::int64_t seconds = 600) {
  RunConfig config;
  config.content = test::options_of("fleet");
  config.content.start_ns = kStart_ns;
  config.content.end_ns = kStart_ns + seconds * 1'000'000'000;
  config.pace.live = false;
  return make_run(config);
}

TEST(LawsBite, Fleet) {
  const SmallRun run = fleet();
  ASSERT_EQ(named(found_in(run.text())), "");
  const Pick drives = [](const std::string& line) {
    return std::stod(value_of(line, "speed_kmh")) > 40 && value_of(line, "gear") != "1" &&
           value_of(line, "speeding") == "false";
  };
  const std::vector<Damage> damages{
      {"location", "lat", "52.100000"},
      {"location.lat", "lat", "92.100000"},
      {"location.lon", "lon", "-181.000000"},
      {"speed_kmh", "speed_kmh", "300.0"},
      {"speeding", "speed_limit_kmh", "10"},
      {"engine_rpm", "engine_rpm", "400"},
      {"engine_rpm", "engine_rpm", "6400"},
      {"engine_rpm", "gear", "1"},
      {"gear", "gear", "0"},
      {"gear", "gear", "9"},
      {"fuel_level_pct", "fuel_level_pct", "99.9"},
      {"fuel_level_pct", "fuel_level_pct", "100.1"},
      {"rpm_over_redline", "rpm_over_redline", "true"},
      {"fault_codes", "fault_codes", R"(["P0420","P0420"])"},
  };
  for (const Damage& damage : damages) {
    const Findings found = found_in(damaged(run, damage.key, damage.value, false, drives));
    EXPECT_GE(found[Finding::invariant], 1U) << damage.key << " " << damage.value;
    EXPECT_EQ(first_field(found), damage.field) << damage.key << " " << damage.value;
  }
  // Speeding is so exactly as the digits have it.
  for (const SentLine& line : run.sent) {
    if (!drives(line.text)) continue;
    const Pick same = [&](const std::string& other) { return other == line.text; };
    const bool over = value_of(line.text, "speeding") == "true";
    EXPECT_EQ(first_field(found_in(damaged(run, "speeding", over ? "false" : "true", true, same))),
              "speeding");
    break;
  }
  // A jump that no brake makes, in a gear that would bear it.
  const Pick crawls = [](const std::string& line) {
    return std::stod(value_of(line, "speed_kmh")) < 15 && value_of(line, "gear") == "2";
  };
  EXPECT_EQ(first_field(found_in(damaged(run, "speed_kmh", "24.0", true, crawls))), "speed_kmh");
}

TEST(LawsBite, WhatCannotBeJudgedIsNotHeld) {
  const std::string fuel = "telemetry: the fuel rises in the pit only";
  EXPECT_THAT(not_checked(found_in(race_as("racesim").text())), Not(Contains(fuel)));
  EXPECT_THAT(not_checked(found_in(race_as("openf1").text())), Contains(fuel));
  EXPECT_THAT(not_checked(found_in(race_as("openf1").text())),
              Not(Contains("telemetry: the way driven is speed × time")));
  // Samples that lie a second apart say nothing of the way between.
  RunConfig sparse = race_run(11, 100, 3);
  EXPECT_THAT(not_checked(found_in(make_run(sparse).text())),
              Contains("telemetry: the way driven is speed × time"));
  const std::string text = make_run(plays_run(11, 500, kMaster)).text();
  EXPECT_THAT(not_checked(found_in(text)), testing::IsEmpty());
  EXPECT_THAT(not_checked(found_in(text, "")),
              Contains("plays: song, user and location are in the master data"));
}

/// Every declared law was judged on some good stream: none stands there that nothing can break.
TEST(LawsBite, EveryDeclaredLawIsJudgedSomewhere) {
  std::set<std::string> declared, judged;
  const auto note = [&](const std::string& text) {
    for (const LawCount& count : found_in(text).laws) {
      const std::string law = std::string(count.law.subject) + ": " + std::string(count.law.text);
      declared.insert(law);
      if (count.judged > 0) judged.insert(law);
    }
  };
  note(race_as("racesim", 300, "telemetry,laps,checkpoints,race-control").text());
  note(garages().text());
  RunConfig to_the_end = race_run(42, 6000, 20);  // three give up
  test::set_option(to_the_end.content, "streams", "telemetry,results");
  note(make_run(to_the_end).text());
  RunConfig qualifying = race_run(11, 7000, 6);
  test::set_option(qualifying.content, "session", "qualifying");
  test::set_option(qualifying.content, "streams", "results");
  note(make_run(qualifying).text());
  RunConfig whole = race_run(10, 2 * 3600, 6);
  test::set_option(whole.content, "laps", "12");
  test::set_option(whole.content, "streams", "race-control,results");
  note(make_run(whole).text());
  note(make_run(plays_run(11, 500, kMaster)).text());
  note(make_run(simple_run(11, 30)).text());
  note(fleet(60).text());
  for (const ScenarioEntry* entry : scenarios()) {
    ASSERT_NE(entry->laws, nullptr) << entry->name;
    for (const LawCount& count : entry->laws({})->counts())
      declared.insert(std::string(count.law.subject) + ": " + std::string(count.law.text));
  }
  EXPECT_EQ(judged, declared);
}

}  // namespace
}  // namespace racesim
