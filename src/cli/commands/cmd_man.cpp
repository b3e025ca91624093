// racesim man [COMMAND]...
#include <algorithm>
#include <memory>

#include "cli/commands/commands.h"
#include "cli/docs/docs.h"
#include "cli/exit_codes.h"
#include "cli/globals.h"
#include "cli/parse.h"
#include "cli/values.h"

namespace racesim::cli {

CommandSpec man_command() {
  const auto words = std::make_shared<std::vector<std::string>>();
  OptionSpec argument;
  argument.name = "command";
  argument.metavar = "COMMAND";
  argument.positional = true;
  argument.repeatable = true;
  argument.configurable = false;
  argument.complete = Complete::command;
  argument.help = "Command whose page to write; a page includes all subcommands";
  argument.default_note = "the page of racesim itself";
  argument.set = add_text(*words);

  CommandSpec command;
  command.name = "man";
  command.summary = "Write a man page";
  command.examples = {{"racesim man run | man -l -", "read the page of racesim run"}};
  command.reads_config = false;
  command.options = {argument};
  command.run = [words](Context& context) -> Result<int> {
    std::string page = context.root->name;
    if (!words->empty()) {
      const Result<CommandPath> path = find_command(*context.root, *words);
      if (!path) return tl::make_unexpected(path.error());
      // Behind the root comes the command whose page tells of its subcommands too.
      page += "-" + path->at(1)->name;
    }
    const std::vector<std::string> pages = man_page_names(*context.root);
    if (std::find(pages.begin(), pages.end(), page) == pages.end())
      return fail(ErrorKind::usage, "there is no page '" + page + "'", "all commands: racesim --help");
    if (const Done ok = write_stdout(man_page(*context.root, page)); !ok)
      return tl::make_unexpected(ok.error());
    return kExitOk;
  };
  return command;
}

}  // namespace racesim::cli
