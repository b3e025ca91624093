#include "io/kafka/producing/transaction.h"

#include <fmt/format.h>

#include <memory>

namespace racesim::kafka {
namespace {

using ErrorPtr = std::unique_ptr<rd_kafka_error_t, Destroy<&rd_kafka_error_destroy>>;

// The broker completes what was left open by a dead producer, and may have to make its log of transactions.
constexpr int kStarts = 3;

TxnAnswer answer_of(rd_kafka_error_t* raw) {
  const ErrorPtr error(raw);
  if (!error) return {};
  TxnAnswer answer{TxnStep::dead, rd_kafka_error_code(error.get()), rd_kafka_error_string(error.get())};
  if (rd_kafka_error_is_fatal(error.get()) != 0) return answer;
  if (rd_kafka_error_txn_requires_abort(error.get()) != 0)
    answer.step = TxnStep::abort;
  else if (rd_kafka_error_is_retriable(error.get()) != 0)
    answer.step = TxnStep::again;
  return answer;
}

Error not_begun(const TxnAnswer& answer, const Producer& producer, const KafkaOptions& options) {
  const std::string what =
      fmt::format("begin transactions of {} at {}: ", options.transactional_id, options.brokers);
  // Behind a fatal error the first one says more.
  const rd_kafka_resp_err_t fatal = rd_kafka_fatal_error(producer.handle(), nullptr, 0);
  const rd_kafka_resp_err_t code = fatal != RD_KAFKA_RESP_ERR_NO_ERROR ? fatal : answer.code;
  if (is_refusal(code))
    return {ErrorKind::usage, what + answer.why,
            "grant this user Write and Describe on that transactional id"};
  if (code == RD_KAFKA_RESP_ERR_INVALID_TRANSACTION_TIMEOUT)
    return {ErrorKind::usage, what + answer.why,
            "transaction.max.timeout.ms of the brokers is smaller: lower --delivery-timeout, or -X "
            "transaction.timeout.ms=60000"};
  const std::string trouble = producer.trouble();
  return {ErrorKind::runtime, what + answer.why + (trouble.empty() ? "" : ": " + trouble),
          "check that the brokers run and can keep their transaction log "
          "(transaction.state.log.replication.factor)"};
}

}  // namespace

bool is_fenced(rd_kafka_resp_err_t code) {
  return code == RD_KAFKA_RESP_ERR__FENCED || code == RD_KAFKA_RESP_ERR_PRODUCER_FENCED ||
         code == RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH;
}

bool is_refusal(rd_kafka_resp_err_t code) {
  return code == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED ||
         code == RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED ||
         code == RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED;
}

TxnAnswer begin_transaction(Producer& producer) {
  return answer_of(rd_kafka_begin_transaction(producer.handle()));
}

TxnAnswer commit_transaction(Producer& producer, int limit_ms) {
  return answer_of(rd_kafka_commit_transaction(producer.handle(), limit_ms));
}

TxnAnswer abort_transaction(Producer& producer, int limit_ms) {
  return answer_of(rd_kafka_abort_transaction(producer.handle(), limit_ms));
}

Done fence_others(Producer& producer, const KafkaOptions& options) {
  TxnAnswer answer;
  for (int i = 0; i < kStarts; ++i) {
    const int limit_ms = static_cast<int>(options.connect_grace_ns / 1'000'000);
    answer = answer_of(rd_kafka_init_transactions(producer.handle(), limit_ms));
    if (answer.step == TxnStep::done) return {};
    if (answer.step != TxnStep::again) break;
  }
  return tl::make_unexpected(not_begun(answer, producer, options));
}

Result<Producer> open_ready_producer(const KafkaOptions& options, const KafkaProperties& properties,
                                     const std::vector<std::string>& topics) {
  Result<Producer> producer = Producer::open(properties, topics);
  if (!producer) return producer;
  if (!producer->warm_up(static_cast<int>(options.connect_grace_ns / 1'000'000)))
    return fail(ErrorKind::runtime,
                "no answer from the Kafka brokers at " + options.brokers + ": " + producer->trouble(),
                "check that the brokers run");
  if (options.transactions)
    if (Done ok = fence_others(*producer, options); !ok) return tl::make_unexpected(ok.error());
  return producer;
}

}  // namespace racesim::kafka
