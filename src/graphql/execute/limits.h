// How much one request may ask for. Each error names its limit.
#pragma once

#include <cstdint>
#include <optional>

#include "graphql/execute/query_error.h"
#include "graphql/language/ast.h"
#include "graphql/language/parser.h"
#include "graphql/schema/schema.h"
#include "graphql/values/coerce.h"

namespace racesim::graphql {

struct Limits {
  ParseLimits parse;
  std::int64_t depth = 12;                ///< fields within fields
  std::int64_t introspection_depth = 20;  ///< the same below __schema and __type
  std::int64_t fields = 1'000;            ///< with fragments at every place where they are spread
  std::int64_t aliases = 20;
  /// Values that the answer may have if every list is as long as was asked for (FieldDef::paged).
  std::int64_t complexity = 200'000;
};

/// What an operation asks for, in the units of Limits. Skipped fields count.
struct Demand {
  std::int64_t depth = 0;
  std::int64_t introspection_depth = 0;
  std::int64_t fields = 0;
  std::int64_t aliases = 0;
  std::int64_t complexity = 0;
};

/// The document must be valid.
Demand demand_of(const Schema& schema, const ast::Document& document, const ast::Operation& operation,
                 const Variables& variables);

/// The first limit that is exceeded.
std::optional<QueryError> check_limits(const Demand& demand, const Limits& limits,
                                       const ast::Document& document, const ast::Operation& operation);

}  // namespace racesim::graphql
