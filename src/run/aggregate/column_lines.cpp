#include "run/aggregate/column_lines.h"

#include <algorithm>

#include "base/check.h"

namespace racesim {
namespace {

std::vector<FieldInfo> fields_at(const SchemaInfo& schema, std::span<const std::string_view> paths) {
  std::vector<FieldInfo> fields;
  for (const std::string_view path : paths) {
    const auto found = std::find_if(schema.fields.begin(), schema.fields.end(),
                                    [&](const FieldInfo& field) { return field.path == path; });
    RACESIM_CHECK(found != schema.fields.end());
    fields.push_back(*found);
  }
  return fields;
}

}  // namespace

ColumnLines::ColumnLines(const SchemaInfo& schema, std::span<const std::string_view> paths)
    : fields_(fields_at(schema, paths)),
      schema_{schema.name, schema.version, schema.row_size, fields_},
      encoder_(schema_, TextFormat::csv) {}

void ColumnLines::read(const RowBatch& rows) {
  lines_.clear();
  encoder_.encode(rows, lines_);
}

std::string_view ColumnLines::line(std::size_t row) const {
  const std::string_view line = lines_.line(row);
  return line.substr(0, line.size() - 1);
}

std::string without_quotes(std::string_view cell) {
  if (!cell.starts_with('"')) return std::string(cell);
  cell = cell.substr(1, cell.size() - 2);
  std::string text;
  for (std::size_t i = 0; i < cell.size(); ++i) {
    text += cell[i];
    if (cell[i] == '"') ++i;  // each one is there twice
  }
  return text;
}

}  // namespace racesim
