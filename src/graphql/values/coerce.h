// Input → values of the declared types, as the specification's tables of input coercion say.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "graphql/language/ast.h"
#include "graphql/schema/schema.h"
#include "graphql/values/value.h"

namespace racesim::graphql {

/// A request's variables by name, coerced. One that was left out without a default is not there.
using Variables = std::map<std::string, Value, std::less<>>;

/// What is wrong with a variable, and where inside it (".lap.numbers[2]", or empty).
struct InputProblem {
  std::string path;
  std::string what;
};

/// Most problems that are collected of a request's variables.
inline constexpr std::size_t INPUT_PROBLEMS_MAX = 50;

/// No value where the literal does not fit the type; validation has said so before.
std::optional<Value> coerce_literal(const ast::Literal& literal, const TypeRef& type,
                                    const Variables& variables);

/// Why a literal is no value of a scalar or an enum; nothing if it is one.
std::optional<std::string> refuse_literal(const ast::Literal& literal, const TypeDef& leaf);

/// A variable as JSON brings it. No value if problems were added.
std::optional<Value> coerce_input(const Value& input, const TypeRef& type, const std::string& path,
                                  std::vector<InputProblem>& problems);

/// A value of a type as a literal, as SDL and introspection show defaults.
std::string print_value(const Value& value);

/// A literal as messages show it, cut where it gets long.
std::string shown(const ast::Literal& literal);

}  // namespace racesim::graphql
