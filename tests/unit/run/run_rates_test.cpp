// Goal: the target rate is the plan's, from the first second on and whatever paces the run; a resumed run
// has rates of its own. Method: whole runs on a clock that makes pacing take no time, into nothing or a file.
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "run/generate/run.h"
#include "support/content_options.h"
#include "support/fake_clock.h"
#include "support/scratch_dir.h"

namespace racesim {
namespace {

using test::FakeClock;
using test::kSecond;

class RunRates : public testing::Test {
 protected:
  RunConfig live_race(std::int64_t seconds) {
    RunConfig config;
    config.content = test::options_of("race");
    config.content.live = true;
    config.content.start_ns = clock_.wall_ns();
    config.content.end_ns = config.content.start_ns + seconds * kSecond;
    config.delivery.sinks = {{"null", ""}};
    config.delivery.threads = 2;
    return config;
  }
  RunStatus run(const RunConfig& config) {
    auto run = Run::open(config, clock_);
    EXPECT_TRUE(run) << run.error().what;
    (*run)->start();
    return (*run)->wait().status;
  }
  void expect_rate(const RunConfig& config, double rate, const std::string& what) {
    const RunStatus status = run(config);
    EXPECT_NEAR(status.target_rate, rate, rate * 0.005) << what;
    EXPECT_NEAR(status.got_rate, rate, rate * 0.005) << what;
  }

  test::ScratchDir dir_;
  FakeClock clock_;
};

TEST_F(RunRates, OfSamplesWhateverTheirNumber) {
  const std::vector<std::pair<const char*, int>> fields{
      {"100", 20}, {"60", 20}, {"7", 20}, {"100", 1}, {"1000", 3}};
  for (const std::int64_t seconds : {1, 2, 7})
    for (const auto& [rate_hz, cars] : fields) {
      RunConfig config = live_race(seconds);
      test::set_option(config.content, "rate-hz", rate_hz);
      test::set_option(config.content, "cars", std::to_string(cars));
      // Seven samples a second lie on whole milliseconds: those of one second are no exact rate.
      if (std::string(rate_hz) == "7" && seconds == 1) continue;
      expect_rate(config, std::stod(rate_hz) * cars, std::string(rate_hz) + " Hz");
    }
}

TEST_F(RunRates, OfAPart) {
  RunConfig config = live_race(1);
  config.shard = {1, 4};
  expect_rate(config, 500, "shard");
}

TEST_F(RunRates, AtAnotherSpeed) {
  for (const double speed : {0.5, 10.0}) {
    RunConfig config = live_race(5);
    config.pace.speed = speed;
    config.pace.start_when_ready = true;
    expect_rate(config, 2000 * speed, "speed");
  }
}

TEST_F(RunRates, WithALimitThatIsNotReached) {
  RunConfig config = live_race(2);
  config.pace.posting_rate = {5000, 1};
  expect_rate(config, 2000, "limit");
}

TEST_F(RunRates, BehindHistory) {
  RunConfig config = live_race(5);
  config.pace.backfill_ns = 3 * kSecond;
  config.content.start_ns -= 3 * kSecond;
  expect_rate(config, 2000, "backfill");
}

TEST_F(RunRates, OfSchedules) {
  RunConfig config = live_race(10);
  config.content.live = config.pace.live = false;
  config.content.limit.most = 4000;
  config.pace.posting_rate = {1000, 1};
  expect_rate(config, 1000, "rate");
  config.pace.posting_rate = {};
  config.pace.stages = {{kSecond, {1000, 1}}, {kSecond, {3000, 1}}};
  expect_rate(config, 2000, "stages");
}

/// The status says how much of a live run is over, by its event time.
TEST_F(RunRates, AnEndedRunIsDone) {
  RunConfig config = live_race(2);
  const RunStatus status = run(config);
  EXPECT_GT(status.planned_share, 0.99);
  EXPECT_EQ(status.planned_left_s, 0);
  EXPECT_FALSE(status.resumed);
}

}  // namespace
}  // namespace racesim
