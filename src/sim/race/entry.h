// The race as the program knows it: options, volume, rows, laws and words. docs/race.md tells the model.
#pragma once

#include "sim/entry.h"
#include "sim/race/content.h"

namespace racesim::race {

const ScenarioEntry& entry();

/// Errors (usage): options that exclude each other, naming them.
Result<RaceContent> read_content(const ContentInput& input);

/// See ScenarioEntry::identity.
std::string identity(const RaceContent& content);

}  // namespace racesim::race
