// racesim verify --aggregates: results of aggregations against the manifest.
#pragma once

#include "cli/command.h"
#include "cli/commands/verify_options.h"

namespace racesim::cli {

/// Its own options, in the group "Aggregates".
std::vector<OptionSpec> verify_aggregates_options(VerifyCommand& c);

/// Reads the results, compares, shows; returns the exit code.
Result<int> verify_aggregates(Context& context, const VerifyCommand& command);

}  // namespace racesim::cli
