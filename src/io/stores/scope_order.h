// An order in which rows go quickly into an index of their keys.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "model/batch.h"
#include "model/table.h"

namespace racesim {

/// Keeps its memory. One thread.
class ScopeOrder {
 public:
  ScopeOrder(const SchemaInfo& schema, const TableKey& key);

  /// The rows of each car (whatever the key's scope names) one behind the other, each car's in their own
  /// order: neighbours in the index come together. Valid until the next call.
  const std::vector<std::uint32_t>& of(const RowBatch& rows);

 private:
  std::uint64_t scope_hash(const RowBatch& rows, std::size_t row) const;

  std::vector<const FieldInfo*> scope_;
  std::unordered_map<std::uint64_t, std::uint32_t> groups_;  // number of each scope, by its hash
  std::vector<std::uint32_t> group_of_, ends_, order_;
};

}  // namespace racesim
