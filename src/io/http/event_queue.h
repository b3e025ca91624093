// The events that one lane is to send, oldest first: references into shared batches, no bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

#include "model/batch.h"

namespace racesim::http {

/// Some events of one batch: `picks`, or the range [next, end) if `picks` is empty.
struct EventGroup {
  SharedBatch batch;
  std::vector<std::uint32_t> picks;
  std::uint32_t next = 0;  ///< first event, or first position in `picks`, that is still queued
  std::uint32_t end = 0;

  std::size_t size() const { return end - next; }
  std::size_t event(std::uint32_t position) const { return picks.empty() ? position : picks[position]; }

  static EventGroup range(SharedBatch batch, std::size_t first, std::size_t last) {
    return {std::move(batch), {}, static_cast<std::uint32_t>(first), static_cast<std::uint32_t>(last)};
  }
  static EventGroup chosen(SharedBatch batch, std::vector<std::uint32_t> picks) {
    const auto count = static_cast<std::uint32_t>(picks.size());
    return {std::move(batch), std::move(picks), 0, count};
  }
};

/// Owned by one thread at a time.
class EventQueue {
 public:
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  void push(EventGroup group) {
    size_ += group.size();
    if (group.size() > 0) groups_.push_back(std::move(group));
  }

  /// Calls visit(const WireBatch&, event index) for the first `count` events.
  template <class Visit>
  void for_first(std::size_t count, Visit&& visit) const {
    for (const EventGroup& group : groups_) {
      for (std::uint32_t at = group.next; at < group.end; ++at) {
        if (count-- == 0) return;
        visit(*group.batch, group.event(at));
      }
    }
  }

  /// Drops the first `count` events; count <= size().
  void pop(std::size_t count) { move_front(count, nullptr); }

  /// Moves up to `count` events from the front of this queue to the end of `to`.
  void give(std::size_t count, EventQueue& to) { move_front(count < size_ ? count : size_, &to); }

 private:
  void move_front(std::size_t count, EventQueue* to) {
    size_ -= count;
    while (count > 0) {
      EventGroup& group = groups_.front();
      const std::size_t taken = count < group.size() ? count : group.size();
      count -= taken;
      if (taken == group.size()) {
        if (to != nullptr) to->push(std::move(group));
        groups_.pop_front();
        continue;
      }
      if (to != nullptr) {
        EventGroup part = group;
        part.end = part.next + static_cast<std::uint32_t>(taken);
        to->push(std::move(part));
      }
      group.next += static_cast<std::uint32_t>(taken);
    }
  }

  std::deque<EventGroup> groups_;
  std::size_t size_ = 0;
};

}  // namespace racesim::http
