// Which fields a record did not have (RowBatch::missing).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "model/schema.h"

namespace racesim {

/// The bits of the fields with these paths.
template <class... Paths>
std::uint64_t fields_mask(const SchemaInfo& schema, const Paths&... paths) {
  std::uint64_t mask = 0;
  for (std::size_t f = 0; f < schema.fields.size(); ++f)
    if (((schema.fields[f].path == std::string_view(paths)) || ...)) mask |= std::uint64_t{1} << f;
  return mask;
}

}  // namespace racesim
