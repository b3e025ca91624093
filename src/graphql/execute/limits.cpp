#include "graphql/execute/limits.h"

#include <algorithm>
#include <unordered_map>

#include "base/saturate.h"

namespace racesim::graphql {
namespace {

// Selection sets within selection sets that are looked into: recursion is to end before any stack does.
constexpr int LEVELS_MAX = 400;

class Measure {
 public:
  Measure(const Schema& schema, const ast::Document& document, const Variables& variables)
      : schema_(schema), document_(document), variables_(variables) {}

  Demand of(const std::vector<ast::Selection>& selections, const TypeDef& parent) {
    Demand sum;
    if (++level_ > LEVELS_MAX) {
      sum.depth = INT64_MAX;
    } else {
      for (const ast::Selection& selection : selections) add(sum, of(selection, parent));
    }
    --level_;
    return sum;
  }

 private:
  static void add(Demand& sum, const Demand& more) {
    sum.depth = std::max(sum.depth, more.depth);
    sum.introspection_depth = std::max(sum.introspection_depth, more.introspection_depth);
    sum.fields = add_saturating(sum.fields, more.fields);
    sum.aliases = add_saturating(sum.aliases, more.aliases);
    sum.complexity = add_saturating(sum.complexity, more.complexity);
  }

  Demand of(const ast::Selection& selection, const TypeDef& parent) {
    if (selection.kind == ast::SelectionKind::field) return field(selection, parent);
    if (selection.kind == ast::SelectionKind::inline_fragment) {
      const TypeDef* type = selection.name.text.empty() ? &parent : schema_.type(selection.name.text);
      return type == nullptr ? Demand{} : of(selection.selections, *type);
    }
    const auto known = fragments_.find(selection.name.text);
    if (known != fragments_.end()) return known->second;
    const ast::Fragment* fragment = document_.fragment(selection.name.text);
    const TypeDef* type = fragment == nullptr ? nullptr : schema_.type(fragment->type.text);
    const Demand demand = type == nullptr ? Demand{} : of(fragment->selections, *type);
    fragments_.emplace(selection.name.text, demand);
    return demand;
  }

  Demand field(const ast::Selection& selection, const TypeDef& parent) {
    const FieldDef* def = schema_.field(parent, selection.name.text);
    if (def == nullptr) return {};
    Demand demand = of(selection.selections, *def->type->def);
    // __schema and __type lead into the schema's own types, whose depth has a limit of its own.
    const bool is_own = def->type->def->is_introspection();
    if (is_own) {
      demand.introspection_depth = add_saturating(demand.introspection_depth, 1);
      demand.depth = 0;
    } else if (!parent.is_introspection()) {
      demand.depth = add_saturating(demand.depth, 1);
    } else {
      demand.introspection_depth = add_saturating(demand.introspection_depth, 1);
    }
    demand.fields = add_saturating(demand.fields, 1);
    demand.aliases = add_saturating(demand.aliases, selection.alias.text.empty() ? 0 : 1);
    demand.complexity = add_saturating(multiply_saturating(demand.complexity, repeats(*def, selection)), 1);
    return demand;
  }

  /// How often comes what is below?
  std::int64_t repeats(const FieldDef& def, const ast::Selection& selection) const {
    std::int64_t most = 0;
    for (const std::string& name : def.page_arguments) {
      const auto written = std::find_if(selection.arguments.begin(), selection.arguments.end(),
                                        [&](const auto& argument) { return argument.name.text == name; });
      const InputDef& input = *def.find_argument(name);
      std::optional<Value> value;
      if (written != selection.arguments.end())
        value = coerce_literal(written->value, *input.type, variables_);
      if (!value) value = input.default_value;
      const auto* count = value ? value->get<std::int64_t>() : nullptr;
      if (count != nullptr) most = std::max<std::int64_t>({most, *count, 1});
    }
    return most > 0 ? most : def.page_assumed;
  }

  const Schema& schema_;
  const ast::Document& document_;
  const Variables& variables_;
  std::unordered_map<std::string_view, Demand> fragments_;
  int level_ = 0;
};

}  // namespace

Demand demand_of(const Schema& schema, const ast::Document& document, const ast::Operation& operation,
                 const Variables& variables) {
  const TypeDef* root = schema.root(operation.kind);
  return root == nullptr ? Demand{} : Measure(schema, document, variables).of(operation.selections, *root);
}

std::optional<QueryError> check_limits(const Demand& demand, const Limits& limits,
                                       const ast::Document& document, const ast::Operation& operation) {
  struct Row {
    const char* what;
    std::int64_t value, most;
  };
  const Row rows[] = {
      {"depth", demand.depth, limits.depth},
      {"depth of introspection", demand.introspection_depth, limits.introspection_depth},
      {"number of fields", demand.fields, limits.fields},
      {"number of aliases", demand.aliases, limits.aliases},
      {"complexity (fields × lengths of the lists around them)", demand.complexity, limits.complexity},
  };
  for (const Row& row : rows) {
    if (row.value <= row.most) continue;
    return QueryError{
        "the operation's " + std::string(row.what) + " is above the limit of " + std::to_string(row.most),
        {Locator(document.text).locate(operation.at)},
        {}};
  }
  return std::nullopt;
}

}  // namespace racesim::graphql
