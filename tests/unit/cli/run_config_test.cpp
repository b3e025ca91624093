// Goal: the options of racesim run become the RunConfig that is meant: modes, defaults that depend on other
// options, and combinations that contradict themselves.
// Method: settings as a command line, an environment or a file give them; a clock that stands still.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/time_text.h"
#include "cli/commands/run/options.h"
#include "cli/commands/run/plan.h"
#include "cli/commands/run/scenario_options.h"
#include "cli/resolve.h"

namespace racesim::cli {
namespace {

using testing::HasSubstr;

class StandingClock : public Clock {
 public:
  std::int64_t now_ns() override { return 0; }
  std::int64_t wall_ns() override { return 1'700'000'000'123'456'789; }
  void sleep_until(std::int64_t) override {}
};

class RunConfigTest : public testing::Test {
 protected:
  /// {"--seed", "7", "--live"} → the config, or the error of either step.
  Result<RunConfig> config(const std::vector<std::string>& words, const Environment& environment = {}) {
    RunOptions options;
    CommandSpec command;
    command.name = "run";
    command.options = scenario_options();
    for (const auto part : {mode_options, what_options, pace_options, delivery_options, proof_options})
      for (OptionSpec& option : part(options)) command.options.push_back(std::move(option));
    Settings line;
    for (std::size_t i = 0; i < words.size(); ++i) {
      const OptionSpec* option = find_option(command, words[i].substr(2));
      if (option == nullptr) return fail(ErrorKind::runtime, "the test names no option: " + words[i]);
      Setting& setting = line[option->name];
      setting.source = Source::flag;
      setting.place = words[i];
      setting.values.push_back(option->metavar.empty() ? "true" : words[++i]);
    }
    const Settings settings = resolve(command, "run", line, environment, {});
    if (const Done ok = apply_settings(command, settings); !ok) return tl::make_unexpected(ok.error());
    return make_run_config(options, settings, clock_);
  }
  Result<RunConfig> historical(std::vector<std::string> words, const Environment& environment = {}) {
    const std::vector<std::string> window{"--scenario", "plays",          "--historical", "--start-datetime",
                                          "2024-01-01", "--end-datetime", "2024-02-01"};
    words.insert(words.begin(), window.begin(), window.end());
    return config(words, environment);
  }
  Result<RunConfig> live(std::vector<std::string> words, const Environment& environment = {}) {
    words.insert(words.begin(), {"--scenario", "plays"});
    return config(words, environment);
  }
  static std::string what(const Result<RunConfig>& result) {
    return result ? "no error" : result.error().what;
  }
  StandingClock clock_;
};

TEST_F(RunConfigTest, LiveIsTheDefault) {
  const auto c = live({});
  ASSERT_TRUE(c) << what(c);
  EXPECT_TRUE(c->pace.live);
  EXPECT_TRUE(c->content.live);
  EXPECT_EQ(c->content.volume, (Volume{60, true}));
  EXPECT_EQ(c->content.start_ns, 1'700'000'000'123'000'000);
  EXPECT_FALSE(c->content.end_ns);
  EXPECT_EQ(c->pace.posting_rate, Rate{});
  ASSERT_EQ(c->delivery.sinks.size(), 1U);
  EXPECT_EQ(c->delivery.sinks[0].kind, "stdout");
}

TEST_F(RunConfigTest, HistoricalTakesItsWindow) {
  const auto c = historical({});
  ASSERT_TRUE(c) << what(c);
  EXPECT_FALSE(c->pace.live);
  EXPECT_EQ(format_datetime(c->content.start_ns), "2024-01-01T00:00:00Z");
  EXPECT_EQ(format_datetime(*c->content.end_ns), "2024-02-01T00:00:00Z");
  EXPECT_EQ(c->content.volume, (Volume{10000, false}));
  EXPECT_TRUE(historical({"--volume", "60/min"})->content.volume->per_minute);
}

TEST_F(RunConfigTest, TheZoneReadsTimesWithoutOffset) {
  const auto c = historical({"--tz", "Europe/Berlin"});
  ASSERT_TRUE(c) << what(c);
  EXPECT_EQ(format_datetime(c->content.start_ns), "2023-12-31T23:00:00Z");
}

TEST_F(RunConfigTest, DurationsEndALiveRun) {
  constexpr std::int64_t kMinute_ns = 60'000'000'000;
  const std::int64_t start_ns = 1'700'000'000'123'000'000;
  EXPECT_EQ(*live({"--duration-seconds", "60"})->content.end_ns, start_ns + kMinute_ns);
  EXPECT_EQ(*live({"--duration", "2m"})->content.end_ns, start_ns + 2 * kMinute_ns);
  EXPECT_EQ(*live({"--duration", "1m", "--speed", "10"})->content.end_ns, start_ns + 10 * kMinute_ns);
  EXPECT_EQ(*live({"--duration", "2m"}, {{"RACESIM_DURATION_SECONDS", "60"}})->content.end_ns,
            start_ns + 2 * kMinute_ns);
  EXPECT_FALSE(live({"--duration-seconds", "0"})->content.end_ns);
  EXPECT_THAT(what(live({"--duration-seconds", "60", "--duration", "2m"})), HasSubstr("exclude each other"));
}

TEST_F(RunConfigTest, TheModesExcludeEachOther) {
  EXPECT_EQ(what(live({"--live", "--historical"})), "--live and --historical exclude each other");
  const auto c = historical({}, {{"RACESIM_LIVE", "true"}});
  ASSERT_TRUE(c) << what(c);
  EXPECT_FALSE(c->pace.live);
}

TEST_F(RunConfigTest, OptionsOfTheOtherModeAreRefusedOnlyOnTheLine) {
  EXPECT_THAT(what(historical({"--duration", "5m"})), HasSubstr("--duration is for live runs"));
  EXPECT_THAT(what(historical({"--speed", "2"})), HasSubstr("--speed is for live runs"));
  EXPECT_THAT(what(live({"--start-datetime", "2024-01-01"})),
              HasSubstr("--start-datetime is for historical runs"));
  EXPECT_TRUE(historical({}, {{"RACESIM_DURATION", "5m"}}));
}

TEST_F(RunConfigTest, HistoricalNamesAllThatIsMissing) {
  const auto c = config({"--scenario", "plays", "--historical"});
  EXPECT_EQ(what(c), "--historical needs --start-datetime and --end-datetime");
  EXPECT_EQ(what(config({"--scenario", "plays", "--historical", "--end-datetime", "2024-01-01"})),
            "--historical needs --start-datetime");
}

TEST_F(RunConfigTest, TheEndLiesBehindTheStart) {
  const auto backwards = config({"--scenario", "plays", "--historical", "--start-datetime", "2024-02-01",
                                 "--end-datetime", "2024-02-01"});
  EXPECT_THAT(what(backwards), HasSubstr("is not after --start-datetime 2024-02-01T00:00:00Z"));
}

TEST_F(RunConfigTest, TheRaceIsTheDefaultScenario) {
  const auto c = config({});
  ASSERT_TRUE(c) << what(c);
  EXPECT_EQ(c->content.scenario->name, "race");
  const OptionValues& values = c->content.values;
  EXPECT_EQ(values.whole("cars"), 20U);
  EXPECT_EQ(values.whole("laps"), 52U);
  EXPECT_EQ(values.thousandths("rate-hz"), 100'000U);
  EXPECT_FALSE(values.given("laps")) << "the next race follows";
  EXPECT_FALSE(has_end(c->content));
  EXPECT_FALSE(c->content.master_data_named);
  EXPECT_TRUE(has_end(config({"--laps", "5"})->content));
}

TEST_F(RunConfigTest, AVolumeEndsARaceBehindSoManyEvents) {
  const auto c = config({"--volume", "500"});
  ASSERT_TRUE(c) << what(c);
  EXPECT_EQ(c->content.limit.most, 500U);
  const auto per_minute = config({"--volume", "60/min"});
  ASSERT_FALSE(per_minute);
  EXPECT_EQ(per_minute.error().kind, ErrorKind::usage);
  const auto part = config({"--volume", "500", "--shard", "1/2"});
  ASSERT_FALSE(part);
  EXPECT_NE(part.error().what.find("--shard"), std::string::npos);
}

TEST_F(RunConfigTest, ARateBelowTheSamplesOfALiveRaceIsRefused) {
  const auto c = config({"--posting-rate", "1000", "--cars", "20"});
  ASSERT_FALSE(c);
  EXPECT_NE(c.error().hint.find("--rate-hz"), std::string::npos);
  EXPECT_TRUE(config({"--posting-rate", "1000", "--cars", "10"}));
}

TEST_F(RunConfigTest, TheEndpointImpliesHttp) {
  const auto c = historical({"--api-endpoint", "http://h:1/play"});
  ASSERT_TRUE(c) << what(c);
  ASSERT_EQ(c->delivery.sinks.size(), 1U);
  EXPECT_EQ(c->delivery.sinks[0].kind, "http");
  EXPECT_EQ(c->delivery.sinks[0].target, "http://h:1/play");
  EXPECT_EQ(historical({"--sink", "http"})->delivery.sinks[0].target, "http://localhost:8000/play");
  EXPECT_EQ(historical({"--sink", "null", "--api-endpoint", "http://h/"})->delivery.sinks.size(), 2U);
  const Environment environment{{"RACESIM_API_ENDPOINT", "http://h/"}};
  EXPECT_EQ(historical({}, environment)->delivery.sinks[0].kind, "http");
  EXPECT_EQ(historical({"--sink", "null"}, environment)->delivery.sinks.size(), 1U);
}

TEST_F(RunConfigTest, HistoricalPostsTenASecondUnlessTold) {
  EXPECT_EQ(historical({"--sink", "http"})->pace.posting_rate, (Rate{10, 1}));
  EXPECT_EQ(historical({"--sink", "http", "--posting-rate", "0"})->pace.posting_rate.events, 0U);
  EXPECT_EQ(historical({"--sink", "http", "--stages", "1s:5"})->pace.posting_rate.events, 0U);
  EXPECT_EQ(historical({"--sink", "null"})->pace.posting_rate.events, 0U);
  EXPECT_EQ(live({"--sink", "http"})->pace.posting_rate.events, 0U);
}

TEST_F(RunConfigTest, ARateAndStagesExcludeEachOther) {
  EXPECT_THAT(what(historical({"--stages", "1s:5", "--posting-rate", "3"})), HasSubstr("exclude each other"));
  const auto c = historical({"--stages", "1s:5"}, {{"RACESIM_POSTING_RATE", "3"}});
  ASSERT_TRUE(c) << what(c);
  EXPECT_EQ(c->pace.stages.size(), 1U);
}

TEST_F(RunConfigTest, ALiveRunMustBeAbleToKeepUp) {
  EXPECT_THAT(what(live({"--posting-rate", "0.5/s"})),
              HasSubstr("a rate of 0.5/s is below the 1/s of live events"));
  EXPECT_TRUE(live({"--posting-rate", "1/s"}));
  EXPECT_TRUE(live({"--posting-rate", "0.5/s", "--on-overload", "drop"}));
  EXPECT_FALSE(live({"--posting-rate", "1/s", "--speed", "2"}));
  EXPECT_FALSE(live({"--stages", "10s:5,10s:0.5"}));
  EXPECT_TRUE(live({"--stages", "10s:5,10s:1"}));
}

TEST_F(RunConfigTest, PoissonNeedsARate) {
  EXPECT_THAT(what(historical({"--arrivals", "poisson"})), HasSubstr("poisson needs a rate"));
  EXPECT_EQ(historical({"--arrivals", "poisson", "--posting-rate", "5"})->pace.arrivals, Arrivals::poisson);
}

TEST_F(RunConfigTest, HttpSendsJson) {
  EXPECT_THAT(what(historical({"--sink", "http", "--format", "csv"})), HasSubstr("sends JSON"));
  EXPECT_TRUE(historical({"--format", "csv"}));
}

TEST_F(RunConfigTest, ThreadsNeverOutnumberConnections) {
  EXPECT_EQ(historical({"--threads", "8", "--connections", "3"})->delivery.http.threads, 3U);
}

TEST_F(RunConfigTest, BadValuesAreNamedWithTheirOption) {
  EXPECT_THAT(what(historical({"--volume", "0"})), HasSubstr("--volume: "));
  EXPECT_THAT(what(historical({"--threads", "10000"})), HasSubstr("--threads: "));
  EXPECT_THAT(what(historical({"--posting-rate", "-3"})), HasSubstr("--posting-rate: "));
  EXPECT_THAT(what(historical({"--shard", "4/3"})), HasSubstr("--shard: "));
  EXPECT_THAT(what(historical({"--run-id", "XYZ"})), HasSubstr("8 lower-case hex digits"));
  EXPECT_THAT(what(historical({"--popularity", "zopf"})), HasSubstr("--popularity: "));
  EXPECT_THAT(what(historical({"--api-endpoint", "http:///play"})), HasSubstr("no host"));
  EXPECT_THAT(what(config({"--historical", "--start-datetime", "2024-01-01T00:00:00.0001Z"})),
              HasSubstr("more precise than a millisecond"));
}

}  // namespace
}  // namespace racesim::cli
