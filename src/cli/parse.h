// From argv to the command that is meant and the texts of its options. The only part that knows CLI11.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "cli/command.h"

namespace racesim::cli {

struct ParsedLine {
  CommandPath path;   ///< the root first; never empty
  Settings settings;  ///< what the command line gives, globals included; Source::flag
};

/// `args` without the programme's name. Globals are accepted before and after the command. No abbreviations;
/// of a repeated option that is not repeatable the last value counts. Unknown names are usage errors that
/// suggest the closest known one; with --help among the arguments they are forgiven, so that help is shown.
/// `root` must outlive the result.
Result<ParsedLine> parse_line(const CommandSpec& root, const std::vector<std::string>& args);

/// The command that `words` name below `root`; errors suggest the closest.
Result<CommandPath> find_command(const CommandSpec& root, const std::vector<std::string>& words);

}  // namespace racesim::cli
