// Which of the expected events of a sequence have come: where the comparison stands, what came ahead of it,
// and what it left behind.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <set>

#include "model/batch.h"

namespace racesim {

/// An event that had not come when its turn was over. It may still come.
struct MissingEvent {
  std::uint64_t position = 0, ordinal = 0, made = 0, seq = 0;
  std::uint64_t key = 0;             ///< of its line
  std::uint64_t line = 0, byte = 0;  ///< that came in its place
  std::uint32_t stream = 0, entity = 0, owner = 0;
  std::uint8_t faults = 0;
  bool came = false;
  bool expired = false;  ///< older than what is kept

  EventHead head() const {
    EventHead head;
    head.entity = entity;
    head.owner = owner;
    head.seq = seq;
    return head;
  }
};

/// Positions are those of ExpectedSequence. One thread.
class OpenEvents {
 public:
  /// The next expected position.
  std::uint64_t cursor() const { return cursor_; }
  /// The event at the position has not come yet.
  bool is_open(std::uint64_t position) const {
    return position >= cursor_ ? taken_.count(position) == 0 : find(position) != nullptr;
  }
  /// The next `count` events came in their turn.
  void pass(std::uint64_t count) { cursor_ += count; }
  /// An event ahead of the cursor came.
  void take_ahead(std::uint64_t position) { taken_.insert(position); }
  std::optional<std::uint64_t> first_ahead() const {
    return taken_.empty() ? std::nullopt : std::optional<std::uint64_t>(*taken_.begin());
  }
  /// If the event at the cursor came ahead, steps over it.
  bool pass_taken() {
    if (taken_.empty() || *taken_.begin() != cursor_) return false;
    taken_.erase(taken_.begin());
    ++cursor_;
    return true;
  }
  /// The event at the cursor has not come: it is missing if `remember` is true.
  void leave(const MissingEvent& missing, bool remember);
  /// Null if the event did come, or is too far back to be remembered.
  const MissingEvent* find(std::uint64_t position) const {
    const std::optional<std::size_t> index = index_of(position);
    return index ? &missing_[*index] : nullptr;
  }
  /// A missing event came after all; it is missing no longer.
  void came_late(std::uint64_t position);
  /// Of more than `most` missing ones takes out the oldest; the caller settles it. None: there are no more.
  std::optional<MissingEvent> take_oldest_beyond(std::size_t most);
  /// Something is missing or came ahead: only then order can be wrong.
  bool is_anything_pending() const { return open_missing_ > 0 || !taken_.empty(); }
  std::size_t missing_size() const { return missing_.size(); }
  /// Calls visit(missing) for each that is still missing, and forgets them.
  template <class Visit>
  void settle_all(Visit visit) {
    for (const MissingEvent& missing : missing_)
      if (!missing.came) visit(missing);
    missing_.clear();
    open_missing_ = 0;
  }

 private:
  std::optional<std::size_t> index_of(std::uint64_t position) const;

  std::uint64_t cursor_ = 0;
  std::set<std::uint64_t> taken_;     ///< positions of events that came before their turn
  std::deque<MissingEvent> missing_;  ///< by position
  std::size_t open_missing_ = 0;
};

}  // namespace racesim
