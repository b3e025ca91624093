#include "codec/encode/whole_batch.h"

#include <cstring>

namespace racesim {

namespace {

std::size_t size_of_text(const std::byte* at) {
  Text text;
  std::memcpy(&text, at, sizeof text);
  return text.size;
}

}  // namespace

std::size_t text_bytes(const RowBatch& rows) {
  const std::size_t row_size = rows.schema().row_size;
  const std::byte* const end = rows.row_bytes(0) + rows.size() * row_size;
  std::size_t bytes = 0;
  for (const FieldInfo& f : rows.schema().fields) {
    if (f.type != FieldType::text) continue;
    for (const std::byte* row = rows.row_bytes(0); row != end; row += row_size) {
      if (f.list_limit == 0) {
        bytes += size_of_text(row + f.offset);
        continue;
      }
      const auto items = static_cast<std::size_t>(row[f.count_offset]);
      for (std::size_t i = 0; i < items; ++i) bytes += size_of_text(row + f.offset + i * sizeof(Text));
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
