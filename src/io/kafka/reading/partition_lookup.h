// Looks at partitions beside the group that reads them: where they begin and end, and single records.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "io/kafka/cluster/cluster.h"
#include "io/kafka/reading/group_consumer.h"
#include "io/kafka/reading/lane_start.h"
#include "io/kafka/reading/partition_reader.h"
#include "io/sinks/kafka_options.h"

namespace racesim::kafka {

struct PartitionEnds {
  std::int64_t low = 0;  ///< of the first record that is still there
  std::int64_t end = 0;  ///< behind the last one, also of transactions that are open
};

/// One thread. Every call ends within the options' connect_grace_ns, or a few times that. Errors are runtime
/// where the cluster does not answer, which may pass, else usage.
class PartitionLookup {
 public:
  static Result<PartitionLookup> open(const KafkaOptions& options);

  Cluster& cluster() { return cluster_; }
  Result<std::vector<PartitionEnds>> ends(const std::vector<TopicPartition>& partitions);
  /// Of the record before each offset; none: there is none, or it was never committed.
  Result<std::vector<std::optional<RecordSeen>>> marks_before(const std::vector<PartitionOffset>& offsets);
  /// All committed records of the partition from one offset up to another one (exclusive).
  Result<std::vector<MessagePtr>> records(const TopicPartition& partition, std::int64_t from,
                                          std::int64_t end);
  Result<bool> has_records(const TopicPartition& partition, std::int64_t from, std::int64_t end);
  /// Single records of the topic may go, as newer ones with the same key come. False if nobody tells.
  bool is_compacted(const std::string& topic);

 private:
  PartitionLookup(Cluster cluster, Client reader, int limit_ms)
      : cluster_(std::move(cluster)), reader_(std::move(reader)), limit_ms_(limit_ms) {}

  Cluster cluster_;
  Client reader_;
  int limit_ms_;
};

/// How a record is recognised.
RecordSeen mark_of(const rd_kafka_message_t& record);

}  // namespace racesim::kafka
