// Values of rows as SQLite keeps them, and back, exactly.
#pragma once

#include <sqlite3.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "io/stores/sqlite/table_layout.h"
#include "model/batch.h"
#include "model/load_value.h"

namespace racesim::sqlite {

/// Whole numbers with at most so many digits are exact as doubles after division by a power of ten.
inline constexpr std::int64_t kMostScaled = 1'000'000'000'000'000;

/// 10^decimals.
double power_of_ten(int decimals);

void store_integer(const FieldInfo& field, std::byte* at, std::int64_t value);
/// Microseconds since the epoch of a time or date.
std::int64_t load_time_us(const FieldInfo& field, const std::byte* at);

/// A Maybe without a value.
inline bool is_none(const FieldInfo& field, const std::byte* at) {
  return field.may_miss && load_integer(field, at) == INT64_MIN >> (64 - 8 * field.size);
}

/// Writes times, dates, UUIDs and run names as events show them, without quotes; remembers the last day.
class ValueText {
 public:
  static constexpr std::size_t kMost = 40;
  /// Into `to`, which has room for kMost; returns the size.
  std::size_t put(const FieldInfo& field, const std::byte* at, char* to);

 private:
  std::size_t put_time(std::int64_t units, std::int64_t per_second, int digits, char* to);
  std::int64_t day_ = INT64_MIN;
  std::array<char, 10> date_{};
};

/// Appends a value that is no list as JSON: in quotes unless it is a number.
void append_json(const RowBatch& rows, const FieldInfo& field, const std::byte* at, std::string& out);

/// The text of the field's time `us`.
std::string time_text(const FieldInfo& field, std::int64_t us);

/// Reads a column into field `field_index` of row `i`, which is zero there before. NULL, and what racesim
/// would not have written of any value, sets the bit in RowBatch::missing (NULL of a Maybe is its value).
void read_column(const FieldInfo& field, std::size_t field_index, sqlite3_stmt* statement, int column,
                 RowBatch& rows, std::size_t i);

/// Whether rows hold the same values; a missing field equals only a missing one.
bool same_row(const RowBatch& a, std::size_t row_a, const RowBatch& b, std::size_t row_b);

}  // namespace racesim::sqlite
