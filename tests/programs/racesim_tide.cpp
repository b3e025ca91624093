// racesim with a scenario that is not built in (tests/support/tide.h): what a program with its own scenario
// does.
#include <memory>
#include <string>
#include <vector>

#include "cli/app.h"
#include "cli/commands/commands.h"
#include "cli/terminal/terminal.h"
#include "sim/registry.h"
#include "support/tide.h"

int main(int argc, char** argv) {
  using namespace racesim::cli;
  racesim::add_scenario(racesim::test::tide());
  prepare_streams();
  const auto globals = std::make_shared<Globals>();
  const CommandSpec root = root_command(globals, all_commands());
  const std::vector<std::string> args(argv + (argc > 0 ? 1 : 0), argv + argc);
  return run_app(root, globals, args, process_environment());
}
