// Events that were sent twice on purpose (--faults duplicate), as far as one of the two is missing.
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <unordered_set>

namespace racesim {

/// Tells which arrival of such an event is its first, and where its other send stood. Holds no more than the
/// matcher holds missing events. `key` is the identity's, `sent` a place in the order of sending. One thread.
class MissingCopies {
 public:
  void event_is_missing(std::uint64_t key, std::uint64_t sent) { events_[key] = {sent, false}; }
  void copy_is_missing(std::uint64_t key, std::uint64_t sent) { copies_[key] = sent; }
  /// Neither is waited for any longer.
  void give_up(std::uint64_t key, bool is_copy) {
    if (is_copy)
      copies_.erase(key);
    else
      events_.erase(key);
  }
  /// If this is the event's first arrival, the first place at which it was sent.
  std::optional<std::uint64_t> first_sent(std::uint64_t key, bool is_copy, std::uint64_t sent) {
    const auto event = events_.find(key);
    if (is_copy) {
      copies_.erase(key);
      // An event that is not missing has come.
      if (event == events_.end() || event->second.copy_came) return std::nullopt;
      event->second.copy_came = true;
      return event->second.sent;
    }
    if (event == events_.end()) return sent;
    const bool copy_came = event->second.copy_came;
    events_.erase(event);
    if (copy_came) return std::nullopt;
    return sent;
  }
  /// Where the copy was sent, if it is missing.
  std::optional<std::uint64_t> copy_sent(std::uint64_t key) const {
    const auto copy = copies_.find(key);
    return copy == copies_.end() ? std::nullopt : std::optional<std::uint64_t>(copy->second);
  }

 private:
  struct Event {
    std::uint64_t sent = 0;
    bool copy_came = false;
  };
  std::unordered_map<std::uint64_t, Event> events_;
  std::unordered_map<std::uint64_t, std::uint64_t> copies_;
};

/// Tells of events that did not come whether a copy of theirs did: whoever removes copies may keep either.
/// Holds the pairs of which one is still to come or to be given up. `key` is the identity's. One thread.
class LoneCopies {
 public:
  /// An event that has a copy.
  void event_came(std::uint64_t key) {
    if (copies_.erase(key) == 0 && gone_.erase(key) == 0) events_.insert(key);
  }
  void copy_came(std::uint64_t key) {
    if (events_.erase(key) == 0) copies_.insert(key);
  }
  /// The copy is missing; it may still come.
  void copy_is_missing(std::uint64_t key) {
    if (events_.erase(key) == 0) gone_.insert(key);
  }
  /// The event will not come. True: its copy stands in for it.
  bool take_for(std::uint64_t key) {
    gone_.erase(key);
    return copies_.erase(key) > 0;
  }

 private:
  std::unordered_set<std::uint64_t> events_, copies_, gone_;
};

}  // namespace racesim
