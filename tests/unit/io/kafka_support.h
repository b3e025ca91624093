// A cluster inside this process (librdkafka's own mock), batches of cars, and what is in its topics.
#pragma once

#include "io/kafka/cluster/client.h"

// Needs rdkafka.h before it.
#include <librdkafka/rdkafka_mock.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/clock.h"
#include "io/kafka/cluster/cluster.h"
#include "io/kafka/producing/murmur2.h"
#include "io/kafka/reading/tail.h"
#include "io/sinks/kafka.h"
#include "support/scratch_dir.h"

namespace racesim::test {

inline const std::string kTopic = "f1-telemetry";

/// g++ 12's thread sanitizer does not know threads that a library starts by thrd_create(), and crashes in
/// them.
inline constexpr bool kCannotRunKafka =
#ifdef __SANITIZE_THREAD__
    true;
#else
    false;
#endif
inline constexpr const char* kWhyNoKafka = "the thread sanitizer cannot run librdkafka's threads";

/// Brokers that speak the protocol and can be told to fail. They know no configs and make no topics.
class MockCluster {
 public:
  explicit MockCluster(int partitions = 3, int brokers = 1)
      : client_(*kafka::Client::open(RD_KAFKA_PRODUCER, {{"log_level", "0"}}, RD_KAFKA_EVENT_ERROR)),
        cluster_(rd_kafka_mock_cluster_new(client_.get(), brokers)) {
    rd_kafka_mock_topic_create(cluster_, kTopic.c_str(), partitions, 1);
  }
  ~MockCluster() { rd_kafka_mock_cluster_destroy(cluster_); }
  MockCluster(const MockCluster&) = delete;
  MockCluster& operator=(const MockCluster&) = delete;

  rd_kafka_mock_cluster_t* get() const { return cluster_; }
  KafkaOptions options() const {
    KafkaOptions options;
    options.brokers = rd_kafka_mock_cluster_bootstraps(cluster_);
    options.linger_ms = 1;
    options.settle_ns = 0;
    // The mock does not answer the question for the topics' settings: that long every start takes.
    options.connect_grace_ns = 700'000'000;
    options.properties = {{"retry.backoff.ms", "1"}};
    return options;
  }
  /// The next so many answers to requests of this kind are this error.
  void fail_next(std::int16_t request, rd_kafka_resp_err_t error, int times = 1) {
    const std::vector<rd_kafka_resp_err_t> errors(static_cast<std::size_t>(times), error);
    rd_kafka_mock_push_request_errors_array(cluster_, request, errors.size(), errors.data());
  }
  /// Hashes of the records of a partition, in order.
  std::vector<LineHash> records(std::int32_t partition) const {
    auto cluster = kafka::Cluster::open(options());
    const auto end = cluster->end_offsets({{kTopic, partition}});
    EXPECT_TRUE(end) << end.error().what;
    const auto tail = kafka::read_tail(options(), kTopic, partition, 0, end->front(), 10'000);
    EXPECT_TRUE(tail) << tail.error().what;
    std::vector<LineHash> hashes;
    if (tail)
      for (const kafka::TailRecord& record : *tail) hashes.push_back(record.payload_hash);
    return hashes;
  }

 private:
  kafka::Client client_;
  rd_kafka_mock_cluster_t* cluster_;
};

inline constexpr std::int16_t kProduceRequest = 0;

/// `count` samples of `cars` cars by turns; event i is number first_ordinal + i of the run.
inline SharedBatch make_cars(std::size_t count, std::uint32_t cars, std::uint64_t first_ordinal = 0,
                             std::size_t size = 100) {
  auto batch = std::make_shared<WireBatch>();
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t ordinal = first_ordinal + i;
    const auto car = static_cast<std::uint32_t>(ordinal % cars);
    std::string line =
        "{\"car\":" + std::to_string(car) + ",\"seq\":" + std::to_string(ordinal / cars) + ",\"x\":\"";
    line += std::string(size - std::min(size, line.size()), 'x') + "\"}\n";
    text += line;
    batch->ends.push_back(static_cast<std::uint32_t>(text.size()));
    batch->heads.push_back({static_cast<std::int64_t>(ordinal) * 1'000'000, car, car, ordinal / cars});
  }
  batch->text.reserve_more(text.size());
  text.copy(batch->text.data(), text.size());
  batch->text.set_size(text.size());
  batch->first_ordinal = first_ordinal;
  StreamTag tag;
  tag.name = "telemetry";
  tag.topic = kTopic;
  tag.append_key = [](std::uint32_t entity, std::string& out) { out += std::to_string(entity); };
  batch->streams = std::make_shared<std::vector<StreamTag>>(1, tag);
  return batch;
}

/// What has to be in each partition once these batches are delivered.
inline std::vector<std::vector<LineHash>> expected_records(const std::vector<SharedBatch>& batches,
                                                           std::int32_t partitions) {
  std::vector<std::vector<LineHash>> expected(static_cast<std::size_t>(partitions));
  for (const SharedBatch& batch : batches) {
    for (std::size_t i = 0; i < batch->size(); ++i) {
      const std::string key = std::to_string(batch->heads[i].entity);
      std::string_view line = batch->line(i);
      line.remove_suffix(1);
      const auto partition = static_cast<std::size_t>(kafka::partition_of(key, partitions));
      expected[partition].push_back(hash_line(line));
    }
  }
  return expected;
}

/// Counts by event; any thread.
class AckCounts final : public AckListener {
 public:
  void on_sent(const WireBatch& batch, std::size_t first, std::size_t last) override {
    const std::scoped_lock lock(mutex_);
    for (std::size_t i = first; i < last; ++i) ++sent_[batch.first_ordinal + i];
  }
  void on_acked(const WireBatch& batch, std::size_t first, std::size_t last) override {
    const std::scoped_lock lock(mutex_);
    for (std::size_t i = first; i < last; ++i) ++acked_[batch.first_ordinal + i];
  }
  void on_failed(const WireBatch& batch, std::size_t first, std::size_t last) override {
    const std::scoped_lock lock(mutex_);
    for (std::size_t i = first; i < last; ++i) ++failed_[batch.first_ordinal + i];
  }
  std::size_t failed() const { return failed_.size(); }
  std::size_t sent() const { return sent_.size(); }
  std::size_t acked() const { return acked_.size(); }
  /// No event was told of twice.
  bool each_once() const {
    const auto once = [](const auto& counted) { return counted.second == 1; };
    return std::all_of(sent_.begin(), sent_.end(), once) && std::all_of(acked_.begin(), acked_.end(), once);
  }

 private:
  std::mutex mutex_;
  std::map<std::uint64_t, int> sent_, acked_, failed_;
};

}  // namespace racesim::test
