// The body of unrolled_encoder(), for unrolled_*.cpp only.
#pragma once

#include "codec/encode/row_encoder.h"
#include "codec/encode/unrolled.h"
#include "model/rows.h"

namespace racesim {

template <class Row>
std::unique_ptr<Encoder> row_encoder(TextFormat format) {
  if (format == TextFormat::json) return std::make_unique<RowEncoder<Row, JsonFormat>>();
  return std::make_unique<RowEncoder<Row, CsvFormat>>();
}

template <class... Rows>
std::unique_ptr<Encoder> encoder_among(const SchemaInfo& schema, TextFormat format, RowList<Rows...>) {
  std::unique_ptr<Encoder> found;
  static_cast<void>(((&schema == &schema_info<Rows>() && (found = row_encoder<Rows>(format))) || ...));
  return found;
}

template <class List>
std::unique_ptr<Encoder> unrolled_encoder(const SchemaInfo& schema, TextFormat format) {
  return encoder_among(schema, format, List{});
}

}  // namespace racesim
