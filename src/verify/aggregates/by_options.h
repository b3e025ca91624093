// Results of one aggregation, apart by the options that they were made with.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "agg/entry.h"
#include "verify/aggregates/found_results.h"

namespace racesim {

struct ResultsOfOptions {
  std::vector<std::string> values;  ///< of the fields that tell (OptionsOfResults), which `entry` has
  OptionValues options;
  ResultMap results;
};

/// Results that no options make are left out, and counted in `strange`. `entry` has options_of_results.
std::vector<ResultsOfOptions> by_options(const AggregationEntry& entry, const ResultMap& results,
                                         std::uint64_t& strange);

}  // namespace racesim
