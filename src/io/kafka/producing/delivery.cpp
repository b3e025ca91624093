#include "io/kafka/producing/delivery.h"

#include <algorithm>
#include <chrono>
#include <tuple>

#include "io/kafka/producing/payload.h"
#include "io/kafka/producing/transaction.h"

namespace racesim::kafka {
namespace {

auto partition_order(const Airborne& e) {
  return std::make_tuple(e.topic, e.partition, e.flight->serial, e.index);
}

/// Errors that a new producer can do nothing about: they concern the event, not the producer.
bool is_final(rd_kafka_resp_err_t code) {
  return code == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE || code == RD_KAFKA_RESP_ERR__MSG_TIMED_OUT ||
         code == RD_KAFKA_RESP_ERR_INVALID_MSG_SIZE || code == RD_KAFKA_RESP_ERR_INVALID_RECORD;
}

/// Whether sending the event again may repair it.
bool is_held(const Unsettled* held, rd_kafka_resp_err_t code) {
  if (held == nullptr) return false;
  if (code == RD_KAFKA_RESP_ERR__MSG_TIMED_OUT) return held->with_timed_out;
  return !is_final(code) && !(held->with_arrived && is_refusal(code));
}

/// -1 unless it is ours: of a repeated request brokers tell one time for all of its records.
std::int64_t record_time_ms(const rd_kafka_message_t& message) {
  rd_kafka_timestamp_type_t type = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
  const std::int64_t time_ms = rd_kafka_message_timestamp(&message, &type);
  return type == RD_KAFKA_TIMESTAMP_CREATE_TIME ? time_ms : -1;
}

}  // namespace

void sort_by_partition(std::vector<Airborne>& events) {
  std::sort(events.begin(), events.end(),
            [](const Airborne& a, const Airborne& b) { return partition_order(a) < partition_order(b); });
}

void land(Flight* flight, std::uint32_t events) {
  if (flight->open.fetch_sub(events, std::memory_order_acq_rel) == events) delete flight;
}

std::size_t Delivery::reserve(std::size_t wanted) {
  // Waiting for a fair piece of room keeps the two threads from waking each other for every event.
  const auto piece =
      std::min<std::int64_t>(static_cast<std::int64_t>(wanted), std::max<std::int64_t>(most_pending_ / 8, 1));
  if (most_pending_ - pending_.load() < piece) {
    std::unique_lock lock(mutex_);
    wanted_.store(true);
    changed_.notify_all();
    changed_.wait(lock, [&] { return ended() || most_pending_ - pending_.load() >= piece; });
    wanted_.store(draining_);
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

void Delivery::wake() {
  const std::scoped_lock lock(mutex_);
  changed_.notify_all();
}

void Delivery::want_all() {
  const std::scoped_lock lock(mutex_);
  draining_ = true;
  wanted_.store(true);
  changed_.notify_all();
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

void Delivery::take(const rd_kafka_event_t& event, const Producer& producer, Unsettled* held) {
  auto& reports = const_cast<rd_kafka_event_t&>(event);
  std::map<rd_kafka_resp_err_t, std::vector<Airborne>> failures;
  std::vector<Airborne> acked;
  std::vector<Airborne>& arrived = held != nullptr && held->with_arrived ? held->arrived : acked;
  const rd_kafka_topic_t* topic = nullptr;
  std::uint32_t topic_index = 0, next = 0;
  while (const rd_kafka_message_t* m = rd_kafka_event_message_next(&reports)) {
    if (m->rkt != topic) {
      topic = m->rkt;
      topic_index = producer.topic_index(topic);
    }
    auto* const flight = static_cast<Flight*>(m->_private);
    const std::uint32_t index = event_at(*flight->batch, m->payload, next);
    next = index + 1;
    Airborne reported{flight, index, topic_index, m->partition, -1, Persisted::possibly};
    if (m->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
      reported.offset = m->offset;
      reported.time_ms = record_time_ms(*m);
      arrived.push_back(reported);
      continue;
    }
    if (rd_kafka_message_status(m) == RD_KAFKA_MSG_STATUS_NOT_PERSISTED) reported.persisted = Persisted::no;
    (is_held(held, m->err) ? held->failed : failures[m->err]).push_back(reported);
  }
  for (const auto& [code, events] : failures) {
    if (is_refusal(code))
      end(Error{ErrorKind::usage, name_ + ": " + rd_kafka_err2str(code),
                "grant this user Write on the topics"},
          rd_kafka_err2str(code));
    const bool purged = code == RD_KAFKA_RESP_ERR__PURGE_QUEUE || code == RD_KAFKA_RESP_ERR__PURGE_INFLIGHT;
    failed(events, purged ? end_reason() : rd_kafka_err2str(code));
  }
  // Behind the failures: positions must not pass a letter that is lost.
  if (!acked.empty()) found(acked);
}

/// The positions come before the listener: who asks for both, in the other order, never gets a position that
/// lies before what is settled. The counters come before the release: once nothing is pending they are read.
void Delivery::found(const std::vector<Airborne>& events) {
  counters_.wait.end(this);
  note_positions(events);
  {
    AckRanges acked(listener_, &AckListener::on_acked);
    for (const Airborne& e : events) acked.add(*e.flight->batch, e.index);
  }
  std::uint64_t bytes = 0;
  for (auto first = events.begin(); first != events.end();) {
    Flight* const flight = first->flight;
    std::uint32_t landed = 0;
    for (; first != events.end() && first->flight == flight; ++first, ++landed)
      bytes += payload_of(*flight->batch, first->index).size();
    land(flight, landed);
  }
  counters_.bytes.fetch_add(bytes, std::memory_order_relaxed);
  counters_.acked.fetch_add(events.size(), std::memory_order_relaxed);
  release(events.size());
}

/// Of a partition the last of the events counts, but none behind an event that is in no file: what comes
/// after that one is read back when the run goes on, so that the gap is seen.
void Delivery::note_positions(const std::vector<Airborne>& events) {
  const std::scoped_lock lock(mutex_);
  const auto ordinal = [](const Airborne& e) { return e.flight->batch->first_ordinal + e.index; };
  for (std::size_t i = 0; i < events.size(); ++i) {
    const Airborne& e = events[i];
    if (ordinal(e) >= first_lost_) continue;
    const bool same_as_next = i + 1 < events.size() && events[i + 1].topic == e.topic &&
                              events[i + 1].partition == e.partition && ordinal(events[i + 1]) < first_lost_;
    // Without acks nobody tells an offset, nor always of a request that was repeated.
    if (same_as_next || e.offset < 0) continue;
    const RecordMark record{hash_line(payload_of(*e.flight->batch, e.index)), e.time_ms};
    positions_[{e.topic, e.partition}] = {topics_[e.topic], e.partition, e.offset + 1, ordinal(e) + 1,
                                          record};
  }
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
  const bool ours = !is_handed_over();
  const std::size_t taken = ours ? dead_letter_.add(dead, name_, why, persisted) : 0;
  counters_.failed.fetch_add(events.size(), std::memory_order_relaxed);
  counters_.dead_lettered.fetch_add(taken, std::memory_order_relaxed);
  // What is in no file is not settled: a run that goes on from a checkpoint finds that it is missing.
  if (listener_ != nullptr)
    for (std::size_t i = 0; i < taken; ++i)
      listener_->on_failed(*dead[i].batch, dead[i].index, dead[i].index + 1);
  counters_.failures.add(why, events.size());
  const std::scoped_lock lock(mutex_);
  for (std::size_t i = ours ? taken : events.size(); i < events.size(); ++i)
    first_lost_ = std::min(first_lost_, dead[i].batch->first_ordinal + dead[i].index);
  if (ours && taken < events.size() && !error_) error_ = dead_letter_.error();
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
  end_locked(std::move(error), std::move(reason));
}

void Delivery::hand_over(Error error) {
  const std::scoped_lock lock(mutex_);
  handed_over_ = true;
  if (ended()) return;
  const std::string reason = error.what;
  end_locked(std::move(error), reason);
}

bool Delivery::is_handed_over() const {
  const std::scoped_lock lock(mutex_);
  return handed_over_;
}

void Delivery::end_locked(std::optional<Error> error, std::string reason) {
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

}  // namespace racesim::kafka
