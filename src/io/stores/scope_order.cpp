#include "io/stores/scope_order.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <numeric>
#include <string_view>

namespace racesim {

ScopeOrder::ScopeOrder(const SchemaInfo& schema, const TableKey& key) {
  for (const FieldInfo& field : schema.fields)
    if (std::find(key.scope.begin(), key.scope.end(), field.path) != key.scope.end())
      scope_.push_back(&field);
}

// Two scopes with one hash are mixed, which costs nothing but time.
std::uint64_t ScopeOrder::scope_hash(const RowBatch& rows, std::size_t row) const {
  std::uint64_t hash = 0;
  for (const FieldInfo* const field : scope_) {
    const std::byte* const at = rows.row_bytes(row) + field->offset;
    std::string_view bytes(reinterpret_cast<const char*>(at), field->size);
    if (field->type == FieldType::text) {
      Text slice;
      std::memcpy(&slice, at, sizeof slice);
      bytes = rows.text(slice);
    }
    hash = hash * 0x9e3779b97f4a7c15 + std::hash<std::string_view>()(bytes);
  }
  return hash;
}

const std::vector<std::uint32_t>& ScopeOrder::of(const RowBatch& rows) {
  order_.resize(rows.size());
  if (scope_.empty()) {
    std::iota(order_.begin(), order_.end(), 0);
    return order_;
  }
  groups_.clear();
  group_of_.clear();
  ends_.clear();
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const auto next = static_cast<std::uint32_t>(ends_.size());
    const auto [known, is_new] = groups_.try_emplace(scope_hash(rows, row), next);
    if (is_new) ends_.push_back(0);
    group_of_.push_back(known->second);
    ++ends_[known->second];
  }
  std::partial_sum(ends_.begin(), ends_.end(), ends_.begin());
  for (std::size_t row = rows.size(); row-- > 0;)
    order_[--ends_[group_of_[row]]] = static_cast<std::uint32_t>(row);
  return order_;
}

}  // namespace racesim
