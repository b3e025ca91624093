#include "graphql/schema/schema.h"

#include <algorithm>

namespace racesim::graphql {

bool same_type(const TypeRef& a, const TypeRef& b) {
  if (a.wrap != b.wrap) return false;
  return a.wrap == Wrap::none ? a.def == b.def : same_type(*a.of, *b.of);
}

const TypeRef* type_of_node(const Schema& schema, const ast::TypeNode& node, std::deque<TypeRef>& store) {
  if (node.kind == ast::TypeNodeKind::named) {
    const TypeDef* def = schema.type(node.name.text);
    return def == nullptr ? nullptr : def->self;
  }
  const TypeRef* inner = type_of_node(schema, *node.of, store);
  if (inner == nullptr) return nullptr;
  const bool is_list = node.kind == ast::TypeNodeKind::list;
  return &store.emplace_back(TypeRef{is_list ? Wrap::list : Wrap::non_null, inner, inner->def,
                                     is_list ? "[" + inner->text + "]" : inner->text + "!"});
}

FieldDef& FieldDef::argument(std::string argument_name, std::string type_of_it, std::string text,
                             std::string default_literal) {
  InputDef& added = arguments.emplace_back();
  added.name = std::move(argument_name);
  added.type_text = std::move(type_of_it);
  added.description = std::move(text);
  added.default_text = std::move(default_literal);
  return *this;
}

FieldDef& FieldDef::deprecate(std::string reason) {
  deprecated = std::move(reason);
  return *this;
}

FieldDef& FieldDef::paged(std::vector<std::string> argument_names, std::uint32_t assumed) {
  page_arguments = std::move(argument_names);
  page_assumed = assumed;
  return *this;
}

namespace {

const InputDef* input_named(const std::deque<InputDef>& inputs, std::string_view name) {
  for (const InputDef& input : inputs) {
    if (input.name == name) return &input;
  }
  return nullptr;
}

}  // namespace

const InputDef* FieldDef::find_argument(std::string_view argument_name) const {
  return input_named(arguments, argument_name);
}

const InputDef* TypeDef::find_input(std::string_view input_name) const {
  return input_named(inputs, input_name);
}

bool TypeDef::has_value(std::string_view value_name) const {
  return std::any_of(values.begin(), values.end(),
                     [&](const EnumValueDef& value) { return value.name == value_name; });
}

const TypeDef* Schema::type(std::string_view name) const {
  const auto found = types_by_name_.find(name);
  return found == types_by_name_.end() ? nullptr : found->second;
}

const DirectiveDef* Schema::directive(std::string_view name) const {
  for (const DirectiveDef& directive : directives_) {
    if (directive.name == name) return &directive;
  }
  return nullptr;
}

const FieldDef* Schema::field(const TypeDef& parent, std::string_view name) const {
  const auto found = parent.fields_by_name.find(name);
  if (found != parent.fields_by_name.end()) return found->second;
  if (!name.starts_with("__")) return nullptr;
  if (name == typename_field_.name) return parent.is_composite() ? &typename_field_ : nullptr;
  if (&parent != root(ast::OperationKind::query)) return nullptr;
  if (name == schema_field_.name) return &schema_field_;
  return name == type_field_.name ? &type_field_ : nullptr;
}

bool Schema::is_kind_of(const TypeDef& type, const TypeDef& of) {
  if (&type == &of) return true;
  const auto has = [](const std::vector<const TypeDef*>& types, const TypeDef* wanted) {
    return std::find(types.begin(), types.end(), wanted) != types.end();
  };
  return has(type.interfaces, &of) || (of.kind == TypeKind::union_type && has(of.possible, &type));
}

bool Schema::fits(const TypeRef& type, const TypeRef& wanted) {
  if (wanted.wrap == Wrap::non_null) return type.wrap == Wrap::non_null && fits(*type.of, *wanted.of);
  if (type.wrap == Wrap::non_null) return fits(*type.of, wanted);
  if (type.wrap != wanted.wrap) return false;
  return type.wrap == Wrap::list ? fits(*type.of, *wanted.of) : is_kind_of(*type.def, *wanted.def);
}

bool Schema::overlap(const TypeDef& a, const TypeDef& b) {
  if (&a == &b) return true;
  return std::any_of(a.possible.begin(), a.possible.end(), [&](const TypeDef* type) {
    return std::find(b.possible.begin(), b.possible.end(), type) != b.possible.end();
  });
}

}  // namespace racesim::graphql
