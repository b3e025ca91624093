// The steps of librdkafka's transactions, and what their errors ask for.
#pragma once

#include <string>

#include "base/error.h"
#include "io/kafka/producing/producer.h"
#include "io/sinks/kafka_options.h"

namespace racesim::kafka {

enum class TxnStep {
  done,
  again,  ///< not yet: call the same step once more
  abort,  ///< the transaction has failed: abort it
  dead,   ///< the producer is of no more use
};

struct TxnAnswer {
  TxnStep step = TxnStep::done;
  rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR_NO_ERROR;
  std::string why;
};

/// Each blocks for `limit_ms` at most. While commit and abort do, another thread must poll the producer.
TxnAnswer begin_transaction(Producer& producer);
TxnAnswer commit_transaction(Producer& producer, int limit_ms);
TxnAnswer abort_transaction(Producer& producer, int limit_ms);

/// Shuts out all earlier producers of options.transactional_id for good, and waits until what they left is
/// aborted, or committed where they had asked for that. Errors: usage (rights, time limits), runtime (no
/// answer).
Done fence_others(Producer& producer, const KafkaOptions& options);

/// A producer for these topics to which brokers have answered; with transactions it is the only one of its
/// id. Errors: runtime (no answer), those of fence_others().
Result<Producer> open_ready_producer(const KafkaOptions& options, const KafkaProperties& properties,
                                     const std::vector<std::string>& topics);

/// Whether the error says that a later producer of the same transactional id shut this one out.
bool is_fenced(rd_kafka_resp_err_t code);
/// Whether the error says that we may not write.
bool is_refusal(rd_kafka_resp_err_t code);

}  // namespace racesim::kafka
