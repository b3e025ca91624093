// Rows in memory as the rows that resolvers give, whether they come from memory or a store.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/batch.h"
#include "serve/history/history_rows.h"

namespace racesim::serve {

/// Adds the field's value as the next cell, as events show it.
void add_cell(const RowBatch& rows, std::size_t row, const FieldInfo& field, HistoryRows& to);
/// A time as events show it: milliseconds with Z, or microseconds with +00:00, by the field's type.
std::string time_text(std::int64_t time_us, FieldType type);

/// All fields of the rows, in the order of `order`, an index of each row that is wanted.
HistoryRows typed_rows(const RowBatch& rows, std::span<const std::size_t> order);

/// The JSON Schema of items_json() of such rows.
std::string items_schema(const SchemaInfo& schema, bool may_miss);

/// {"items":[…],"next":…}; `next` only where there is more.
std::string items_json(const HistoryRows& rows);

}  // namespace racesim::serve
