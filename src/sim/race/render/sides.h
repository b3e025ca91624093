// Sides of the road. The plan says when cars pass the checkpoints; on the racing line alone they would drive
// through each other. Cars that are next to each other in a piece get different lanes (aside.h), move over
// in the seconds before, and back to the line behind it. Speeds along the line and times are untouched.
#pragma once

#include <vector>

#include "sim/race/render/timeline.h"

namespace racesim::race {

/// Fills in the lanes of all segments, from the finished sketches. A few milliseconds. `race`: else cars that
/// drive for a time stay on the line.
void take_sides(std::vector<CarTimeline>& cars, const Templates& templates, bool race);

}  // namespace racesim::race
