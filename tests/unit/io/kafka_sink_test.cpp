// Goal: the kafka sink delivers every event once, in order per partition, accounts for each, waits instead of
// dropping, and survives the death of its producer. Method: librdkafka's mock cluster, told to fail; its
// topic is read back and compared.
#include "io/sinks/kafka.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "io/resumable.h"
#include "kafka_support.h"
#include "support/wire_batches.h"

namespace racesim {
namespace {

using namespace test;
using testing::ElementsAre;
using testing::HasSubstr;

class KafkaSinkTest : public testing::Test {
 protected:
  void SetUp() override {
    if (test::kCannotRunKafka) GTEST_SKIP() << test::kWhyNoKafka;
  }
  std::unique_ptr<Sink> open(const KafkaOptions& options) {
    auto sink = open_kafka_sink(options, {kTopic}, {}, system_clock(), &acks_, dead_);
    EXPECT_TRUE(sink.has_value()) << sink.error().what;
    return sink ? std::move(*sink) : nullptr;
  }
  std::size_t dead_lines() const {
    const std::string text = read_file(dead_.path());
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
  }
  static void expect_in_topic(const MockCluster& cluster, const std::vector<SharedBatch>& batches,
                              std::int32_t partitions) {
    const auto expected = expected_records(batches, partitions);
    for (std::int32_t p = 0; p < partitions; ++p) {
      const auto records = cluster.records(p);
      const auto& wanted = expected[static_cast<std::size_t>(p)];
      const auto differ = std::mismatch(records.begin(), records.end(), wanted.begin(), wanted.end());
      EXPECT_TRUE(records == wanted) << "partition " << p << ": " << records.size() << " records, not "
                                     << wanted.size() << ", other ones from "
                                     << differ.first - records.begin() << " on, where number "
                                     << std::find(wanted.begin(), wanted.end(), *differ.first) -
                                            wanted.begin()
                                     << " is";
    }
  }

  ScratchDir dir_;
  DeadLetter dead_{dir_ / "dead.ndjson"};
  AckCounts acks_;
};

TEST_F(KafkaSinkTest, DeliversEachEventOnceAndInOrder) {
  MockCluster cluster(3);
  auto sink = open(cluster.options());
  ASSERT_NE(sink, nullptr);
  std::vector<SharedBatch> batches;
  for (std::uint64_t first = 0; first < 12'000; first += 3000) batches.push_back(make_cars(3000, 20, first));
  for (const SharedBatch& batch : batches) {
    ASSERT_TRUE(sink->submit(batch, 0, 1));
    ASSERT_TRUE(sink->submit(batch, 1, 1));
    ASSERT_TRUE(sink->submit(batch, 1, 3000));
  }
  ASSERT_TRUE(sink->close());
  EXPECT_THAT(tally(*sink), ElementsAre(12'000, 12'000, 0));
  EXPECT_EQ(acks_.acked(), 12'000u);
  EXPECT_EQ(acks_.sent(), 12'000u);
  EXPECT_TRUE(acks_.each_once());
  EXPECT_EQ(sink->unsent(), 0u);
  EXPECT_EQ(dir_.names(), std::vector<std::string>{});
  expect_in_topic(cluster, batches, 3);
}

TEST_F(KafkaSinkTest, KnowsHowFarEachPartitionIs) {
  MockCluster cluster(3);
  auto sink = open(cluster.options());
  const SharedBatch batch = make_cars(5000, 20, 700);
  ASSERT_TRUE(sink->submit(batch, 0, 5000));
  ASSERT_TRUE(sink->close());
  const auto expected = expected_records({batch}, 3);
  std::vector<StreamPosition> positions = sink->resumable()->positions();
  ASSERT_EQ(positions.size(), 3u);
  std::uint64_t last = 0;
  for (const StreamPosition& p : positions) {
    EXPECT_EQ(p.topic, kTopic);
    EXPECT_EQ(p.next_offset,
              static_cast<std::int64_t>(expected[static_cast<std::size_t>(p.partition)].size()));
    last = std::max(last, p.next_ordinal);
  }
  EXPECT_EQ(last, 5700u);
}

TEST_F(KafkaSinkTest, RetriesWhatPasses) {
  MockCluster cluster(1);
  auto sink = open(cluster.options());
  cluster.fail_next(kProduceRequest, RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS, 2);
  cluster.fail_next(kProduceRequest, RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT);
  const SharedBatch batch = make_cars(4000, 20);
  for (std::size_t i = 0; i < 4000; i += 100) ASSERT_TRUE(sink->submit(batch, i, i + 100));
  ASSERT_TRUE(sink->close());
  EXPECT_THAT(tally(*sink), ElementsAre(4000, 4000, 0));
  expect_in_topic(cluster, {batch}, 1);
}

TEST_F(KafkaSinkTest, AFullQueueMakesSubmitWait) {
  MockCluster cluster(3);
  KafkaOptions options = cluster.options();
  options.properties.emplace_back("queue.buffering.max.messages", "50");
  auto sink = open(options);
  const SharedBatch batch = make_cars(5000, 20);
  ASSERT_TRUE(sink->submit(batch, 0, 5000));
  ASSERT_TRUE(sink->close());
  EXPECT_THAT(tally(*sink), ElementsAre(5000, 5000, 0));
  expect_in_topic(cluster, {batch}, 3);
}

TEST_F(KafkaSinkTest, WhatIsTooLargeIsADeadLetterAndTheRestGoesOn) {
  MockCluster cluster(1);
  KafkaOptions options = cluster.options();
  options.properties.emplace_back("message.max.bytes", "2000");
  options.properties.emplace_back("batch.size", "2000");
  auto sink = open(options);
  ASSERT_TRUE(sink->submit(make_cars(10, 2, 0), 0, 10));
  ASSERT_TRUE(sink->submit(make_cars(3, 2, 10, 5000), 0, 3));
  ASSERT_TRUE(sink->submit(make_cars(10, 2, 13), 0, 10));
  ASSERT_TRUE(sink->close());
  EXPECT_THAT(tally(*sink), ElementsAre(23, 20, 3));
  EXPECT_EQ(dead_lines(), 3u);
  EXPECT_THAT(read_file(dead_.path()), HasSubstr("too large"));
  EXPECT_THAT(read_file(dead_.path()), HasSubstr("\"persisted\":\"no\""));
  const std::vector<FailureReason> reasons = sink->counters().failures.reasons();
  ASSERT_EQ(reasons.size(), 1u);
  EXPECT_EQ(reasons[0].events, 3u);
  expect_in_topic(cluster, {make_cars(10, 2, 0), make_cars(10, 2, 13)}, 1);
}

TEST_F(KafkaSinkTest, TheBrokersRefusalIsADeadLetter) {
  MockCluster cluster(1);
  auto sink = open(cluster.options());
  cluster.fail_next(kProduceRequest, RD_KAFKA_RESP_ERR_INVALID_RECORD);
  ASSERT_TRUE(sink->submit(make_cars(5, 5), 0, 5));
  ASSERT_TRUE(sink->close());
  EXPECT_THAT(tally(*sink), ElementsAre(5, 0, 5));
  EXPECT_EQ(dead_lines(), 5u);
}

TEST_F(KafkaSinkTest, ACutOffRightEndsTheRun) {
  MockCluster cluster(1);
  auto sink = open(cluster.options());
  cluster.fail_next(kProduceRequest, RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED);
  ASSERT_TRUE(sink->submit(make_cars(5, 5), 0, 5));
  const Done closed = sink->close();
  ASSERT_FALSE(closed);
  EXPECT_EQ(closed.error().kind, ErrorKind::usage);
  EXPECT_FALSE(sink->submit(make_cars(5, 5, 5), 0, 5));
  EXPECT_THAT(tally(*sink), ElementsAre(10, 0, 10));
}

TEST_F(KafkaSinkTest, AbandonFailsWhatIsOpen) {
  MockCluster cluster(1);
  auto sink = open(cluster.options());
  ASSERT_TRUE(sink->submit(make_cars(100, 5), 0, 100));
  rd_kafka_mock_broker_set_down(cluster.get(), 1);
  const SharedBatch batch = make_cars(1000, 5, 100);
  ASSERT_TRUE(sink->submit(batch, 0, 1000));
  std::thread closing([&] { ASSERT_TRUE(sink->close()); });
  sink->abandon();
  closing.join();
  const auto counts = tally(*sink);
  EXPECT_EQ(counts[0], 1100u);
  EXPECT_EQ(counts[1] + counts[2], 1100u);
  EXPECT_GE(counts[2], 1000u);
  EXPECT_EQ(dead_lines(), counts[2]);
  ASSERT_TRUE(sink->submit(batch, 0, 10));
  EXPECT_EQ(tally(*sink)[0], 1110u);
}

TEST_F(KafkaSinkTest, AbandonWakesASubmitThatWaits) {
  MockCluster cluster(1);
  KafkaOptions options = cluster.options();
  options.properties.emplace_back("queue.buffering.max.messages", "10");
  auto sink = open(options);
  rd_kafka_mock_broker_set_down(cluster.get(), 1);
  const SharedBatch batch = make_cars(1000, 5);
  std::thread submitting([&] { ASSERT_TRUE(sink->submit(batch, 0, 1000)); });
  sink->abandon();
  submitting.join();
  ASSERT_TRUE(sink->close());
  const auto counts = tally(*sink);
  EXPECT_EQ(counts[0], 1000u);
  EXPECT_EQ(counts[1] + counts[2], 1000u);
}

// A sequence error of the broker kills librdkafka's idempotent producer for good.
TEST_F(KafkaSinkTest, ADeadProducerIsReplaced) {
  MockCluster cluster(3);
  KafkaOptions options = cluster.options();
  // The mock takes what is on its way behind the request that it refuses, which a broker would refuse as
  // well: so nothing is.
  options.linger_ms = 200;
  auto sink = open(options);
  std::vector<SharedBatch> batches;
  for (std::uint64_t first = 0; first < 8000; first += 1000) {
    batches.push_back(make_cars(1000, 20, first));
    if (first == 3000 || first == 5000) {
      while (sink->counters().acked.load() < first) std::this_thread::yield();
      cluster.fail_next(kProduceRequest, RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER);
    }
    ASSERT_TRUE(sink->submit(batches.back(), 0, 1000));
  }
  ASSERT_TRUE(sink->close());
  EXPECT_THAT(tally(*sink), ElementsAre(8000, 8000, 0));
  EXPECT_GT(sink->counters().retried.load(), 0u);
  EXPECT_TRUE(acks_.each_once());
  EXPECT_EQ(acks_.acked(), 8000u);
  expect_in_topic(cluster, batches, 3);
}

TEST_F(KafkaSinkTest, ProducersThatKeepDyingEndTheRun) {
  MockCluster cluster(1);
  auto sink = open(cluster.options());
  cluster.fail_next(kProduceRequest, RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER, 20);
  static_cast<void>(sink->submit(make_cars(50, 5), 0, 50));
  const Done closed = sink->close();
  ASSERT_FALSE(closed);
  EXPECT_EQ(closed.error().kind, ErrorKind::partial);
  EXPECT_THAT(tally(*sink), ElementsAre(50, 0, 50));
  EXPECT_EQ(dead_lines(), 50u);
}

TEST_F(KafkaSinkTest, PartitionsAreChecked) {
  MockCluster cluster(3);
  KafkaOptions options = cluster.options();
  options.partitions = 4;
  auto sink = open_kafka_sink(options, {kTopic}, {}, system_clock(), nullptr, dead_);
  ASSERT_FALSE(sink);
  EXPECT_EQ(sink.error().kind, ErrorKind::usage);
  EXPECT_THAT(sink.error().what, HasSubstr("has 3 partitions, not 4"));
}

// A topic that was just made has no partitions at first, as some brokers see it.
TEST_F(KafkaSinkTest, ATopicWithoutLeadersIsAClearError) {
  MockCluster cluster(3);
  rd_kafka_mock_topic_set_error(cluster.get(), kTopic.c_str(), RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE);
  KafkaOptions options = cluster.options();
  options.partitions = 3;
  auto sink = open_kafka_sink(options, {kTopic}, {}, system_clock(), nullptr, dead_);
  ASSERT_FALSE(sink);
  EXPECT_EQ(sink.error().kind, ErrorKind::runtime);
  EXPECT_THAT(sink.error().what, HasSubstr("do not yet know the leaders"));
}

// Only a cluster that shows its topics' settings can be trusted with event times.
TEST_F(KafkaSinkTest, EventTimesNeedToBeChecked) {
  MockCluster cluster(1);
  KafkaOptions options = cluster.options();
  options.event_record_times = true;
  auto sink = open_kafka_sink(options, {kTopic}, {}, system_clock(), nullptr, dead_);
  ASSERT_FALSE(sink);
  EXPECT_THAT(sink.error().what, HasSubstr("--record-timestamp event"));
}

TEST_F(KafkaSinkTest, NobodyThere) {
  KafkaOptions options;
  options.brokers = "127.0.0.1:1";
  options.connect_grace_ns = 200'000'000;
  auto sink = open_kafka_sink(options, {kTopic}, {}, system_clock(), nullptr, dead_);
  ASSERT_FALSE(sink);
  EXPECT_EQ(sink.error().kind, ErrorKind::runtime);
  EXPECT_THAT(sink.error().what, HasSubstr("127.0.0.1:1"));
  EXPECT_THAT(sink.error().what, HasSubstr("Connection refused"));
}

// The library warns of a property that is for the other kind of client: that is no cause.
TEST_F(KafkaSinkTest, WarningsAboutPropertiesAreNoCause) {
  const KafkaProperties both{{"isolation.level", "read_committed"}, {"linger.ms", "7"}};
  for (const rd_kafka_type_t type : {RD_KAFKA_PRODUCER, RD_KAFKA_CONSUMER}) {
    const auto client = kafka::Client::open(type, both, 0);
    ASSERT_TRUE(client) << client.error().what;
    EXPECT_EQ(client->trouble(), "");
  }
  EXPECT_FALSE(kafka::Client::open(RD_KAFKA_CONSUMER, {{"linger.ms", "often"}}, 0));
}

}  // namespace
}  // namespace racesim
