// Who came since a line of the run came so far ahead of its turn that its event was not made yet. When the
// event is made, it shows whom it overtook.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <iterator>
#include <unordered_map>
#include <vector>

#include "model/batch.h"
#include "verify/matching/order_check.h"

namespace racesim {

/// First arrivals that were not reordered until now, by entity and line. Holds about kMost of them; of more
/// the oldest of an entity are forgotten. One thread.
class OrderHistory {
 public:
  struct Arrival {
    OrderPlace place;
    std::uint32_t stream = 0;
    EventHead head;
    std::uint64_t line = 0, byte = 0;
    bool awaits_copy = false;  ///< it was sent once more, nobody knows yet where: behind all that came
  };

  void add(const Arrival& arrival) {
    std::deque<Arrival>& own = arrivals_[key_of(arrival.stream, arrival.head.entity)];
    own.insert(behind(own, arrival.line), arrival);
    if (size_ >= kMost && own.size() > 1)
      own.pop_front();
    else
      ++size_;
  }
  /// The event was sent once more, further behind: it is judged by the milder of its places.
  void copy_stands_at(std::uint32_t stream, const EventHead& head, std::uint64_t sent) {
    const auto found = arrivals_.find(key_of(stream, head.entity));
    if (found == arrivals_.end()) return;
    for (Arrival& one : found->second)
      if (one.head.owner == head.owner && one.head.seq == head.seq) {
        one.place.sent = std::max(one.place.sent, sent);
        one.awaits_copy = false;
      }
  }
  /// Takes out those that came behind `early` though they are earlier both ways.
  std::vector<Arrival> take_overtaken(const Arrival& early) {
    std::vector<Arrival> overtaken;
    const auto found = arrivals_.find(key_of(early.stream, early.head.entity));
    if (found == arrivals_.end()) return overtaken;
    std::deque<Arrival>& own = found->second;
    const auto is_earlier = [&](const Arrival& one) {
      return !one.awaits_copy && one.place.made < early.place.made && one.place.sent < early.place.sent;
    };
    const auto first = behind(own, early.line);
    std::copy_if(first, own.end(), std::back_inserter(overtaken), is_earlier);
    own.erase(std::remove_if(first, own.end(), is_earlier), own.end());
    size_ -= overtaken.size();
    return overtaken;
  }
  void clear() {
    arrivals_.clear();
    size_ = 0;
  }

 private:
  static constexpr std::size_t kMost = std::size_t{1} << 17;
  static std::uint64_t key_of(std::uint32_t stream, std::uint32_t entity) {
    return static_cast<std::uint64_t>(stream) << 32 | entity;
  }
  /// The first that came behind the line. Most are added at the end.
  static std::deque<Arrival>::iterator behind(std::deque<Arrival>& own, std::uint64_t line) {
    if (own.empty() || own.back().line <= line) return own.end();
    return std::upper_bound(own.begin(), own.end(), line,
                            [](std::uint64_t at, const Arrival& one) { return at < one.line; });
  }

  std::unordered_map<std::uint64_t, std::deque<Arrival>> arrivals_;
  std::size_t size_ = 0;
};

}  // namespace racesim
