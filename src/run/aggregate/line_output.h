// Results as lines of JSON or CSV, on the standard output or in files.
#pragma once

#include <memory>

#include "run/aggregate/outputs.h"

namespace racesim {

/// "{by}" in the path of a file stands for the aggregation: a file each. Lines of JSON say themselves of
/// which they are ("type"). Errors: usage, for CSV of several aggregations in one file.
Result<std::unique_ptr<ResultOutput>> make_line_output(const OutputRequest& request);

}  // namespace racesim
