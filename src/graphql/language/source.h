// Places in a GraphQL document: byte offsets while it is worked on, lines and columns in errors.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace racesim::graphql {

/// Offset of a byte in the document's text.
using Place = std::uint32_t;

/// As editors and other GraphQL servers count: from 1; a column is a UTF-16 code unit. CR LF is one line end.
struct Location {
  std::uint32_t line = 1;
  std::uint32_t column = 1;
};

/// Tells the locations of places in one text, which must outlive it. The text is walked through once, so that
/// a hostile document with thousands of errors does not cost more than its length each.
class Locator {
 public:
  explicit Locator(std::string_view text) : text_(text) {}

  Location locate(Place place);

 private:
  void step(Location& location, std::size_t at) const;

  std::string_view text_;
  std::vector<Location> marks_;  ///< of every MARK_BYTES-th byte; made when it is first needed
};

/// A document that is not one: where, and why. The text begins with "Syntax error" if the grammar is broken.
struct SyntaxError {
  Place at = 0;
  std::string what;
};

}  // namespace racesim::graphql
