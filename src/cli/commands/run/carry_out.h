// From a checked configuration to the exit code: what racesim run and racesim replay have in common.
#pragma once

#include "base/error.h"
#include "cli/command.h"
#include "cli/commands/run/options.h"
#include "run/config.h"

namespace racesim::cli {

/// Opens, watches and reports the run; with --dry-run it only says what would happen. `options`: those that
/// name files and thresholds. Returns the exit code.
Result<int> carry_out(Context& context, const RunOptions& options, RunConfig config);

}  // namespace racesim::cli
