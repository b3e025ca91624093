#include "io/sources/request_queue.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace racesim::http {
namespace {

constexpr std::size_t kGroupMost = 4096;
constexpr std::int64_t kGatherShare = 5;
constexpr std::int64_t kGatherMost_ns = 5'000'000;
// With so much waiting it pays to decode while the last group is being written.
constexpr std::uint64_t kOverlapBytes = std::uint64_t{1} << 20;

}  // namespace

bool RequestQueue::fits(std::uint64_t records, std::uint64_t bytes) const {
  return waiting_.empty() ||
         (waiting_records_ + records <= records_most_ && waiting_bytes_ + bytes <= bytes_most_);
}

bool RequestQueue::is_full(std::uint64_t bytes) const {
  const std::scoped_lock lock(mutex_);
  return !fits(1, bytes);
}

RequestQueue::Added RequestQueue::add(RecordBlock& block, Reply& reply) {
  const std::scoped_lock lock(mutex_);
  if (stopping_) return Added::stopping;
  if (!fits(block.size(), block.text.size())) return Added::full;
  block.ticket = ++last_ticket_;
  waiting_records_ += block.size();
  waiting_bytes_ += block.text.size();
  waiting_.push_back({std::move(block), std::move(reply)});
  // Waking the reader for each of 64 requests would cost more than all else here: the first one tells it how
  // long to wait for others, and the last one ends that.
  if (waiting_.size() == 1 || may_open_group(clock_.now_ns())) tell_change();
  return Added::yes;
}

bool RequestQueue::may_open_group(std::int64_t now_ns) const {
  if (waiting_.empty()) return false;
  if (stopping_ || waiting_bytes_ >= kOverlapBytes || waiting_.size() >= kGroupMost) return true;
  if (!pulled_.empty()) return false;
  return waiting_.size() >= expected_ || now_ns >= gather_until_ns_;
}

void RequestQueue::tell_change() {
  changed_.notify_all();
  if (on_change_) on_change_();
}

void RequestQueue::hand_out(RecordBlock& to) {
  Waiting& first = waiting_.front();
  waiting_records_ -= first.block.size();
  waiting_bytes_ -= first.block.text.size();
  pulled_.emplace(first.block.ticket, std::move(first.reply));
  to = std::move(first.block);
  waiting_.pop_front();
  to.more = --group_left_ > 0;
}

Pulled RequestQueue::pull(RecordBlock& to, int wait_ms) {
  to.clear();
  std::unique_lock lock(mutex_);
  const std::int64_t deadline_ns = clock_.now_ns() + std::int64_t{wait_ms} * 1'000'000;
  while (group_left_ == 0) {
    const std::int64_t now_ns = clock_.now_ns();
    if (may_open_group(now_ns)) {
      group_left_ = std::min(waiting_.size(), kGroupMost);
      if (pulled_.empty()) {
        group_opened_ns_ = now_ns;
        group_answered_ = 0;
      }
      break;
    }
    if (stopping_ && waiting_.empty()) return Pulled::ended;
    if (now_ns >= deadline_ns) return Pulled::nothing;
    const bool gathers = !waiting_.empty() && pulled_.empty();
    const std::int64_t until_ns = gathers ? std::min(deadline_ns, gather_until_ns_) : deadline_ns;
    changed_.wait_for(lock, std::chrono::nanoseconds(until_ns - now_ns));
  }
  hand_out(to);
  return Pulled::records;
}

std::optional<Reply> RequestQueue::settle(std::uint64_t ticket) {
  const std::scoped_lock lock(mutex_);
  const auto found = pulled_.find(ticket);
  if (found == pulled_.end()) return std::nullopt;
  std::optional<Reply> reply(std::move(found->second));
  pulled_.erase(found);
  ++group_answered_;
  if (pulled_.empty() && group_left_ == 0) {
    const std::int64_t now_ns = clock_.now_ns();
    expected_ = group_answered_ + waiting_.size();
    gather_until_ns_ = now_ns + std::min((now_ns - group_opened_ns_) / kGatherShare, kGatherMost_ns);
    tell_change();
  }
  return reply;
}

void RequestQueue::stop() {
  const std::scoped_lock lock(mutex_);
  stopping_ = true;
  tell_change();
}

bool RequestQueue::stopping() const {
  const std::scoped_lock lock(mutex_);
  return stopping_;
}

std::vector<Reply> RequestQueue::clear() {
  const std::scoped_lock lock(mutex_);
  std::vector<Reply> replies;
  for (Waiting& waiting : waiting_) replies.push_back(std::move(waiting.reply));
  for (auto& [ticket, reply] : pulled_) replies.push_back(std::move(reply));
  waiting_.clear();
  pulled_.clear();
  waiting_records_ = waiting_bytes_ = 0;
  group_left_ = 0;
  return replies;
}

std::uint64_t RequestQueue::records() const {
  const std::scoped_lock lock(mutex_);
  return waiting_records_;
}

}  // namespace racesim::http
