// What a user's SQL is made of, as far as it takes to tell whether it may run: names, and how many
// statements.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace racesim::postgres {

struct SqlWords {
  std::string statement;           ///< without a semicolon at its end
  std::vector<std::string> names;  ///< all that may name a function, a table or a column; sorted, each once
};

/// Reads PostgreSQL's words: comments that nest, texts of every kind, quoted names. Errors: usage, for more
/// than one statement, none, or a spelling that hides a name (U&"…").
Result<SqlWords> read_sql(std::string_view sql);

/// The first name that no query may use whatever it means there; empty: none.
std::string forbidden_name(const std::vector<std::string>& names);

}  // namespace racesim::postgres
