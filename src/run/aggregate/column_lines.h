// Some columns of rows as CSV: keys of results, cells of tables.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "codec/encode/table_encoder.h"
#include "model/batch.h"

namespace racesim {

/// One thread.
class ColumnLines {
 public:
  /// Paths of fields, which must be there.
  ColumnLines(const SchemaInfo& schema, std::span<const std::string_view> paths);
  ColumnLines(const ColumnLines&) = delete;
  ColumnLines& operator=(const ColumnLines&) = delete;

  std::span<const FieldInfo> fields() const { return fields_; }
  /// Encodes all rows; line() is of the last ones.
  void read(const RowBatch& rows);
  /// Values in the order of the paths with ',' between, without a line end; empty where there is none.
  std::string_view line(std::size_t row) const;

 private:
  std::vector<FieldInfo> fields_;
  SchemaInfo schema_;  ///< of these columns alone
  TableEncoder encoder_;
  WireBatch lines_;
};

/// The text of a cell of CSV, which may stand in quotes.
std::string without_quotes(std::string_view cell);

}  // namespace racesim
