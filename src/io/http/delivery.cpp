#include "io/http/delivery.h"

#include <fmt/format.h>
#include <algorithm>

#include "base/clock.h"
#include "base/quantity.h"
#include "base/saturate.h"

namespace racesim::http {
std::size_t Delivery::reserve(std::size_t wanted) {
  const auto limit = static_cast<std::int64_t>(std::max<std::uint64_t>(options_.max_pending_events, 1));
  // Waiting for a fair piece of room keeps the two threads from waking each other for every event.
  const auto piece =
      std::min<std::int64_t>(static_cast<std::int64_t>(wanted), std::max<std::int64_t>(limit / 8, 1));
  if (limit - pending_.load() < piece) {
    std::unique_lock lock(mutex_);
    wait(limit - piece, lock, true);
  }
  if (ended()) return 0;
  const std::int64_t room = limit - pending_.load();
  // Only the submitting thread adds, so the room that was seen is still there.
  const std::size_t granted = std::min(wanted, static_cast<std::size_t>(room));
  pending_.fetch_add(static_cast<std::int64_t>(granted));
  return granted;
}

void Delivery::wait_until_settled() {
  std::unique_lock lock(mutex_);
  wait(0, lock, false);
}

void Delivery::wait(std::int64_t at_most, std::unique_lock<std::mutex>& lock, bool stop_at_end) {
  // Stored before pending_ is read, as release() reads in the opposite order: one of the two sees the other.
  wake_at_.store(at_most);
  changed_.wait(lock, [&] { return pending_.load() <= at_most || (stop_at_end && ended()); });
  wake_at_.store(-1);
}

void Delivery::release(std::size_t events) {
  const auto change = static_cast<std::int64_t>(events);
  // Without anybody waiting this is one atomic operation per request.
  const std::int64_t left = pending_.fetch_sub(change) - change;
  if (left > wake_at_.load()) return;
  const std::lock_guard lock(mutex_);
  changed_.notify_all();
}

void Delivery::note_sent(const EventQueue& queue, std::size_t count) {
  count_sent(count);
  if (listener_ == nullptr) return;
  AckRanges sent(listener_, &AckListener::on_sent);
  queue.for_first(count, [&](const WireBatch& batch, std::size_t event) { sent.add(batch, event); });
}

void Delivery::acked(const EventQueue& queue, std::size_t count, std::size_t bytes,
                     const std::vector<Reject>& rejects) {
  // The listener is told before the room is given back: once nothing is pending it may be gone.
  {
    AckRanges acked(listener_, &AckListener::on_acked);
    std::size_t at = 0;
    auto rejected = rejects.begin();
    queue.for_first(count, [&](const WireBatch& batch, std::size_t event) {
      if (rejected != rejects.end() && rejected->index == at++) {
        const DeadEvent dead{&batch, event};
        bury({dead}, rejected->unclear ? rejected->reason : "rejected: " + rejected->reason, 1,
             rejected->unclear ? Persisted::possibly : Persisted::no);
        ++rejected;
      } else {
        acked.add(batch, event);
      }
    });
  }
  counters_.acked.fetch_add(count - rejects.size(), std::memory_order_relaxed);
  counters_.bytes.fetch_add(bytes, std::memory_order_relaxed);
  release(count);
}

void Delivery::failed(const EventQueue& queue, std::size_t count, const std::string& why, std::uint32_t tries,
                      Persisted persisted) {
  std::vector<DeadEvent> events;
  events.reserve(count);
  queue.for_first(count, [&](const WireBatch& batch, std::size_t event) {
    events.push_back({&batch, event});
  });
  bury(events, why, tries, persisted);
  release(count);
}

void Delivery::refuse(const SharedBatch& batch, std::size_t first, std::size_t last) {
  std::vector<DeadEvent> events;
  events.reserve(last - first);
  for (std::size_t event = first; event < last; ++event) events.push_back({batch.get(), event});
  count_sent(events.size());
  bury(events, end_reason(), 0, Persisted::no);
}

void Delivery::bury(const std::vector<DeadEvent>& events, const std::string& why, std::uint32_t tries,
                    Persisted persisted) {
  const std::string text = tries > 1 ? fmt::format("{} (after {} tries)", why, tries) : why;
  const std::size_t taken = dead_letter_.add(events, endpoint_.url, text, persisted);
  {
    // What is in no file is not settled: a run that goes on from a checkpoint sends it again.
    AckRanges failed(listener_, &AckListener::on_failed);
    for (std::size_t i = 0; i < taken; ++i) failed.add(*events[i].batch, events[i].index);
  }
  counters_.failed.fetch_add(events.size(), std::memory_order_relaxed);
  counters_.dead_lettered.fetch_add(taken, std::memory_order_relaxed);
  counters_.failures.add(why, events.size());
  const std::lock_guard lock(mutex_);
  // What is open goes on; nothing new is taken.
  if (taken < events.size() && !error_) error_ = dead_letter_.error();
}

std::optional<std::int64_t> Delivery::grace_end_ns(std::int64_t now_ns) {
  if (ever_connected()) return std::nullopt;
  // The lane that starts first starts the clock for all.
  std::int64_t first = -1;
  if (first_open_ns_.compare_exchange_strong(first, now_ns)) first = now_ns;
  return add_saturating(first, options_.connect_grace_ns);
}

void Delivery::abort_unreachable(const OpenFailure& failure) {
  const std::string what = "cannot reach " + endpoint_.url + ": " + failure.why;
  abort_unreachable(what, failure.certificate);
}

void Delivery::stop_reaching() {
  stopping_.store(true, std::memory_order_relaxed);
  // A lane that waits to connect again would find that out late.
  const std::optional<Wait> wait = counters_.wait.longest();
  if (wait && !ever_connected()) abort_unreachable("cannot reach " + endpoint_.url + ": " + wait->why, false);
}

void Delivery::abort_unreachable(const std::string& what, bool certificate) {
  std::string hint =
      "use --ca-file to name the PEM file of the authority that signed the server's certificate";
  if (!certificate)
    hint = fmt::format(
        "tried {}; start the receiver or name another one with --api-endpoint",
        is_stopping() ? "until the run was stopped" : "for " + format_duration(options_.connect_grace_ns));
  end(Error{ErrorKind::runtime, what, std::move(hint)}, what);
}

void Delivery::abandon() {
  end(std::nullopt, "the run ended before the receiver confirmed");
}

// The first reason stands; later ones are its consequences.
void Delivery::end(std::optional<Error> error, std::string reason) {
  {
    const std::lock_guard lock(mutex_);
    if (ended()) return;
    end_reason_ = std::move(reason);
    if (error && !error_) error_ = std::move(error);
    ended_.store(true, std::memory_order_release);
    changed_.notify_all();
  }
  // Outside the lock: it wakes threads that will ask for the reason.
  if (on_end) on_end();
}

std::string Delivery::end_reason() const {
  const std::lock_guard lock(mutex_);
  return end_reason_.empty() && error_ ? error_->what : end_reason_;
}

std::optional<Error> Delivery::error() const {
  const std::lock_guard lock(mutex_);
  return error_;
}

}  // namespace racesim::http
