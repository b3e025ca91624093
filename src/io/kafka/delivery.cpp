#include "io/kafka/delivery.h"

#include <algorithm>
#include <chrono>

#include "io/kafka/payload.h"

namespace racesim::kafka {
namespace {

constexpr std::size_t kReasonsMax = 20;

/// Collects runs of neighbouring events, so that the listener is called per run.
class Runs {
 public:
  explicit Runs(AckListener* listener) : listener_(listener) {}
  ~Runs() { flush(); }
  Runs(const Runs&) = delete;
  Runs& operator=(const Runs&) = delete;

  void add(const WireBatch& batch, std::uint32_t event) {
    if (&batch != batch_ || event != last_) {
      flush();
      batch_ = &batch;
      first_ = event;
    }
    last_ = event + 1;
  }
  void flush() {
    if (batch_ != nullptr && listener_ != nullptr) listener_->on_acked(*batch_, first_, last_);
    batch_ = nullptr;
  }

 private:
  AckListener* const listener_;
  const WireBatch* batch_ = nullptr;
  std::uint32_t first_ = 0, last_ = 0;
};

/// Errors that a new producer can do nothing about: they concern the event, not the producer.
bool is_final(rd_kafka_resp_err_t code) {
  return code == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE || code == RD_KAFKA_RESP_ERR__MSG_TIMED_OUT ||
         code == RD_KAFKA_RESP_ERR_INVALID_MSG_SIZE || code == RD_KAFKA_RESP_ERR_INVALID_RECORD;
}

bool is_refusal(rd_kafka_resp_err_t code) {
  return code == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED ||
         code == RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED;
}

}  // namespace

void land(Flight* flight, std::uint32_t events) {
  if (flight->open.fetch_sub(events, std::memory_order_acq_rel) == events) delete flight;
}

std::size_t Delivery::reserve(std::size_t wanted) {
  // Waiting for a fair piece of room keeps the two threads from waking each other for every event.
  const auto piece =
      std::min<std::int64_t>(static_cast<std::int64_t>(wanted), std::max<std::int64_t>(most_pending_ / 8, 1));
  if (most_pending_ - pending_.load() < piece) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return ended() || most_pending_ - pending_.load() >= piece; });
  }
  if (ended()) return 0;
  const std::int64_t room = most_pending_ - pending_.load();
  // Only the submitting thread adds, so the room that was seen is still there.
  const std::size_t granted = std::min(wanted, static_cast<std::size_t>(room));
  pending_.fetch_add(static_cast<std::int64_t>(granted));
  return granted;
}

bool Delivery::wait_until_ended(std::int64_t timeout_ns) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, std::chrono::nanoseconds(timeout_ns), [&] { return ended(); });
}

bool Delivery::wait_until_settled(std::int64_t timeout_ns) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, std::chrono::nanoseconds(timeout_ns), [&] { return pending_.load() == 0; });
}

void Delivery::wait_for_change(std::int64_t timeout_ns) {
  std::unique_lock lock(mutex_);
  if (!ended()) changed_.wait_for(lock, std::chrono::nanoseconds(timeout_ns));
}

void Delivery::release(std::size_t events) {
  const std::lock_guard lock(mutex_);
  pending_.fetch_sub(static_cast<std::int64_t>(events));
  changed_.notify_all();
}

void Delivery::note_sent(const WireBatch& batch, std::size_t first, std::size_t last) {
  counters_.sent.fetch_add(last - first, std::memory_order_relaxed);
  if (listener_ != nullptr) listener_->on_sent(batch, first, last);
}

void Delivery::take(const rd_kafka_event_t& event, const Producer& producer, std::vector<Airborne>* held) {
  auto& reports = const_cast<rd_kafka_event_t&>(event);
  std::map<rd_kafka_resp_err_t, std::vector<Airborne>> failures;
  std::uint64_t acked = 0, bytes = 0;
  Runs runs(listener_);
  StreamPosition position;
  const rd_kafka_topic_t* topic = nullptr;
  std::uint32_t topic_index = 0, next = 0;
  std::vector<std::pair<std::uint32_t, StreamPosition>> reached;
  Flight* flight = nullptr;
  std::uint32_t landed = 0;
  const auto note_position = [&] {
    if (topic == nullptr || position.next_offset == 0) return;
    reached.emplace_back(topic_index, position);
  };
  const auto change_flight = [&](Flight* to) {
    runs.flush();
    if (landed > 0) land(flight, landed);
    flight = to;
    landed = 0;
  };
  while (const rd_kafka_message_t* m = rd_kafka_event_message_next(&reports)) {
    if (m->rkt != topic || m->partition != position.partition) {
      note_position();
      topic = m->rkt;
      topic_index = producer.topic_index(topic);
      position = {rd_kafka_topic_name(topic), m->partition, 0, 0};
    }
    if (m->_private != flight) change_flight(static_cast<Flight*>(m->_private));
    const std::uint32_t index = event_at(*flight->batch, m->payload, next);
    next = index + 1;
    if (m->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
      ++acked;
      bytes += m->len;
      ++landed;
      position.next_offset = m->offset + 1;
      position.next_ordinal = flight->batch->first_ordinal + index + 1;
      runs.add(*flight->batch, index);
      continue;
    }
    const Persisted persisted =
        rd_kafka_message_status(m) == RD_KAFKA_MSG_STATUS_NOT_PERSISTED ? Persisted::no : Persisted::possibly;
    const Airborne lost{flight, index, topic_index, m->partition, -1, persisted};
    if (held != nullptr && !is_final(m->err))
      held->push_back(lost);
    else
      failures[m->err].push_back(lost);
  }
  // The counters come first: once nothing is pending, who waits for that reads them.
  counters_.acked.fetch_add(acked, std::memory_order_relaxed);
  counters_.bytes.fetch_add(bytes, std::memory_order_relaxed);
  note_position();
  change_flight(nullptr);
  for (const auto& [code, events] : failures) {
    if (is_refusal(code))
      end(Error{ErrorKind::usage, name_ + ": " + rd_kafka_err2str(code),
                "give this user the right Write on the topics"},
          rd_kafka_err2str(code));
    const bool purged = code == RD_KAFKA_RESP_ERR__PURGE_QUEUE || code == RD_KAFKA_RESP_ERR__PURGE_INFLIGHT;
    failed(events, purged ? end_reason() : rd_kafka_err2str(code));
  }
  note_positions(reached);
  if (acked > 0) release(acked);
}

/// Not behind an event that is in no file: what comes after it is read back, so that the gap is seen.
void Delivery::note_positions(const std::vector<std::pair<std::uint32_t, StreamPosition>>& reached) {
  const std::scoped_lock lock(mutex_);
  if (letters_lost_) return;
  for (const auto& [topic, position] : reached) positions_[{topic, position.partition}] = position;
}

void Delivery::found(const std::vector<Airborne>& events, const std::vector<std::string>& topics) {
  {
    Runs runs(listener_);
    for (const Airborne& e : events) runs.add(*e.flight->batch, e.index);
  }
  std::uint64_t bytes = 0;
  for (const Airborne& e : events) {
    const WireBatch& batch = *e.flight->batch;
    bytes += payload_of(batch, e.index).size();
    const std::scoped_lock lock(mutex_);
    if (letters_lost_) continue;
    positions_[{e.topic, e.partition}] = {topics[e.topic], e.partition, e.offset + 1,
                                          batch.first_ordinal + e.index + 1};
  }
  for (const Airborne& e : events) land(e.flight, 1);
  counters_.bytes.fetch_add(bytes, std::memory_order_relaxed);
  counters_.acked.fetch_add(events.size(), std::memory_order_relaxed);
  release(events.size());
}

void Delivery::failed(const std::vector<Airborne>& events, const std::string& why) {
  for (const Persisted persisted : {Persisted::no, Persisted::possibly}) {
    std::vector<Airborne> part;
    for (const Airborne& e : events)
      if (e.persisted == persisted) part.push_back(e);
    if (!part.empty()) bury(part, why, persisted);
  }
  for (const Airborne& e : events) land(e.flight, 1);
  release(events.size());
}

void Delivery::bury(const std::vector<Airborne>& events, const std::string& why, Persisted persisted) {
  std::vector<DeadEvent> dead;
  dead.reserve(events.size());
  for (const Airborne& e : events) dead.push_back({e.flight->batch.get(), e.index});
  const std::size_t taken = dead_letter_.add(dead, name_, why, persisted);
  counters_.failed.fetch_add(events.size(), std::memory_order_relaxed);
  counters_.dead_lettered.fetch_add(taken, std::memory_order_relaxed);
  // What is in no file is not settled: a run that goes on from a checkpoint finds that it is missing.
  if (listener_ != nullptr)
    for (std::size_t i = 0; i < taken; ++i)
      listener_->on_failed(*dead[i].batch, dead[i].index, dead[i].index + 1);
  const std::scoped_lock lock(mutex_);
  letters_lost_ = letters_lost_ || taken < events.size();
  const bool known = failures_.count(why) > 0 || failures_.size() < kReasonsMax;
  failures_[known ? why : std::string("other reasons")] += events.size();
  if (taken < events.size() && !error_) error_ = dead_letter_.error();
}

void Delivery::refuse(const SharedBatch& batch, std::size_t first, std::size_t last) {
  counters_.sent.fetch_add(last - first, std::memory_order_relaxed);
  auto* const flight = new Flight{batch};
  flight->open.store(1);
  std::vector<Airborne> events;
  for (std::size_t i = first; i < last; ++i)
    events.push_back({flight, static_cast<std::uint32_t>(i), 0, 0, -1, Persisted::no});
  bury(events, end_reason(), Persisted::no);
  land(flight, 1);
}

std::vector<StreamPosition> Delivery::positions() const {
  const std::scoped_lock lock(mutex_);
  std::vector<StreamPosition> positions;
  for (const auto& [partition, position] : positions_) positions.push_back(position);
  return positions;
}

std::optional<StreamPosition> Delivery::position(std::uint32_t topic, std::int32_t partition) const {
  const std::scoped_lock lock(mutex_);
  const auto found = positions_.find({topic, partition});
  if (found == positions_.end()) return std::nullopt;
  return found->second;
}

void Delivery::end(std::optional<Error> error, std::string reason) {
  const std::scoped_lock lock(mutex_);
  if (ended()) return;
  end_reason_ = std::move(reason);
  if (error && !error_) error_ = std::move(error);
  ended_.store(true, std::memory_order_release);
  changed_.notify_all();
}

std::string Delivery::end_reason() const {
  const std::scoped_lock lock(mutex_);
  return end_reason_.empty() && error_ ? error_->what : end_reason_;
}

std::optional<Error> Delivery::error() const {
  const std::scoped_lock lock(mutex_);
  return error_;
}

std::vector<FailureReason> Delivery::failure_reasons() const {
  std::vector<FailureReason> reasons;
  {
    const std::scoped_lock lock(mutex_);
    for (const auto& [why, events] : failures_) reasons.push_back({why, events});
  }
  std::stable_sort(reasons.begin(), reasons.end(),
                   [](const FailureReason& a, const FailureReason& b) { return a.events > b.events; });
  return reasons;
}

}  // namespace racesim::kafka
