// The event time of rows, whatever form it has.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "model/batch.h"

namespace racesim {

/// The field of that path if it is a time (time_ms, time_us); else null.
const FieldInfo* find_time_field(const SchemaInfo& schema, std::string_view path);

/// Microseconds since the epoch of each row; `out` is as long as the batch.
void read_times_us(const RowBatch& rows, const FieldInfo& time, std::vector<std::int64_t>& out);

}  // namespace racesim
