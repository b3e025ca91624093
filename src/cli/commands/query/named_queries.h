// The questions that racesim query knows by name, and their SQL.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/error.h"
#include "io/stores/reading.h"
#include "model/question.h"

namespace racesim::cli {

/// What narrows a named query.
struct QueryFilter {
  std::string run;  ///< empty: the one stored last
  std::string car;
  std::string at;  ///< a moment, in any form of --start-datetime

  bool any() const { return !run.empty() || !car.empty() || !at.empty(); }
};

struct NamedQuery : Question {
  std::string_view scenario;  ///< whose rows it is about; empty: of any store
};

/// Those of any store, then those that scenarios declare. An empty SQL is made from the tables that there
/// are.
std::span<const NamedQuery> named_queries();
const NamedQuery* find_named_query(std::string_view name);

/// The SQL of a named query. Errors: usage, for a filter that it does not have; those of the reader.
Result<std::string> fill_named_query(const NamedQuery& query, const QueryFilter& filter, StoreReader& reader);

}  // namespace racesim::cli
