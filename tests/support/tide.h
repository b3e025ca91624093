// A scenario that only tests know: gauges that tell the level of the sea. It stands for a user's own, and
// shows that nothing in src/ has to know of one.
#pragma once

#include "sim/entry.h"

namespace racesim::test {

/// One event per gauge and second. Options: --gauges N [3] and --moon new|full|FILE [new], a file with the
/// tide's height in millimetres. One law: the level changes by at most 10 mm a second.
const ScenarioEntry& tide();

}  // namespace racesim::test
