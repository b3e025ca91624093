// What outlets must know of the events that will come.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace racesim {

struct EventForms {
  std::uint32_t run = 0;            ///< the run's number: its name in locks, transactions and messages
  std::string header;               ///< that goes before the first event of a file; with its line end
  std::vector<std::string> topics;  ///< by stream
};

}  // namespace racesim
