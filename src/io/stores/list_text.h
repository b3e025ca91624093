// Lists of a row as a JSON array, which is how stores keep them. Numbers have the decimals of their field,
// enumerations, UUIDs and run names are texts, times and dates whole numbers since the epoch.
#pragma once

#include <string>
#include <string_view>

#include "model/batch.h"

namespace racesim {

/// Appends the list `field` of a row: ["P0113","P0300"].
void append_list(const FieldInfo& field, const RowBatch& rows, std::size_t row, std::string& out);

/// Reads such an array into the row; spaces between its parts are ignored. False: it is none of this field.
bool read_list(const FieldInfo& field, std::string_view text, RowBatch& rows, std::size_t row);

}  // namespace racesim
