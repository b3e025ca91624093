// How a plan becomes what is driven: for every car its segments from the session's begin to its end, without
// a gap. Of this folder read this header first.
//
//   plan         pass ───────────── pass ───────────── pass ───────────── pass    ../plan/race_plan.h
//                 │     piece        │     piece        │     piece        │
//                 │  way: start      │  way: line       │  way: pit        │
//                 │                  │  bucket: fuel,   │                  │
//                 │                  │  grip, DRS       │                  │
//   timeline     ┌┴──────────────────┬──────────────────┬──────┬─────┬─────┬──
//   of a car     │     segment       │     segment      │ seg. │ box │ seg.│      segment.h
//                └─────────┬─────────┴─────────┬────────┴──────┴─────┴─────┴──
//                          │   sketch, finished when first looked at
//                          │                   └───────┐
//   baked drive   0 ──●────●──────●───► τ    0 ──●─────●────●──────●───► τ      templates.h
//                 a template along a path, cut at its places: the checkpoints, the box
//
// pass      a car crosses a checkpoint, at a whole millisecond
// piece     what lies between two passes; its *way* names the path: the racing line, from the grid
//           slot, through the pit lane
// template  how the car drives one path as fast as it can: a sample every 10 ms of its own time τ,
//           baked once; of laps there is one per *bucket* of conditions
// drive     (BakedDrive) a template with its path and the *places* where pieces meet; its *marks* say
//           what the car has come to at each place: τ, speed, fuel, wear. A lap's are known, to some
//           milliseconds, before it is baked
// segment   takes a car through one piece of a baked drive in the planned time, or lets it stand; a
//           piece makes one, the piece with the box three. Neighbours show one speed, and one rest of
//           fuel and tyres, where they meet
// sketch    all of a segment that plan and marks tell. The rest needs the template, which is baked
//           when somebody first looks at the segment: a session costs milliseconds before its first
//           sample
// timeline  a car's segments in the order of time; timeline_maker.h makes it from the plan, and adds
//           the wait on the grid, the way to the first pass, the roll to a halt, and the lap behind the
//           flag to parc fermé (cool_down.h)
// sample    between() finds the segment of a moment, state_at() where the car is in it, and how fast
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

/// Where a segment leaves room beside it (sides.h).
enum class Road : std::uint8_t {
  none,    ///< nowhere: the pit lane, a car that stands
  piece,   ///< on the road, from the checkpoint at its begin to the next
  launch,  ///< from a grid slot, where cars begin apart
  halt,    ///< rolls out
};

/// What a segment is finished from once its template is baked: everything that the plan and the marks tell.
/// Neighbours agree on the speed and on what is left of fuel and tyres where they meet.
struct Sketch {
  const BakedDrive* baked = nullptr;  ///< null: a lap of `model` under the conditions of `bucket`
  std::uint32_t model = 0;
  Bucket bucket;
  std::uint32_t from = 0;  ///< drives from this place of it to the next
  bool drives = false;     ///< else it stands
  Road road = Road::none;
  std::uint32_t checkpoint = 0;                     ///< at or before its begin
  bool limited = false;                             ///< between the lines of the pit lane's speed limit
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
  std::int64_t off_air_ms = 0;
};

/// How stricken cars roll to a stop: baked for each of them. Segments point into
/// it.
struct Halts {
  std::deque<BakedDrive> drives;
  std::deque<PathGrid> paths;
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
  /// The session's end: all cars have come to rest.
  std::int64_t end_ms() const { return end_ms_; }
  /// A car is on the air until then: to the session's end, or for some minutes behind the halt that ended its
  /// race.
  std::int64_t off_air_ms(std::size_t car) const { return cars_[car].off_air_ms; }

 private:
  void stay(CarTimeline& car, bool race, bool finished) const;
  void finish(Segment& segment, const Sketch& sketch) const;

  const Templates& templates_;
  mutable std::vector<CarTimeline> cars_;  ///< segments are finished when first looked at
  Halts halts_;
  std::int64_t end_ms_ = 0;
};

}  // namespace racesim::race
