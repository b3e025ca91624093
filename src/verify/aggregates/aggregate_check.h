// From a manifest and results of aggregations to what is wrong with them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "run/content.h"
#include "run/record/manifest.h"
#include "verify/aggregates/found_results.h"
#include "verify/aggregates/window_truth.h"

namespace racesim {

struct AggregateRules {
  LatenessRules lateness;
  unsigned threads = 2;  ///< that make events again
};

/// Of one aggregation.
struct AggregateCount {
  std::string name;
  std::uint64_t expected = 0;   ///< results that must be there
  std::uint64_t right = 0;      ///< there with the right values, or with some that batches may give
  std::uint64_t missing = 0;    ///< not there
  std::uint64_t altered = 0;    ///< there with other values
  std::uint64_t phantom = 0;    ///< there, and nothing was sent for them
  std::uint64_t either = 0;     ///< of those that are right: batches decide their values
  std::uint64_t open = 0;       ///< not there, of an engine in batches whose watermark has not passed them
  std::uint64_t corrected = 0;  ///< given out more than once with other values; the last one counts
  std::string not_judged;       ///< why not; empty: it is
};

struct AggregateExample {
  std::string kind, aggregation, key, place, field, expected, found;
};

struct AggregateFindings {
  static constexpr std::size_t kMostExamples = 10;  ///< of each kind and aggregation

  std::vector<AggregateCount> aggregations;
  std::uint64_t rows = 0, of_other_runs = 0, unreadable = 0;
  std::uint64_t must_keep = 0, must_drop = 0, either = 0;  ///< events, copies left out
  std::vector<AggregateExample> examples;

  bool good() const;
};

/// Makes the stream of the manifest again and works out what each aggregation that has results must say:
/// windows by a referee of their own, the others by the aggregation itself over what was sent. Errors: usage
/// (the run has not ended), runtime.
Result<AggregateFindings> check_aggregates(const Manifest& manifest, const Content& truth,
                                           const FoundResults& found, const AggregateRules& rules);

}  // namespace racesim
