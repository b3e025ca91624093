// What a request asks of one type of object: fields merged, directives decided, arguments coerced. Made once
// for each place of a request and each type that is met there, however many rows come.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "graphql/language/ast.h"
#include "graphql/schema/schema.h"
#include "graphql/values/coerce.h"

namespace racesim::graphql {

struct SelectionPlan;

/// An error that is known before any value is.
struct PlannedError {
  std::string message;
  Place at = 0;
};

struct PlannedField {
  std::string key;        ///< as it is written: `"name":`
  std::string_view name;  ///< the response name
  const FieldDef* def = nullptr;
  const TypeDef* parent = nullptr;
  std::vector<const ast::Selection*> nodes;  ///< all that were merged; at least one
  Arguments arguments;
  std::optional<PlannedError> refused;  ///< the arguments could not be coerced
  std::vector<std::pair<const TypeDef*, std::unique_ptr<SelectionPlan>>> below;  ///< by the type of the value
};

struct SelectionPlan {
  std::deque<PlannedField> fields;
  std::optional<PlannedError> refused;  ///< @skip or @include could not be decided
};

/// Makes plans for one execution. All that it is given must outlive them.
class Planner {
 public:
  Planner(const Schema& schema, const ast::Document& document, const Variables& variables)
      : schema_(schema), document_(document), variables_(variables) {}

  SelectionPlan plan(const TypeDef& type, const std::vector<ast::Selection>& selections) const;
  /// What is asked of the field's value, which is a `type`; made when it is first wanted.
  SelectionPlan& below(PlannedField& field, const TypeDef& type) const;

 private:
  struct Collecting;

  void collect(Collecting& state, const std::vector<ast::Selection>& selections) const;
  bool is_wanted(Collecting& state, const std::vector<ast::Directive>& directives) const;
  bool applies(std::string_view condition, const TypeDef& type) const;
  void finish(SelectionPlan& plan) const;
  tl::expected<Fields, PlannedError> coerce(const std::deque<InputDef>& wanted,
                                            const std::vector<ast::Argument>& given, Place at) const;

  const Schema& schema_;
  const ast::Document& document_;
  const Variables& variables_;
};

}  // namespace racesim::graphql
