#include "graphql/language/source.h"

#include <algorithm>

namespace racesim::graphql {

Location locate(std::string_view text, Place place) {
  Location found;
  const std::size_t end = std::min<std::size_t>(place, text.size());
  for (std::size_t at = 0; at < end; ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    const bool ends_line = byte == '\n' || (byte == '\r' && (at + 1 == text.size() || text[at + 1] != '\n'));
    if (ends_line) {
      ++found.line;
      found.column = 1;
    } else if (byte >= 0xF0) {
      found.column += 2;  // a surrogate pair
    } else if ((byte & 0xC0) != 0x80) {
      ++found.column;
    }
  }
  return found;
}

}  // namespace racesim::graphql
