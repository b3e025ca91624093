// The rules for values: they have the type of their place, input objects are complete and name each field
// once.
#pragma once

#include <vector>

#include "graphql/language/ast.h"
#include "graphql/schema/schema.h"
#include "graphql/validate/rules.h"

namespace racesim::graphql {

/// A place in which a value stands.
struct ValuePlace {
  const TypeRef* type = nullptr;  ///< null if it is not known
  bool has_default = false;
};

/// Checks the value and what is in it, and adds the variables in it to `uses`.
void check_value(const ast::Literal& literal, ValuePlace place, Report& report,
                 std::vector<VariableUse>& uses);

}  // namespace racesim::graphql
