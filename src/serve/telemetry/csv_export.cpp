#include "serve/telemetry/csv_export.h"

#include <memory>

#include "codec/decoder.h"
#include "codec/encoder.h"

namespace racesim::serve {
namespace {

bool is_number(std::string_view cell) {
  if (!cell.empty() && cell.front() == '-') cell.remove_prefix(1);
  return !cell.empty() && cell.find_first_not_of("0123456789.") == std::string_view::npos;
}

bool is_formula(std::string_view cell) {
  const std::string_view text = cell.starts_with('"') ? cell.substr(1) : cell;
  return !text.empty() && std::string_view("=+-@\t\r\n").find(text.front()) != std::string_view::npos &&
         !is_number(cell);
}

/// The end of the cell that begins `text`.
std::size_t cell_end(std::string_view text) {
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') quoted = !quoted;
    if (!quoted && (text[i] == ',' || text[i] == '\n' || text[i] == '\r')) return i;
  }
  return text.size();
}

}  // namespace

Result<std::string> csv_of(std::span<const EventPlace> events, const SchemaInfo& schema) {
  const auto encoder = make_encoder(schema, "csv");
  if (!encoder) return tl::make_unexpected(encoder.error());
  const auto decoder = make_decoder(schema, "json");
  if (!decoder) return tl::make_unexpected(decoder.error());
  RowBatch rows(schema);
  Rejects rejects;  // none: these lines are what our encoder wrote
  for (const EventPlace& event : events) {
    if (event.chunk->forms().schemas.front() != &schema) continue;
    (*decoder)->decode(std::string(event.line()) + "\n", rows, rejects);
  }
  rows.heads.resize(rows.size());
  WireBatch lines;
  (*encoder)->encode(rows, lines);
  return (*encoder)->header() + std::string(lines.text.view());
}

std::string spreadsheet_safe(std::string_view csv) {
  std::string out;
  out.reserve(csv.size());
  while (!csv.empty()) {
    const std::string_view cell = csv.substr(0, cell_end(csv));
    csv.remove_prefix(cell.size());
    if (is_formula(cell)) {
      const bool quoted = cell.starts_with('"');
      out.append(quoted ? "\"'" : "'").append(quoted ? cell.substr(1) : cell);
    } else {
      out += cell;
    }
    while (!csv.empty() && (csv.front() == ',' || csv.front() == '\n' || csv.front() == '\r')) {
      const char separator = csv.front();
      out += separator;
      csv.remove_prefix(1);
      if (separator == ',') break;
    }
  }
  return out;
}

}  // namespace racesim::serve
