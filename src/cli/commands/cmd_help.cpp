// racesim help [COMMAND]...
#include <memory>

#include "cli/commands/commands.h"
#include "cli/docs/help.h"
#include "cli/exit_codes.h"
#include "cli/globals.h"
#include "cli/parse.h"
#include "cli/values.h"

namespace racesim::cli {

CommandSpec help_command() {
  const auto words = std::make_shared<std::vector<std::string>>();
  OptionSpec argument;
  argument.name = "command";
  argument.metavar = "COMMAND";
  argument.positional = true;
  argument.repeatable = true;
  argument.configurable = false;
  argument.help = "Name of the command, such as config show";
  argument.default_note = "racesim itself";
  argument.complete = Complete::command;
  argument.set = add_text(*words);

  CommandSpec command;
  command.name = "help";
  command.summary = "Show the help of a command";
  command.examples = {{"racesim help config show", "the same as racesim config show --help"}};
  command.reads_config = false;
  command.options = {argument};
  command.run = [words](Context& context) -> Result<int> {
    const Result<CommandPath> path = find_command(*context.root, *words);
    if (!path) return tl::make_unexpected(path.error());
    if (const Done ok = write_stdout(help_text(*path, context.out, false)); !ok)
      return tl::make_unexpected(ok.error());
    return kExitOk;
  };
  return command;
}

}  // namespace racesim::cli
