// Keyed records to and from topics, for those who are no event stream: results of aggregations, and the state
// that they go on from.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "io/sinks/kafka_options.h"
#include "io/wait_note.h"

namespace racesim {

struct KafkaRecord {
  std::string key, value;
  bool deleted = false;  ///< says that there is no value any more
};

/// A topic that records are written to.
struct RecordTopic {
  std::string name;
  bool is_compacted =
      false;  ///< made where it is missing: one partition, which keeps the last record of each key
};

/// Places records as Java's producer does. In order per key. One thread, but for abandon() and wait(), which
/// any may call. After an error all that was put since the last flush() or commit() is forgotten: it is put
/// again.
class RecordWriter {
 public:
  virtual ~RecordWriter() = default;
  /// "kafka://localhost:9092/f1-analytics"
  virtual std::string name() const = 0;
  /// Largest value that the topic takes, as far as that is known.
  virtual std::size_t value_bytes_max(std::size_t topic) const = 0;

  /// Blocks while too much is under way. Errors: usage (too large, no right), runtime.
  virtual Done put(std::size_t topic, KafkaRecord record) = 0;
  /// All that was put is in its topic when it returns. A cluster that is away is waited for, unless
  /// options.delivery_timeout_ns says for how long. A producer that dies of a fatal error is replaced, and
  /// all of it is sent again.
  virtual Done flush() = 0;

  /// With options.transactions: put() belongs to the transaction that begins here, and is there for readers
  /// of committed records once commit() is ok, and not at all before.
  virtual Done begin() = 0;
  virtual Done commit() = 0;
  /// After an error: the same may succeed if it is done again. Else not: another writer of the same
  /// transactional id has shut this one out (busy), or it has no right.
  virtual bool worth_retrying() const = 0;

  /// Waits end soon, with an error.
  virtual void abandon() = 0;
  virtual const WaitNote* wait() const = 0;
};

/// Looks at the cluster and its topics and makes those that are missing if it may. With transactions all
/// earlier writers of options.transactional_id are shut out, and what they left is committed or aborted when
/// this returns. Errors: those of open_kafka_sink().
Result<std::unique_ptr<RecordWriter>> open_record_writer(const KafkaOptions& options,
                                                         const std::vector<RecordTopic>& topics,
                                                         Clock& clock);

/// The last committed record of each key in the topic, which has one partition, in the order of its log.
/// Errors: runtime.
Result<std::vector<KafkaRecord>> read_last_records(const KafkaOptions& options, const std::string& topic,
                                                   Clock& clock);

}  // namespace racesim
