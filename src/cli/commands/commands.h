// The commands of racesim, one file each.
#pragma once

#include <vector>

#include "cli/command.h"

namespace racesim::cli {

/// All of them, in the order of the help.
std::vector<CommandSpec> all_commands();

CommandSpec generate_master_command();
CommandSpec run_command();
CommandSpec replay_command();
CommandSpec ingest_command();
CommandSpec serve_command();
CommandSpec start_command();
CommandSpec stop_command();
CommandSpec status_command();
CommandSpec aggregate_command();
CommandSpec verify_command();
CommandSpec query_command();
CommandSpec track_command();
CommandSpec schema_command();
CommandSpec config_command();
CommandSpec completions_command();
CommandSpec man_command();
CommandSpec help_command();
CommandSpec simulate_command();  ///< hidden: the songs document's names for generate-master and run

}  // namespace racesim::cli
