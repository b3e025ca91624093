#include <algorithm>
#include <unordered_set>

#include "graphql/validate/rules.h"

namespace racesim::graphql {
namespace {

/// May a variable of `type` stand there? A default, the variable's or the place's, makes up for null.
bool is_allowed(const ast::VariableDefinition& variable, const TypeRef& type, const VariableUse& use) {
  if (use.type->wrap != Wrap::non_null || type.wrap == Wrap::non_null) return Schema::fits(type, *use.type);
  const bool has_default = variable.has_default && variable.default_value.kind != ast::LiteralKind::null;
  return (has_default || use.has_default) && Schema::fits(type, *use.type->of);
}

void check_use(const ast::Operation& operation, const VariableUse& use, const Walked& walked,
               Report& report) {
  // Of equal names the last definition counts.
  const auto variable = std::find_if(operation.variables.rbegin(), operation.variables.rend(),
                                     [&](const auto& defined) { return defined.name.text == use.name; });
  if (variable == operation.variables.rend()) {
    const std::string where = operation.name.text.empty() ? "" : " by " + std::string(operation.name.text);
    report.add("the variable $" + std::string(use.name) + " is not defined" + where, {use.at, operation.at});
    return;
  }
  const auto type = walked.variable_types.find(&*variable);
  if (type == walked.variable_types.end() || use.type == nullptr || is_allowed(*variable, *type->second, use))
    return;
  report.add("the variable $" + std::string(use.name) + " is " + type->second->text + " and stands where " +
                 use.type->text + " is wanted",
             {variable->at, use.at});
}

}  // namespace

void check_variables(const ast::Document& document, const Walked& walked, Report& report) {
  for (const ast::Operation& operation : document.operations) {
    if (report.is_full()) return;
    report_repeated(
        report, operation.variables, [](const ast::VariableDefinition& variable) { return variable.name; },
        "variable");
    std::vector<const void*> sources{&operation};
    for (const ast::Fragment* fragment : reachable_fragments(document, operation.selections))
      sources.push_back(fragment);
    std::unordered_set<std::string_view> used;
    for (const void* source : sources) {
      const auto uses = walked.uses.find(source);
      if (uses == walked.uses.end()) continue;
      for (const VariableUse& use : uses->second) {
        used.insert(use.name);
        if (!report.is_full()) check_use(operation, use, walked, report);
      }
    }
    for (const ast::VariableDefinition& variable : operation.variables) {
      if (used.count(variable.name.text) > 0) continue;
      report.add("the variable $" + std::string(variable.name.text) + " is never used", {variable.at});
    }
  }
}

}  // namespace racesim::graphql
