// What a --threshold of racesim run may speak of.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "cli/commands/threshold.h"
#include "run/generate/run.h"

namespace racesim::cli {

std::vector<std::string> metric_names();

/// A condition on one of them.
Result<Threshold> parse_threshold(std::string_view text);

/// Whether the metric has a value only if events are due at times: in live runs, or under a rate.
bool needs_plan(const std::string& metric);

/// The metric's value at the end of a run; none if it was not measured. error_rate: failed / sent;
/// rate_error: |got − target| / target.
std::optional<double> metric_value(const std::string& metric, const RunResult& result);

}  // namespace racesim::cli
