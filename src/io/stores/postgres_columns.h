// How the values of rows lie in PostgreSQL: types of columns, and rows as COPY's binary format has them.
// docs/formats/store.md shows both.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "io/sources/source.h"
#include "io/stores/store.h"
#include "model/batch.h"

namespace racesim::postgres {

/// "location.lat" → "location_lat".
std::string column_name(std::string_view path);
/// "double precision", "text COLLATE \"C\"" of a field; a list is jsonb.
std::string column_type(const FieldInfo& field);
std::string column_type(const PlannedColumn& column);

/// Begins and ends what COPY … (FORMAT binary) reads.
inline constexpr std::string_view kCopyHeader{"PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19};
inline constexpr std::string_view kCopyTrailer{"\377\377", 2};

/// Values of one tuple, in the order of its columns. Appends to a buffer that the caller owns.
class TupleWriter {
 public:
  explicit TupleWriter(ByteBuffer& to) : to_(to) {}
  void begin(int columns);
  void null();
  void boolean(bool value);
  void int16(std::int16_t value);
  void int32(std::int32_t value);
  void int64(std::int64_t value);
  void real(double value);
  void text(std::string_view value);  ///< bytea too
  void uuid(const Uuid& value);
  void json(std::string_view value);
  void time_us(std::int64_t epoch_us);  ///< timestamptz
  void day(std::int32_t epoch_days);    ///< date

 private:
  template <class T>
  void number(T value);
  ByteBuffer& to_;
};

/// Appends row `i` as one tuple, its fields in the order of the schema. With `ordinal` an int4 stands before
/// them.
void append_tuple(const RowBatch& rows, std::size_t i, bool with_ordinal, std::int32_t ordinal,
                  ByteBuffer& to);

/// A value of an answer in binary format, back into a row whose bytes are zero. False, and nothing is read:
/// there is none (which a Maybe takes), or none that this field could have been written from.
bool read_value(const FieldInfo& field, std::string_view bytes, bool is_null, RowBatch& rows,
                std::size_t row);

/// Why the value cannot be kept as it is; empty: it can. `is_indexed`: it is part of a key or an index.
std::string why_unfit(const FieldInfo& field, const RowBatch& rows, std::size_t row, bool is_indexed);

}  // namespace racesim::postgres
