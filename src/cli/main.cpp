// racesim: realistic event streams, sent at an exact rate.
#include <memory>
#include <string>
#include <vector>

#include "cli/app.h"
#include "cli/commands/commands.h"
#include "cli/terminal/terminal.h"

namespace {

using racesim::cli::CommandSpec;

/// Every command; the order is that of the help. A new one: a file src/cli/cmd_x.cpp and a line here.
std::vector<CommandSpec> commands() {
  using namespace racesim::cli;
  constexpr CommandSpec (*kMakers[])() = {
      generate_master_command, run_command, verify_command, track_command,    config_command,
      completions_command,     man_command, help_command,   simulate_command,
  };
  std::vector<CommandSpec> list;
  for (const auto make : kMakers) list.push_back(make());
  return list;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace racesim::cli;
  prepare_streams();
  const auto globals = std::make_shared<Globals>();
  const CommandSpec root = root_command(globals, commands());
  const std::vector<std::string> args(argv + (argc > 0 ? 1 : 0), argv + argc);
  return run_app(root, globals, args, process_environment());
}
