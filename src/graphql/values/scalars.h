// What the five built-in scalars and enums take, from literals and from JSON.
#pragma once

#include <optional>
#include <string>
#include <tl/expected.hpp>

#include "graphql/language/ast.h"
#include "graphql/schema/schema.h"
#include "graphql/values/value.h"

namespace racesim::graphql {

/// The value, or why there is none.
using Coerced = tl::expected<Value, std::string>;

/// Of a built-in scalar or an enum.
Coerced leaf_of_literal(const ast::Literal& literal, const TypeDef& leaf);
Coerced leaf_of_json(const Value& input, const TypeDef& leaf);

/// A number's text as a value: whole if it fits into 64 bits, else Float.
Value number_of_text(std::string_view text, bool is_whole);

}  // namespace racesim::graphql
