// CSV records to rows, behind a header whose columns stand in any order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "codec/decode/csv_cells.h"
#include "codec/decode/row.h"
#include "codec/decoder.h"

namespace racesim {

/// "location_lat" for location.lat.
std::string column_name(const FieldInfo& field);

/// No NUL, and UTF-8.
bool readable_csv(std::string_view text, std::string& why);

class CsvRowReader {
 public:
  CsvRowReader(const SchemaInfo& schema, const DecoderOptions& options);

  /// `cells`: the names of the columns. False: `why` says which one is wrong, and nothing can be read.
  bool read_header(const std::vector<std::string_view>& cells, std::string& why);
  /// Appends the row to `good`, or says in `why` what is wrong with the cells.
  bool read(const std::vector<std::string_view>& cells, RowBatch& good, std::string& why);

 private:
  struct Column {
    const FieldInfo* field = nullptr;  ///< null: it is ignored
    std::uint64_t missing_bit = 0;     ///< of a field that may be missing
  };

  bool has_column(const FieldInfo& field) const;
  bool names_missing(const std::vector<std::string_view>& cells, std::string& why);
  std::string strangers(const std::vector<std::string_view>& cells) const;
  bool read_cell(const Column& column, std::string_view cell, std::string& why);
  bool read_list(const FieldInfo& field, std::string_view cell, std::string& why);

  const SchemaInfo* schema_;
  bool ignore_unknown_;
  std::span<const std::string_view> optional_;
  std::function<void(std::string_view)> on_unknown_;
  RowBuilder row_;
  std::vector<Column> columns_;              ///< as in the header
  std::vector<const FieldInfo*> no_column_;  ///< Maybe fields that the header does not name
  std::uint64_t never_ = 0;                  ///< bits of the other optional fields that it does not name
  std::uint64_t missing_ = 0;                ///< of the row
  CsvCells items_;
};

}  // namespace racesim
