// Loaded master data, as scenarios and laws take it.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "model/batch.h"

namespace racesim {

/// Tables by the name of their entity. The batches outlive whoever reads them.
class MasterTables {
 public:
  void add(std::string_view entity, const RowBatch& rows) { tables_.emplace_back(entity, &rows); }
  /// Null if it was not loaded.
  const RowBatch* find(std::string_view entity) const {
    for (const auto& [name, rows] : tables_)
      if (name == entity) return rows;
    return nullptr;
  }

 private:
  std::vector<std::pair<std::string_view, const RowBatch*>> tables_;
};

}  // namespace racesim
