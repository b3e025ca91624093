// Lines of a run that came where nobody expected them, until it shows what they are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>

#include "verify/findings.h"

namespace racesim {

class SequenceMatcher;

/// It may turn out to be what is missing: in another sequence, or much later in the same.
struct Stray {
  std::optional<std::uint64_t> key;  ///< of its bytes; none: --fast cannot read it
  SequenceMatcher* came_to = nullptr;
  std::uint64_t line = 0, byte = 0;
  Finding counted = Finding::phantom;  ///< for the time being
  std::string record_key;              ///< of sequences whose records have keys
};
/// By identity key. Shared by all sequences; at most kMostStrays, of which a long key is cut.
using Strays = std::unordered_multimap<std::uint64_t, Stray>;
inline constexpr std::size_t kMostStrays = std::size_t{1} << 18;
inline constexpr std::size_t kMostOfRecordKey = 64;

}  // namespace racesim
