// Pages of rows: cursors hold what rows are ordered by.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "graphql/connection/connection.h"
#include "serve/gateway/graphql/row_type.h"

namespace racesim::serve {

struct RowOrder {
  std::vector<std::string> columns;  ///< that rows are ordered by, as far as they have them
  bool by_time = false;              ///< the first of them is the event time, by which a source can begin
};

/// At most `limit` rows (those of one moment stay together), from a moment on if one is given; what lies
/// behind has `next`.
using FetchRows = std::function<Result<HistoryRows>(std::optional<std::int64_t> from_us, std::size_t limit)>;

/// The page with what it points into.
struct RowPage {
  std::unique_ptr<RowSet> set;
  graphql::Page<TypedRow> page;
};

/// Errors: those of `fetch`, and usage where a page from the end would have to pass too many rows.
Result<RowPage> read_page(const RowType& type, const RowOrder& order, const graphql::PageRequest& request,
                          const FetchRows& fetch);

}  // namespace racesim::serve
