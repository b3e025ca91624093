// How often a random test goes round. A sanitizer slows each round three to twenty times and needs fewer of
// them: it looks for undefined behaviour on the way, while release looks for wrong results.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <string_view>

namespace racesim::test {

/// The full counts of docs/reliability.md are asked for.
inline bool full_counts() {
  const char* full = std::getenv("RACESIM_FULL");
  return full != nullptr && std::string_view(full) == "1";
}

/// `usual` rounds, a quarter of them (at least one) under a sanitizer.
constexpr std::size_t rounds(std::size_t usual) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return (usual + 3) / 4;
#else
  return usual;
#endif
}

/// `full` rounds with full_counts(), also under a sanitizer; else as above.
inline std::size_t rounds(std::size_t usual, std::size_t full) {
  return full_counts() ? full : rounds(usual);
}

}  // namespace racesim::test
