// A schema as Apache Spark has it: the JSON of a StructType.
#pragma once

#include <string>

#include "model/schema.h"

namespace racesim {

/// One line without an end. Whole numbers are "integer" where 32 bits hold them, else "long"; of unsigned 64
/// bits too, which seq and counts never fill. Numbers with decimals are DECIMALs that hold the field's range.
/// Names, ids and dates are strings, and nested fields a StructType of their own.
std::string spark_schema(const SchemaInfo& schema);

}  // namespace racesim
