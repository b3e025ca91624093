// The race with plain cars (--model simple): no plan, no physics, one stream of updates.
#pragma once

#include <memory>

#include "sim/race/content.h"
#include "sim/race/track/track.h"
#include "sim/scenario.h"

namespace racesim::race::simple {

/// Cars drive round `track` until the run ends; `content` asks for telemetry alone.
std::unique_ptr<Scenario> make_scenario(const RaceContent& content, const Frame& frame, const Track& track);

}  // namespace racesim::race::simple
