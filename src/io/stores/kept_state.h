// What stores say beside the bytes of a state in aggregation_state.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"

namespace racesim {

/// The bytes as they were given.
inline constexpr std::int64_t kStateFormat = 1;

inline Error unknown_state_format(const std::string& store, std::string_view name, std::int64_t format) {
  return {ErrorKind::usage,
          store + ": the state " + std::string(name) + " has the format " + std::to_string(format) +
              ", this racesim knows format " + std::to_string(kStateFormat),
          "use the newer racesim that wrote it, or aggregate into another database"};
}

}  // namespace racesim
