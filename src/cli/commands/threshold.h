// --threshold: a condition on what a command has counted at its end.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace racesim::cli {

enum class Relation : std::uint8_t { less, at_most, greater, at_least, equal, different };

struct Threshold {
  std::string text;    ///< as given
  std::string metric;  ///< one of the command's
  Relation relation = Relation::less;
  double limit = 0;
};

/// "error_rate<0.01", "lag_p99_ms <= 5", "error_rate<1%". `metrics`: those that the command has; usage errors
/// name the closest.
Result<Threshold> parse_threshold(std::string_view text, const std::vector<std::string>& metrics);

/// What was not measured holds no condition.
bool holds(const Threshold& threshold, std::optional<double> value);

/// What to tell of a condition that does not hold.
Error violation_of(const Threshold& threshold, std::optional<double> value);

}  // namespace racesim::cli
