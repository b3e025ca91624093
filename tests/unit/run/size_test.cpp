// Goal: what a run makes is told before: exactly where all of it is looked at or planned, else nearly.
// Method: sizes against runs of the same options.
#include "run/generate/size.h"

#include <gtest/gtest.h>

#include "run/outlets/disk_room.h"
#include "support/content_options.h"
#include "support/fake_clock.h"
#include "support/scratch_dir.h"

namespace racesim {
namespace {

class SizeTest : public testing::Test {
 protected:
  RunConfig race(std::int64_t seconds) {
    RunConfig config;
    config.content = test::options_of("race");
    config.content.start_ns = test::FakeClock::kWallStart_ns;
    config.content.end_ns = config.content.start_ns + seconds * test::kSecond;
    config.pace.live = false;
    config.delivery.sinks = {{"null", ""}};
    return config;
  }
  RunSize size_of(RunConfig config) {
    const auto content = open_content(config, clock_);
    EXPECT_TRUE(content) << content.error().what;
    return measure_size(**content, config);
  }
  test::FakeClock clock_;
};

TEST_F(SizeTest, AShortRunIsCounted) {
  const RunSize size = size_of(race(20));
  EXPECT_TRUE(size.is_exact);
  EXPECT_EQ(size.events, 40'000);
  EXPECT_GT(size.event_bytes, 300);
  EXPECT_LT(size.event_bytes, 700);
}

TEST_F(SizeTest, AVolumeEndsIt) {
  RunConfig config = race(20);
  config.content.limit.most = 1000;
  EXPECT_EQ(size_of(config).events, 1000);
  EXPECT_TRUE(size_of(config).is_exact);
}

TEST_F(SizeTest, APartIsAShare) {
  RunConfig config = race(600);
  config.shard = {2, 4};
  EXPECT_NEAR(size_of(config).events, 300'000, 15'000);
}

TEST_F(SizeTest, WithoutAnEndThereIsAPace) {
  RunConfig config = race(1);
  config.content.end_ns.reset();
  config.pace.live = config.content.live = true;
  const RunSize size = size_of(config);
  EXPECT_EQ(size.events, 0);
  EXPECT_NEAR(size.event_rate, 2000, 100);
}

TEST(DiskRoom, WarnsOfFilesThatAreTooLarge) {
  const test::ScratchDir dir;
  const std::vector<SinkSpec> sinks{
      {"file", dir / "a"}, {"file", dir / "b"}, {"file", dir / "c.zst"}, {"null", ""}};
  EXPECT_TRUE(disk_warnings(sinks, 1).empty());
  const double room = static_cast<double>(least_disk_room(sinks));
  // Each fits alone, both do not.
  const auto warnings = disk_warnings(sinks, 0.8 * room);
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_NE(warnings.front().what.find(dir / "a"), std::string::npos);
  EXPECT_NE(warnings.front().what.find(dir / "b"), std::string::npos);
  EXPECT_TRUE(disk_warnings({{"file", "/dev/null"}}, 1e30).empty());
  EXPECT_EQ(least_disk_room({{"null", ""}}), UINT64_MAX);
}

}  // namespace
}  // namespace racesim
