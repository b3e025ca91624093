// racesim simulate generate-master|run: the names of the songs document, for its users' scripts.
#include "cli/commands/commands.h"

namespace racesim::cli {

CommandSpec simulate_command() {
  CommandSpec run = run_command();
  run.implied = {{"scenario", "plays"}, {"sink", "http"}};
  CommandSpec command;
  command.name = "simulate";
  command.summary = "Alias of racesim generate-master and racesim run --scenario plays --sink http";
  command.hidden = true;
  command.subcommands = {generate_master_command(), run};
  return command;
}

}  // namespace racesim::cli
