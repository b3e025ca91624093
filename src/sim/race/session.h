// One session of a run (a race, say), planned and ready to be rendered at any moment.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "sim/race/plan/race_plan.h"
#include "sim/race/render/timeline.h"
#include "sim/race/streams.h"

namespace racesim::race {

/// An event of a stream other than telemetry, as a place in the plan.
struct SideEvent {
  std::int64_t time_ms;  ///< since lights out
  std::uint32_t car;     ///< index; of a message its place in the plan
  std::uint32_t index;   ///< pass or lap of the car; its position in the result
  std::uint64_t seq;     ///< of the car (of a message: of the session) in its stream
  Stream stream;
};

/// Immutable once made.
class Session {
 public:
  /// `templates` outlives the session.
  Session(const PlanInput& input, const Templates& templates);

  const PlanInput& input() const { return input_; }
  const RacePlan& plan() const { return plan_; }
  const Timelines& timelines() const { return timelines_; }
  /// By time, then stream, then car; all streams. Only those a car is on the air for.
  const std::vector<SideEvent>& side_events() const { return side_; }
  /// Passes of checkpoints while the car is on the air.
  std::uint64_t pass_count(std::size_t car) const { return passes_[car]; }
  /// What flags were shown between two moments since lights out, in order: digits as in LapRow::track_status.
  std::string track_status(std::int64_t from_ms, std::int64_t to_ms) const;
  /// From the first moment on the air, kGridWait_ms before lights out, to the last.
  std::int64_t length_ms() const { return kGridWait_ms + timelines_.end_ms(); }

 private:
  void list_side_events();
  void list_status();

  PlanInput input_;
  RacePlan plan_;
  Timelines timelines_;
  std::vector<SideEvent> side_;
  std::vector<std::uint64_t> passes_;
  std::vector<std::pair<std::int64_t, char>> status_;  ///< changes of the track's status
};

}  // namespace racesim::race
