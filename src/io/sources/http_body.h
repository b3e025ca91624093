// The body of a POST taken apart into records: one JSON object, an array, or a line each (NDJSON). Only the
// places of records are found here; whether a record is a row is for the decoder to say.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "io/sources/record_block.h"

namespace racesim::http {

enum class BodyForm : std::uint8_t {
  json,   ///< an object, an array of values, or lines if there is more than one object
  lines,  ///< a value on each line
};

/// A record within the body.
struct BodyPiece {
  std::size_t begin = 0, size = 0;
  std::string_view in(std::string_view body) const { return body.substr(begin, size); }
};

/// Why a body as a whole is refused.
struct BodyError {
  std::string what;        ///< "the array does not end"
  std::size_t offset = 0;  ///< byte of the body
};

/// The records of `body`, `most` at most, in order. Blank lines are none. The elements of an array have
/// exactly their bytes, without blanks around them.
tl::expected<std::vector<BodyPiece>, BodyError> split_body(std::string_view body, BodyForm form,
                                                           std::size_t most);

/// Replaces what `block` holds by these records; their offsets are bytes of the body.
void fill_block(std::string_view body, const std::vector<BodyPiece>& pieces, RecordBlock& block);

}  // namespace racesim::http
