#include "run/resume/progress_log.h"

#include <algorithm>

namespace racesim {

void SettledEvents::settle(std::uint64_t first, std::uint64_t last) {
  const std::scoped_lock lock(mutex_);
  settle_locked(first, last);
}

void SettledEvents::settle_dead_letters(std::uint64_t first, std::uint64_t last) {
  const std::scoped_lock lock(mutex_);
  if (!dead_lettered_.empty() && dead_lettered_.back().last == first)
    dead_lettered_.back().last = last;
  else if (first < last)
    dead_lettered_.push_back({first, last});
  settle_locked(first, last);
}

SettledEvents::Progress SettledEvents::progress() {
  const std::scoped_lock lock(mutex_);
  tidy_dead_letters();
  return {below_, dead_lettered_};
}

/// Sorts, joins neighbours, and forgets what is before below_.
void SettledEvents::tidy_dead_letters() {
  std::sort(dead_lettered_.begin(), dead_lettered_.end(),
            [](const OrdinalRange& a, const OrdinalRange& b) { return a.first < b.first; });
  std::vector<OrdinalRange> tidy;
  for (OrdinalRange range : dead_lettered_) {
    range.first = std::max(range.first, below_);
    if (range.first >= range.last) continue;
    if (!tidy.empty() && range.first <= tidy.back().last)
      tidy.back().last = std::max(tidy.back().last, range.last);
    else
      tidy.push_back(range);
  }
  dead_lettered_ = std::move(tidy);
}

void SettledEvents::settle_locked(std::uint64_t first, std::uint64_t last) {
  first = std::max(first, below_);
  if (first >= last) return;
  if (first == below_ && words_.size() == 1 && words_.front() == 0) {
    // Mostly in order: nothing to remember.
    below_ = last;
    base_ = last & ~kMask;
    return;
  }
  mark(first, last);
  advance();
}

std::uint64_t SettledEvents::below() const {
  const std::scoped_lock lock(mutex_);
  return below_;
}

void SettledEvents::grow() {
  if (words_.empty()) words_.push_back(0);
}

void SettledEvents::mark(std::uint64_t first, std::uint64_t last) {
  const std::size_t needed = static_cast<std::size_t>((last - 1 - base_) / 64 + 1);
  if (words_.size() < needed) words_.resize(needed);
  for (std::uint64_t at = first; at < last;) {
    const std::uint64_t bit = at & kMask;
    const std::uint64_t count = std::min<std::uint64_t>(64 - bit, last - at);
    const std::uint64_t ones = count == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1;
    words_[static_cast<std::size_t>((at - base_) / 64)] |= ones << bit;
    at += count;
  }
}

/// Moves below_ over what is settled, and forgets it.
void SettledEvents::advance() {
  while (true) {
    const std::uint64_t bit = below_ & kMask;
    const std::uint64_t open = ~words_.front() & (~std::uint64_t{0} << bit);
    if (open != 0) {
      below_ = base_ + static_cast<std::uint64_t>(__builtin_ctzll(open));
      break;
    }
    base_ += 64;
    below_ = base_;
    words_.pop_front();
    grow();
  }
  if (words_.size() == 1 && (words_.front() >> (below_ & kMask)) == 0) words_.front() = 0;
}

void PlaceLog::note(FeedPlace place) {
  const std::scoped_lock lock(mutex_);
  places_.push_back(place);
}

FeedPlace PlaceLog::before(std::uint64_t ordinal) {
  const std::scoped_lock lock(mutex_);
  while (places_.size() > 1 && places_[1].ordinal <= ordinal) places_.pop_front();
  return places_.front();
}

}  // namespace racesim
