// What the sender does after its producer died.
#include <fmt/format.h>

#include <algorithm>

#include "io/kafka/payload.h"
#include "io/kafka/sender.h"

namespace racesim::kafka {
namespace {

constexpr int kRecoveryPoll_ms = 100;
constexpr int kWarmUp_ms = 2'000;
constexpr std::int64_t kRetry_ns = 1'000'000'000;
constexpr std::int64_t kRoom_ns = 10'000'000;
/// How long answers to requests on their way are waited for.
constexpr std::int64_t kDrain_ns = 10'000'000'000;
constexpr std::size_t kFatalErrorsMax = 5;
constexpr std::int64_t kFatalWindow_ns = 600'000'000'000;

}  // namespace

void Sender::recover(const std::string& why) {
  std::vector<Airborne> open = collect_open();
  std::optional<ReadBack> state;
  if (may_recover(why)) state = look_up(open);
  if (state) {
    delivery_.found(state->found);
    delivery_.failed(state->lost, why);
    open = std::move(state->again);
    delivery_.count_retried(open.size());
    const Done replaced = replace(open);
    if (replaced) return;
    delivery_.end(replaced.error(), replaced.error().what);
  }
  delivery_.failed(open, delivery_.end_reason());
}

/// Everything that the dead producer left open, and the end of it.
std::vector<Airborne> Sender::collect_open() {
  const std::int64_t deadline_ns = clock_.now_ns() + kDrain_ns;
  bool purged = false;
  producer_->purge_queue();
  while (true) {
    if (producer_->outstanding() == 0) {
      // Looked at once more without the submitting thread, which may have been in the middle of an offer.
      const std::scoped_lock lock(producer_mutex_);
      if (producer_->outstanding() > 0) continue;
      refused_ = producer_->fatal_is_refusal();
      producer_.reset();
      return std::exchange(held_.failed, {});
    }
    if (!purged && (delivery_.ended() || clock_.now_ns() > deadline_ns)) {
      producer_->purge();
      purged = true;
    }
    if (const EventPtr event = producer_->poll(kRecoveryPoll_ms))
      take(*event, &held_);
    else
      producer_->purge_queue();  // of an offer that went on meanwhile
  }
}

bool Sender::may_recover(const std::string& why) {
  if (delivery_.ended()) return false;
  if (refused_) {
    delivery_.end(Error{ErrorKind::usage, "the cluster does not let us write: " + why,
                        "give this user the rights Write and IdempotentWrite"},
                  why);
    return false;
  }
  const std::int64_t now_ns = clock_.now_ns();
  fatal_at_ns_.push_back(now_ns);
  while (fatal_at_ns_.front() < now_ns - kFatalWindow_ns) fatal_at_ns_.pop_front();
  if (fatal_at_ns_.size() <= kFatalErrorsMax) return true;
  delivery_.end(Error{ErrorKind::partial,
                      fmt::format("{} fatal errors of the Kafka producer within 10 minutes: {}",
                                  fatal_at_ns_.size(), why),
                      "what was not delivered is in the dead-letter file; see the broker's log"},
                why);
  return false;
}

/// Tries until the cluster answers; none if the run ends first.
std::optional<ReadBack> Sender::look_up(const std::vector<Airborne>& open) {
  const auto from = [&](std::uint32_t topic, std::int32_t partition) {
    const auto known = delivery_.position(topic, partition);
    return known ? known->next_offset : routes_[topic].first_offsets[static_cast<std::size_t>(partition)];
  };
  const auto pause = [&](std::int64_t ns) { return !delivery_.wait_until_ended(ns); };
  while (!delivery_.ended()) {
    Result<ReadBack> state = read_back(options_, topics_, open, from, pause);
    if (state) return *std::move(state);
    pause(kRetry_ns);
  }
  return std::nullopt;
}

/// A new producer, which takes these first.
Done Sender::replace(const std::vector<Airborne>& again) {
  Result<Producer> producer = Producer::open(properties_, topics_);
  if (!producer) return tl::make_unexpected(producer.error());
  while (!producer->warm_up(kWarmUp_ms) && !delivery_.wait_until_ended(kRetry_ns)) {
  }
  // It held as many before, so it refuses them only if it is dead as well: then they wait for the next one.
  held_.failed = send_again(*producer, again, false);
  const std::scoped_lock lock(producer_mutex_);
  producer_.emplace(*std::move(producer));
  if (delivery_.ended()) producer_->purge();
  return {};
}

/// Returns those that were not taken. `waits`: for room in the producer's queue, while another thread polls.
std::vector<Airborne> Sender::send_again(Producer& producer, const std::vector<Airborne>& again, bool waits) {
  std::deque<KeyTable> keys;  // those of the submitting thread are its own
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
      delivery_.wait_for_change(kRoom_ns);
    }
    for (const Message& m : partition.messages) refused.push_back(airborne(partition, m));
    first = last;
  }
  return refused;
}

}  // namespace racesim::kafka
