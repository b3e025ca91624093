// The rules of validation (October 2021, section 5): what can be said of a document without executing it. An
// error is located where other servers locate it: graphql-js 16 is the reference.
#pragma once

#include <vector>

#include "graphql/execute/query_error.h"
#include "graphql/language/ast.h"
#include "graphql/schema/schema.h"

namespace racesim::graphql {

/// Nothing if the document may be executed. At most Report::ERRORS_MAX errors, and one that says that there
/// are more.
std::vector<QueryError> validate(const Schema& schema, const ast::Document& document);

}  // namespace racesim::graphql
