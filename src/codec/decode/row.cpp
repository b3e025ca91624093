#include "codec/decode/row.h"

#include <algorithm>

#include "base/check.h"

namespace racesim {

std::uint64_t missing_bit(const SchemaInfo& schema, const FieldInfo& field,
                          std::span<const std::string_view> optional) {
  if (std::find(optional.begin(), optional.end(), field.path) == optional.end()) return 0;
  const auto index = static_cast<std::size_t>(&field - schema.fields.data());
  RACESIM_CHECK(index < 64);
  return std::uint64_t{1} << index;
}

}  // namespace racesim
