// What an answer says went wrong.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "graphql/language/source.h"

namespace racesim::graphql {

/// A field's response name, or an index in a list.
using PathStep = std::variant<std::string, std::size_t>;

struct QueryError {
  std::string message;
  std::vector<Location> locations;
  std::vector<PathStep> path;  ///< empty if no field of the answer is concerned
};

/// A message that quotes what a request says, cut where it gets long.
std::string shortened(std::string message);

/// `[{"message":…,"locations":[…],"path":[…]},…]`
void append_errors(std::string& out, const std::vector<QueryError>& errors);

}  // namespace racesim::graphql
