// racesim: realistic event streams, sent at an exact rate.
#include <memory>
#include <string>
#include <vector>

#include "cli/app.h"
#include "cli/commands/commands.h"
#include "cli/terminal/terminal.h"

int main(int argc, char** argv) {
  using namespace racesim::cli;
  prepare_streams();
  const auto globals = std::make_shared<Globals>();
  const CommandSpec root = root_command(globals, all_commands());
  const std::vector<std::string> args(argv + (argc > 0 ? 1 : 0), argv + argc);
  return run_app(root, globals, args, process_environment());
}
