// Rows that a store was asked for: values with their type, in memory, as they are shown.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/schema.h"

namespace racesim::serve {

struct HistoryColumn {
  std::string name;                  ///< as in the events: "speed_kmh", "location.lat"; or "speed_kmh_max"
  FieldType type = FieldType::text;  ///< integers with `decimals`; texts, times, enumerations are texts
  std::uint8_t decimals = 0;         ///< of the integer types
  bool is_list = false;              ///< a JSON array as text

  bool is_number() const {
    return !is_list && (type == FieldType::signed_int || type == FieldType::unsigned_int);
  }
  bool is_boolean() const { return !is_list && type == FieldType::boolean; }
};

HistoryColumn column_of(const FieldInfo& field);
/// The field of that path; null: there is none.
const FieldInfo* find_field(const SchemaInfo& schema, std::string_view path);

struct HistoryValue {
  bool is_null = true;
  std::int64_t number = 0;  ///< × 10^decimals of the column; 1 and 0 of a boolean
  std::string_view text;    ///< of all other types; lives as long as the rows
  /// The number that is meant.
  double real(const HistoryColumn& column) const;
};

/// One thread at a time.
class HistoryRows {
 public:
  std::vector<HistoryColumn> columns;
  /// There is more: what `from=` of the next page is, an event time.
  std::optional<std::string> next;

  std::size_t size() const { return columns.empty() ? 0 : cells_.size() / columns.size(); }
  HistoryValue at(std::size_t row, std::size_t column) const;
  /// Index of the column of that name; -1: there is none.
  int column(std::string_view name) const;
  /// Appends the row as a JSON object, numbers with the decimals that events have. Values that are not there
  /// are null.
  void append_json(std::size_t row, std::string& to) const;

  // For those who fill it: the cells of a row one behind the other.
  void add_null() { cells_.push_back({kNull, 0}); }
  void add_number(std::int64_t value) { cells_.push_back({kNumber, value}); }
  void add_text(std::string_view text);
  /// Behind the last column; `value(row)` is null where there is none.
  void add_text_column(std::string name, const std::function<const std::string*(std::size_t row)>& value);
  /// The whole row, of rows with the same columns.
  void add_row(const HistoryRows& from, std::size_t row);

 private:
  static constexpr std::uint32_t kNull = UINT32_MAX, kNumber = UINT32_MAX - 1;
  struct Cell {
    std::uint32_t size = kNull;  ///< of a text in texts_, or one of the above
    std::int64_t number = 0;     ///< or where the text begins
  };
  std::vector<Cell> cells_;
  std::string texts_;
};

}  // namespace racesim::serve
