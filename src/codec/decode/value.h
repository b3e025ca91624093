// Text to single values, exactly: no rounding, no double, no locale. Shared by all text formats.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "model/schema.h"

namespace racesim {

enum class NumberFault : std::uint8_t { none, malformed, more_decimals, too_large };

/// Whether the text is a JSON number.
bool is_number(std::string_view text);

/// A JSON number (RFC 8259 grammar, exponents too) × 10^decimals as an integer. Zeros behind the last decimal
/// of the schema and exponents are fine as long as the value is the same: 1.50 and 15e-1 with one decimal
/// are 15.
NumberFault parse_scaled(std::string_view text, int decimals, bool& negative, std::uint64_t& magnitude);

/// Reads `text` as one value of `field`, whose type is any but text, into the field.size bytes at `to`.
/// Empty text is the missing value of a field that may miss. `natural_ranges`: see DecoderOptions. On false
/// `why` says what is wrong, without the field's name.
bool read_scalar(const FieldInfo& field, std::string_view text, std::byte* to, std::string& why,
                 bool natural_ranges = false);

/// What a number of the field may be: all that its type holds, or its natural range within that.
FieldRange range_of(const FieldInfo& field, bool natural);

/// For messages: between quotes, at most 60 bytes of it, control characters shown as '?'.
std::string excerpt(std::string_view text);

}  // namespace racesim
