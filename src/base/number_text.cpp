#include "base/number_text.h"

#include <fmt/core.h>

#include <charconv>

namespace racesim {
namespace {

tl::unexpected<Error> refuse(std::string what, std::string hint) {
  return fail(ErrorKind::usage, std::move(what), std::move(hint));
}

}  // namespace

// The message shows the range, not the limits of the type.
Result<std::uint64_t> parse_whole(std::string_view text, std::uint64_t low, std::uint64_t high) {
  std::string digits;
  for (const char c : text)
    if (c != '_') digits += c;
  std::uint64_t value = 0;
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  const bool whole = !digits.empty() && end == digits.data() + digits.size();
  const std::string range =
      high == UINT64_MAX ? fmt::format("at least {}", low) : fmt::format("from {} to {}", low, high);
  if (!whole || failure == std::errc::invalid_argument)
    return refuse(fmt::format("'{}' is not a whole number", text), "a number " + range + " is expected");
  if (failure != std::errc() || value < low || value > high)
    return refuse(std::string(text) + " is out of range", "a number " + range + " is expected");
  return value;
}

Result<std::uint64_t> parse_thousandths(std::string_view text, std::uint64_t low, std::uint64_t high) {
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, value, std::chars_format::fixed);
  // from_chars knows "inf" and "nan"; the comparison refuses them.
  const bool in_range =
      value * 1000 >= static_cast<double>(low) - 0.5 && value * 1000 < static_cast<double>(high) + 0.5;
  if (failure != std::errc() || stop != end || !in_range)
    return refuse(fmt::format("'{}' is not a number between {} and {}", text, format_thousandths(low),
                              format_thousandths(high)),
                  "example: " + format_thousandths(high / 10 >= low && high / 10 > 0 ? high / 10 : high));
  return static_cast<std::uint64_t>(value * 1000 + 0.5);
}

std::string format_thousandths(std::uint64_t value) {
  std::string text = fmt::format("{}.{:03}", value / 1000, value % 1000);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

}  // namespace racesim
