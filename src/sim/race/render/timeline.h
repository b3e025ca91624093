// A plan as what is driven: for every car its segments from the session's begin to its end, without a gap.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "sim/race/plan/race_plan.h"
#include "sim/race/render/segment.h"
#include "sim/race/render/templates.h"

namespace racesim::race {

/// Before lights out the cars stand on the grid for so long, on the air already.
inline constexpr std::int64_t kGridWait_ms = 5'000;

/// What a segment is finished from once its template is baked: everything that the plan and the marks tell.
/// Neighbours agree on the speed and on what is left of fuel and tyres where they meet.
struct Sketch {
  const Drawn* drawn = nullptr;  ///< null: a lap of `model` under the conditions of `bucket`
  std::uint32_t model = 0;
  Bucket bucket;
  std::uint32_t from = 0;                           ///< drives from this place of it to the next
  bool drives = false;                              ///< else it stands
  double tau_s = 0;                                 ///< by the marks
  double begin_mps = 0, end_mps = 0;                ///< of the template, by the marks
  double agreed_begin_mps = 0, agreed_end_mps = 0;  ///< shown; 0: as it comes
  double fuel_end_g = 0, wear_end_pct = 0;
};

/// Times are ascending; segments from -kGridWait_ms to Timelines::end_ms(), each begins where the one before
/// ends; none for a car that takes no part.
struct CarTimeline {
  std::vector<Segment> segments;
  std::vector<Sketch> sketches;                ///< one per segment
  std::unique_ptr<std::once_flag[]> finished;  ///< per kFinishedAtOnce segments
};

/// Immutable to its users; segments point into it and into the templates, which outlive it. Any thread.
class Timelines {
 public:
  Timelines(const RacePlan& plan, const PlanInput& input, const Templates& templates);
  Timelines(const Timelines&) = delete;
  Timelines& operator=(const Timelines&) = delete;

  std::size_t size() const { return cars_.size(); }
  bool empty(std::size_t car) const { return cars_[car].segments.empty(); }
  /// The segments of a car that begin at or before `to_ms` and end behind `from_ms`, at least the nearest
  /// one. Templates that they need are baked now, if they are not yet.
  std::span<const Segment> between(std::size_t car, std::int64_t from_ms, std::int64_t to_ms) const;
  /// The segment of `time_ms`, or the nearest one.
  const Segment& at(std::size_t car, std::int64_t time_ms) const {
    return between(car, time_ms, time_ms).front();
  }
  /// All cars are on the air until then, whatever has become of them.
  std::int64_t end_ms() const { return end_ms_; }

 private:
  friend class TimelineMaker;
  void stay(CarTimeline& car, bool race) const;
  void finish(Segment& segment, const Sketch& sketch) const;

  const Templates& templates_;
  mutable std::vector<CarTimeline> cars_;  ///< segments are finished when first looked at
  std::deque<Drawn> halts_;                ///< how stricken cars roll to a stop
  std::deque<PathGrid> halt_paths_;
  std::int64_t end_ms_ = 0;
};

}  // namespace racesim::race
