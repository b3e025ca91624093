#include "graphql/execute/execution.h"

#include <algorithm>
#include <unordered_set>

namespace racesim::graphql {
namespace {

std::vector<PathStep> steps_of(const PathLink* link) {
  std::vector<PathStep> steps;
  for (; link != nullptr; link = link->above) {
    if (link->name.empty()) {
      steps.emplace_back(link->index);
    } else {
      steps.emplace_back(std::string(link->name));
    }
  }
  std::reverse(steps.begin(), steps.end());
  return steps;
}

const char* operation_word(ast::OperationKind kind) {
  static constexpr const char* words[] = {"query", "mutation", "subscription"};
  return words[static_cast<std::size_t>(kind)];
}

}  // namespace

bool Call::asks_for(std::string_view name) const {
  std::vector<const std::vector<ast::Selection>*> open;
  std::unordered_set<std::string_view> spread;
  for (const ast::Selection* node : field.nodes) open.push_back(&node->selections);
  while (!open.empty()) {
    const auto& selections = *open.back();
    open.pop_back();
    for (const ast::Selection& selection : selections) {
      if (selection.kind == ast::SelectionKind::field && selection.name.text == name) return true;
      if (selection.kind != ast::SelectionKind::spread) {
        open.push_back(&selection.selections);
      } else if (spread.insert(selection.name.text).second) {
        open.push_back(&execution.document_.fragment(selection.name.text)->selections);
      }
    }
  }
  return false;
}

void Execution::run(const ast::Operation& operation, const void* root, std::string& out) {
  out_ = &out;
  const std::size_t mark = out.size();
  const TypeDef* type = schema_.root(operation.kind);
  if (type == nullptr) {
    add_error(PlannedError{std::string("the schema has no ") + operation_word(operation.kind), operation.at},
              nullptr);
    out += "null";
    return;
  }
  SelectionPlan plan = planner_.plan(*type, operation.selections);
  if (plan.refused) add_error(*plan.refused, nullptr);
  if (plan.refused || !write_fields(plan, root, nullptr)) {
    out.resize(mark);
    out += "null";
  }
}

bool Execution::write_fields(SelectionPlan& plan, const void* parent, const PathLink* path) {
  *out_ += '{';
  bool is_first = true;
  for (PlannedField& field : plan.fields) {
    if (!is_first) *out_ += ',';
    is_first = false;
    *out_ += field.key;
    if (!write_field(field, parent, path)) return false;
  }
  *out_ += '}';
  return true;
}

bool Execution::write_field(PlannedField& field, const void* parent, const PathLink* path_above) {
  const std::size_t mark = out_->size();
  const PathLink path{path_above, field.name, 0};
  ValueWriter to(*this, field, *field.def->type, path);
  if (field.refused) {
    add_error(*field.refused, &path);
    to.state_ = ValueWriter::State::failed;
  } else {
    const Done done = field.def->resolve(Call{parent, context_, field.arguments, schema_, *this, field}, to);
    if (!done) to.refuse(done.error().what);
  }
  return to.finish(mark);
}

void Execution::add_error(std::string message, const PlannedField& field, const PathLink& path) {
  QueryError error{std::move(message), {}, steps_of(&path)};
  for (const ast::Selection* node : field.nodes) error.locations.push_back(locator_.locate(node->at));
  add_error(std::move(error));
}

void Execution::add_error(const PlannedError& error, const PathLink* path) {
  add_error(QueryError{error.message, {locator_.locate(error.at)}, steps_of(path)});
}

void Execution::add_error(QueryError error) {
  if (errors_.size() > ERRORS_MAX) return;
  if (errors_.size() == ERRORS_MAX) error = {"there are more errors than these", {}, {}};
  errors_.push_back(std::move(error));
}

}  // namespace racesim::graphql
