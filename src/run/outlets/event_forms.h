// What outlets must know of the events that will come.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/schema.h"

namespace racesim {

struct EventForms {
  std::uint32_t run = 0;            ///< the run's number: its name in locks, transactions and messages
  std::string header;               ///< that goes before the first event of a file; with its line end
  std::vector<std::string> topics;  ///< by stream
  std::vector<const SchemaInfo*> schemas{};  ///< by stream; empty: not known, as in a replay
};

}  // namespace racesim
