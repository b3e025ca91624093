// Results as tables for people, on the standard output or in files.
#pragma once

#include <memory>

#include "run/aggregate/outputs.h"

namespace racesim {

/// The columns of AggregationEntry::shown, all where there are none; a heading with the aggregation's name
/// wherever another one's rows begin. With `live` rows stand there when flush() returns, else when there are
/// enough of them to know how wide they are, or at the end: those of one aggregation come together then.
Result<std::unique_ptr<ResultOutput>> make_table_output(const OutputRequest& request);

}  // namespace racesim
