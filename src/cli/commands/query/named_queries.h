// Questions that people ask of a store, by name: one SQL text each, the same for SQLite and PostgreSQL.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "io/stores/reading.h"

namespace racesim::cli {

/// What narrows a named query.
struct QueryFilter {
  std::string run;  ///< empty: the one stored last
  std::string car;
  std::string at;  ///< a moment, in any form of --start-datetime

  bool any() const { return !run.empty() || !car.empty() || !at.empty(); }
};

struct NamedQuery {
  std::string_view name;     ///< "laps"
  std::string_view summary;  ///< one line for the help
  /// Holds {run}, {and car}, {and at} where filters go. Empty: made from the tables that there are.
  std::string_view sql;
  std::string_view empty_hint{};  ///< what may be wrong where nothing is found
};

std::span<const NamedQuery> named_queries();
const NamedQuery* find_named_query(std::string_view name);

/// The SQL of a named query. Errors: usage, for a filter that it does not have; those of the reader.
Result<std::string> fill_named_query(const NamedQuery& query, const QueryFilter& filter, StoreReader& reader);

}  // namespace racesim::cli
