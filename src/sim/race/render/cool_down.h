// Behind the chequered flag: a lap at an easy pace, one behind the other with room between, and into parc
// fermé, the pit lane's far end first.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/race/plan/race_plan.h"
#include "sim/race/render/templates.h"

namespace racesim::race {

/// Of one car; nothing for one that has not taken the flag, or stood in the queue when a race was given up.
struct CoolDown {
  std::uint32_t place = 0;  ///< Templates::park()
  /// The meeting place of the lane that the car is at when it takes the flag; 0: it is on the track.
  std::size_t lane_from = 0;
  /// When it is at each checkpoint behind the flag until the pit entry, then at the places where the lane's
  /// pieces meet; last: parked. ms since lights out.
  std::vector<std::int64_t> pass_ms;
};

/// By car, as in the plan.
std::vector<CoolDown> plan_cool_down(const RacePlan& plan, const PlanInput& input,
                                     const Templates& templates);

}  // namespace racesim::race
