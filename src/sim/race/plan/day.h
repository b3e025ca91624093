// What a day brings: the grip of the track, and the form of teams and drivers. Without it the same car would
// be on pole everywhere, and with the same time.
#pragma once

#include <vector>

#include "sim/race/plan/race_input.h"

namespace racesim::race {

/// Seconds per lap of kReferenceLap_s, + = slower.
struct Day {
  double track_s = 0;          ///< for all; qualifying and the race are on different days
  std::vector<double> form_s;  ///< by entry; the same for all sessions of a seed
};

Day draw_day(const PlanInput& input);

}  // namespace racesim::race
