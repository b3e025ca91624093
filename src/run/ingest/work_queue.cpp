#include "run/ingest/work_queue.h"

#include <chrono>
#include <utility>

#include "base/clock.h"

namespace racesim {
namespace {

constexpr std::size_t kSpareMost = 16;
constexpr std::size_t kShort = 2;  ///< items; with one, who pops would wait while the next one is made

}  // namespace

bool WorkQueue::wait_for_room(std::int64_t deadline_ns) {
  std::unique_lock lock(mutex_);
  if (closed_ || has_room()) return true;
  changed_.notify_all();  // what push() has not told yet
  const std::chrono::nanoseconds left(deadline_ns - system_clock().now_ns());
  return changed_.wait_for(lock, left, [&] { return closed_ || has_room(); });
}

bool WorkQueue::push(WorkItem& item) {
  const std::scoped_lock lock(mutex_);
  if (closed_) return false;
  if (item.work) {
    records_ += item.work->block.size();
    bytes_ += item.work->block.text.size();
  }
  // Waking the writer for each of 64 requests would cost more than it does with one.
  const bool more_follows = item.work && item.work->block.more;
  items_.push_back(std::move(item));
  if (!more_follows) changed_.notify_all();
  return true;
}

bool WorkQueue::is_short() {
  const std::scoped_lock lock(mutex_);
  return items_.size() < kShort;
}

std::optional<WorkItem> WorkQueue::pop(std::optional<std::int64_t> deadline_ns) {
  std::unique_lock lock(mutex_);
  const auto ready = [&] { return closed_ || !items_.empty(); };
  if (deadline_ns) {
    const std::chrono::nanoseconds left(*deadline_ns - system_clock().now_ns());
    if (!changed_.wait_for(lock, left, ready)) return std::nullopt;
  } else {
    changed_.wait(lock, ready);
  }
  WorkItem item;
  if (items_.empty()) {
    item.kind = WorkItem::Kind::end;
    return item;
  }
  item = std::move(items_.front());
  items_.pop_front();
  if (item.work) {
    records_ -= item.work->block.size();
    bytes_ -= item.work->block.text.size();
  }
  changed_.notify_all();
  return item;
}

void WorkQueue::close() {
  const std::scoped_lock lock(mutex_);
  closed_ = true;
  changed_.notify_all();
}

std::unique_ptr<Work> WorkQueue::fresh() {
  const std::scoped_lock lock(mutex_);
  if (spare_.empty()) return std::make_unique<Work>();
  std::unique_ptr<Work> work = std::move(spare_.back());
  spare_.pop_back();
  return work;
}

void WorkQueue::recycle(std::unique_ptr<Work> work) {
  work->block.clear();
  work->decoded.clear();
  work->outcome = {};
  work->undecoded = false;
  const std::scoped_lock lock(mutex_);
  if (spare_.size() < kSpareMost) spare_.push_back(std::move(work));
}

}  // namespace racesim
