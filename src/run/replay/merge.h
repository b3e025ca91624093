// Lanes of a recording merged by event time. No record is held back: within a lane the order stays, a record
// that is older than the one in front of it goes out right behind that, and a clock that jumps once is not
// believed. So what is in memory is one block of each lane, two at most.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "run/replay/timed_block.h"

namespace racesim {

/// What was found out of order.
struct DisorderCounts {
  std::uint64_t late = 0;      ///< records that are older than one in front of them in their lane
  std::uint64_t jumps = 0;     ///< records whose time was not believed, and clocks that were set back
  std::uint64_t cut_gaps = 0;  ///< waits that were cut to the longest one
};

/// Gives the records of one lane their places in time, which never go back.
class LaneClock {
 public:
  /// `most_ns`: a time that is further away than this from the one before is looked at twice; 0: none is.
  explicit LaneClock(std::int64_t most_ns) : most_ns_(most_ns) {}

  /// The place of a record; `next_ns` is the time of the one behind it, asked for only where time jumps.
  template <class Next>
  std::int64_t place(std::int64_t time_ns, Next next_ns);

  const DisorderCounts& counts() const { return counts_; }

 private:
  std::int64_t judge_jump(std::int64_t at_ns, std::optional<std::int64_t> next_ns);

  const std::int64_t most_ns_;
  std::optional<std::int64_t> last_ns_;
  std::int64_t shift_ns_ = 0;  ///< the lane's clock was set back by so much
  DisorderCounts counts_;
};

template <class Next>
std::int64_t LaneClock::place(std::int64_t time_ns, Next next_ns) {
  std::int64_t at_ns = time_ns + shift_ns_;
  if (!last_ns_) last_ns_ = at_ns;
  if (most_ns_ > 0 && (at_ns > *last_ns_ + most_ns_ || at_ns < *last_ns_ - most_ns_))
    at_ns = judge_jump(at_ns, next_ns());
  else if (at_ns < *last_ns_)
    ++counts_.late;
  last_ns_ = at_ns > *last_ns_ ? at_ns : *last_ns_;
  return *last_ns_;
}

/// Neighbours of one lane that go out together: records [first, last) of its block.
struct MergedRun {
  std::size_t lane = 0;
  TimedBlock* block = nullptr;  ///< valid until the next call; whoever takes the whole may move it away
  std::size_t first = 0, last = 0;
};

/// One thread.
class LaneMerge {
 public:
  /// In the order that decides between equal times.
  LaneMerge(std::vector<std::unique_ptr<TimedLane>> lanes, std::int64_t most_ns);

  /// Nothing can be given out without waiting for a lane.
  bool would_wait();
  /// The next records by place_ns; blocks. False: all lanes are at their end. Errors: of a lane.
  Result<bool> next(MergedRun& run);
  DisorderCounts counts() const;

 private:
  struct Lane {
    Lane(std::unique_ptr<TimedLane> from, std::int64_t most_ns) : source(std::move(from)), clock(most_ns) {}
    std::unique_ptr<TimedLane> source;
    LaneClock clock;
    TimedBlock block;
    std::size_t at = 0;  ///< first record that was not given out
    TimedBlock ahead;    ///< read already: behind the block
    bool has_ahead = false;
    bool ended = false;

    bool is_empty() const { return at == block.facts.size(); }
    std::int64_t head_ns() const { return block.facts[at].place_ns; }
  };

  Done fill(Lane& lane);
  Done read_ahead(Lane& lane);
  std::size_t run_end(const Lane& lane, std::size_t number) const;

  std::vector<Lane> lanes_;
};

}  // namespace racesim
