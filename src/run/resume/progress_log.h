// How far a run has come, as its checkpoint needs it: which events each sink is done with, and from which
// slice they can be made again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <vector>

#include "io/resumable.h"
#include "run/generate/feed.h"
#include "run/record/checkpoint.h"

namespace racesim {

/// The events that one sink is done with: acked, dead-lettered, or found there. Any thread.
class SettledEvents {
 public:
  /// All before `ordinal` are settled.
  explicit SettledEvents(std::uint64_t ordinal = 0) : base_(ordinal & ~kMask), below_(ordinal) { grow(); }
  /// The events [first, last) are settled now. Those that were before are left alone.
  void settle(std::uint64_t first, std::uint64_t last);
  /// The same of events that are in the dead-letter file.
  void settle_dead_letters(std::uint64_t first, std::uint64_t last);
  /// All before it are settled.
  std::uint64_t below() const;
  struct Progress {
    std::uint64_t below = 0;
    std::vector<OrdinalRange> dead_lettered;  ///< those behind `below`, in order, apart
  };
  /// Both at one moment. Of dead letters before `below` nothing is remembered afterwards.
  Progress progress();

 private:
  static constexpr std::uint64_t kMask = 63;
  void grow();
  void mark(std::uint64_t first, std::uint64_t last);
  void advance();
  void settle_locked(std::uint64_t first, std::uint64_t last);
  void tidy_dead_letters();

  mutable std::mutex mutex_;
  std::deque<std::uint64_t> words_;  ///< a bit per event from base_ on
  std::uint64_t base_;               ///< multiple of 64
  std::uint64_t below_;
  std::vector<OrdinalRange> dead_lettered_;
};

/// Where reading can begin to come to an ordinal. Any thread.
class PlaceLog {
 public:
  void note(FeedPlace place);
  /// The last place that is not behind `ordinal`; those before it are forgotten.
  FeedPlace before(std::uint64_t ordinal);

 private:
  std::mutex mutex_;
  std::deque<FeedPlace> places_{FeedPlace{}};
};

/// Both, for all sinks of a run, in their order.
class ProgressLog {
 public:
  explicit ProgressLog(FeedPlace start) { places.note(start); }
  PlaceLog places;
  std::deque<SettledEvents> sinks;
  std::vector<std::vector<StreamPosition>> origins;  ///< of each sink, when the run began
};

}  // namespace racesim
