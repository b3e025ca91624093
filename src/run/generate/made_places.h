// Where sent events stood before faults moved them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace racesim {

/// Where the events of a batch stood in the stream as it was made.
struct MadePlaces {
  std::uint64_t first = 0;            ///< of event 0
  std::vector<std::uint64_t> places;  ///< by event; empty: they follow one another from `first` on
  std::uint64_t of(std::size_t i) const { return places.empty() ? first + i : places[i]; }
};

}  // namespace racesim
