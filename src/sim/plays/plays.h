// The plays scenario: song plays of listeners, planned as quotas per cell, rendered session by session.
// docs/plays.md tells which facts they follow, docs/adr/0005-cells-and-turns.md why they are made so.
#pragma once

#include <memory>

#include "sim/plays/content.h"
#include "sim/scenario.h"

namespace racesim::plays {

/// `frame.master` holds songs, users and locations. Errors: usage for a window in which nobody can play
/// anything, and for more than a million plays per millisecond.
Result<std::unique_ptr<Scenario>> make_scenario(const PlaysContent& content, const Frame& frame);

}  // namespace racesim::plays
