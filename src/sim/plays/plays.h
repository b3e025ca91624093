// The plays scenario: song plays of listeners, planned as quotas per cell, rendered session by session.
// docs/plays.md tells which facts they follow, docs/adr/0005-cells-and-turns.md why they are made so.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>

#include "sim/scenario.h"

namespace racesim::plays {

inline constexpr std::array<std::string_view, 3> kMasterEntities{"songs", "users", "locations"};

/// Errors: usage for a popularity law that is not known, for a window in which nobody can play anything, and
/// for more than a million plays per millisecond.
Result<std::unique_ptr<Scenario>> make_scenario(const ScenarioConfig& config);

/// A volume per minute makes the same events whatever the end, so the end does not count then.
std::string identity(const ScenarioConfig& config);

/// Events per second of a live run by its volume per minute.
double live_rate(const ScenarioConfig& config);

}  // namespace racesim::plays
