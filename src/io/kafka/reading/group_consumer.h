// A member of a consumer group. It is told which partitions are its own, says where each of them begins, and
// reads each from a queue of its own: so it can answer the group while nobody takes its records.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "io/kafka/cluster/client.h"
#include "io/kafka/cluster/cluster.h"
#include "io/kafka/reading/partition_reader.h"
#include "io/sinks/kafka_options.h"

namespace racesim::kafka {

/// What the group, or the library, has to say.
struct GroupEvent {
  enum class Kind : std::uint8_t {
    none,
    assigned,  ///< these partitions are ours: assign() is expected
    revoked,   ///< none is ours any more: unassign() is expected
    trouble,   ///< `code` and `text` say which; most passes by itself
  };
  Kind kind = Kind::none;
  std::vector<TopicPartition> partitions;
  rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR_NO_ERROR;
  std::string text;
};

/// The code says that a topic, or a partition, may be gone.
bool is_about_topics(rd_kafka_resp_err_t code);
/// What of trouble does not pass by itself, as an error of `source` (usage, runtime).
std::optional<Error> final_error(const GroupEvent& trouble, const std::string& source,
                                 const std::string& group);

struct PartitionOffset {
  TopicPartition where;
  std::int64_t next = 0;  ///< of the next record to be read; behind the last one that was
};

/// Refuses (usage) properties that an option of ours sets, or that would break what a store counts on.
Done check_group_options(const KafkaOptions& options);

/// One thread, but for wake(). Its destructor leaves the group, within five seconds.
class GroupConsumer {
 public:
  /// Joins the group, which takes a while. `partitions`: how many there are about, which share the memory for
  /// what is read ahead. Errors: usage for a property, runtime.
  static Result<std::unique_ptr<GroupConsumer>> open(const KafkaOptions& options, const std::string& group,
                                                     const std::vector<std::string>& topics,
                                                     std::size_t partitions);
  ~GroupConsumer();
  GroupConsumer(const GroupConsumer&) = delete;
  GroupConsumer& operator=(const GroupConsumer&) = delete;

  /// What happened first of what was not told yet; never waits. At least once within five minutes.
  GroupEvent poll();
  /// Begins to read these, and nothing else; read() numbers them as they stand here. Also when they are being
  /// read already: then from other places. Errors: runtime.
  Done assign(const std::vector<PartitionOffset>& starts);
  void unassign();
  /// Appends what is there of partition `i`, at most so many; never waits. Messages may be errors.
  void read(std::size_t i, std::vector<MessagePtr>& to, std::size_t most);
  /// Until there may be something to poll() or read(), or wake() is called: true; or so long. What it tells
  /// of is told once: the caller looks before it waits again.
  bool wait(int ms);
  /// Any thread.
  void wake();

  /// Behind the last record of partition `i` as far as the library knows; -1: it does not.
  std::int64_t known_end(std::size_t i) const;
  /// The library (before 2.2) may not look for a second at a partition whose queue was full; an answer of the
  /// broker makes it look. False: there is none, within 100 ms.
  bool wake_fetcher(std::size_t i);

  /// Tells the group how far its members have come. With `sure` it waits for the answer, for five seconds.
  /// Errors: runtime.
  Done commit(const std::vector<PartitionOffset>& offsets, bool sure);
  /// What the group holds of each partition; -1: nothing. Errors: runtime, usage.
  Result<std::vector<std::int64_t>> committed(const std::vector<TopicPartition>& partitions, int limit_ms);
  /// Leaves the group, so that others go on at once; within five seconds.
  void close();

  std::string trouble() const { return client_.trouble(); }

 private:
  struct Reading {
    TopicPartition where;
    QueuePtr queue;
  };
  explicit GroupConsumer(Client client) : client_(std::move(client)) {}
  /// How long leaving the group may take: a broker that is away never answers.
  static constexpr int kLeave_ms = 5'000;

  int wakeup_ = -1;  ///< an eventfd; closed after the client's threads are gone
  Client client_;
  QueuePtr events_;
  std::vector<Reading> readings_;
  std::vector<rd_kafka_message_t*> raw_;  ///< room for read(), kept
  int patience_ms_ = kLeave_ms;           ///< with the end of the client
};

}  // namespace racesim::kafka
