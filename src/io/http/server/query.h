// The query of a request, taken apart.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace racesim::http {

struct QueryParameter {
  std::string name, value;
};

/// "limit=5&fields=a%2Cb" with escapes resolved, in the order of the text; '+' is a space. Empty parts are
/// passed over, a name without '=' has an empty value. Errors (usage): an escape that is none, a name that
/// stands twice, bytes that are not UTF-8 or that control a terminal.
Result<std::vector<QueryParameter>> parse_query(std::string_view query);

}  // namespace racesim::http
