// racesim completions bash|zsh|fish
#include <memory>

#include "cli/commands/commands.h"
#include "cli/docs/docs.h"
#include "cli/exit_codes.h"
#include "cli/globals.h"
#include "cli/values.h"

namespace racesim::cli {

CommandSpec completions_command() {
  const auto shell = std::make_shared<std::string>();
  OptionSpec argument;
  argument.name = "shell";
  argument.metavar = "SHELL";
  argument.positional = true;
  argument.configurable = false;
  argument.help = "Shell: bash, zsh or fish";
  argument.choices = {"bash", "zsh", "fish"};

  CommandSpec command;
  command.name = "completions";
  command.summary = "Write the completion script for a shell";
  command.examples = {
      {"racesim completions bash > ~/.local/share/bash-completion/completions/racesim", "complete in bash"},
      {"racesim completions fish > ~/.config/fish/completions/racesim.fish", "complete in fish"},
  };
  command.reads_config = false;
  command.options = {choice_option(argument, *shell)};
  command.run = [shell](Context& context) -> Result<int> {
    const CommandSpec& root = *context.root;
    const Done ok = write_stdout(*shell == "bash"  ? bash_completion(root)
                                 : *shell == "zsh" ? zsh_completion(root)
                                                   : fish_completion(root));
    if (!ok) return tl::make_unexpected(ok.error());
    return kExitOk;
  };
  return command;
}

}  // namespace racesim::cli
