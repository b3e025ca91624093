// One call of racesim: from the words of the command line to the exit code.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/globals.h"

namespace racesim::cli {

/// The root of all commands; its options fill `globals`.
CommandSpec root_command(const std::shared_ptr<Globals>& globals, std::vector<CommandSpec> commands);

/// Parses, finds the values of all options, runs the command, reports its error. Returns the exit code.
int run_app(const CommandSpec& root, const std::shared_ptr<Globals>& globals,
            const std::vector<std::string>& args, const Environment& environment);

/// The variables of this process.
Environment process_environment();

}  // namespace racesim::cli
