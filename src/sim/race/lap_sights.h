// What timing sees of a finished lap beside its times: speeds at four places, the moments in the pit lane,
// the flags. Found in the plan and its rendering, so that telemetry shows the same.
#pragma once

#include <cstdint>
#include <string>

#include "model/types.h"
#include "sim/race/session.h"
#include "sim/race/track/track.h"

namespace racesim::race {

struct LapSights {
  double sector1_mps = 0, sector2_mps = 0;  ///< where the sectors end
  double line_mps = 0;                      ///< at the lap's end
  double trap_mps = 0;
  /// Since lights out, to the millisecond: the limit of the pit lane begins, it ends.
  Maybe<std::int64_t> pit_in_ms, pit_out_ms;
  bool is_best = false;      ///< no valid lap of the car was faster so far, and it is valid
  std::string track_status;  ///< digits as in LapRow
};

/// Lap `lap` (an index into the plan's laps of car `car`); `trap_m` along the centreline, outside the pit
/// lane.
LapSights see_lap(const Session& session, const Track& track, double trap_m, std::uint32_t car,
                  std::uint32_t lap);

}  // namespace racesim::race
