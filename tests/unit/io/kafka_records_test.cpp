// Goal: keyed records arrive, in order per key, or an error says that some may not have; those of a
// transaction all or none. Method: librdkafka's mock cluster, told to fail; topics are read back record by
// record.
#include "io/kafka/records.h"

#include <gtest/gtest.h>

#include "kafka_support.h"

namespace racesim {
namespace {

using test::kTopic;
using test::MockCluster;

constexpr std::int16_t kEndTxnOfRecords = 26;

class KafkaRecords : public testing::Test {
 protected:
  void SetUp() override {
    if (test::kCannotRunKafka) GTEST_SKIP() << test::kWhyNoKafka;
  }
  static std::unique_ptr<RecordWriter> open(const KafkaOptions& options) {
    auto writer = open_record_writer(options, {{kTopic, false}}, system_clock());
    EXPECT_TRUE(writer) << writer.error().what;
    return writer ? std::move(*writer) : nullptr;
  }
  static KafkaOptions transactional(const MockCluster& cluster) {
    KafkaOptions options = cluster.options();
    options.transactions = true;
    options.transactional_id = "racesim-records";
    return options;
  }
  /// Key → value of what is in the topic of one partition.
  static std::map<std::string, std::string> last(const MockCluster& cluster) {
    std::map<std::string, std::string> found;
    const auto records = read_last_records(cluster.options(), kTopic, system_clock());
    EXPECT_TRUE(records) << records.error().what;
    if (records)
      for (const KafkaRecord& record : *records)
        found[record.key] = record.deleted ? "deleted" : record.value;
    return found;
  }
};

TEST_F(KafkaRecords, KeepsTheLastValueOfEachKey) {
  MockCluster cluster(1);
  auto writer = open(cluster.options());
  std::map<std::string, std::string> expected;
  for (int i = 0; i < 5000; ++i) {
    const std::string key = "k" + std::to_string(i * 7919 % 800), value = std::to_string(i);
    ASSERT_TRUE(writer->put(0, {key, value, false}));
    expected[key] = value;
    if (i % 1000 == 0) {
      ASSERT_TRUE(writer->flush());
    }
  }
  ASSERT_TRUE(writer->put(0, {"k3", {}, true}));
  expected["k3"] = "deleted";
  ASSERT_TRUE(writer->put(0, {"", "no key", false}));
  expected[""] = "no key";
  ASSERT_TRUE(writer->flush());
  EXPECT_EQ(last(cluster), expected);
}

TEST_F(KafkaRecords, PlacesKeysAsJavaDoes) {
  MockCluster cluster(3);
  auto writer = open(cluster.options());
  std::vector<std::vector<LineHash>> expected(3);
  for (int i = 0; i < 300; ++i) {
    const std::string key = "lap," + std::to_string(i);
    expected[static_cast<std::size_t>(kafka::partition_of(key, 3))].push_back(hash_line(key));
    ASSERT_TRUE(writer->put(0, {key, key, false}));
  }
  ASSERT_TRUE(writer->flush());
  for (std::int32_t p = 0; p < 3; ++p) EXPECT_EQ(cluster.records(p), expected[static_cast<std::size_t>(p)]);
}

TEST_F(KafkaRecords, OutlivesFatalErrorsOfItsProducer) {
  MockCluster cluster(1);
  auto writer = open(cluster.options());
  std::map<std::string, std::string> expected;
  for (int round = 0; round < 3; ++round) {
    cluster.fail_next(test::kProduceRequest, RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER, 1);
    for (int i = 0; i < 200; ++i) {
      const std::string key = std::to_string(i), value = key + "/" + std::to_string(round);
      ASSERT_TRUE(writer->put(0, {key, value, false}));
      expected[key] = value;
    }
    const Done flushed = writer->flush();
    ASSERT_TRUE(flushed) << flushed.error().what;
  }
  EXPECT_EQ(last(cluster), expected);
}

TEST_F(KafkaRecords, SaysWhatIsRefused) {
  MockCluster cluster(1);
  auto writer = open(cluster.options());
  cluster.fail_next(test::kProduceRequest, RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED);
  Done done = writer->put(0, {"a", "b", false});
  if (done) done = writer->flush();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::usage);
  auto other = open(cluster.options());
  const Done large = other->put(0, {"a", std::string(2'000'000, 'x'), false});
  ASSERT_FALSE(large);
  EXPECT_NE(large.error().hint.find("max.message.bytes"), std::string::npos);
  EXPECT_TRUE(other->put(0, {"a", std::string(other->value_bytes_max(0), 'x'), false}));
  EXPECT_TRUE(other->flush());
  const auto misnamed = open_record_writer(cluster.options(), {{"no topic", false}}, system_clock());
  ASSERT_FALSE(misnamed);
  EXPECT_EQ(misnamed.error().kind, ErrorKind::usage);
}

TEST_F(KafkaRecords, EndsAWaitForBrokersThatAreAway) {
  MockCluster cluster(1);
  auto writer = open(cluster.options());
  rd_kafka_mock_broker_set_down(cluster.get(), 1);
  ASSERT_TRUE(writer->put(0, {"a", "b", false}));
  writer->abandon();
  const Done done = writer->flush();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::runtime);
}

TEST_F(KafkaRecords, CommitsAllOrSaysThatNothingIsThere) {
  MockCluster cluster(1);
  auto writer = open(transactional(cluster));
  ASSERT_TRUE(writer->begin());
  ASSERT_TRUE(writer->put(0, {"a", "1", false}));
  ASSERT_TRUE(writer->commit());
  // One that must be aborted may be done again.
  ASSERT_TRUE(writer->begin());
  cluster.fail_next(test::kProduceRequest, RD_KAFKA_RESP_ERR_POLICY_VIOLATION);
  Done done = writer->put(0, {"a", "2", false});
  if (done) done = writer->commit();
  ASSERT_FALSE(done);
  // The library may purge what follows an abort too closely.
  for (int tries = 0; !done && tries < 5; ++tries) {
    ASSERT_TRUE(writer->worth_retrying()) << done.error().what;
    ASSERT_TRUE(writer->begin());
    done = writer->put(0, {"a", "3", false});
    if (done) done = writer->commit();
  }
  ASSERT_TRUE(done) << done.error().what;
  EXPECT_EQ(last(cluster)["a"], "3");
}

TEST_F(KafkaRecords, IsShutOutByALaterWriter) {
  MockCluster cluster(1);
  auto writer = open(transactional(cluster));
  ASSERT_TRUE(writer->begin());
  ASSERT_TRUE(writer->put(0, {"a", "1", false}));
  cluster.fail_next(kEndTxnOfRecords, RD_KAFKA_RESP_ERR_PRODUCER_FENCED);
  const Done done = writer->commit();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::busy) << done.error().what;
  EXPECT_FALSE(writer->worth_retrying());
}

}  // namespace
}  // namespace racesim
