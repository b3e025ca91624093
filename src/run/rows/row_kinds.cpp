#include "run/rows/row_kinds.h"

#include "run/rows/block_decoder.h"
#include "sim/master/generator.h"
#include "sim/registry.h"

namespace racesim {
namespace {

const MasterReader* reader_of(std::string_view entity) {
  for (const MasterReader& reader : master_readers())
    if (reader.name == entity) return &reader;
  return nullptr;
}

}  // namespace

std::vector<RowKind> row_kinds(bool master) {
  std::vector<RowKind> kinds;
  for (const ScenarioEntry* entry : scenarios())
    for (const RowForm& form : entry->rows)
      kinds.push_back({{&form.schema(), &form.table, entry->name, form.run}, entry, &form, nullptr});
  if (!master) return kinds;
  for (const MasterEntity& entity : master_entities())
    kinds.push_back({{&entity.schema(), entity.table, {}, {}}, nullptr, nullptr, reader_of(entity.name)});
  return kinds;
}

std::span<const StoreTable> store_tables() {
  static const std::vector<StoreTable> tables = [] {
    std::vector<StoreTable> made;
    for (const RowKind& kind : row_kinds(true))
      if (kind.is_stored()) made.push_back(kind.table);
    return made;
  }();
  return tables;
}

}  // namespace racesim
