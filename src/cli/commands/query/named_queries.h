// The questions that racesim query knows by name, and their SQL.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/error.h"
#include "io/stores/reading.h"
#include "model/question.h"
#include "model/table.h"

namespace racesim::cli {

/// What narrows a named query.
struct QueryFilter {
  std::string run;  ///< empty: the one stored last
  std::string car;
  std::string at;  ///< a moment, in any form of --start-datetime

  bool any() const { return !run.empty() || !car.empty() || !at.empty(); }
};

struct NamedQuery : Question {
  std::string_view scenario;         ///< whose rows it is about; empty: of any store, or of results
  const TableInfo* table = nullptr;  ///< the results of an aggregation that it is about
};

/// Those of any store, then those that aggregations declare of their results and scenarios of their events;
/// the last two may have the same name. An empty SQL is made from the tables that there are.
std::span<const NamedQuery> named_queries();
/// Of several with that name the first one whose results have rows, else the last one: that of events. Null
/// if there is none. `tables`: those with rows.
const NamedQuery* find_named_query(std::string_view name, std::span<const std::string> tables);

/// The SQL of a named query. Errors: usage, for a filter that it does not have; those of the reader.
Result<std::string> fill_named_query(const NamedQuery& query, const QueryFilter& filter, StoreReader& reader);

}  // namespace racesim::cli
