#include "run/rows/event_tables.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

#include "codec/encoder.h"
#include "run/rows/row_kinds.h"
#include "run/rows/row_lines.h"

namespace racesim {
namespace {

constexpr std::string_view kJson = "json";

/// What makes lines of one table's rows.
struct JsonOfRows {
  JsonOfRows(const SchemaInfo& schema, std::unique_ptr<Encoder> made)
      : encoder(std::move(made)), lines(schema, *encoder, kJson) {}

  void append(const RowBatch& rows, WireBatch& out) {
    std::uint32_t at = out.ends.empty() ? 0 : out.ends.back();
    lines.append(rows, out.text);
    // No line of JSON has a line end within.
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const void* const end = std::memchr(out.text.data() + at, '\n', out.text.size() - at);
      at = static_cast<std::uint32_t>(static_cast<const char*>(end) - out.text.data()) + 1;
      out.ends.push_back(at);
    }
  }

  std::unique_ptr<Encoder> encoder;
  RowLines lines;
};

}  // namespace

std::span<const StoreTable> event_tables() {
  static const std::vector<StoreTable> tables = [] {
    std::vector<StoreTable> made;
    for (const RowKind& kind : row_kinds(false))
      if (kind.is_stored()) made.push_back(kind.table);
    return made;
  }();
  return tables;
}

Result<RowsToLines> rows_to_json(const StoreTable& table) {
  Result<std::unique_ptr<Encoder>> encoder = make_encoder(*table.schema, kJson, table.table);
  if (!encoder) return tl::make_unexpected(encoder.error());
  return [json = std::make_shared<JsonOfRows>(*table.schema, std::move(*encoder))](
             const RowBatch& rows, WireBatch& out) { json->append(rows, out); };
}

}  // namespace racesim
