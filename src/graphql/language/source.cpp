#include "graphql/language/source.h"

#include <algorithm>

namespace racesim::graphql {
namespace {

constexpr std::size_t MARK_BYTES = 256;

}  // namespace

Location Locator::locate(Place place) {
  const std::size_t end = std::min<std::size_t>(place, text_.size());
  if (marks_.empty()) {
    Location location;
    for (std::size_t at = 0; at < text_.size(); ++at) {
      if (at % MARK_BYTES == 0) marks_.push_back(location);
      step(location, at);
    }
    marks_.push_back(location);
  }
  // The last mark is the end's; those before it stand at multiples.
  const std::size_t mark = std::min(end / MARK_BYTES, (text_.size() + MARK_BYTES - 1) / MARK_BYTES);
  std::size_t at = std::min(mark * MARK_BYTES, text_.size());
  Location location = marks_[mark];
  for (; at < end; ++at) step(location, at);
  return location;
}

/// From the byte at `at` to the one behind it.
void Locator::step(Location& location, std::size_t at) const {
  const auto byte = static_cast<unsigned char>(text_[at]);
  const bool ends_line = byte == '\n' || (byte == '\r' && (at + 1 == text_.size() || text_[at + 1] != '\n'));
  if (ends_line) {
    ++location.line;
    location.column = 1;
  } else if (byte >= 0xF0) {
    location.column += 2;  // a surrogate pair
  } else if ((byte & 0xC0) != 0x80) {
    ++location.column;
  }
}

}  // namespace racesim::graphql
