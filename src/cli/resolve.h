// Precedence: flag > environment > --config or ./racesim.toml > the user's config file > default.
#pragma once

#include <vector>

#include "cli/command.h"
#include "cli/config_file.h"

namespace racesim::cli {

/// The winning setting of each of `command`'s options; an option that nothing sets and that has no default is
/// left out. `table` is the command's table in config files ("" for the globals). Values are not parsed yet.
Settings resolve(const CommandSpec& command, const std::string& table, const Settings& from_line,
                 const Environment& environment, const std::vector<ConfigFile>& files);

/// Hands every value to its option's setter. The first error names the place that the value came from, and
/// what else is missing.
Done apply_settings(const CommandSpec& command, const Settings& settings);

}  // namespace racesim::cli
