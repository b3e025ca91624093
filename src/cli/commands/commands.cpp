// Every command; the order is that of the help. A new one is its file and a line here.
#include "cli/commands/commands.h"

namespace racesim::cli {

std::vector<CommandSpec> all_commands() {
  constexpr CommandSpec (*kMakers[])() = {
      generate_master_command,
      run_command,
      replay_command,
      ingest_command,
      aggregate_command,
      serve_command,
      start_command,
      stop_command,
      status_command,
      verify_command,
      query_command,
      track_command,
      schema_command,
      config_command,
      completions_command,
      man_command,
      help_command,
      simulate_command,
  };
  std::vector<CommandSpec> list;
  for (const auto make : kMakers) list.push_back(make());
  return list;
}

}  // namespace racesim::cli
