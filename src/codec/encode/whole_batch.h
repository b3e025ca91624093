// What an encoder asks of a whole batch or schema, the same for the unrolled and the table-driven one.
#pragma once

#include <cstddef>
#include <string>

#include "model/batch.h"

namespace racesim {

/// Bytes of all texts of the batch. Rows may share arena text, so each reference counts.
std::size_t text_bytes(const RowBatch& rows);

/// The names of the columns as the first line of a CSV file.
std::string csv_header(const SchemaInfo& schema);

}  // namespace racesim
