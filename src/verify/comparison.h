// How closely lines are compared. docs/verify.md says what each way finds.
#pragma once

#include <cstdint>
#include <string_view>

namespace racesim {

enum class Comparison : std::uint8_t {
  full,      ///< every byte
  fast,      ///< identities and order only, and bytes by a digest
  by_value,  ///< the values of all fields, however they are spelled
};

/// As options and reports call it: "full", "fast", "by-value".
constexpr std::string_view name_of(Comparison comparison) {
  switch (comparison) {
    case Comparison::fast:
      return "fast";
    case Comparison::by_value:
      return "by-value";
    case Comparison::full:
      break;
  }
  return "full";
}

}  // namespace racesim
