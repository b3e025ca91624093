#include "codec/encode/whole_batch.h"

#include <cstring>

namespace racesim {

std::size_t text_bytes(const RowBatch& rows) {
  std::size_t bytes = 0;
  for (const FieldInfo& f : rows.schema().fields) {
    if (f.type != FieldType::text) continue;
    for (std::size_t r = 0; r < rows.size(); ++r) {
      const std::byte* row = rows.row_bytes(r);
      const std::size_t items = f.list_limit > 0 ? static_cast<std::size_t>(row[f.count_offset]) : 1;
      for (std::size_t i = 0; i < items; ++i) {
        Text t;
        std::memcpy(&t, row + f.offset + i * sizeof(Text), sizeof t);
        bytes += t.size;
      }
    }
  }
  return bytes;
}

std::string csv_header(const SchemaInfo& schema) {
  std::string line;
  for (const FieldInfo& f : schema.fields) {
    if (!line.empty()) line += ',';
    for (const char c : f.path) line += c == '.' ? '_' : c;
  }
  return line + '\n';
}

}  // namespace racesim
