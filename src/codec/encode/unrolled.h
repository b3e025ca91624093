// Encoders compiled for one row type each. unrolled_*.cpp hold those of one list of model/rows.h, so that no
// single file takes the compiler long.
#pragma once

#include <memory>

#include "codec/encode/table_encoder.h"

namespace racesim {

/// The encoder of `schema` in `format`, if it is one of the rows of List. Null: it is not.
template <class List>
std::unique_ptr<Encoder> unrolled_encoder(const SchemaInfo& schema, TextFormat format);

}  // namespace racesim
