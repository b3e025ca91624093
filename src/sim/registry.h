// The scenarios that there are. A new one is its folder and a line in registry.cpp.
#pragma once

#include <span>
#include <string_view>

#include "sim/entry.h"

namespace racesim {

std::span<const ScenarioEntry* const> scenarios();
/// Null if there is none of that name.
const ScenarioEntry* find_scenario(std::string_view name);
/// Adds one that is not built in, before anything else is done with scenarios: not for several threads.
/// `entry` lives as long as the program; its name is a new one.
void add_scenario(const ScenarioEntry& entry);

/// The form that a schema has in the scenario that makes it; null if none makes it.
const RowForm* find_row_form(const SchemaInfo& schema);

}  // namespace racesim
