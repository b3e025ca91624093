// What a run asks a Kafka cluster before it sends, and how it makes topics.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "io/kafka/cluster/client.h"
#include "io/kafka/reading/partition_reader.h"

namespace racesim::kafka {

/// A topic as the cluster describes it.
struct TopicState {
  std::string name;
  bool exists = false;  ///< there may be none to see yet of a new one's partitions
  std::int32_t partitions = 0;
  bool ready = false;                         ///< it has partitions, and each has a leader
  std::map<std::string, std::string> config;  ///< empty if the cluster does not tell us
};

/// Settings of a topic that is made.
using TopicConfig = std::map<std::string, std::string>;
/// Events may lie in the past as far as they like.
inline TopicConfig keeps_for_ever() {
  return {{"retention.ms", "-1"}};
}

struct TopicPartition {
  std::string topic;
  std::int32_t partition = 0;
};

/// One thread. Every call ends within its time limit.
class Cluster {
 public:
  static Result<Cluster> open(const KafkaOptions& options, Isolation ends = Isolation::uncommitted);

  /// Where these topics stand, without making any. Errors: runtime if the cluster does not answer in time,
  /// usage if we may not see a topic.
  Result<std::vector<TopicState>> topics(const std::vector<std::string>& names);
  /// Makes topics; 0 partitions: as many as the cluster gives by default. One that another process makes
  /// meanwhile is no error. It may take a moment until they are ready.
  Done create(const std::vector<std::string>& names, std::uint32_t partitions,
              const TopicConfig& config = keeps_for_ever());
  /// Fills in the config of the topics. False: the cluster does not show it to us.
  bool describe(std::vector<TopicState>& topics);
  /// Behind the last record of each partition, also of transactions that are open. Errors: runtime.
  Result<std::vector<std::int64_t>> end_offsets(const std::vector<TopicPartition>& partitions);
  /// The same, once every transaction that has records before these ends is committed or aborted. Errors:
  /// runtime; also when one of them stays open.
  Result<std::vector<std::int64_t>> committed_ends(const KafkaOptions& options, Clock& clock,
                                                   const std::vector<TopicPartition>& partitions);
  /// Of the first record that each partition still has. Errors: runtime.
  Result<std::vector<std::int64_t>> begin_offsets(const std::vector<TopicPartition>& partitions);
  /// Of the first record of each partition whose time is not before that; -1: there is none. Errors: runtime.
  Result<std::vector<std::int64_t>> offsets_from(const std::vector<TopicPartition>& partitions,
                                                 std::int64_t time_ms);
  /// The cluster's id; empty if it has none.
  std::string id();

 private:
  explicit Cluster(Client client, const KafkaOptions& options)
      : client_(std::move(client)),
        brokers_(options.brokers),
        limit_ms_(static_cast<int>(options.connect_grace_ns / 1'000'000)) {}
  Result<std::vector<std::int64_t>> offsets(const std::vector<TopicPartition>& partitions,
                                            std::int64_t which);
  Error unreachable() const;
  Result<EventPtr> answer(rd_kafka_queue_t* queue, const char* what) const;

  Client client_;
  std::string brokers_;
  int limit_ms_;
};

}  // namespace racesim::kafka
