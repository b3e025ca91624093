// How one car's timeline is made, for timeline_maker.cpp and timeline_ways.cpp alone.
#pragma once

#include <cstdint>

#include "sim/race/render/cool_down.h"
#include "sim/race/render/timeline.h"

namespace racesim::race {

// A lap for what needs no conditions of its own.
inline constexpr Bucket kAnyBucket{0, 2, false};
// Behind the flag, and rolling to a halt, an engine takes a quarter of what the template burns.
inline constexpr double kRolling_gpkg = 250;

/// Goes along the plan of one car, pass by pass, and appends segments.
class TimelineMaker {
 public:
  TimelineMaker(const RacePlan& plan, const PlanInput& input, const Templates& templates, Halts& halts)
      : plan_(plan), input_(input), templates_(templates), halts_(halts), n_(plan.checkpoints) {}

  CarTimeline make(const CarPlan& car, const CoolDown& way);

 private:
  std::uint32_t lap_of(std::size_t pass) const { return plan_.lap_of(*car_, pass); }
  std::uint32_t checkpoint_of(std::size_t pass) const { return plan_.checkpoint_of(*car_, pass); }
  std::uint8_t sector_of(std::uint32_t checkpoint) const {
    return static_cast<std::uint8_t>(1 + (checkpoint >= input_.sector_ends[0]) +
                                     (checkpoint >= input_.sector_ends[1]));
  }

  Segment& add(std::size_t pass, std::int64_t end_ms, CarStatus status);
  void drive(std::size_t pass, std::int64_t end_ms, CarStatus status, const BakedDrive& baked,
             std::size_t from, Spent rest = {});
  void drive_lap(std::size_t pass, std::int64_t end_ms, CarStatus status, Bucket bucket, std::size_t from);
  void drive_lane(std::size_t pass, std::int64_t end_ms, const BakedDrive& half, std::size_t from,
                  std::size_t to, Spent rest = {});
  Sketch& sketch(std::size_t pass, std::int64_t end_ms, CarStatus status, const Marks& marks,
                 std::size_t from, Spent rest);
  void stand(std::size_t pass, std::int64_t end_ms, CarStatus status, const PathGrid& path, double l_m);
  void wait_for_the_start();
  void spin_wheels();
  void wait_for_the_lights(std::size_t pass, std::int64_t out_ms, std::int64_t go_ms, const PathGrid& path);
  void drive_pit(std::size_t pass, std::int64_t end_ms);
  void drive_grid(std::size_t pass, std::int64_t end_ms);
  double end_speed_mps() const;
  double room_to_halt_m(std::size_t pass) const;
  void roll_to_a_halt(std::size_t pass, CarStatus status);
  void retire();
  void cool_down(const CoolDown& way);
  void smooth_pace();
  const PitStop* stop_of(std::size_t pass) const;
  const PitDrive& way_of(const PitStop* stop) const;
  const Restart* restart_of(std::size_t pass) const;
  double wear_at(std::size_t pass) const;

  const RacePlan& plan_;
  const PlanInput& input_;
  const Templates& templates_;
  Halts& halts_;
  const std::uint32_t n_;

  const CarPlan* car_ = nullptr;
  std::uint32_t model_ = 0;
  std::uint32_t box_ = 0;
  std::int64_t at_ms_ = 0;  ///< end of what is made so far
  double fuel_g_ = 0;
  double wear_pct_ = 0;
  std::uint16_t age_laps_ = 0;
  Compound tyre_ = Compound::medium;
  CarTimeline made_;
};

}  // namespace racesim::race
