// What a user may want to do with a run that has ended.
#pragma once

#include <string>
#include <vector>

#include "run/config.h"

namespace racesim::cli {

/// A word of a command line as a shell reads it: in quotes where it must be.
std::string shell_word(const std::string& text);

/// The words of the racesim verify that reads what the run wrote, quoted. Empty: without a manifest, or
/// where racesim cannot read it back (a pipe, an HTTP server, nothing). Secrets are left out: they come from
/// the environment or a config file, for verify as for run.
std::vector<std::string> verify_command_words(const RunConfig& config, const std::string& manifest);

/// The same as one line.
std::string verify_command_line(const RunConfig& config, const std::string& manifest);

}  // namespace racesim::cli
