// A plan as what is driven: for every car its segments from the session's begin to its end, without a gap.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "sim/race/plan/race_plan.h"
#include "sim/race/render/segment.h"
#include "sim/race/render/templates.h"

namespace racesim::race {

/// Before lights out the cars stand on the grid for so long, on the air already.
inline constexpr std::int64_t kGridWait_ms = 5'000;

struct CarTimeline {
  /// From -kGridWait_ms to end_ms() in time order, each begins where the one before ends; empty for a car
  /// that takes no part.
  std::vector<Segment> segments;
};

/// The segment of `time_ms`, or the nearest one. The timeline is not empty.
const Segment& segment_at(const CarTimeline& car, std::int64_t time_ms);

/// Immutable once made; segments point into it and into the templates, which outlive it.
class Timelines {
 public:
  Timelines(const RacePlan& plan, const PlanInput& input, const Templates& templates);
  Timelines(const Timelines&) = delete;
  Timelines& operator=(const Timelines&) = delete;

  const std::vector<CarTimeline>& cars() const { return cars_; }
  /// All cars are on the air until then, whatever has become of them.
  std::int64_t end_ms() const { return end_ms_; }

 private:
  friend class TimelineMaker;
  void stay(CarTimeline& car, bool race) const;

  std::vector<CarTimeline> cars_;
  std::deque<Drawn> halts_;  ///< how stricken cars roll to a stop
  std::deque<PathGrid> halt_paths_;
  std::int64_t end_ms_ = 0;
};

}  // namespace racesim::race
