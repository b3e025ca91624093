// Reads one partition from one offset to another, without a consumer group.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "io/kafka/cluster/client.h"
#include "io/sinks/kafka_options.h"

namespace racesim::kafka {

using MessagePtr = std::unique_ptr<rd_kafka_message_t, Destroy<&rd_kafka_message_destroy>>;

/// Which records of transactions are read.
enum class Isolation { committed, uncommitted };

/// What a consumer for PartitionReader needs, the user's properties included. `prefetch_kb`: per partition.
KafkaProperties reader_properties(const KafkaOptions& options, int prefetch_kb, Isolation isolation);

/// One thread. The client outlives it.
class PartitionReader {
 public:
  /// The records from `from_offset` up to `end_offset` (exclusive). Errors: runtime.
  static Result<std::unique_ptr<PartitionReader>> open(const Client& client, const std::string& topic,
                                                       std::int32_t partition, std::int64_t from_offset,
                                                       std::int64_t end_offset);
  ~PartitionReader();
  PartitionReader(const PartitionReader&) = delete;
  PartitionReader& operator=(const PartitionReader&) = delete;

  /// The next records, by offset; none at the end. Offsets without a record (of transactions, or compacted
  /// away) are left out. Blocks for `limit_ms` without any progress at most. Errors: runtime; also when
  /// `from_offset` is not in the partition any more.
  Result<std::vector<MessagePtr>> next(int limit_ms);

 private:
  PartitionReader(const Client& client, const std::string& topic, std::int32_t partition,
                  std::int64_t end_offset);
  /// Once all queues of a broker's partitions were full, the library (before 2.2) does not look at them again
  /// for a second, however soon they are empty; any answer of the broker makes it look. So we ask something.
  void wake_fetcher();
  Done take(MessagePtr message, std::vector<MessagePtr>& records);

  const Client& client_;
  TopicPtr topic_;
  QueuePtr queue_;
  std::int32_t partition_;
  std::int64_t end_offset_;
  std::string place_;  ///< for messages
  bool started_ = false;
  bool ended_ = false;
};

}  // namespace racesim::kafka
