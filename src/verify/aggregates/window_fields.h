// The fields of a window's row, by what the window must contain.
#pragma once

#include <vector>

#include "verify/aggregates/window_truth.h"

namespace racesim {

/// What a field of a window must be, as the number that its text shows.
struct ExpectedField {
  const char* name;
  double value;
};

/// `has_speed`: of events with speeds, else of those with listening. The sum has samples.
std::vector<ExpectedField> expected_fields(const WindowSum& sum, bool has_speed);

}  // namespace racesim
