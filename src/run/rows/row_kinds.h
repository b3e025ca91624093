// All kinds of rows that the program knows: of every scenario, under every set of names, and master data.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "io/stores/store.h"
#include "sim/entry.h"
#include "sim/master/readers.h"

namespace racesim {

struct RowKind {
  StoreTable table;                         ///< its table has no name where no store keeps such rows
  const ScenarioEntry* scenario = nullptr;  ///< null: master data
  const RowForm* form = nullptr;            ///< of the scenario's rows
  const MasterReader* master = nullptr;     ///< judges rows of master data; may be null

  const SchemaInfo& schema() const { return *table.schema; }
  bool is_stored() const { return !table.table->name.empty(); }
};

/// In the order of the registries. `master`: with master data.
std::vector<RowKind> row_kinds(bool master);

}  // namespace racesim
