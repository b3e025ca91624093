// Places in a GraphQL document: byte offsets while it is worked on, lines and columns in errors.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace racesim::graphql {

/// Offset of a byte in the document's text.
using Place = std::uint32_t;

/// As editors and other GraphQL servers count: from 1; a column is a UTF-16 code unit. CR LF is one line end.
struct Location {
  std::uint32_t line = 1;
  std::uint32_t column = 1;
};

/// Walks the text from its begin, so only for errors.
Location locate(std::string_view text, Place place);

/// A document that is not one: where, and why. The text begins with "Syntax error" if the grammar is broken.
struct SyntaxError {
  Place at = 0;
  std::string what;
};

}  // namespace racesim::graphql
