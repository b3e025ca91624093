// Plain numbers as people write them, within a range. Both parsers refuse with a usage error whose `what`
// names the text and whose `hint` shows the range.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"

namespace racesim {

/// A whole number from `low` to `high`; digits may be grouped with '_'.
Result<std::uint64_t> parse_whole(std::string_view text, std::uint64_t low, std::uint64_t high);

/// A decimal number from `low` to `high`, all three in thousandths: "12.5" → 12,500. Further digits are
/// rounded.
Result<std::uint64_t> parse_thousandths(std::string_view text, std::uint64_t low, std::uint64_t high);

/// 12,500 → "12.5".
std::string format_thousandths(std::uint64_t value);

}  // namespace racesim
