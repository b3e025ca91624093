#include "agg/row_time.h"

#include <cstring>

namespace racesim {

const FieldInfo* find_time_field(const SchemaInfo& schema, std::string_view path) {
  for (const FieldInfo& field : schema.fields)
    if (field.path == path && (field.type == FieldType::time_ms || field.type == FieldType::time_us))
      return &field;
  return nullptr;
}

void read_times_us(const RowBatch& rows, const FieldInfo& time, std::vector<std::int64_t>& out) {
  const std::int64_t us_per_unit = time.type == FieldType::time_ms ? 1000 : 1;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::int64_t units = 0;
    std::memcpy(&units, rows.row_bytes(i) + time.offset, sizeof units);
    out[i] = units * us_per_unit;
  }
}

}  // namespace racesim
