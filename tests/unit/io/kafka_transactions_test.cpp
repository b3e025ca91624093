// Goal: with transactions an event is acked once its transaction is committed, a failed transaction is sent
// again in order, and a producer that was shut out ends the run and leaves its events to the other one.
// Method: librdkafka's mock cluster, told to fail. It keeps the records of aborted transactions, as
// uncommitted readers see them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "io/resumable.h"
#include "io/sinks/kafka.h"
#include "kafka_support.h"
#include "support/wire_batches.h"

namespace racesim {
namespace {

using namespace test;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::int16_t kEndTxnRequest = 26;
constexpr std::int16_t kAddPartitionsRequest = 24;

class KafkaTransactionsTest : public testing::Test {
 protected:
  void SetUp() override {
    if (test::kCannotRunKafka) GTEST_SKIP() << test::kWhyNoKafka;
  }
  static KafkaOptions options(const MockCluster& cluster, const std::string& id = "racesim-1") {
    KafkaOptions options = cluster.options();
    options.transactions = true;
    options.transactional_id = id;
    return options;
  }
  std::unique_ptr<Sink> open(const KafkaOptions& options, AckCounts& acks) {
    auto sink = open_kafka_sink(options, {kTopic}, {}, system_clock(), &acks, dead_);
    EXPECT_TRUE(sink.has_value()) << sink.error().what;
    return sink ? std::move(*sink) : nullptr;
  }
  /// The last records of the partition, as many as are expected there.
  static std::vector<LineHash> last_records(const MockCluster& cluster, std::size_t count) {
    std::vector<LineHash> records = cluster.records(0);
    if (records.size() > count) records.erase(records.begin(), records.end() - static_cast<long>(count));
    return records;
  }

  ScratchDir dir_;
  DeadLetter dead_{dir_ / "dead.ndjson"};
  AckCounts acks_;
};

TEST_F(KafkaTransactionsTest, DeliversEachEventOnceAndInOrder) {
  MockCluster cluster(3);
  auto sink = open(options(cluster), acks_);
  ASSERT_NE(sink, nullptr);
  std::vector<SharedBatch> batches;
  for (std::uint64_t first = 0; first < 9000; first += 3000) {
    batches.push_back(make_cars(3000, 20, first));
    ASSERT_TRUE(sink->submit(batches.back(), 0, 3000));
  }
  ASSERT_TRUE(sink->close());
  EXPECT_THAT(tally(*sink), ElementsAre(9000, 9000, 0));
  EXPECT_EQ(acks_.acked(), 9000u);
  EXPECT_TRUE(acks_.each_once());
  const auto expected = expected_records(batches, 3);
  std::uint64_t last = 0;
  for (const StreamPosition& p : sink->resumable()->positions()) {
    const auto& records = expected[static_cast<std::size_t>(p.partition)];
    EXPECT_TRUE(cluster.records(p.partition) == records) << "partition " << p.partition;
    EXPECT_EQ(p.next_offset, static_cast<std::int64_t>(records.size()));
    last = std::max(last, p.next_ordinal);
  }
  EXPECT_EQ(last, 9000u);
}

TEST_F(KafkaTransactionsTest, NothingIsAckedBeforeTheCommit) {
  MockCluster cluster(1);
  auto sink = open(options(cluster), acks_);
  // The first answer to each commit is lost on the way, so no transaction ends while this holds.
  cluster.fail_next(kEndTxnRequest, RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE, 1000);
  const SharedBatch batch = make_cars(100, 5);
  ASSERT_TRUE(sink->submit(batch, 0, 100));
  for (int i = 0; i < 5000 && cluster.records(0).size() < 100; ++i) {
  }
  EXPECT_EQ(cluster.records(0).size(), 100u);
  EXPECT_THAT(tally(*sink), ElementsAre(100, 0, 0));
  while (sink->unsent() > 0) {
  }
  for (const StreamPosition& p : sink->resumable()->positions()) EXPECT_EQ(p.next_offset, 0);
  rd_kafka_mock_clear_request_errors(cluster.get(), kEndTxnRequest);
  ASSERT_TRUE(sink->close());
  EXPECT_THAT(tally(*sink), ElementsAre(100, 100, 0));
}

TEST_F(KafkaTransactionsTest, AnAbortedTransactionIsSentAgainInOrder) {
  MockCluster cluster(1);
  auto sink = open(options(cluster), acks_);
  cluster.fail_next(kProduceRequest, RD_KAFKA_RESP_ERR_POLICY_VIOLATION);
  const SharedBatch batch = make_cars(2000, 20);
  for (std::size_t i = 0; i < 2000; i += 500) ASSERT_TRUE(sink->submit(batch, i, i + 500));
  const Done closed = sink->close();
  ASSERT_TRUE(closed) << closed.error().what;
  EXPECT_THAT(tally(*sink), ElementsAre(2000, 2000, 0));
  EXPECT_TRUE(acks_.each_once());
  EXPECT_GE(sink->counters().retried.load(), 1u);
  EXPECT_TRUE(last_records(cluster, 2000) == expected_records({batch}, 1)[0]);
  EXPECT_EQ(dir_.names(), std::vector<std::string>{});
}

TEST_F(KafkaTransactionsTest, ARefusedEventIsADeadLetterAndTheOthersGoAgain) {
  MockCluster cluster(1);
  auto sink = open(options(cluster), acks_);
  const SharedBatch good = make_cars(50, 5), bad = make_cars(10, 5, 50), last = make_cars(50, 5, 60);
  ASSERT_TRUE(sink->submit(good, 0, 50));
  for (int i = 0; i < 5000 && cluster.records(0).size() < 50; ++i) {
  }
  cluster.fail_next(kProduceRequest, RD_KAFKA_RESP_ERR_INVALID_RECORD);
  ASSERT_TRUE(sink->submit(bad, 0, 10));
  for (int i = 0; i < 5000 && sink->counters().failed.load() == 0; ++i) cluster.records(0);
  ASSERT_TRUE(sink->submit(last, 0, 50));
  ASSERT_TRUE(sink->close());
  EXPECT_THAT(tally(*sink), ElementsAre(110, 100, 10));
  EXPECT_TRUE(last_records(cluster, 100) == expected_records({good, last}, 1)[0]);
  EXPECT_THAT(read_file(dead_.path()), HasSubstr("\"persisted\":\"no\""));
}

TEST_F(KafkaTransactionsTest, WhoIsShutOutEndsAndLeavesTheRestToTheOther) {
  MockCluster cluster(1);
  auto sink = open(options(cluster), acks_);
  ASSERT_TRUE(sink->submit(make_cars(40, 5), 0, 40));
  cluster.fail_next(kEndTxnRequest, RD_KAFKA_RESP_ERR_PRODUCER_FENCED);
  const Done closed = sink->close();
  ASSERT_FALSE(closed);
  EXPECT_EQ(closed.error().kind, ErrorKind::busy);
  EXPECT_THAT(closed.error().what, HasSubstr("another process has resumed this run"));
  EXPECT_FALSE(sink->submit(make_cars(5, 5, 40), 0, 5));
  EXPECT_THAT(tally(*sink), ElementsAre(45, 0, 45));
  EXPECT_EQ(acks_.acked() + acks_.failed(), 0u);
  EXPECT_EQ(dir_.names(), std::vector<std::string>{});
}

TEST_F(KafkaTransactionsTest, MissingRightsEndTheRun) {
  MockCluster cluster(1);
  auto sink = open(options(cluster), acks_);
  cluster.fail_next(kAddPartitionsRequest, RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED);
  static_cast<void>(sink->submit(make_cars(5, 5), 0, 5));
  const Done closed = sink->close();
  ASSERT_FALSE(closed);
  EXPECT_EQ(closed.error().kind, ErrorKind::usage);
  EXPECT_THAT(tally(*sink), ElementsAre(5, 0, 5));
}

TEST_F(KafkaTransactionsTest, TransactionsThatKeepFailingEndTheRun) {
  MockCluster cluster(1);
  auto sink = open(options(cluster), acks_);
  cluster.fail_next(kProduceRequest, RD_KAFKA_RESP_ERR_POLICY_VIOLATION, 100);
  static_cast<void>(sink->submit(make_cars(50, 5), 0, 50));
  const Done closed = sink->close();
  ASSERT_FALSE(closed);
  EXPECT_EQ(closed.error().kind, ErrorKind::partial);
  EXPECT_THAT(tally(*sink), ElementsAre(50, 0, 50));
  EXPECT_THAT(read_file(dead_.path()), HasSubstr("\"persisted\":\"no\""));
}

// Another producer of the same id would shut out whoever shut this one out meanwhile.
TEST_F(KafkaTransactionsTest, ADeadProducerEndsTheRun) {
  MockCluster cluster(1);
  auto sink = open(options(cluster), acks_);
  cluster.fail_next(kProduceRequest, RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER);
  static_cast<void>(sink->submit(make_cars(50, 5), 0, 50));
  const Done closed = sink->close();
  ASSERT_FALSE(closed);
  EXPECT_EQ(closed.error().kind, ErrorKind::partial);
  EXPECT_THAT(tally(*sink), ElementsAre(50, 0, 50));
  EXPECT_EQ(acks_.failed(), 50u);
  EXPECT_THAT(read_file(dead_.path()), HasSubstr("\"persisted\":\"no\""));
}

TEST_F(KafkaTransactionsTest, AbandonFailsWhatIsOpen) {
  MockCluster cluster(1);
  auto sink = open(options(cluster), acks_);
  rd_kafka_mock_broker_set_down(cluster.get(), 1);
  ASSERT_TRUE(sink->submit(make_cars(1000, 5), 0, 1000));
  sink->abandon();
  ASSERT_TRUE(sink->close());
  EXPECT_THAT(tally(*sink), ElementsAre(1000, 0, 1000));
}

TEST_F(KafkaTransactionsTest, AFullQueueMakesSubmitWait) {
  MockCluster cluster(1);
  KafkaOptions small = options(cluster);
  small.properties.emplace_back("queue.buffering.max.messages", "50");
  auto sink = open(small, acks_);
  const SharedBatch batch = make_cars(1000, 20);
  ASSERT_TRUE(sink->submit(batch, 0, 1000));
  ASSERT_TRUE(sink->close());
  EXPECT_THAT(tally(*sink), ElementsAre(1000, 1000, 0));
  EXPECT_TRUE(cluster.records(0) == expected_records({batch}, 1)[0]);
}

}  // namespace
}  // namespace racesim
