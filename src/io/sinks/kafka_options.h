// How the kafka sink delivers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace racesim {

/// Properties of librdkafka, in the order in which they are set; a later one wins.
using KafkaProperties = std::vector<std::pair<std::string, std::string>>;

struct KafkaOptions {
  std::string brokers = "localhost:9092";  ///< HOST:PORT, separated by commas
  std::string topic;                       ///< of the main stream; empty: the stream's own
  std::string acks = "all";
  std::string compression = "lz4";
  bool event_record_times = false;  ///< records carry the time of the event; else that of sending
  bool create_topics = false;       ///< topics that are not there are made, with retention.ms=-1
  std::uint32_t partitions = 0;     ///< of topics that are made, demanded of others; 0: as the cluster likes
  std::uint32_t linger_ms = 50;     ///< how long a request waits for more events
  bool throughput = false;          ///< larger queues and requests
  bool allow_duplicates = false;    ///< without idempotence
  bool transactions = false;     ///< acked once committed; a later writer of the same id shuts this one out
  std::string transactional_id;  ///< who else may write the same; set by the run
  std::int64_t delivery_timeout_ns = 0;            ///< an event that is not acked by then fails; 0: none does
  std::int64_t connect_grace_ns = 10'000'000'000;  ///< the cluster must answer within it at the start
  /// After a fatal error: how long the end of a partition must stay the same before it is read back.
  std::int64_t settle_ns = 2'000'000'000;
  KafkaProperties properties;  ///< -X, set last
};

/// The event times of a run, for records that carry them.
struct EventTimes {
  std::int64_t first_ns = 0;
  std::optional<std::int64_t> end_ns;  ///< exclusive; none: until stopped
  double speed = 0;  ///< event seconds per second of the clock; 0: as fast as they can be sent
};

}  // namespace racesim
