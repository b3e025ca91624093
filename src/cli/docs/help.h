// Help for people: grouped, coloured on a terminal, as wide as the screen.
#pragma once

#include <string>

#include "cli/command.h"
#include "cli/terminal/terminal.h"

namespace racesim::cli {

/// The help of the last command of `path`. `everything` shows hidden options too and, for the root, every
/// command.
std::string help_text(const CommandPath& path, const Screen& screen, bool everything);

/// "[OPTIONS] SHELL": what follows the command's name.
std::string usage_tail(const CommandPath& path);
/// "N", "json|csv": what follows the option's name; empty for a flag.
std::string value_form(const OptionSpec& option);
/// "default 42", or what stands for it; empty if there is none.
std::string default_text(const OptionSpec& option);

}  // namespace racesim::cli
