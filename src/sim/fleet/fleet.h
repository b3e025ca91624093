// The fleet scenario: vehicles that drive over roads and tell of it some times a second. Planned in days and
// trips, driven in pieces of constant acceleration, rendered packet by packet; docs/fleet.md tells the model.
#pragma once

#include <memory>

#include "sim/fleet/content.h"
#include "sim/scenario.h"

namespace racesim::fleet {

/// `content` is checked, as read_content() gives it. Errors: usage for routes that cannot be driven, for
/// names or vehicles that contradict the master data; master_data for vehicles that cannot drive.
Result<std::unique_ptr<Scenario>> make_scenario(const FleetContent& content, const Frame& frame);

}  // namespace racesim::fleet
