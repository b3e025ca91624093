// Events that a receiver refused within an answer of success.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace racesim::http {

struct Reject {
  std::size_t index = 0;  ///< position in the request, from 0
  std::string reason;
};

/// Reads {"rejected":[{"index":3,"reason":"…"}]} out of an answer's body; other members are ignored. Ordered
/// by index, each index below `count` and there once. A body that says something else rejects nothing.
std::vector<Reject> parse_rejects(std::string_view body, std::size_t count);

}  // namespace racesim::http
