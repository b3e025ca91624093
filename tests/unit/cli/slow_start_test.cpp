// Goal: a start that waits for a cluster says for which, how long, and why it reads back late.
// Method: configurations; nothing is opened.
#include "cli/commands/run/slow_start.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace racesim::cli {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(StartWaits, NamesBrokersAndLimit) {
  RunConfig config;
  config.delivery.sinks = {{"file", "out"}};
  EXPECT_THAT(start_waits(config), IsEmpty());
  config.delivery.sinks = {{"kafka", ""}};
  config.delivery.kafka.brokers = "localhost:9092";
  config.delivery.kafka.connect_grace_ns = 10'000'000'000;
  EXPECT_THAT(
      start_waits(config),
      ElementsAre("waiting for the Kafka brokers at localhost:9092, at most 10s (--connect-timeout)"));
  config.delivery.kafka.connect_grace_ns = 2'000'000'000'000'000;
  config.checkpoint.resume = true;
  EXPECT_THAT(
      start_waits(config),
      ElementsAre("waiting for the Kafka brokers at localhost:9092, as long as it takes (--connect-timeout)",
                  "what the topic holds is read back once it has rested for 2s (--settle)"));
}

}  // namespace
}  // namespace racesim::cli
