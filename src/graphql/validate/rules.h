// The rules, in groups that look at the same things. Each may meet a document that breaks any other rule.
#pragma once

#include <deque>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "graphql/language/ast.h"
#include "graphql/schema/schema.h"
#include "graphql/validate/report.h"

namespace racesim::graphql {

/// A variable in an argument, a list or an input object.
struct VariableUse {
  std::string_view name;
  Place at = 0;
  const TypeRef* type = nullptr;  ///< what is wanted there; null if that is not known
  bool has_default = false;       ///< the place has a value of its own if there is none
};

/// What the walk found: uses of variables by operation or fragment, and the types of variables.
struct Walked {
  std::unordered_map<const void*, std::vector<VariableUse>> uses;
  std::deque<TypeRef> types;
  std::unordered_map<const ast::VariableDefinition*, const TypeRef*> variable_types;  ///< known ones only
};

/// Everything that needs the type of a place: types, fields, arguments, values, directives, spreads.
Walked check_types(const Schema& schema, const ast::Document& document, Report& report);

/// That nothing but operations and fragments is defined; names of operations; the single field of
/// subscriptions.
void check_operations(const Schema& schema, const ast::Document& document, Report& report);

/// Names of fragments, that each is used and that none contains itself.
void check_fragments(const ast::Document& document, Report& report);

/// That variables are defined, used, and of a type that fits.
void check_variables(const ast::Document& document, const Walked& walked, Report& report);

/// That fields with the same response name can be merged.
void check_overlaps(const Schema& schema, const ast::Document& document, Report& report);

/// The spreads of a selection set and all that are nested in it, in the order in which cycles are looked for.
std::vector<const ast::Selection*> spreads_in(const std::vector<ast::Selection>& selections);

/// The fragments that can be reached from a selection set, each once.
std::vector<const ast::Fragment*> reachable_fragments(const ast::Document& document,
                                                      const std::vector<ast::Selection>& selections);

}  // namespace racesim::graphql
