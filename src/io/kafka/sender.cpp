#include "io/kafka/sender.h"

#include <algorithm>

#include "base/check.h"

namespace racesim::kafka {
namespace {

// How long a thread that waits stays away before it looks again; being woken is the rule.
constexpr int kPoll_ms = 100;
constexpr std::int64_t kWait_ns = 10'000'000;
constexpr std::int64_t kNsPerMs = 1'000'000;
/// What a record costs beside key and payload, and the request around it: at most.
constexpr std::uint64_t kRecordOverheadBytes = 100;
/// Messages of one lane that are handed over at a time.
constexpr std::size_t kLaneMessages = 4096;

std::string_view payload_of(const WireBatch& batch, std::size_t event) {
  std::string_view line = batch.line(event);
  if (!line.empty() && line.back() == '\n') line.remove_suffix(1);
  return line;
}

}  // namespace

Sender::Sender(Producer producer, std::vector<Route> routes, bool event_times, Delivery& delivery)
    : producer_(std::move(producer)),
      routes_(std::move(routes)),
      event_times_(event_times),
      delivery_(delivery) {
  for (std::uint32_t s = 0; s < routes_.size(); ++s) {
    keys_.emplace_back(routes_[s].partitions);
    first_lane_.push_back(lanes_.size());
    for (std::int32_t p = 0; p < routes_[s].partitions; ++p) lanes_.push_back({s, p, {}});
  }
}

Sender::~Sender() {
  stopping_.store(true);
  if (server_.joinable()) server_.join();
  if (current_ != nullptr) land(current_, 1);
}

void Sender::start() {
  server_ = std::thread([this] { serve(); });
}

Flight* Sender::board(const SharedBatch& batch, std::size_t events) {
  if (current_ == nullptr || current_->batch != batch) {
    if (current_ != nullptr) land(current_, 1);
    current_ = new Flight{batch};
    current_->serial = next_serial_++;
    current_->open.store(1);
  }
  current_->open.fetch_add(static_cast<std::uint32_t>(events), std::memory_order_relaxed);
  return current_;
}

void Sender::submit(const SharedBatch& batch, std::size_t first, std::size_t last) {
  while (first < last) {
    const std::size_t granted = delivery_.reserve(last - first);
    if (granted == 0) {
      delivery_.refuse(batch, first, last);
      return;
    }
    Flight* const flight = board(batch, granted);
    delivery_.note_sent(*batch, first, first + granted);
    sort_into_lanes(flight, first, first + granted);
    for (const std::size_t lane : filled_) send(lanes_[lane]);
    filled_.clear();
    first += granted;
  }
}

void Sender::sort_into_lanes(Flight* flight, std::size_t first, std::size_t last) {
  const WireBatch& batch = *flight->batch;
  std::size_t span_end = first;
  std::uint32_t stream = 0;
  for (std::size_t i = first; i < last; ++i) {
    if (i >= span_end) {
      stream = batch.stream_of(i);
      const auto next =
          std::upper_bound(batch.spans.begin(), batch.spans.end(), i,
                           [](std::size_t event, const StreamSpan& s) { return event < s.first; });
      span_end = next == batch.spans.end() ? last : next->first;
    }
    const KeyTable::Entry& entry = keys_[stream].find((*batch.streams)[stream], batch.heads[i].entity);
    const std::size_t lane_index = first_lane_[stream] + static_cast<std::size_t>(entry.partition);
    Lane& lane = lanes_[lane_index];
    if (lane.messages.empty()) filled_.push_back(lane_index);
    const std::string_view payload = payload_of(batch, i);
    Message& m = lane.messages.emplace_back();
    m.payload = const_cast<char*>(payload.data());
    m.len = payload.size();
    m.key = const_cast<char*>(entry.key);
    m.key_len = entry.key_size;
    m._private = flight;
    m.offset = batch.heads[i].emit_time_ns / kNsPerMs;
  }
}

Airborne Sender::airborne(const Lane& lane, const Message& message) const {
  auto* const flight = static_cast<Flight*>(message._private);
  const WireBatch& batch = *flight->batch;
  const auto at = static_cast<std::uint32_t>(static_cast<const char*>(message.payload) - batch.text.data());
  const auto end = std::upper_bound(batch.ends.begin(), batch.ends.end(), at);
  return {flight, static_cast<std::uint32_t>(end - batch.ends.begin()), lane.topic, lane.partition,
          Persisted::no};
}

void Sender::send(Lane& lane) {
  while (!lane.messages.empty()) {
    if (delivery_.ended()) {
      std::vector<Airborne> lost;
      for (const Message& m : lane.messages) lost.push_back(airborne(lane, m));
      lane.messages.clear();
      delivery_.failed(lost, delivery_.end_reason(), Persisted::no);
      return;
    }
    {
      const std::scoped_lock lock(producer_mutex_);
      producer_.produce(lane.topic, lane.partition, lane.messages, event_times_);
    }
    drop_settled(lane);
    if (!lane.messages.empty()) delivery_.wait_for_change(kWait_ns);
  }
}

/// Leaves those that the full queue did not take.
void Sender::drop_settled(Lane& lane) {
  std::vector<Airborne> lost;
  rd_kafka_resp_err_t why = RD_KAFKA_RESP_ERR_NO_ERROR;
  std::size_t kept = 0;
  for (const Message& m : lane.messages) {
    if (m.err == RD_KAFKA_RESP_ERR__QUEUE_FULL) {
      lane.messages[kept++] = m;
    } else if (m.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
      lost.push_back(airborne(lane, m));
      why = m.err;
    }
  }
  lane.messages.resize(kept);
  if (!lost.empty()) delivery_.failed(lost, rd_kafka_err2str(why), Persisted::no);
}

void Sender::drain() {
  while (!delivery_.wait_until_settled(kWait_ns)) {
    const std::scoped_lock lock(producer_mutex_);
    producer_.flush(0);
  }
}

void Sender::purge() {
  const std::scoped_lock lock(producer_mutex_);
  producer_.purge();
}

void Sender::serve() {
  while (!stopping_.load() || delivery_.pending() > 0) {
    const EventPtr event = producer_.poll(kPoll_ms);
    if (!event) continue;
    if (rd_kafka_event_type(event.get()) == RD_KAFKA_EVENT_DR)
      delivery_.take(*event, producer_, nullptr);
    else if (rd_kafka_event_type(event.get()) == RD_KAFKA_EVENT_ERROR)
      take_error(*event);
  }
}

void Sender::take_error(const rd_kafka_event_t& event) {
  auto* const raw = const_cast<rd_kafka_event_t*>(&event);
  producer_.note_trouble(rd_kafka_event_error_string(raw));
  const std::optional<std::string> fatal = producer_.fatal_error();
  if (!fatal) return;
  delivery_.end(Error{producer_.fatal_is_refusal() ? ErrorKind::usage : ErrorKind::runtime,
                      "the Kafka producer is dead: " + *fatal, "see the broker's log"},
                *fatal);
}

}  // namespace racesim::kafka
