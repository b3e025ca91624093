#include <algorithm>
#include <unordered_set>

#include "graphql/validate/rules.h"

namespace racesim::graphql {
namespace {

/// The fields with which a subscription begins, by response name in their order.
class RootFields {
 public:
  RootFields(const Schema& schema, const ast::Document& document, const TypeDef& root)
      : schema_(schema), document_(document), root_(root) {}

  void collect(const std::vector<ast::Selection>& selections) {
    for (const ast::Selection& selection : selections) {
      if (is_left_out(selection)) continue;
      if (selection.kind == ast::SelectionKind::field) {
        add(selection);
      } else if (selection.kind == ast::SelectionKind::inline_fragment) {
        if (selection.name.text.empty() || applies(selection.name.text)) collect(selection.selections);
      } else if (spread_.insert(selection.name.text).second) {
        const ast::Fragment* fragment = document_.fragment(selection.name.text);
        if (fragment != nullptr && applies(fragment->type.text)) collect(fragment->selections);
      }
    }
  }

  const std::vector<std::vector<const ast::Selection*>>& groups() const { return groups_; }

 private:
  /// By a constant; a variable may go either way.
  static bool is_left_out(const ast::Selection& selection) {
    return std::any_of(
        selection.directives.begin(), selection.directives.end(), [](const ast::Directive& directive) {
          const bool skips = directive.name.text == "skip";
          if (!skips && directive.name.text != "include") return false;
          return std::any_of(
              directive.arguments.begin(), directive.arguments.end(), [&](const ast::Argument& argument) {
                return argument.name.text == "if" && argument.value.kind == ast::LiteralKind::boolean &&
                       (argument.value.text == "true") == skips;
              });
        });
  }

  bool applies(std::string_view name) const {
    const TypeDef* type = schema_.type(name);
    return type != nullptr && Schema::is_kind_of(root_, *type);
  }

  void add(const ast::Selection& field) {
    for (auto& group : groups_) {
      if (group.front()->response_name() == field.response_name()) return group.push_back(&field);
    }
    groups_.push_back({&field});
  }

  const Schema& schema_;
  const ast::Document& document_;
  const TypeDef& root_;
  std::unordered_set<std::string_view> spread_;
  std::vector<std::vector<const ast::Selection*>> groups_;
};

void check_subscription(const Schema& schema, const ast::Document& document, const ast::Operation& operation,
                        Report& report) {
  const TypeDef* root = schema.root(ast::OperationKind::subscription);
  if (root == nullptr) return;
  RootFields fields(schema, document, *root);
  fields.collect(operation.selections);
  std::vector<Place> more;
  for (const auto& group : fields.groups()) {
    std::vector<Place> places;
    for (const ast::Selection* field : group) places.push_back(field->at);
    if (&group != fields.groups().data()) more.insert(more.end(), places.begin(), places.end());
    if (group.front()->name.text.starts_with("__")) {
      report.add("a subscription does not begin with the schema's own field " +
                     std::string(group.front()->name.text),
                 places);
    }
  }
  if (!more.empty()) report.add("a subscription begins with exactly one field", more);
}

}  // namespace

void check_operations(const Schema& schema, const ast::Document& document, Report& report) {
  for (const Place at : document.type_system) {
    report.add("a request defines no types, only operations and fragments", {at});
  }
  report_each_repeated(
      report, document.operations, [](const ast::Operation& operation) { return operation.name; },
      "operation");
  for (const ast::Operation& operation : document.operations) {
    if (operation.name.text.empty() && document.operations.size() > 1) {
      report.add("an operation without a name must be the only one", {operation.at});
    }
    if (operation.kind == ast::OperationKind::subscription)
      check_subscription(schema, document, operation, report);
  }
}

}  // namespace racesim::graphql
