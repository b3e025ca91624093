// Pages of long lists, as clients know them as "cursor connections": `first` and `after` go forward, `last`
// and `before` backward; a cursor is opaque to clients and holds the key of a row.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "graphql/schema/resolver.h"

namespace racesim::graphql {

std::string encode_cursor(std::string_view key);
/// The key; a text that encode_cursor() did not make is refused (usage).
Result<std::string> decode_cursor(std::string_view cursor);

/// What a request asks for: at most `count` rows whose keys are behind `after` and before `before`, the first
/// ones or
/// (`is_backward`) the last ones.
struct PageRequest {
  std::optional<std::string> after, before;  ///< keys
  std::size_t count = 0;
  bool is_backward = false;
};

/// Reads the four arguments; `assumed` rows if neither `first` nor `last` is given. Refuses (usage) both at
/// once, negative numbers, more than `most`, and cursors that are none.
Result<PageRequest> read_page_request(const Arguments& arguments, std::size_t assumed, std::size_t most);

}  // namespace racesim::graphql
