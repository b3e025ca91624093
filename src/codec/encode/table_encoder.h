// The encoder of any schema, driven by its run-time description: for rows that no unrolled encoder was
// compiled for. Writes the same bytes as RowEncoder (row_encoder.h), at about half of its speed.
#pragma once

#include <string>
#include <vector>

#include "codec/encoder.h"

namespace racesim {

enum class TextFormat : std::uint8_t { json, csv };

class TableEncoder final : public Encoder {
 public:
  /// `schema` outlives the encoder. Its fields have at most nine decimals.
  TableEncoder(const SchemaInfo& schema, TextFormat format);

  void encode(const RowBatch& rows, WireBatch& out) const override;
  std::string header() const override;
  EventIdRule id_rule() const override;

 private:
  struct Column {
    std::string before;  ///< the constant text in front of the value
    const FieldInfo* field;
    char* (*put_magnitude)(char*, std::uint64_t);  ///< for the field's decimals
  };
  struct State;

  char* write_row(char* p, const std::byte* row, State& state) const;
  char* write_value(char* p, const Column& column, const std::byte* row, State& state) const;
  char* write_scalar(char* p, const Column& column, const std::byte* at, State& state) const;
  char* write_number(char* p, const Column& column, const std::byte* at) const;

  const SchemaInfo& schema_;
  const TextFormat format_;
  std::vector<Column> columns_;
  std::string line_end_;
  std::size_t row_size_max_ = 0;  ///< without the texts
};

}  // namespace racesim
