// The options of racesim query.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/commands/query/named_queries.h"

namespace racesim::cli {

/// What they were given.
struct QueryCommand {
  std::string what, db, password_file, format;
  QueryFilter filter;
  std::int64_t timeout_ns = 0;
  std::uint64_t limit = 0;
};

/// Their setters write into `c`, which outlives them.
std::vector<OptionSpec> query_options(QueryCommand& c);

}  // namespace racesim::cli
