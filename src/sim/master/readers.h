// What makes the rows of master data usable, entity by entity: for whoever reads the files.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "model/batch.h"

namespace racesim {

struct MasterReader {
  std::string_view name;  ///< of the entity: "songs"
  const SchemaInfo& (*schema)();
  /// Why row `i` cannot be used although its types are right; empty if it can.
  std::string (*check)(const RowBatch& rows, std::size_t i);
  bool has_uuids;  ///< as the first column, each once; other ids are looked at by the scenario
};

/// In the order in which hashes of master data count them.
std::span<const MasterReader> master_readers();

}  // namespace racesim
