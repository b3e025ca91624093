// Help for people: grouped, coloured on a terminal, as wide as the screen.
#pragma once

#include <cstdint>
#include <string>

#include "cli/command.h"
#include "cli/terminal/terminal.h"

namespace racesim::cli {

enum class HelpLength : std::uint8_t {
  brief,       ///< -h: examples, and the options that people use
  full,        ///< --help: every option, and the exit codes
  everything,  ///< --help-all: hidden options too and, below the last command of the path, every command
};

/// The help of the last command of `path`: what it does, examples, commands, options by group.
std::string help_text(const CommandPath& path, const Screen& screen, HelpLength length);

/// "[OPTIONS] SHELL": what follows the command's name.
std::string usage_tail(const CommandPath& path);
/// "N", "json|csv": what follows the option's name; empty for a flag.
std::string value_form(const OptionSpec& option);
/// "default 42", or what stands for it; empty if there is none.
std::string default_text(const OptionSpec& option);

}  // namespace racesim::cli
