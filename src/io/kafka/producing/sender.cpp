#include "io/kafka/producing/sender.h"

#include <algorithm>

#include "io/kafka/producing/payload.h"

namespace racesim::kafka {
namespace {

// How long a thread that waits stays away before it looks again; being woken is the rule.
constexpr int kPoll_ms = 100;
constexpr std::int64_t kWait_ns = 10'000'000;
constexpr std::int64_t kNsPerMs = 1'000'000;

/// Not taken since no transaction is open, or the open one has failed.
bool is_between_transactions(const Message& m) {
  return m.err == RD_KAFKA_RESP_ERR__STATE;
}

}  // namespace

Sender::Sender(Producer producer, std::vector<Route> routes, KafkaOptions options, KafkaProperties properties,
               Clock& clock, Delivery& delivery)
    : producer_(std::move(producer)),
      routes_(std::move(routes)),
      options_(std::move(options)),
      properties_(std::move(properties)),
      clock_(clock),
      delivery_(delivery) {
  for (std::uint32_t s = 0; s < routes_.size(); ++s) {
    topics_.push_back(routes_[s].topic);
    keys_.emplace_back(routes_[s].partitions);
    first_partition_.push_back(partitions_.size());
    for (std::int32_t p = 0; p < routes_[s].partitions; ++p) partitions_.push_back({s, p, {}});
  }
  if (options_.transactions)
    committer_.emplace(*producer_, producer_mutex_, clock_, delivery_, options_.delivery_timeout_ns > 0,
                       [this](const std::vector<Airborne>& e) { return send_again(*producer_, e, true); });
}

Sender::~Sender() {
  committer_.reset();  // while its producer is served
  stopping_.store(true);
  if (server_.joinable()) server_.join();
  if (current_ != nullptr) land(current_, 1);
}

void Sender::start() {
  server_ = std::thread([this] { serve(); });
  if (committer_) committer_->start();
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
    sort_into_partitions(flight, first, first + granted);
    for (const std::size_t partition : filled_) send(partitions_[partition]);
    filled_.clear();
    first += granted;
  }
}

void Sender::sort_into_partitions(Flight* flight, std::size_t first, std::size_t last) {
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
    const RecordKeys::Entry& entry = keys_[stream].find((*batch.streams)[stream], batch.heads[i].entity);
    const std::size_t index = first_partition_[stream] + static_cast<std::size_t>(entry.partition);
    Partition& partition = partitions_[index];
    if (partition.messages.empty()) filled_.push_back(index);
    partition.messages.push_back(message_of(flight, i, entry));
  }
}

Message Sender::message_of(Flight* flight, std::size_t event, const RecordKeys::Entry& key) {
  const std::string_view payload = payload_of(*flight->batch, event);
  Message m{};
  m.payload = const_cast<char*>(payload.data());
  m.len = payload.size();
  m.key = const_cast<char*>(key.key);
  m.key_len = key.key_size;
  m._private = flight;
  m.offset = flight->batch->heads[event].emit_time_ns / kNsPerMs;
  return m;
}

Airborne Sender::airborne(const Partition& partition, const Message& message) const {
  auto* const flight = static_cast<Flight*>(message._private);
  return {flight,       event_at(*flight->batch, message.payload), partition.topic, partition.partition, -1,
          Persisted::no};
}

void Sender::send(Partition& partition) {
  while (!partition.messages.empty()) {
    if (delivery_.ended()) {
      std::vector<Airborne> lost;
      for (const Message& m : partition.messages) lost.push_back(airborne(partition, m));
      partition.messages.clear();
      delivery_.failed(lost, delivery_.end_reason());
      return;
    }
    if (offer(partition)) drop_settled(partition);
    if (!partition.messages.empty()) delivery_.wait_for_change(kWait_ns);
  }
}

/// False: the producer is dead, and took none of those that it did not take before.
bool Sender::offer(Partition& partition) {
  const std::scoped_lock lock(producer_mutex_);
  if (!producer_ || producer_->fatal_error() || (committer_ && !committer_->is_open())) return false;
  producer_->produce(partition.topic, partition.partition, partition.messages, options_.event_record_times);
  if (committer_)
    committer_->note_offered(
        std::any_of(partition.messages.begin(), partition.messages.end(), is_between_transactions));
  if (!producer_->fatal_error()) return true;
  // It died meanwhile: what it refused for that is for the next one.
  std::erase_if(partition.messages, [](const Message& m) { return m.err == RD_KAFKA_RESP_ERR_NO_ERROR; });
  return false;
}

/// Leaves those that the full queue, or a transaction that has failed, did not take.
void Sender::drop_settled(Partition& partition) {
  std::vector<Airborne> lost;
  rd_kafka_resp_err_t why = RD_KAFKA_RESP_ERR_NO_ERROR;
  std::size_t kept = 0;
  for (const Message& m : partition.messages) {
    if (m.err == RD_KAFKA_RESP_ERR__QUEUE_FULL || is_between_transactions(m)) {
      partition.messages[kept++] = m;
    } else if (m.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
      lost.push_back(airborne(partition, m));
      why = m.err;
    }
  }
  partition.messages.resize(kept);
  if (!lost.empty()) delivery_.failed(lost, rd_kafka_err2str(why));
}

/// Returns those that were not taken. `waits`: for room in the producer's queue, while another thread polls.
std::vector<Airborne> Sender::send_again(Producer& producer, const std::vector<Airborne>& again, bool waits) {
  std::deque<RecordKeys> keys;  // those of the submitting thread are its own
  for (const Route& route : routes_) keys.emplace_back(route.partitions);
  std::vector<Airborne> refused;
  for (auto first = again.begin(); first != again.end();) {
    const auto last = std::find_if(first, again.end(), [&](const Airborne& e) {
      return e.topic != first->topic || e.partition != first->partition;
    });
    Partition partition{first->topic, first->partition, {}};
    for (auto e = first; e != last; ++e) {
      const WireBatch& batch = *e->flight->batch;
      const auto& key = keys[e->topic].find((*batch.streams)[e->topic], batch.heads[e->index].entity);
      partition.messages.push_back(message_of(e->flight, e->index, key));
    }
    const auto is_full = [](const Message& m) { return m.err == RD_KAFKA_RESP_ERR__QUEUE_FULL; };
    while (true) {
      producer.produce(partition.topic, partition.partition, partition.messages, options_.event_record_times);
      std::erase_if(partition.messages, [](const Message& m) { return m.err == RD_KAFKA_RESP_ERR_NO_ERROR; });
      if (!waits || delivery_.ended() ||
          !std::any_of(partition.messages.begin(), partition.messages.end(), is_full))
        break;
      delivery_.wait_for_change(kWait_ns);
    }
    for (const Message& m : partition.messages) refused.push_back(airborne(partition, m));
    first = last;
  }
  return refused;
}

void Sender::drain() {
  delivery_.want_all();
  while (!delivery_.wait_until_settled(kWait_ns)) {
    const std::scoped_lock lock(producer_mutex_);
    if (producer_) producer_->flush(0);
  }
}

void Sender::purge() {
  const std::scoped_lock lock(producer_mutex_);
  if (producer_) producer_->purge();
}

void Sender::serve() {
  while (!stopping_.load() || delivery_.pending() > 0) {
    if (!producer_) {
      // The sink has ended; submissions fail by themselves.
      delivery_.wait_for_change(kWait_ns);
      continue;
    }
    EventPtr event = producer_->poll(kPoll_ms);
    // What a dead producer reports is settled by reading the topic.
    const std::optional<std::string> fatal = producer_->fatal_error();
    if (event) take(*event, fatal ? &held_ : nullptr);
    // Its messages count as outstanding until then, and recovery waits until none is.
    event.reset();
    if (fatal && !committer_) recover(*fatal);
  }
}

void Sender::take(const rd_kafka_event_t& event, Unsettled* held) {
  auto* const raw = const_cast<rd_kafka_event_t*>(&event);
  if (rd_kafka_event_type(raw) == RD_KAFKA_EVENT_DR && committer_) {
    committer_->take(event);
  } else if (rd_kafka_event_type(raw) == RD_KAFKA_EVENT_DR) {
    delivery_.take(event, *producer_, held);
  } else if (rd_kafka_event_type(raw) == RD_KAFKA_EVENT_ERROR) {
    producer_->note_trouble(rd_kafka_event_error_string(raw));
    if (delivery_.pending() > 0) delivery_.note_wait(clock_.now_ns(), producer_->trouble());
  }
}

}  // namespace racesim::kafka
