// Variables of the environment that look like options and are none.
#pragma once

#include "cli/command.h"
#include "cli/terminal/terminal.h"

namespace racesim::cli {

/// RACESIM_ variables that no option of any command reads, in the order of their names. Empty ones count as
/// not set; those that racesim's own build, tests and benches use (docs/reference/environment.md) are left
/// alone.
std::vector<std::string> unknown_variables(const CommandSpec& root, const Environment& environment);

/// Logs a warning for each, with the closest known name. The log is open.
void warn_of_unknown_variables(const CommandSpec& root, const Environment& environment);

}  // namespace racesim::cli
