// The one place that knows which scenario FleetStream's API is about, and which of its columns are
// violations.
#pragma once

#include <array>
#include <string_view>

namespace racesim::serve {

inline constexpr std::string_view kFleetStreamScenario = "fleet";
/// Columns of true and false; an event with one of them true is a violation.
inline constexpr std::array<std::string_view, 2> kViolationFields{"speeding", "rpm_over_redline"};

}  // namespace racesim::serve
