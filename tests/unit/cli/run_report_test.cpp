// Goal: the exit code and the errors tell how a run ended, and the plan what it would do.
// Method: made-up results, each rule of cli.md's table of exit codes.
#include "cli/commands/run/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "cli/commands/run/plan.h"
#include "support/content_options.h"

namespace racesim::cli {
namespace {

using testing::HasSubstr;

RunConfig historical() {
  RunConfig config;
  config.pace.live = false;
  config.content.end_ns = 86'400'000'000'000;
  config.delivery.sinks = {{"http", "http://localhost:8000/play"}};
  return config;
}

RunConfig live() {
  RunConfig config;
  config.delivery.sinks = {{"stdout", ""}};
  return config;
}

RunResult sample() {
  RunResult result;
  result.seed = 42;
  result.run = "a1b2c3d4";
  RunStatus& s = result.status;
  s.generated = s.sent = s.acked = 48000;
  s.retried = 12;
  s.target_rate = 2000;
  s.got_rate = 1999.6;
  s.send_lag = {48000, 0.1, 0.5, 1.2, 4};
  return result;
}

int code(const RunConfig& config, const RunResult& result, Interruption interruption = {},
         const std::vector<std::string>& conditions = {}) {
  std::vector<Threshold> thresholds;
  for (const std::string& condition : conditions) thresholds.push_back(*parse_threshold(condition));
  return run_exit_code(config, result, interruption, thresholds);
}

TEST(RunExitCode, FollowsTheTable) {
  EXPECT_EQ(code(historical(), sample()), 0);
  RunResult failed = sample();
  failed.status.failed = 1;
  EXPECT_EQ(code(historical(), failed), 4);
  EXPECT_EQ(code(historical(), sample(), {}, {"sent>100000"}), 5);
  EXPECT_EQ(code(historical(), failed, {}, {"failed==0"}), 5);
  RunResult broken = sample();
  broken.error = Error{ErrorKind::runtime, "write: No space left on device", ""};
  EXPECT_EQ(code(historical(), broken), 1);
}

TEST(RunExitCode, ASignalCutsABoundedRunShort) {
  RunResult cut = sample();
  cut.reached_end = false;
  EXPECT_EQ(code(historical(), cut, {2, 1}), 130);
  EXPECT_EQ(code(historical(), cut, {15, 1}), 143);
  EXPECT_EQ(code(live(), cut, {15, 1}), 0);
  EXPECT_EQ(code(historical(), sample(), {2, 1}), 0);  // it had reached its end already
  EXPECT_EQ(code(live(), cut, {2, 2}), 130);
}

TEST(RunExitCode, ALiveRunOfOneRaceOrSoManyEventsIsBounded) {
  RunResult cut = sample();
  cut.reached_end = false;
  RunConfig one_race = live();
  one_race.content.live = true;
  racesim::test::set_option(one_race.content, "laps", "52");
  EXPECT_EQ(code(one_race, cut, {15, 1}), 143);
  EXPECT_THAT(plan_text(one_race, {}), HasSubstr("window    now to the end of the race"));
  EXPECT_THAT(plan_text(one_race, {}), HasSubstr("takes     as long as the race does"));
  RunConfig counted = live();
  counted.content.limit.most = 100'000;
  EXPECT_EQ(code(counted, cut, {2, 1}), 130);
  EXPECT_THAT(plan_text(counted, {}), HasSubstr("takes     until 100,000 events are sent"));
}

TEST(RunExitCode, AnUnboundedRunThatCouldNotDrainIsPartial) {
  RunResult cut = sample();
  cut.reached_end = cut.drained = false;
  EXPECT_EQ(code(live(), cut, {15, 1}), 4);
}

TEST(RunExitCode, AReaderThatWentAwayIsNoErrorUnlessAskedFor) {
  RunResult gone = sample();
  gone.reached_end = false;
  gone.reader_gone = true;
  gone.status.failed = 9;
  RunConfig config = historical();
  EXPECT_EQ(code(config, gone), 0);
  config.delivery.strict_pipe = true;
  EXPECT_EQ(code(config, gone), 4);
}

TEST(UndeliveredError, TellsWhyEventsFailed) {
  RunResult result = sample();
  EXPECT_FALSE(undelivered_error(historical(), result));
  result.failures = {{"HTTP 500: boom", 1200}, {"no answer within 10 s", 1}};
  result.status.dead_lettered = 1201;
  const auto error = undelivered_error(historical(), result);
  ASSERT_TRUE(error);
  EXPECT_EQ(error->what, "1,201 events not delivered: HTTP 500: boom (1,200), no answer within 10 s (1)");
  EXPECT_THAT(error->hint, HasSubstr("dead-letter.ndjson"));
  result.error = Error{ErrorKind::runtime, "cannot reach it", ""};
  EXPECT_FALSE(undelivered_error(historical(), result));
}

TEST(Plan, TellsTheTotalAndTheRateAsItIs) {
  RunConfig config = historical();
  config.content = racesim::test::options_of("plays");
  config.content.end_ns = 31 * 86'400'000'000'000;
  config.content.volume = Volume{60, true};
  config.pace.posting_rate = {1, 10'000'000};
  const std::string text = plan_text(config, {});
  EXPECT_THAT(text, HasSubstr("60 events a minute, about 2,678,400 in all\n"));
  EXPECT_THAT(text, HasSubstr("at most 0.00864/d\n"));
}

TEST(Plan, APartTakesAsLongAsItsOwnEvents) {
  RunConfig config = historical();
  config.content = racesim::test::options_of("plays");
  config.pace.posting_rate = {10, 1};
  config.shard = {3, 3};
  RunPlan plan;
  plan.share = 1;  // the run is one part, and this is it
  EXPECT_EQ(nlohmann::json::parse(plan_json(config, plan))["expected_seconds"], 1000);
  plan.share = 0.25;
  EXPECT_EQ(nlohmann::json::parse(plan_json(config, plan))["expected_seconds"], 250);
}

TEST(Plan, TellsTheExpectedTime) {
  RunConfig config = historical();
  config.content = racesim::test::options_of("plays");
  config.pace.posting_rate = {10, 1};
  EXPECT_THAT(plan_text(config, {}), HasSubstr("takes     16m 40s"));
  config.pace.posting_rate = {};
  config.pace.stages = {{30'000'000'000, {100, 1}}, {60'000'000'000, {50, 1}}};
  // 3,000 in 30 s, 3,000 in 60 s, the other 4,000 at 50/s.
  EXPECT_EQ(nlohmann::json::parse(plan_json(config, {}))["expected_seconds"], 170);
  config.pace.stages.clear();
  EXPECT_EQ(nlohmann::json::parse(plan_json(config, {}))["expected_seconds"], 0);
  EXPECT_TRUE(nlohmann::json::parse(plan_json(live(), {}))["expected_seconds"].is_null());
}

}  // namespace
}  // namespace racesim::cli
