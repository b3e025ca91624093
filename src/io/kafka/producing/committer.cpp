#include "io/kafka/producing/committer.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace racesim::kafka {
namespace {

constexpr std::int64_t kInterval_ns = 1'000'000'000;
// How long a thread that waits stays away before it looks again.
constexpr std::int64_t kIdle_ns = 10'000'000;
constexpr std::chrono::milliseconds kReport{10};
/// A call of a step; it is called again until the sink ends.
constexpr int kStep_ms = 1'000;
constexpr std::int64_t kStepPause_ns = 20'000'000;
constexpr std::int64_t kAbortPause_ns = 1'000'000'000;
constexpr int kAbortsMax = 5;

bool is_outage(rd_kafka_resp_err_t code) {
  return code == RD_KAFKA_RESP_ERR__MSG_TIMED_OUT || code == RD_KAFKA_RESP_ERR__TIMED_OUT ||
         code == RD_KAFKA_RESP_ERR__TRANSPORT;
}

}  // namespace

Committer::Committer(Producer& producer, std::mutex& producer_mutex, Clock& clock, Delivery& delivery,
                     bool timeouts_fail, SendAgain send_again)
    : producer_(producer),
      producer_mutex_(producer_mutex),
      clock_(clock),
      delivery_(delivery),
      send_again_(std::move(send_again)) {
  held_.with_arrived = true;
  held_.with_timed_out = !timeouts_fail;
}

void Committer::start() {
  reopen({});
  thread_ = std::thread([this] { work(); });
}

void Committer::stop() {
  stopping_.store(true);
  if (thread_.joinable()) thread_.join();
}

void Committer::note_offered(bool refused) {
  refused_ = refused_ || refused;
  if (!began_ns_) began_ns_ = clock_.now_ns();
}

void Committer::take(const rd_kafka_event_t& event) {
  const std::scoped_lock lock(mutex_);
  delivery_.take(event, producer_, &held_);
  delivery_.note_arrived(held_.arrived.size());
  reported_.notify_all();
}

void Committer::work() {
  while (!stopping_.load()) {
    if (delivery_.ended()) {
      close_gate();
      // Readers of committed records would wait for the end of what is left open.
      static_cast<void>(abort_transaction(producer_, kStep_ms));
      fail_all(Persisted::no);
      return;
    }
    if (producer_.fatal_error()) {
      die({TxnStep::dead, RD_KAFKA_RESP_ERR__FATAL, *producer_.fatal_error()}, Persisted::no);
      return;
    }
    if (is_due())
      commit();
    else
      delivery_.wait_for_change(kIdle_ns);
  }
}

bool Committer::is_due() {
  const std::scoped_lock lock(producer_mutex_);
  if (!began_ns_) return false;
  return refused_ || delivery_.is_wanted() || clock_.now_ns() >= *began_ns_ + kInterval_ns;
}

void Committer::close_gate() {
  const std::scoped_lock lock(producer_mutex_);
  open_ = false;
}

void Committer::commit() {
  close_gate();
  TxnAnswer answer = commit_transaction(producer_, kStep_ms);
  while (answer.step == TxnStep::again && !delivery_.wait_until_ended(kStepPause_ns))
    answer = commit_transaction(producer_, kStep_ms);
  switch (answer.step) {
    case TxnStep::done:
      settle();
      return;
    case TxnStep::abort:
      restart(answer);
      return;
    case TxnStep::again:
      // The sink ended; nobody knows what becomes of the transaction.
      fail_all(Persisted::possibly);
      return;
    case TxnStep::dead:
      die(answer, Persisted::possibly);
  }
}

void Committer::settle() {
  aborts_ = 0;
  std::vector<Airborne> arrived, failed;
  {
    const std::scoped_lock lock(mutex_);
    arrived = std::exchange(held_.arrived, {});
    delivery_.note_arrived(0);
    failed = std::exchange(held_.failed, {});
  }
  delivery_.found(arrived);
  // A transaction with a failed event cannot be committed: there are none, and none would be lost.
  reopen(failed);
}

/// The transaction has failed.
void Committer::restart(const TxnAnswer& why) {
  if (give_up(why)) return;
  TxnAnswer answer = abort_transaction(producer_, kStep_ms);
  while (answer.step != TxnStep::done && answer.step != TxnStep::dead &&
         !delivery_.wait_until_ended(kStepPause_ns))
    answer = abort_transaction(producer_, kStep_ms);
  if (answer.step == TxnStep::dead) {
    die(answer, Persisted::no);
    return;
  }
  if (aborts_ > 1 && delivery_.wait_until_ended(kAbortPause_ns)) return;
  if (delivery_.ended()) return;
  std::vector<Airborne> again = take_all();
  sort_by_partition(again);
  delivery_.count_retried(again.size());
  reopen(again);
}

/// Ends the delivery where another try is in vain.
bool Committer::give_up(const TxnAnswer& why) {
  if (is_refusal(why.code)) {
    delivery_.end(Error{ErrorKind::usage, "the cluster refuses this user's writes: " + why.why,
                        "grant this user Write on the topics and the transactional id"},
                  why.why);
    return true;
  }
  if (!is_outage(why.code)) ++aborts_;
  if (aborts_ <= kAbortsMax) return false;
  delivery_.end(
      Error{ErrorKind::partial, fmt::format("{} transactions in a row were aborted: {}", aborts_, why.why),
            "events not delivered are in the dead-letter file; see the broker's log"},
      why.why);
  return true;
}

void Committer::reopen(const std::vector<Airborne>& again) {
  const TxnAnswer begun = begin_transaction(producer_);
  std::vector<Airborne> left = again;
  if (begun.step == TxnStep::done && !again.empty()) left = send_again_(again);
  const bool failed = begun.step != TxnStep::done || !left.empty();
  if (!left.empty()) {
    const std::scoped_lock lock(mutex_);
    held_.failed.insert(held_.failed.end(), left.begin(), left.end());
  }
  const std::scoped_lock lock(producer_mutex_);
  open_ = begun.step == TxnStep::done;
  refused_ = failed;
  began_ns_.reset();
  // One that could not begin, or that failed at once, is ended by the next commit.
  if (failed || !again.empty()) began_ns_ = clock_.now_ns();
  delivery_.wake();
}

/// The producer is of no more use, and another one would shut out whoever shut this one out.
void Committer::die(const TxnAnswer& answer, Persisted persisted) {
  const rd_kafka_resp_err_t fatal = rd_kafka_fatal_error(producer_.handle(), nullptr, 0);
  const std::string why = producer_.fatal_error().value_or(answer.why);
  if (is_fenced(fatal) || is_fenced(answer.code))
    delivery_.hand_over({ErrorKind::busy,
                         "another process has resumed this run and shut this one out: " + why,
                         "it sends what is missing. If there is no such process, a transaction took longer "
                         "than transaction.timeout.ms: continue with --resume"});
  else if (is_refusal(fatal) || is_refusal(answer.code))
    delivery_.end(Error{ErrorKind::usage, "the cluster refuses this user's writes: " + why,
                        "grant this user Write on the topics and the transactional id"},
                  why);
  else
    delivery_.end(Error{ErrorKind::partial, "transactions failed for good: " + why,
                        "events not delivered are in the dead-letter file; see the broker's log"},
                  why);
  fail_all(persisted);
}

std::vector<Airborne> Committer::take_all() {
  const std::scoped_lock lock(mutex_);
  std::vector<Airborne> all = std::exchange(held_.arrived, {});
  delivery_.note_arrived(0);
  all.insert(all.end(), held_.failed.begin(), held_.failed.end());
  held_.failed.clear();
  return all;
}

/// Of a delivery that has ended, all that is not committed.
void Committer::fail_all(Persisted persisted) {
  close_gate();
  {
    const std::scoped_lock lock(producer_mutex_);
    producer_.purge();
    began_ns_.reset();
  }
  while (producer_.outstanding() > 0) {
    std::unique_lock lock(mutex_);
    reported_.wait_for(lock, kReport);
  }
  // With an event that did not arrive the commit was never asked for.
  bool all_arrived = false;
  {
    const std::scoped_lock lock(mutex_);
    all_arrived = held_.failed.empty();
  }
  std::vector<Airborne> all = take_all();
  for (Airborne& event : all) event.persisted = all_arrived ? persisted : Persisted::no;
  if (!all.empty()) delivery_.failed(all, delivery_.end_reason());
}

}  // namespace racesim::kafka
