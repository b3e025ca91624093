#include "run/rows/block_decoder.h"

namespace racesim {

void DecodedBlock::clear() {
  for (const auto& part : parts) {
    part->rows.clear();
    part->records.clear();
  }
  rejects.clear();
  blank = 0;
}

TableRows& DecodedBlock::part(const StoreTable& table) {
  for (const auto& part : parts)
    if (part->table.table == table.table) return *part;
  parts.push_back(std::make_unique<TableRows>(table, *table.schema));
  return *parts.back();
}

}  // namespace racesim
