// Song plays as the program knows them: options, volume, rows, laws and words. docs/plays.md tells the model.
#pragma once

#include <string>

#include "sim/entry.h"
#include "sim/plays/content.h"

namespace racesim::plays {

const ScenarioEntry& entry();

/// Errors: usage for a popularity law that is not known.
Result<PlaysContent> read_content(const ContentInput& input);

/// A volume per minute makes the same events whatever the end, so the end does not count then.
std::string identity(const PlaysContent& content, const Frame& frame);

}  // namespace racesim::plays
