// Everything that is derived from the commands besides parsing and help: one walk over the same description,
// so that none can drift.
#pragma once

#include <string>
#include <vector>

#include "cli/command.h"

namespace racesim::cli {

/// Calls `visit` for the root and every command below that is not hidden, parents first.
void for_each_command(const CommandSpec& root, const std::function<void(const CommandPath&)>& visit);

/// Names of the man pages: "racesim", "racesim-run" …: one for the root and each of its commands.
std::vector<std::string> man_page_names(const CommandSpec& root);
/// The page in roff (man macros), section 1. `name` is one of man_page_names().
std::string man_page(const CommandSpec& root, const std::string& name);

std::string markdown_reference(const CommandSpec& root);
/// One JSON object: name, summary, options[…], commands[…].
std::string json_reference(const CommandSpec& root);

std::string bash_completion(const CommandSpec& root);
std::string zsh_completion(const CommandSpec& root);
std::string fish_completion(const CommandSpec& root);

}  // namespace racesim::cli
