// The race with plain cars (--model simple): no plan, no physics, one stream of updates.
#pragma once

#include <memory>

#include "sim/race/track/track.h"
#include "sim/scenario.h"

namespace racesim::race::simple {

/// Cars drive round `track` until the run ends; `config.race` is checked and asks for telemetry alone.
std::unique_ptr<Scenario> make_scenario(const ScenarioConfig& config, const Track& track);

}  // namespace racesim::race::simple
