// When the k-th event is due: the inverse of the rate's integral, in exact integers, so that neither a pause
// nor a billion events move the plan. Pure of clocks; run/ sleeps until what it says.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <vector>

#include "base/error.h"
#include "base/quantity.h"
#include "base/random.h"
#include "sim/pacing/arrivals.h"

namespace racesim {

/// One leg of a schedule; a rate of 0 is a pause.
struct ScheduleStage {
  std::int64_t duration_ns = 0;
  Rate rate;
};

/// Event index k, from 0, → nanoseconds since the start of sending, never falling. A value type; copies are
/// independent. With Poisson arrivals the functions keep recent blocks in a cache: a copy per thread.
class RateSchedule {
 public:
  /// Later than any run: the due time of an event that never comes within 292 years.
  static constexpr std::int64_t kNever_ns = std::numeric_limits<std::int64_t>::max();

  /// due_k = ⌊k / rate⌋. The rate is above 0 and at most kRateLimit_per_s, else a usage error.
  static Result<RateSchedule> constant(Rate rate);
  /// The same for a double, which stands for the simplest fraction that it can be (see rate_from_double).
  static Result<RateSchedule> constant(double events_per_second);
  /// One rate after another; that of the last stage goes on. At least one stage, durations above 0, the last
  /// rate above 0. Rates whose common denominator is above 2^47 are a usage error.
  static Result<RateSchedule> stages(std::span<const ScheduleStage> stages);

  /// The same mean rate at every time, but Poisson arrivals (see arrivals.h). `seed` chooses them.
  RateSchedule with_poisson(std::uint64_t seed) const;

  /// The due time of event k, or kNever_ns.
  std::int64_t due_ns(std::uint64_t k) const;
  /// How many events are due at or before `t_ns`: the least k with due_ns(k) > t_ns.
  std::uint64_t due_count(std::int64_t t_ns) const;
  /// Events per second of the plan at `t_ns`.
  double rate_at(std::int64_t t_ns) const;

  std::size_t stage_count() const { return legs_.size(); }
  /// When stage i ends; kNever_ns for the last, which goes on.
  std::int64_t stage_end_ns(std::size_t i) const;
  /// How many events are due before the end of stage i (which is not the last).
  std::uint64_t total_at_stage_end(std::size_t i) const { return due_count(stage_end_ns(i) - 1); }

 private:
  using Wide = unsigned __int128;

  /// A stage in grains: with all rates over the common denominator L, an event is `event_` = L·10^9 grains
  /// and a nanosecond of the stage is the whole number `grains_per_ns` of them. That makes the integral
  /// exact.
  struct Leg {
    std::int64_t begin_ns = 0;
    Wide begin_grains = 0;
    std::uint64_t grains_per_ns = 0;
    std::uint64_t first_event = 0;  ///< the least k that is due in this stage or later
    // due_ns(first_event + j) = first_ns + j·step_ns + ⌊(j·step_rest + first_rest) / grains_per_ns⌋
    std::int64_t first_ns = 0;
    std::uint64_t first_rest = 0;
    Wide step_ns = 0;
    std::uint64_t step_rest = 0;
  };
  struct Block {
    std::uint64_t index = std::numeric_limits<std::uint64_t>::max();
    std::array<std::int64_t, kArrivalBlock> due_ns;
  };
  /// Acknowledgements come back a little out of order: a few blocks are in use at a time.
  static constexpr std::size_t kCachedBlocks = 4;

  RateSchedule() = default;
  void add_leg(std::int64_t begin_ns, Wide begin_grains, std::uint64_t grains_per_ns);
  const Leg& leg_of_event(std::uint64_t k) const;
  const Leg& leg_at(std::int64_t t_ns) const;
  std::int64_t steady_due_ns(std::uint64_t k) const;
  std::uint64_t steady_count(std::int64_t t_ns) const;
  const Block& block(std::uint64_t index) const;
  void fill_block(std::uint64_t index, Block& block) const;

  std::vector<Leg> legs_;
  Wide event_ = 0;
  bool poisson_ = false;
  StreamKey key_;
  mutable std::vector<Block> cache_;
};

}  // namespace racesim
