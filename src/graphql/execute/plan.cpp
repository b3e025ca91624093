#include "graphql/execute/plan.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "graphql/values/json.h"

namespace racesim::graphql {

struct Planner::Collecting {
  SelectionPlan& plan;
  const TypeDef& type;
  std::unordered_map<std::string_view, PlannedField*> by_name;
  std::unordered_set<std::string_view> spread;  ///< each fragment counts once
};

SelectionPlan Planner::plan(const TypeDef& type, const std::vector<ast::Selection>& selections) const {
  SelectionPlan made;
  Collecting state{made, type, {}, {}};
  collect(state, selections);
  finish(made);
  return made;
}

SelectionPlan& Planner::below(PlannedField& field, const TypeDef& type) const {
  for (const auto& [known, plan] : field.below) {
    if (known == &type) return *plan;
  }
  auto made = std::make_unique<SelectionPlan>();
  Collecting state{*made, type, {}, {}};
  for (const ast::Selection* node : field.nodes) collect(state, node->selections);
  finish(*made);
  return *field.below.emplace_back(&type, std::move(made)).second;
}

void Planner::collect(Collecting& state, const std::vector<ast::Selection>& selections) const {
  for (const ast::Selection& selection : selections) {
    if (selection.kind == ast::SelectionKind::spread && state.spread.count(selection.name.text) > 0) continue;
    if (!is_wanted(state, selection.directives)) {
      if (state.plan.refused) return;
      continue;
    }
    if (selection.kind == ast::SelectionKind::field) {
      const FieldDef* def = schema_.field(state.type, selection.name.text);
      if (def == nullptr) continue;
      PlannedField*& field = state.by_name[selection.response_name()];
      if (field == nullptr) {
        field = &state.plan.fields.emplace_back();
        field->name = selection.response_name();
        field->def = def;
        field->parent = &state.type;
      }
      field->nodes.push_back(&selection);
    } else if (selection.kind == ast::SelectionKind::inline_fragment) {
      if (selection.name.text.empty() || applies(selection.name.text, state.type))
        collect(state, selection.selections);
    } else {
      state.spread.insert(selection.name.text);
      const ast::Fragment* fragment = document_.fragment(selection.name.text);
      if (fragment != nullptr && applies(fragment->type.text, state.type))
        collect(state, fragment->selections);
    }
    if (state.plan.refused) return;
  }
}

bool Planner::applies(std::string_view condition, const TypeDef& type) const {
  const TypeDef* wanted = schema_.type(condition);
  return wanted != nullptr && Schema::is_kind_of(type, *wanted);
}

bool Planner::is_wanted(Collecting& state, const std::vector<ast::Directive>& directives) const {
  for (const bool skips : {true, false}) {
    const std::string_view name = skips ? "skip" : "include";
    const auto written =
        std::find_if(directives.begin(), directives.end(),
                     [&](const ast::Directive& directive) { return directive.name.text == name; });
    if (written == directives.end()) continue;
    auto arguments = coerce(schema_.directive(name)->arguments, written->arguments, written->at);
    if (!arguments) {
      state.plan.refused = std::move(arguments.error());
      return false;
    }
    if (arguments->front().second.truth() == skips) return false;
  }
  return true;
}

void Planner::finish(SelectionPlan& plan) const {
  for (PlannedField& field : plan.fields) {
    append_json_text(field.key, field.name);
    field.key += ':';
    const ast::Selection& first = *field.nodes.front();
    if (field.def->arguments.empty()) continue;
    auto arguments = coerce(field.def->arguments, first.arguments, first.at);
    if (arguments) {
      field.arguments = Arguments(std::move(*arguments));
    } else {
      field.refused = std::move(arguments.error());
    }
  }
}

tl::expected<Fields, PlannedError> Planner::coerce(const std::deque<InputDef>& wanted,
                                                   const std::vector<ast::Argument>& given, Place at) const {
  Fields fields;
  for (const InputDef& input : wanted) {
    const auto written = std::find_if(given.begin(), given.end(), [&](const ast::Argument& argument) {
      return argument.name.text == input.name;
    });
    const auto refused = [&](std::string why, Place place) {
      return tl::make_unexpected(PlannedError{
          "the argument '" + input.name + "' (" + input.type->text + ") " + std::move(why), place});
    };
    const ast::Literal* literal = written == given.end() ? nullptr : &written->value;
    const bool is_variable = literal != nullptr && literal->kind == ast::LiteralKind::variable;
    if (literal == nullptr || (is_variable && variables_.find(literal->text) == variables_.end())) {
      if (input.default_value) {
        fields.emplace_back(input.name, *input.default_value);
      } else if (input.is_required()) {
        return literal == nullptr ? refused("was not given", at)
                                  : refused("needs a value of $" + std::string(literal->text), literal->at);
      }
      continue;
    }
    const bool is_null = is_variable ? variables_.find(literal->text)->second.is_null()
                                     : literal->kind == ast::LiteralKind::null;
    if (is_null && input.type->wrap == Wrap::non_null) return refused("is never null", literal->at);
    auto value = coerce_literal(*literal, *input.type, variables_);
    if (!value) return refused("cannot be " + shown(*literal), literal->at);
    fields.emplace_back(input.name, std::move(*value));
  }
  return fields;
}

}  // namespace racesim::graphql
