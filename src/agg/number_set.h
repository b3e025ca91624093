// A set of numbers that mostly count up, as intervals: what was seen of an entity's seq takes one interval
// per hole.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace racesim {

class NumberSet {
 public:
  /// From first to last, both in it.
  struct Interval {
    std::uint64_t first, last;
    bool operator==(const Interval&) const = default;
  };

  /// False: it is there.
  bool insert(std::uint64_t number) {
    if (!intervals_.empty() && number > intervals_.back().last) {
      if (number == intervals_.back().last + 1)
        intervals_.back().last = number;
      else
        intervals_.push_back({number, number});
      return true;
    }
    return insert_before_end(number);
  }
  /// Adds an interval that lies behind all others.
  void append(Interval interval) { intervals_.push_back(interval); }
  void merge(const NumberSet& other) {
    for (const Interval& more : other.intervals_) intervals_.push_back(more);
    std::sort(intervals_.begin(), intervals_.end(),
              [](const Interval& a, const Interval& b) { return a.first < b.first; });
    std::size_t kept = 0;
    for (const Interval& next : intervals_) {
      if (kept > 0 && next.first <= intervals_[kept - 1].last + 1)
        intervals_[kept - 1].last = std::max(intervals_[kept - 1].last, next.last);
      else
        intervals_[kept++] = next;
    }
    intervals_.resize(kept);
  }
  /// Ascending, with a hole between any two.
  const std::vector<Interval>& intervals() const { return intervals_; }

 private:
  bool insert_before_end(std::uint64_t number) {
    const auto after = std::upper_bound(intervals_.begin(), intervals_.end(), number,
                                        [](std::uint64_t n, const Interval& i) { return n < i.first; });
    const bool has_before = after != intervals_.begin();
    if (has_before && number <= (after - 1)->last) return false;
    const bool joins_before = has_before && number == (after - 1)->last + 1;
    const bool joins_after = after != intervals_.end() && number + 1 == after->first;
    if (joins_before && joins_after) {
      (after - 1)->last = after->last;
      intervals_.erase(after);
    } else if (joins_before) {
      (after - 1)->last = number;
    } else if (joins_after) {
      after->first = number;
    } else {
      intervals_.insert(after, {number, number});
    }
    return true;
  }

  std::vector<Interval> intervals_;
};

}  // namespace racesim
