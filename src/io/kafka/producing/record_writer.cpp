#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <deque>
#include <exception>
#include <optional>
#include <utility>

#include "base/check.h"
#include "io/kafka/cluster/cluster.h"
#include "io/kafka/cluster/names.h"
#include "io/kafka/cluster/settings.h"
#include "io/kafka/cluster/topics.h"
#include "io/kafka/producing/murmur2.h"
#include "io/kafka/producing/producer.h"
#include "io/kafka/producing/transaction.h"
#include "io/kafka/records.h"

namespace racesim {
namespace {

using namespace kafka;

constexpr int kServe_ms = 50;                      ///< how long a wait does not look at abandon()
constexpr int kTxnStep_ms = 1'000;                 ///< of a call that is repeated until it is answered
constexpr std::int64_t kQuiet_ns = 2'000'000'000;  ///< without an answer before people are told
constexpr int kFatalMost = 5;                      ///< fatal errors in a row without a record that arrived
constexpr std::size_t kRequestBytes = 1'000'000;   ///< the brokers' default of max.message.bytes
constexpr std::size_t kRecordOverhead = 1'024;     ///< of a record and its batch, and the key

struct OpenTopic {
  std::string name;
  std::int32_t partitions = 0;
  std::size_t bytes_max = kRequestBytes;
};

/// On its way, or waiting for those before it.
struct Pending {
  std::size_t topic = 0;
  KafkaRecord record;
  bool arrived = false;
};

class ProducedRecords final : public RecordWriter {
 public:
  ProducedRecords(KafkaOptions options, KafkaProperties properties, std::vector<OpenTopic> topics,
                  Producer producer, Clock& clock)
      : options_(std::move(options)),
        properties_(std::move(properties)),
        topics_(std::move(topics)),
        clock_(clock),
        producer_(std::move(producer)) {}
  ~ProducedRecords() override { forget(); }

  std::string name() const override { return "kafka://" + options_.brokers + "/" + topics_.front().name; }
  std::size_t value_bytes_max(std::size_t topic) const override {
    return topics_[topic].bytes_max - kRecordOverhead;
  }

  Done put(std::size_t topic, KafkaRecord record) override {
    pending_.push_back({topic, std::move(record), false});
    if (Done ok = send(pending_.back()); !ok) return failed(std::move(ok.error()));
    while (!pending_.empty() && pending_.front().arrived) pending_.pop_front();
    return {};
  }

  Done flush() override {
    std::int64_t heard_ns = clock_.now_ns();
    while (open_ > 0) {
      producer_->flush(0);
      const std::size_t before = open_;
      if (Done ok = serve(kServe_ms); !ok) return failed(std::move(ok.error()));
      if (abandoned_) return failed(gave_up());
      if (open_ < before) heard_ns = clock_.now_ns();
      note_wait(heard_ns);
    }
    wait_.end(this);
    pending_.clear();
    return {};
  }

  Done begin() override {
    worth_retrying_ = false;
    if (const TxnAnswer answer = begin_transaction(*producer_); answer.step != TxnStep::done)
      return tl::make_unexpected(explain(answer));
    in_transaction_ = true;
    return {};
  }

  Done commit() override {
    RACESIM_CHECK(in_transaction_);
    if (Done ok = flush(); !ok) return ok;
    TxnAnswer answer = commit_transaction(*producer_, kTxnStep_ms);
    const std::int64_t asked_ns = clock_.now_ns();
    while (answer.step == TxnStep::again && !abandoned_) {
      note_wait(asked_ns);
      if (Done ok = serve(kServe_ms); !ok) return failed(std::move(ok.error()));
      answer = commit_transaction(*producer_, kTxnStep_ms);
    }
    wait_.end(this);
    if (answer.step != TxnStep::done)
      return failed(answer.step == TxnStep::again ? gave_up() : explain(answer));
    in_transaction_ = false;
    return {};
  }

  bool worth_retrying() const override { return worth_retrying_; }
  void abandon() override { abandoned_ = true; }
  const WaitNote* wait() const override { return &wait_; }

 private:
  Done send(Pending& pending) {
    const OpenTopic& topic = topics_[pending.topic];
    const KafkaRecord& record = pending.record;
    Message message{};
    message.payload = record.deleted ? nullptr : const_cast<char*>(record.value.data());
    message.len = record.deleted ? 0 : record.value.size();
    message.key = const_cast<char*>(record.key.data());
    message.key_len = record.key.size();
    message._private = &pending;
    std::vector<Message> one{message};
    const std::int64_t begun_ns = clock_.now_ns();
    for (;;) {
      producer_->produce(static_cast<std::uint32_t>(pending.topic),
                         partition_of(record.key, topic.partitions), one, false);
      if (one.front().err != RD_KAFKA_RESP_ERR__QUEUE_FULL) break;
      note_wait(begun_ns);
      if (abandoned_) return tl::make_unexpected(gave_up());
      if (Done ok = serve(kServe_ms); !ok) return ok;
    }
    if (one.front().err == RD_KAFKA_RESP_ERR_NO_ERROR) ++open_;
    // The reports of a dead producer, which the next serve() sees, say more.
    if (one.front().err == RD_KAFKA_RESP_ERR_NO_ERROR || one.front().err == RD_KAFKA_RESP_ERR__FATAL)
      return serve(0);
    return tl::make_unexpected(explain(one.front().err, topic.name));
  }

  /// Takes what the producer reports, and replaces one that died.
  Done serve(int timeout_ms) {
    std::optional<Error> error;
    for (EventPtr event = producer_->poll(timeout_ms); event; event = producer_->poll(0)) {
      if (rd_kafka_event_type(event.get()) == RD_KAFKA_EVENT_ERROR)
        producer_->note_trouble(rd_kafka_event_error_string(event.get()));
      else
        take(*event, error);
    }
    if (const std::optional<std::string> fatal = producer_->fatal_error()) return replace(*fatal);
    if (error) return tl::make_unexpected(*std::move(error));
    return {};
  }

  void take(rd_kafka_event_t& reports, std::optional<Error>& error) {
    while (const rd_kafka_message_t* report = rd_kafka_event_message_next(&reports)) {
      auto& pending = *static_cast<Pending*>(report->_private);
      --open_;
      if (report->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
        pending.arrived = true;
        fatals_ = 0;
      } else if (!error) {
        error = explain(report->err, topics_[pending.topic].name);
      }
    }
  }

  /// Everything that is not known to have arrived goes out again: its keys are the same.
  Done replace(const std::string& why) {
    if (options_.transactions) return tl::make_unexpected(explain({TxnStep::dead, fatal_code(), why}));
    if (producer_->fatal_is_refusal()) return tl::make_unexpected(refused(why));
    if (++fatals_ > kFatalMost)
      return fail(ErrorKind::runtime, name() + ": the producer died again and again: " + why,
                  "see the broker's log");
    drain();
    Result<Producer> fresh = Producer::open(properties_, names());
    if (!fresh) return tl::make_unexpected(fresh.error());
    producer_ = std::move(*fresh);
    for (Pending& pending : pending_)
      if (!pending.arrived)
        if (Done ok = send(pending); !ok) return ok;
    return {};
  }

  /// The producer holds nothing of pending_ any more.
  void drain() {
    if (producer_->outstanding() > 0) producer_->purge();
    while (producer_->outstanding() > 0) take_reports(kServe_ms);
    open_ = 0;
  }

  /// Of what has failed already.
  void take_reports(int timeout_ms) {
    std::optional<Error> ignored;
    for (EventPtr event = producer_->poll(timeout_ms); event; event = producer_->poll(0))
      if (rd_kafka_event_type(event.get()) == RD_KAFKA_EVENT_DR) take(*event, ignored);
  }

  void forget() {
    if (std::exchange(in_transaction_, false) && !producer_->fatal_error()) abort();
    drain();
    pending_.clear();
  }

  /// Gives up what waits, too. A purge of our own could hit what the next transaction sends.
  void abort() {
    const std::int64_t begun_ns = clock_.now_ns();
    while (abort_transaction(*producer_, kServe_ms).step == TxnStep::again && !abandoned_) {
      take_reports(kServe_ms);
      note_wait(begun_ns);
    }
    wait_.end(this);
  }

  tl::unexpected<Error> failed(Error error) {
    wait_.end(this);
    forget();
    return tl::make_unexpected(std::move(error));
  }

  void note_wait(std::int64_t since_ns) {
    if (clock_.now_ns() - since_ns < kQuiet_ns) return;
    const std::string trouble = producer_->trouble();
    wait_.begin(this, {since_ns, 0, trouble.empty() ? "no answer from " + options_.brokers : trouble});
  }

  rd_kafka_resp_err_t fatal_code() const { return rd_kafka_fatal_error(producer_->handle(), nullptr, 0); }
  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const OpenTopic& topic : topics_) names.push_back(topic.name);
    return names;
  }

  Error gave_up() const {
    return {ErrorKind::runtime, name() + ": ended before the brokers confirmed",
            "what is missing comes when it goes on with --resume"};
  }
  Error refused(const std::string& why) const {
    return {ErrorKind::usage, name() + ": the cluster refuses this user's writes: " + why,
            options_.transactions ? "grant this user Write on the topics and the transactional id"
                                  : "grant this user Write on the topics"};
  }
  Error explain(rd_kafka_resp_err_t code, const std::string& topic) {
    const std::string why = rd_kafka_err2str(code);
    if (is_refusal(code)) return refused(why);
    if (code == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE)
      return {ErrorKind::usage, "topic " + topic + " does not take a record: " + why,
              "raise its max.message.bytes"};
    worth_retrying_ = options_.transactions;
    return {ErrorKind::runtime, "write to topic " + topic + ": " + why, "check that the brokers run"};
  }
  Error explain(const TxnAnswer& answer) {
    const rd_kafka_resp_err_t fatal = fatal_code();
    if (is_fenced(answer.code) || is_fenced(fatal))
      return {ErrorKind::busy,
              name() + ": another process goes on with this aggregation and has shut this one out",
              "let that one work, or end it and start this one again"};
    if (is_refusal(answer.code) || is_refusal(fatal)) return refused(answer.why);
    worth_retrying_ = answer.step == TxnStep::abort;
    return {ErrorKind::runtime, name() + ": the transaction failed: " + answer.why, "see the broker's log"};
  }

  const KafkaOptions options_;
  const KafkaProperties properties_;
  const std::vector<OpenTopic> topics_;
  Clock& clock_;
  std::optional<Producer> producer_;
  std::deque<Pending> pending_;  ///< a deque does not move them; messages point into it
  std::size_t open_ = 0;         ///< taken by the producer and not reported yet
  int fatals_ = 0;
  bool in_transaction_ = false, worth_retrying_ = false;
  std::atomic<bool> abandoned_{false};
  WaitNote wait_;
};

/// The topic as it is in the end.
Result<OpenTopic> open_topic(Cluster& cluster, const KafkaOptions& options, const RecordTopic& topic,
                             Clock& clock) {
  KafkaOptions asked = options;
  if (topic.is_compacted) {
    asked.partitions = 1;
    asked.create_topics = true;
  }
  Result<std::vector<TopicState>> states =
      topic.is_compacted ? settle_topics(cluster, asked, {topic.name}, clock, {{"cleanup.policy", "compact"}})
                         : settle_topics(cluster, asked, {topic.name}, clock);
  if (!states) return tl::make_unexpected(states.error());
  cluster.describe(*states);
  const TopicState& state = states->front();
  if (topic.is_compacted && state.partitions != 1)
    return fail(
        ErrorKind::usage,
        fmt::format("the state topic {} has {} partitions, and a state is one sequence of records",
                    topic.name, state.partitions),
        "delete it, it is made again with one; or choose another --topic-out, whose state has a topic of "
        "its own");
  if (Done ok = check_partitions(state, asked); !ok) return tl::make_unexpected(ok.error());
  OpenTopic open{topic.name, state.partitions};
  if (const std::uint64_t known = record_bytes_max(state); known > 0)
    open.bytes_max = std::clamp<std::size_t>(known, 2 * kRecordOverhead, kRequestBytes);
  return open;
}

}  // namespace

Result<std::unique_ptr<RecordWriter>> open_record_writer(const KafkaOptions& options,
                                                         const std::vector<RecordTopic>& topics,
                                                         Clock& clock) {
  if (Done ok = check_options(options); !ok) return tl::make_unexpected(ok.error());
  std::vector<std::string> names;
  for (const RecordTopic& topic : topics) {
    if (Done ok = check_topic_name(topic.name); !ok) return tl::make_unexpected(ok.error());
    names.push_back(topic.name);
  }
  Result<Cluster> cluster = Cluster::open(options);
  if (!cluster) return tl::make_unexpected(cluster.error());
  std::vector<OpenTopic> open;
  std::size_t least_bytes = kRequestBytes;
  for (const RecordTopic& topic : topics) {
    Result<OpenTopic> one = open_topic(*cluster, options, topic, clock);
    if (!one) return tl::make_unexpected(one.error());
    least_bytes = std::min(least_bytes, one->bytes_max);
    open.push_back(std::move(*one));
  }
  KafkaProperties properties = producer_properties(options, least_bytes);
  Result<Producer> producer = open_ready_producer(options, properties, names);
  if (!producer) return tl::make_unexpected(producer.error());
  return std::unique_ptr<RecordWriter>(std::make_unique<ProducedRecords>(
      options, std::move(properties), std::move(open), std::move(*producer), clock));
}

}  // namespace racesim
