// The fleet as the program knows it: options, volume, rows, laws and words. docs/fleet.md tells the model.
#pragma once

#include "sim/entry.h"

namespace racesim::fleet {

const ScenarioEntry& entry();

}  // namespace racesim::fleet
