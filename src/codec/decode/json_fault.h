// Where a text stops being JSON: for the reason why a record was refused, once it is known that it is none.
#pragma once

#include <cstddef>
#include <string_view>

namespace racesim {

/// Offset of the first byte that no JSON value could have there, of what stands before it; the size of the
/// text if it only ends too early; npos: it is JSON by the grammar (halves of surrogate pairs are not looked
/// for).
std::size_t json_fault(std::string_view text);

}  // namespace racesim
