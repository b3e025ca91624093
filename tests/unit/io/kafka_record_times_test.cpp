// Goal: event times that a topic would delete or refuse are found before the run, and no others. Method:
// made-up topic settings against runs of the past, of now and of the future.
#include "io/kafka/cluster/record_times.h"

#include <gtest/gtest.h>

namespace racesim::kafka {
namespace {

constexpr std::int64_t kHour_ns = 3600LL * 1'000'000'000;
constexpr std::int64_t kNow_ns = 500'000 * kHour_ns;

TopicState topic(std::map<std::string, std::string> config) {
  TopicState state;
  state.name = "t";
  state.partitions = 1;
  state.config = std::move(config);
  return state;
}
/// A run from `from_h` to `to_h` hours from now.
EventTimes run(std::int64_t from_h, std::optional<std::int64_t> to_h, double speed) {
  EventTimes times;
  times.first_ns = kNow_ns + from_h * kHour_ns;
  if (to_h) times.end_ns = kNow_ns + *to_h * kHour_ns;
  times.speed = speed;
  return times;
}

const auto kDefaults = topic({{"retention.ms", "604800000"},
                              {"message.timestamp.before.max.ms", "9223372036854775807"},
                              {"message.timestamp.after.max.ms", "3600000"}});

TEST(KafkaRecordTimes, LiveRunsPass) {
  EXPECT_TRUE(check_record_times(kDefaults, run(0, std::nullopt, 1), kNow_ns));
  EXPECT_TRUE(check_record_times(kDefaults, run(0, 1000, 1), kNow_ns));
}

TEST(KafkaRecordTimes, TheTrapOfRetention) {
  EXPECT_TRUE(check_record_times(kDefaults, run(-167, -100, 0), kNow_ns));
  const Done refused = check_record_times(kDefaults, run(-169, -168, 0), kNow_ns);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::usage);
  EXPECT_NE(refused.error().what.find("retention.ms"), std::string::npos);
  EXPECT_NE(refused.error().hint.find("--record-timestamp now"), std::string::npos);
  EXPECT_TRUE(check_record_times(topic({{"retention.ms", "-1"}}), run(-100000, -1, 0), kNow_ns));
}

TEST(KafkaRecordTimes, TheFutureIsRefused) {
  EXPECT_TRUE(check_record_times(kDefaults, run(-1, 1, 0), kNow_ns));
  EXPECT_FALSE(check_record_times(kDefaults, run(-1, 2, 0), kNow_ns));
  EXPECT_FALSE(check_record_times(kDefaults, run(0, std::nullopt, 2), kNow_ns));
  EXPECT_FALSE(check_record_times(kDefaults, run(0, 4, 2), kNow_ns));
  EXPECT_TRUE(check_record_times(kDefaults, run(0, 2, 2), kNow_ns));
}

TEST(KafkaRecordTimes, SlowRunsFallBehind) {
  EXPECT_FALSE(check_record_times(kDefaults, run(0, std::nullopt, 0.5), kNow_ns));
  EXPECT_TRUE(check_record_times(kDefaults, run(0, 24, 0.5), kNow_ns));
  EXPECT_FALSE(check_record_times(kDefaults, run(0, 200, 0.5), kNow_ns));
}

TEST(KafkaRecordTimes, OlderBrokersAndBrokersThatStamp) {
  const TopicState old = topic({{"message.timestamp.difference.max.ms", "3600000"}});
  EXPECT_FALSE(check_record_times(old, run(-2, -1, 0), kNow_ns));
  EXPECT_FALSE(check_record_times(old, run(-1, 2, 0), kNow_ns));
  const TopicState stamps = topic({{"message.timestamp.type", "LogAppendTime"}, {"retention.ms", "1"}});
  EXPECT_TRUE(check_record_times(stamps, run(-2, -1, 0), kNow_ns));
  EXPECT_TRUE(check_record_times(topic({}), run(-2, 100, 0), kNow_ns));
}

}  // namespace
}  // namespace racesim::kafka
