// Single rows of batches, with their texts.
#pragma once

#include <cstddef>
#include <string_view>

#include "model/batch.h"
#include "serve/history/history_rows.h"

namespace racesim::serve {

/// The field of that path; a programmer's error if there is none.
const FieldInfo& field_of(const SchemaInfo& schema, std::string_view path);

/// A text field's value.
std::string_view text_at(const RowBatch& rows, std::size_t row, const FieldInfo& field);
/// A number's, time's, date's, run's, enumeration's or truth's raw value, as 64 bits.
std::int64_t whole_at(const RowBatch& rows, std::size_t row, const FieldInfo& field);
/// In microseconds.
std::int64_t time_us_at(const RowBatch& rows, std::size_t row, const FieldInfo& field);
/// A Maybe without a value, or a field that the record lacked.
bool is_missing(const RowBatch& rows, std::size_t row, const FieldInfo& field);

/// Appends a copy; both have the same schema.
void append_row(const RowBatch& from, std::size_t row, RowBatch& to);
/// Writes over a row, whose texts stay where they are the same.
void replace_row(const RowBatch& from, std::size_t row, RowBatch& to, std::size_t place);

}  // namespace racesim::serve
