// The formats, and which encoder writes a schema in one of them: the unrolled one of its row type, or the
// table-driven one. A new format is one line in kFormats, a list of rows to unroll one line in kUnrolled.
#include <array>

#include "codec/encode/table_encoder.h"
#include "codec/encode/unrolled.h"
#include "codec/encoder.h"
#include "model/rows.h"

namespace racesim {
namespace {

struct FormatEntry {
  std::string_view name;
  TextFormat format;
};
constexpr std::array kFormats{
    FormatEntry{"json", TextFormat::json},
    FormatEntry{"csv", TextFormat::csv},
};

constexpr std::array kUnrolled{
    &unrolled_encoder<RowList1>,
    &unrolled_encoder<RowList2>,
    &unrolled_encoder<RowList3>,
};

std::unique_ptr<Encoder> encoder_for(const SchemaInfo& schema, TextFormat format) {
  for (const auto& unrolled : kUnrolled)
    if (auto encoder = unrolled(schema, format)) return encoder;
  return std::make_unique<TableEncoder>(schema, format);
}

}  // namespace

Result<std::unique_ptr<Encoder>> make_encoder(const SchemaInfo& schema, std::string_view format) {
  std::string known;
  for (const FormatEntry& entry : kFormats) {
    if (entry.name == format) return encoder_for(schema, entry.format);
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
