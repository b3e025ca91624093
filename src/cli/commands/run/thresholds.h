// --threshold: conditions on the result of a run.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "run/generate/run.h"

namespace racesim::cli {

enum class Comparison : std::uint8_t { less, at_most, greater, at_least, equal, different };

struct Threshold {
  std::string text;    ///< as given
  std::string metric;  ///< one of metric_names()
  Comparison comparison = Comparison::less;
  double limit = 0;
};

std::vector<std::string> metric_names();

/// "error_rate<0.01", "lag_p99_ms <= 5", "error_rate<1%". Usage errors name the closest metric.
Result<Threshold> parse_threshold(std::string_view text);

/// Whether the metric has a value only if events are due at times: in live runs, or under a rate.
bool needs_plan(const std::string& metric);

/// The metric's value at the end of a run; none if it was not measured. error_rate: failed / sent;
/// rate_error: |got − target| / target.
std::optional<double> metric_value(const std::string& metric, const RunResult& result);

/// What was not measured holds no condition.
bool holds(const Threshold& threshold, std::optional<double> value);

}  // namespace racesim::cli
