// Recovery: what the sender does after its producer died of a fatal error. The events that it left
// open are looked up (recovery_lookup.h), and a new producer takes those that go out again.
// docs/recovery-and-resume.md.
#include <fmt/format.h>

#include <utility>

#include "io/kafka/producing/sender.h"

namespace racesim::kafka {
namespace {

constexpr int kRecoveryPoll_ms = 100;
constexpr int kWarmUp_ms = 2'000;
constexpr std::int64_t kRetry_ns = 1'000'000'000;
/// How long answers to requests on their way are waited for.
constexpr std::int64_t kDrain_ns = 10'000'000'000;
constexpr std::size_t kFatalErrorsMax = 5;
constexpr std::int64_t kFatalWindow_ns = 600'000'000'000;

}  // namespace

void Sender::recover(const std::string& why) {
  std::vector<Airborne> open = collect_open();
  std::optional<LookedUp> state;
  if (may_recover(why)) state = look_up_open(open);
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
    delivery_.end(Error{ErrorKind::usage, "the cluster refuses this user's writes: " + why,
                        "grant this user Write and IdempotentWrite"},
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
                      "events not delivered are in the dead-letter file; see the broker's log"},
                why);
  return false;
}

/// Tries until the cluster answers; none if the run ends first.
std::optional<LookedUp> Sender::look_up_open(const std::vector<Airborne>& open) {
  const auto from = [&](std::uint32_t topic, std::int32_t partition) {
    const auto known = delivery_.position(topic, partition);
    return known ? known->next_offset : routes_[topic].first_offsets[static_cast<std::size_t>(partition)];
  };
  const auto pause = [&](std::int64_t ns) { return !delivery_.wait_until_ended(ns); };
  while (!delivery_.ended()) {
    Result<LookedUp> state = look_up(options_, topics_, open, from, pause);
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

}  // namespace racesim::kafka
