// The formats, and which encoder writes a schema in one of them: for JSON and CSV the unrolled one of its row
// type, or the table-driven one. A new format is one line in kFormats, a list of rows to unroll one line in
// kUnrolled.
#include <array>

#include "codec/encode/line_protocol.h"
#include "codec/encode/table_encoder.h"
#include "codec/encode/unrolled.h"
#include "codec/encoder.h"
#include "model/rows.h"

namespace racesim {
namespace {

constexpr std::array kUnrolled{
    &unrolled_encoder<RowList1>,
    &unrolled_encoder<RowList2>,
    &unrolled_encoder<RowList3>,
};

template <TextFormat Format>
Result<std::unique_ptr<Encoder>> text_encoder(const SchemaInfo& schema, const TableInfo*) {
  for (const auto& unrolled : kUnrolled)
    if (auto encoder = unrolled(schema, Format)) return encoder;
  return std::make_unique<TableEncoder>(schema, Format);
}

Result<std::unique_ptr<Encoder>> line_protocol_encoder(const SchemaInfo& schema, const TableInfo* table) {
  const std::string why = LineProtocolEncoder::why_not(schema, table != nullptr ? *table : TableInfo{});
  if (!why.empty()) return fail(ErrorKind::usage, why, "take another format");
  return std::make_unique<LineProtocolEncoder>(schema, *table);
}

struct FormatEntry {
  std::string_view name;
  Result<std::unique_ptr<Encoder>> (*make)(const SchemaInfo& schema, const TableInfo* table);
};
constexpr std::array kFormats{
    FormatEntry{"json", &text_encoder<TextFormat::json>},
    FormatEntry{"csv", &text_encoder<TextFormat::csv>},
    FormatEntry{"lineprotocol", &line_protocol_encoder},
};

}  // namespace

Result<std::unique_ptr<Encoder>> make_encoder(const SchemaInfo& schema, std::string_view format,
                                              const TableInfo* table) {
  std::string known;
  for (const FormatEntry& entry : kFormats) {
    if (entry.name == format) return entry.make(schema, table);
    known += (known.empty() ? "" : ", ") + std::string(entry.name);
  }
  return fail(ErrorKind::usage, "unknown format '" + std::string(format) + "'", "one of: " + known);
}

std::vector<std::string_view> encoder_formats() {
  std::vector<std::string_view> names;
  for (const FormatEntry& entry : kFormats) names.push_back(entry.name);
  return names;
}

}  // namespace racesim
