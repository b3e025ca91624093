// Goal: a whole run does what its options say: the events, their bytes whatever the threads and the pace, the
// accounts, every way of ending. Method: the shipped master data, files, pipes and a local HTTP server as
// sinks, and a clock that makes hours of pacing take no time.
#include "run/generate/run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "support/content_options.h"
#include "support/fake_clock.h"
#include "support/pipes.h"
#include "support/scratch_dir.h"
#include "support/scripted_server.h"

namespace racesim {
namespace {

using test::FakeClock;
using test::kSecond;
using test::read_file;
using testing::HasSubstr;
using testing::StartsWith;

constexpr std::int64_t kHour = 3600 * kSecond;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

class RunTest : public testing::Test {
 protected:
  using Run = racesim::Run;  // testing::Test has a function of that name
  RunTest() { test::ignore_write_signals(); }

  /// Three hours with more plays than one shard makes.
  RunConfig historical(std::uint64_t volume = 18'000) const {
    RunConfig config;
    config.content = test::options_of("plays");
    config.content.start_ns = FakeClock::kWallStart_ns;
    config.content.end_ns = FakeClock::kWallStart_ns + 3 * kHour;
    config.content.volume = Volume{volume, false};
    config.content.master_data_dir = RACESIM_SOURCE_DIR "/data/master/";
    config.pace.live = false;
    config.delivery.threads = 2;
    config.delivery.dead_letter_path = dir_ / "dead-letter.ndjson";
    config.delivery.sinks = {{"file", dir_ / "out.ndjson"}};
    return config;
  }
  /// Ten a second, from now on.
  RunConfig live(std::optional<std::int64_t> duration_ns) {
    RunConfig config = historical(600);
    config.content.volume->per_minute = true;
    config.content.start_ns = clock_.wall_ns();
    config.content.end_ns.reset();
    if (duration_ns) config.content.end_ns = config.content.start_ns + *duration_ns;
    config.pace.live = true;
    return config;
  }

  std::unique_ptr<racesim::Run> open(const RunConfig& config) {
    auto run = racesim::Run::open(config, clock_);
    EXPECT_TRUE(run) << run.error().what;
    return run ? std::move(*run) : nullptr;
  }
  RunResult run(const RunConfig& config) {
    const auto run = open(config);
    run->start();
    RunResult result = run->wait();
    check_accounts(result.status);
    return result;
  }
  /// Runs and returns what the file holds.
  std::string text_of(const RunConfig& config) {
    const RunResult result = run(config);
    EXPECT_FALSE(result.error) << result.error->what;
    return read_file(config.delivery.sinks[0].target);
  }

  static void check_accounts(const RunStatus& status) {
    for (const SinkStatus& sink : status.sinks) {
      EXPECT_EQ(sink.sent, status.generated - status.shed) << sink.name;
      EXPECT_EQ(sink.sent, sink.acked + sink.failed) << sink.name;
    }
  }

  test::ScratchDir dir_;
  FakeClock clock_;
};

TEST_F(RunTest, AHistoricalRunDeliversExactlyItsVolume) {
  const RunResult result = run(historical());
  EXPECT_FALSE(result.error);
  EXPECT_TRUE(result.reached_end);
  EXPECT_TRUE(result.drained);
  EXPECT_FALSE(result.reader_gone);
  EXPECT_EQ(result.seed, 42u);
  EXPECT_EQ(result.run.size(), 8u);
  EXPECT_EQ(result.start_ns, FakeClock::kWallStart_ns);
  const RunStatus& status = result.status;
  EXPECT_EQ(status.state, RunState::stopped);
  EXPECT_EQ(status.generated, 18'000u);
  EXPECT_EQ(status.planned, 18'000u);
  EXPECT_EQ(status.acked, 18'000u);
  EXPECT_EQ(status.shed, 0u);
  EXPECT_EQ(status.target_rate, 0);
  const std::string text = read_file(dir_ / "out.ndjson");
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 18'000);
  EXPECT_EQ(status.sinks.at(0).bytes, text.size());
  EXPECT_EQ(status.sinks[0].name, "file:" + (dir_ / "out.ndjson"));
  EXPECT_FALSE(std::filesystem::exists(dir_ / "dead-letter.ndjson"));
}

TEST_F(RunTest, ThreadsAndPaceChangeNoByte) {
  const std::string text = text_of(historical());
  RunConfig config = historical();
  for (const std::uint32_t threads : {1u, 3u, 8u}) {
    config.delivery.threads = threads;
    EXPECT_EQ(text_of(config), text) << threads;
  }
  config.pace.posting_rate = {1000, 1};
  EXPECT_EQ(text_of(config), text);
  config.pace.arrivals = Arrivals::poisson;
  EXPECT_EQ(text_of(config), text);
  config.pace.posting_rate = {};
  config.pace.stages = {{kSecond, {100, 1}}, {kSecond, {0, 1}}, {kSecond, {1'000'000, 1}}};
  EXPECT_EQ(text_of(config), text);
  config.pace.realtime = true;
  EXPECT_EQ(text_of(config), text);
}

TEST_F(RunTest, ARateTakesItsTimeAndNoneIsLate) {
  RunConfig config = historical(3'001);
  config.pace.posting_rate = {100, 1};
  const RunResult result = run(config);
  EXPECT_EQ(clock_.now_ns() - FakeClock::kStart_ns, 30 * kSecond);
  EXPECT_DOUBLE_EQ(result.status.uptime_s, 30);
  EXPECT_DOUBLE_EQ(result.status.got_rate, 100);
  EXPECT_DOUBLE_EQ(result.status.target_rate, 100);
  EXPECT_EQ(result.status.send_lag.count, 3'001u);
  EXPECT_EQ(result.status.send_lag.max_ms, 0);
  EXPECT_EQ(result.status.ack_lag.count, 3'001u);
}

TEST_F(RunTest, TheTargetOfStagesIsWhatTheyPlanOverTheWholeRun) {
  RunConfig config = historical(3'001);
  // 1,000 in ten seconds, 2,000 in four more.
  config.pace.stages = {{10 * kSecond, {100, 1}}, {kSecond, {500, 1}}};
  const RunResult result = run(config);
  EXPECT_DOUBLE_EQ(result.status.target_rate, 3000.0 / 14);
  EXPECT_DOUBLE_EQ(result.status.got_rate, 3000.0 / 14);
}

TEST_F(RunTest, WithoutARateNoLagIsMeasuredButTheRateIs) {
  const RunResult result = run(historical(5));
  EXPECT_EQ(result.status.target_rate, 0);
  EXPECT_EQ(result.status.send_lag.count, 0u);
  EXPECT_EQ(result.status.ack_lag.count, 0u);
}

TEST_F(RunTest, ALiveRunStartsWhenItIsReady) {
  RunConfig config = live(60 * kSecond);
  config.pace.start_when_ready = true;
  clock_.advance(7 * kSecond);  // the options were read long ago
  const RunResult result = run(config);
  EXPECT_EQ(result.start_ns, FakeClock::kWallStart_ns + 7 * kSecond);
  ASSERT_TRUE(result.end_ns);
  EXPECT_EQ(*result.end_ns, FakeClock::kWallStart_ns + 67 * kSecond);
  EXPECT_EQ(clock_.now_ns() - FakeClock::kStart_ns, 67 * kSecond);
  EXPECT_EQ(result.status.send_lag.max_ms, 0);
}

TEST_F(RunTest, SeveralSinksGetTheSameBytes) {
  const std::string text = text_of(historical());
  RunConfig config = historical();
  config.delivery.sinks = {{"file", dir_ / "a"}, {"null", ""}, {"file", dir_ / "b"}};
  const RunResult result = run(config);
  EXPECT_EQ(read_file(dir_ / "a"), text);
  EXPECT_EQ(read_file(dir_ / "b"), text);
  EXPECT_EQ(result.status.sent, 3 * 18'000u);
  EXPECT_EQ(result.status.acked, 3 * 18'000u);
}

TEST_F(RunTest, ShardsTogetherAreTheRunHoweverMany) {
  std::vector<std::string> whole = lines_of(text_of(historical()));
  std::sort(whole.begin(), whole.end());
  for (const std::uint32_t count : {1u, 2u, 3u, 5u, 11u}) {
    std::vector<std::string> joined;
    std::size_t empty = 0;
    for (std::uint32_t index = 1; index <= count; ++index) {
      RunConfig config = historical();
      config.shard = {index, count};
      const std::vector<std::string> part = lines_of(text_of(config));
      empty += part.empty() ? 1 : 0;
      joined.insert(joined.end(), part.begin(), part.end());
    }
    std::sort(joined.begin(), joined.end());
    EXPECT_EQ(joined, whole) << count;
    EXPECT_TRUE(count > 2 || empty == 0);
    EXPECT_TRUE(count < 11 || empty > 0);  // a run has at most eight shards
  }
}

TEST_F(RunTest, ALiveRunFollowsTheClock) {
  const RunResult result = run(live(600 * kSecond));
  EXPECT_TRUE(result.reached_end);
  EXPECT_EQ(clock_.now_ns() - FakeClock::kStart_ns, 600 * kSecond);
  EXPECT_GT(result.status.generated, 5'000u);
  EXPECT_EQ(result.status.planned, 0u);
  EXPECT_EQ(result.status.send_lag.max_ms, 0);
}

/// Twenty cars are due at each tick, also at the first one.
TEST_F(RunTest, TheTargetIsTheRateOfTheSamples) {
  for (const std::int64_t seconds : {1, 2, 10}) {
    RunConfig config = live(std::nullopt);
    config.content = test::options_of("race");
    config.content.live = true;
    config.content.start_ns = clock_.wall_ns();
    config.content.end_ns = config.content.start_ns + seconds * kSecond;
    const RunResult result = run(config);
    EXPECT_NEAR(result.status.target_rate, 2000, 0.5) << seconds;
    EXPECT_NEAR(result.status.got_rate, 2000, 0.5) << seconds;
  }
}

TEST_F(RunTest, ALiveRunIsMadeAgainByAHistoricalOne) {
  RunConfig config = live(120 * kSecond);
  const RunResult first = run(config);
  const std::string text = read_file(dir_ / "out.ndjson");
  config.pace = historical().pace;
  config.content.end_ns = config.content.start_ns + 600 * kSecond;
  const RunResult again = run(config);
  EXPECT_EQ(again.run, first.run);
  EXPECT_THAT(read_file(dir_ / "out.ndjson"), StartsWith(text));
  EXPECT_GT(text.size(), 100'000u);
}

TEST_F(RunTest, SpeedRunsEventTimeFaster) {
  RunConfig config = live(600 * kSecond);
  const std::string text = text_of(config);
  const std::int64_t before_ns = clock_.now_ns();
  config.pace.speed = 60;
  // The same moment of event time as in the first run, which is later by the wall clock: all that is late is
  // due at once.
  config.content.start_ns = FakeClock::kWallStart_ns;
  config.pace.catch_up = CatchUp::burst;
  EXPECT_EQ(text_of(config), text);
  EXPECT_EQ(clock_.now_ns(), before_ns);
}

TEST_F(RunTest, AStopDrains) {
  const auto run = open(live(std::nullopt));
  run->start();
  while (run->status().generated < 1000) std::this_thread::yield();
  run->stop();
  const RunResult result = run->wait();
  EXPECT_FALSE(result.error);
  EXPECT_FALSE(result.reached_end);
  EXPECT_TRUE(result.drained);
  EXPECT_EQ(result.status.state, RunState::stopped);
  EXPECT_EQ(result.status.failed, 0u);
  check_accounts(result.status);
  EXPECT_EQ(lines_of(read_file(dir_ / "out.ndjson")).size(), result.status.generated);
}

TEST_F(RunTest, AStopBeforeTheStartEndsAtOnce) {
  const auto run = open(live(std::nullopt));
  run->stop();
  run->start();
  const RunResult result = run->wait();
  EXPECT_FALSE(result.error);
  EXPECT_EQ(result.status.generated, 0u);
}

TEST_F(RunTest, AnAbandonedRunEndsAlthoughItsSinkBlocks) {
  const std::string pipe = dir_ / "pipe";
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);  // nobody reads it
  RunConfig config = historical();
  config.delivery.sinks = {{"file", pipe}, {"null", ""}};
  const auto run = open(config);
  run->start();
  EXPECT_FALSE(run->wait_for(1));
  run->stop();
  run->abandon();
  const RunResult result = run->wait();
  EXPECT_TRUE(run->wait_for(0));
  EXPECT_FALSE(result.drained);
  check_accounts(result.status);
  EXPECT_EQ(result.status.sinks[0].acked, 0u);
}

TEST_F(RunTest, ARunThatIsDestroyedEnds) {
  const auto run = open(live(std::nullopt));
  run->start();
}

TEST_F(RunTest, ARunThatNeverStartsLeavesNothing) {
  open(historical());
  EXPECT_TRUE(dir_.names().empty());
}

TEST_F(RunTest, StatusFromOtherThreadsIsAlwaysConsistent) {
  RunConfig config = live(std::nullopt);
  config.pace.posting_rate = {5, 1};  // half of the events
  config.pace.on_overload = Overload::drop;
  config.delivery.sinks = {{"null", ""}, {"file", dir_ / "out"}};
  const auto run = open(config);
  EXPECT_EQ(run->status().state, RunState::idle);
  std::atomic<bool> done{false};
  const auto watch = [&] {
    std::uint64_t generated = 0;
    while (!done) {
      const RunStatus status = run->status();
      EXPECT_GE(status.generated, generated);
      EXPECT_LE(status.shed, status.generated);
      EXPECT_GE(status.got_rate, 0);
      EXPECT_LT(status.got_rate, 1000);
      EXPECT_GE(status.uptime_s, 0);
      for (const SinkStatus& sink : status.sinks) EXPECT_LE(sink.failed, sink.sent);
      generated = status.generated;
    }
  };
  std::thread first(watch), second(watch);
  run->start();
  while (run->status().shed < 2000) std::this_thread::yield();
  run->stop();
  const RunResult result = run->wait();
  done = true;
  first.join();
  second.join();
  check_accounts(result.status);
  // By this clock hours pass while the sinks' threads do one step: most is left out.
  EXPECT_GT(result.status.acked, 0u);
}

TEST_F(RunTest, HttpAccountsForEveryEvent) {
  std::atomic<int> requests{0};
  test::ScriptedServer server([&](const test::ServedRequest&) {
    return ++requests % 10 == 0 ? test::reply(400) : test::no_content();
  });
  RunConfig config = historical(1'000);
  config.delivery.http.batch = 10;
  config.delivery.sinks = {{"http", server.url()}, {"file", dir_ / "out"}};
  auto run = racesim::Run::open(config, system_clock());
  ASSERT_TRUE(run) << run.error().what;
  (*run)->start();
  const RunResult result = (*run)->wait();
  EXPECT_FALSE(result.error);
  check_accounts(result.status);
  const SinkStatus& http = result.status.sinks.at(0);
  EXPECT_EQ(http.sent, 1'000u);
  EXPECT_GT(http.failed, 0u);
  EXPECT_EQ(http.dead_lettered, http.failed);
  EXPECT_EQ(lines_of(read_file(dir_ / "dead-letter.ndjson")).size(), http.failed);
  EXPECT_EQ(lines_of(read_file(dir_ / "out")).size(), 1'000u);
}

TEST_F(RunTest, ASinkThatFailsFailsTheRun) {
  RunConfig config = historical();
  config.delivery.sinks = {{"file", "/dev/full"}, {"file", dir_ / "out"}};
  const RunResult result = run(config);
  ASSERT_TRUE(result.error);
  EXPECT_THAT(result.error->what, HasSubstr("/dev/full"));
  EXPECT_EQ(result.status.state, RunState::failed);
  EXPECT_FALSE(result.reader_gone);
  EXPECT_EQ(lines_of(read_file(dir_ / "out")).size(), result.status.generated);
}

TEST_F(RunTest, AReaderThatGoesAwayIsNoError) {
  test::Pipe pipe = test::make_pipe();
  pipe.read.reset();
  RunConfig config = historical();
  config.delivery.sinks = {{"file", "/dev/fd/" + std::to_string(pipe.write.get())}};
  const RunResult result = run(config);
  EXPECT_FALSE(result.error) << result.error->what;
  EXPECT_TRUE(result.reader_gone);
  EXPECT_EQ(result.status.state, RunState::stopped);
}

TEST_F(RunTest, TheNameOfTheRunIsDerivedOrGiven) {
  RunConfig config = historical(10);
  const std::string derived = run(config).run;
  config.pace.posting_rate = {100, 1};
  config.delivery.threads = 7;
  config.shard = {1, 2};
  EXPECT_EQ(run(config).run, derived);
  config.content.seed = 7;
  EXPECT_NE(run(config).run, derived);
  config.run_id = "00C0ffee";
  EXPECT_EQ(run(config).run, "00c0ffee");
  for (const char* bad : {"", "1234567", "123456789", "1234567g", "0x123456", "-1234567", " 1234567"}) {
    config.run_id = bad;
    const auto run = racesim::Run::open(config, clock_);
    ASSERT_FALSE(run) << bad;
    EXPECT_EQ(run.error().kind, ErrorKind::usage);
    EXPECT_THAT(run.error().what, HasSubstr("--run-id"));
  }
}

TEST_F(RunTest, RefusesWhatItCannotRun) {
  const auto refused = [&](RunConfig config, ErrorKind kind, const std::string& what) {
    const auto run = racesim::Run::open(std::move(config), clock_);
    ASSERT_FALSE(run) << what;
    EXPECT_EQ(run.error().kind, kind);
    EXPECT_THAT(run.error().what, HasSubstr(what));
    EXPECT_FALSE(run.error().hint.empty());
  };
  RunConfig config = historical();
  config.content.master_data_dir = dir_.path();
  refused(config, ErrorKind::master_data, dir_.path());
  config = historical();
  config.content.values.set("popularity", std::string("loud"));
  refused(config, ErrorKind::usage, "loud");
  config = historical();
  config.delivery.format = "xml";
  refused(config, ErrorKind::usage, "xml");
  config = historical();
  config.delivery.sinks = {{"file", dir_ / "a"}, {"file", dir_ / "a"}};
  refused(config, ErrorKind::usage, "same place");
  config = historical();
  config.pace.stages = {{kSecond, {0, 1}}};
  refused(config, ErrorKind::usage, "schedule");
  EXPECT_TRUE(dir_.names().empty());
}

TEST(RunStates, HaveNames) {
  EXPECT_STREQ(to_string(RunState::idle), "idle");
  EXPECT_STREQ(to_string(RunState::starting), "starting");
  EXPECT_STREQ(to_string(RunState::running), "running");
  EXPECT_STREQ(to_string(RunState::draining), "draining");
  EXPECT_STREQ(to_string(RunState::stopped), "stopped");
  EXPECT_STREQ(to_string(RunState::failed), "failed");
}

}  // namespace
}  // namespace racesim
