#include "graphql/request.h"

#include <deque>

#include "graphql/execute/execution.h"
#include "graphql/validate/validate.h"
#include "graphql/values/json.h"

namespace racesim::graphql {
namespace {

Answer refused(std::vector<QueryError> errors) {
  Answer answer;
  answer.errors = std::move(errors);
  answer.body = "{\"errors\":";
  append_errors(answer.body, answer.errors);
  answer.body += '}';
  return answer;
}

/// What a request executes.
struct Chosen {
  const ast::Operation* operation = nullptr;
  Variables variables;
};

tl::expected<const ast::Operation*, QueryError> choose(const ast::Document& document,
                                                       const std::optional<std::string>& name) {
  const auto wrong = [](std::string why) { return tl::make_unexpected(QueryError{std::move(why), {}, {}}); };
  if (!name) {
    if (document.operations.size() == 1) return &document.operations.front();
    return wrong(document.operations.empty()
                     ? "the document has no operation"
                     : "the document has several operations: operationName must say which");
  }
  for (const ast::Operation& operation : document.operations) {
    if (operation.name.text == *name) return &operation;
  }
  return wrong("the document has no operation '" + *name + "'");
}

class VariableCoercion {
 public:
  VariableCoercion(const Schema& schema, const ast::Document& document, const Value& given)
      : schema_(schema), locator_(document.text), given_(given) {}

  void add(const ast::VariableDefinition& variable) {
    const TypeRef* type = type_of_node(schema_, variable.type, types_);
    if (type == nullptr || !type->def->is_input()) return refuse(variable, "has no type for input");
    const std::string name(variable.name.text);
    const Value* value = given_.is_null() ? nullptr : given_.find(name);
    if (value == nullptr) {
      if (variable.has_default) {
        if (auto set = coerce_literal(variable.default_value, *type, {})) variables[name] = std::move(*set);
      } else if (type->wrap == Wrap::non_null) {
        refuse(variable, "is " + type->text + " and was not given");
      }
      return;
    }
    std::vector<InputProblem> problems;
    auto set = coerce_input(*value, *type, "", problems);
    for (const InputProblem& problem : problems) {
      if (errors.size() > INPUT_PROBLEMS_MAX) return;
      refuse(variable,
             (problem.path.empty() ? "" : "at " + problem.path + " ") + "has a wrong value: " + problem.what);
    }
    if (set) variables[name] = std::move(*set);
  }

  Variables variables;
  std::vector<QueryError> errors;

 private:
  void refuse(const ast::VariableDefinition& variable, const std::string& why) {
    if (errors.size() == INPUT_PROBLEMS_MAX) {
      errors.push_back({"the variables have more errors than these", {}, {}});
    } else {
      errors.push_back({shortened("the variable $" + std::string(variable.name.text) + " " + why),
                        {locator_.locate(variable.at)},
                        {}});
    }
  }

  const Schema& schema_;
  Locator locator_;
  const Value& given_;
  std::deque<TypeRef> types_;
};

tl::expected<Chosen, Answer> begin(const Schema& schema, const Prepared& prepared, const Request& request) {
  if (!prepared.errors.empty()) return tl::make_unexpected(refused(prepared.errors));
  const ast::Document& document = *prepared.document;
  const auto operation = choose(document, request.operation_name);
  if (!operation) return tl::make_unexpected(refused({operation.error()}));
  if (!request.variables.is_null() && request.variables.get<Fields>() == nullptr) {
    return tl::make_unexpected(refused({{"variables must be an object", {}, {}}}));
  }
  VariableCoercion coercion(schema, document, request.variables);
  for (const ast::VariableDefinition& variable : (*operation)->variables) {
    if (coercion.errors.size() <= INPUT_PROBLEMS_MAX) coercion.add(variable);
  }
  if (!coercion.errors.empty()) return tl::make_unexpected(refused(std::move(coercion.errors)));
  Chosen chosen{*operation, std::move(coercion.variables)};
  const Demand demand = demand_of(schema, document, *chosen.operation, chosen.variables);
  if (auto error = check_limits(demand, request.limits, document, *chosen.operation)) {
    return tl::make_unexpected(refused({std::move(*error)}));
  }
  return chosen;
}

Answer run(const Schema& schema, const ast::Document& document, const ast::Operation& operation,
           const Variables& variables, const void* root, void* context, std::string memory) {
  Answer answer;
  answer.body = std::move(memory);
  answer.body = "{\"data\":";
  Execution execution(schema, document, variables, context);
  execution.run(operation, root, answer.body);
  answer.has_data = true;
  answer.errors = std::move(execution.errors());
  if (!answer.errors.empty()) {
    answer.body += ",\"errors\":";
    append_errors(answer.body, answer.errors);
  }
  answer.body += '}';
  return answer;
}

}  // namespace

std::shared_ptr<const Prepared> prepare(const Schema& schema, std::string text, const Limits& limits) {
  auto prepared = std::make_shared<Prepared>();
  const std::string kept = text;  // for the place of an error
  auto parsed = parse_document(std::move(text), limits.parse);
  if (!parsed) {
    prepared->errors.push_back(
        {shortened(parsed.error().what), {Locator(kept).locate(parsed.error().at)}, {}});
    return prepared;
  }
  prepared->document = std::move(*parsed);
  prepared->errors = validate(schema, *prepared->document);
  return prepared;
}

std::optional<ast::OperationKind> operation_kind(const Prepared& prepared,
                                                 const std::optional<std::string>& name) {
  if (prepared.document == nullptr) return std::nullopt;
  const auto operation = choose(*prepared.document, name);
  if (!operation) return std::nullopt;
  return (*operation)->kind;
}

Answer execute(const Schema& schema, const Prepared& prepared, const Request& request, std::string memory) {
  auto chosen = begin(schema, prepared, request);
  if (!chosen) return std::move(chosen.error());
  return run(schema, *prepared.document, *chosen->operation, chosen->variables, request.root, request.context,
             std::move(memory));
}

tl::expected<Subscription, Answer> subscribe(const Schema& schema, std::shared_ptr<const Prepared> prepared,
                                             const Request& request) {
  auto chosen = begin(schema, *prepared, request);
  if (!chosen) return tl::make_unexpected(std::move(chosen.error()));
  const ast::Document& document = *prepared->document;
  const ast::Operation& operation = *chosen->operation;
  const auto wrong = [&](const std::string& why, Place at) {
    return tl::make_unexpected(refused({{why, {Locator(document.text).locate(at)}, {}}}));
  };
  const TypeDef* root = schema.root(ast::OperationKind::subscription);
  if (operation.kind != ast::OperationKind::subscription || root == nullptr) {
    return wrong("the operation is no subscription", operation.at);
  }
  SelectionPlan plan = Planner(schema, document, chosen->variables).plan(*root, operation.selections);
  if (plan.refused) return wrong(plan.refused->message, plan.refused->at);
  if (plan.fields.empty()) return wrong("the subscription leaves out its only field", operation.at);
  PlannedField& field = plan.fields.front();
  if (field.refused) return wrong(field.refused->message, field.refused->at);
  return Subscription{std::move(prepared), &operation, std::move(chosen->variables), field.def->name,
                      std::move(field.arguments)};
}

Answer execute_event(const Schema& schema, const Subscription& subscription, const void* event, void* context,
                     std::string memory) {
  return run(schema, *subscription.prepared->document, *subscription.operation, subscription.variables, event,
             context, std::move(memory));
}

}  // namespace racesim::graphql
