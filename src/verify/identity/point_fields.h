// A point of line protocol taken apart (docs/formats/lineprotocol.md).
#pragma once

#include <string_view>

#include "model/schema.h"
#include "verify/identity/line_fields.h"

namespace racesim {

/// Tags and fields by the paths of `schema`, values without quotes and types, as they are written; the time
/// by the path of the table's time, in nanoseconds.
void walk_point(std::string_view line, const SchemaInfo& schema, LineFields& out);

/// A tag's value as it is meant.
std::string unescaped_tag(std::string_view value);

/// The line is a point of the table that the schema's rows are kept in.
bool is_point_of(std::string_view line, const SchemaInfo& schema);

}  // namespace racesim
