#include "io/sinks/threaded.h"

#include <utility>

namespace racesim {

ThreadedSink::ThreadedSink(std::unique_ptr<Sink> inner, AckListener& sends, QueueLimits limits)
    : Sink(*inner),
      inner_(std::move(inner)),
      sends_(inner_->unsent() ? nullptr : &sends),
      limits_(limits),
      thread_([this] { work(); }) {}

ThreadedSink::~ThreadedSink() {
  if (!thread_.joinable()) return;
  abandon();
  finish(false);
}

bool ThreadedSink::has_room(std::size_t events) const {
  return free_flow_ || queue_.empty() ||
         (queue_.size() < limits_.batches && queued_events_ + events <= limits_.events);
}

Done ThreadedSink::submit(const SharedBatch& batch, std::size_t first, std::size_t last) {
  if (first >= last) return {};
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return has_room(last - first); });
  // Neighbours of one batch become one item: the inner sink gets large pieces when it is behind.
  if (!queue_.empty() && queue_.back().batch == batch && queue_.back().last == first)
    queue_.back().last = last;
  else
    queue_.push_back({batch, first, last});
  queued_events_ += last - first;
  changed_.notify_all();
  if (error_) return tl::make_unexpected(*error_);
  return {};
}

std::optional<std::uint64_t> ThreadedSink::unsent() const {
  const std::lock_guard lock(mutex_);
  return queued_events_ + inner_->unsent().value_or(0);
}

void ThreadedSink::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [&] { return !queue_.empty() || ending_; });
    if (queue_.empty()) break;
    const Item item = std::move(queue_.front());
    queue_.pop_front();
    queued_events_ -= item.last - item.first;
    changed_.notify_all();
    lock.unlock();
    if (sends_ != nullptr) sends_->on_sent(*item.batch, item.first, item.last);
    const Done done = inner_->submit(item.batch, item.first, item.last);
    lock.lock();
    if (!done && !error_) error_ = done.error();
    // What still comes is only counted; nobody may wait for that.
    if (!done) free_flow_ = true;
    changed_.notify_all();
  }
  if (!close_inner_) return;
  lock.unlock();
  const Done closed = inner_->close();
  lock.lock();
  if (!closed && !error_) error_ = closed.error();
}

void ThreadedSink::finish(bool close_inner) {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    close_inner_ = close_inner;
    changed_.notify_all();
  }
  thread_.join();
}

Done ThreadedSink::close() {
  if (thread_.joinable()) finish(true);
  if (error_) return tl::make_unexpected(*error_);
  return {};
}

void ThreadedSink::abandon() {
  inner_->abandon();
  const std::lock_guard lock(mutex_);
  free_flow_ = true;
  changed_.notify_all();
}

}  // namespace racesim
