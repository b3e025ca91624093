#include "graphql/schema/builder.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "graphql/language/parser.h"
#include "graphql/schema/introspection.h"
#include "graphql/values/coerce.h"

namespace racesim::graphql {
namespace {

tl::unexpected<Error> wrong(std::string what) {
  return fail(ErrorKind::usage, "GraphQL schema: " + std::move(what));
}

bool is_name(std::string_view name) {
  const auto is_start = [](char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_'; };
  const auto goes_on = [&](char c) { return is_start(c) || (c >= '0' && c <= '9'); };
  return !name.empty() && is_start(name.front()) && std::all_of(name.begin(), name.end(), goes_on);
}

}  // namespace

InputsOf& InputsOf::field(std::string name, std::string type, std::string description,
                          std::string default_literal) {
  InputDef& added = type_->inputs.emplace_back();
  added.name = std::move(name);
  added.type_text = std::move(type);
  added.description = std::move(description);
  added.default_text = std::move(default_literal);
  return *this;
}

ValuesOf& ValuesOf::value(std::string name, std::string description, std::optional<std::string> deprecated) {
  type_->values.push_back({std::move(name), std::move(description), std::move(deprecated)});
  return *this;
}

SchemaBuilder::SchemaBuilder() : schema_(std::make_unique<Schema>()) {}

TypeDef& SchemaBuilder::add(TypeKind kind, std::string name, std::string description) {
  TypeDef& added = schema_->types_.emplace_back();
  added.kind = kind;
  added.name = std::move(name);
  added.description = std::move(description);
  return added;
}

FieldsOf<> SchemaBuilder::interface(std::string name, std::string description) {
  return FieldsOf<>(add(TypeKind::interface, std::move(name), std::move(description)));
}

InputsOf SchemaBuilder::input(std::string name, std::string description) {
  return InputsOf(add(TypeKind::input, std::move(name), std::move(description)));
}

ValuesOf SchemaBuilder::enumeration(std::string name, std::string description) {
  return ValuesOf(add(TypeKind::enumeration, std::move(name), std::move(description)));
}

void SchemaBuilder::union_of(std::string name, std::string description, std::vector<std::string> members) {
  add(TypeKind::union_type, std::move(name), std::move(description)).member_names = std::move(members);
}

void SchemaBuilder::scalar(std::string name, std::string description,
                           std::optional<std::string> specified_by) {
  TypeDef& added = add(TypeKind::scalar, std::move(name), std::move(description));
  added.scalar = Scalar::custom;
  added.specified_by = std::move(specified_by);
}

void SchemaBuilder::add_scalars() {
  const auto built_in = [&](Scalar scalar, const char* name, const char* description) {
    add(TypeKind::scalar, name, description).scalar = scalar;
  };
  built_in(Scalar::text, "String", "Text.");
  built_in(Scalar::integer, "Int", "A whole number of 32 bits with a sign.");
  built_in(Scalar::real, "Float", "A number of 64 bits (IEEE 754).");
  built_in(Scalar::boolean, "Boolean", "`true` or `false`.");
  built_in(Scalar::id, "ID",
           "What identifies a thing; a text that is not made to be read. Taken as text or whole number.");
}

void SchemaBuilder::add_directives() {
  const auto add_directive = [&](const char* name, const char* description,
                                 std::vector<std::string> places) -> InputDef& {
    DirectiveDef& added = schema_->directives_.emplace_back();
    added.name = name;
    added.description = description;
    added.places = std::move(places);
    return added.arguments.emplace_back();
  };
  const auto set = [](InputDef& argument, const char* name, const char* type, const char* description) {
    argument.name = name;
    argument.type_text = type;
    argument.description = description;
  };
  set(add_directive("include", "Asks for the field or fragment only when the argument is true.",
                    {"FIELD", "FRAGMENT_SPREAD", "INLINE_FRAGMENT"}),
      "if", "Boolean!", "Included when true.");
  set(add_directive("skip", "Leaves the field or fragment out when the argument is true.",
                    {"FIELD", "FRAGMENT_SPREAD", "INLINE_FRAGMENT"}),
      "if", "Boolean!", "Left out when true.");
  InputDef& reason =
      add_directive("deprecated", "Marks what should not be used any more.",
                    {"FIELD_DEFINITION", "ARGUMENT_DEFINITION", "INPUT_FIELD_DEFINITION", "ENUM_VALUE"});
  set(reason, "reason", "String", "Why, and what to use in its place; in Markdown.");
  reason.default_text = "\"No longer supported\"";
  set(add_directive("specifiedBy", "Says where the behaviour of a scalar is written down.", {"SCALAR"}),
      "url", "String!", "The URL of that text.");
}

Result<std::unique_ptr<const Schema>> SchemaBuilder::build() && {
  add_scalars();
  add_directives();
  declare_introspection(*this);
  if (Done done = index_types(); !done) return tl::make_unexpected(done.error());
  for (TypeDef& type : schema_->types_) {
    if (Done done = link_members(type); !done) return tl::make_unexpected(done.error());
  }
  for (TypeDef& type : schema_->types_) {
    if (Done done = link_type(type); !done) return tl::make_unexpected(done.error());
  }
  for (DirectiveDef& directive : schema_->directives_) {
    if (Done done = link_inputs(directive.arguments, "@" + directive.name); !done)
      return tl::make_unexpected(done.error());
  }
  if (Done done = link_meta_fields(); !done) return tl::make_unexpected(done.error());
  for (const TypeDef& type : schema_->types_) {
    if (Done done = check_interfaces(type); !done) return tl::make_unexpected(done.error());
  }
  if (Done done = set_defaults(); !done) return tl::make_unexpected(done.error());
  return std::move(schema_);
}

Done SchemaBuilder::index_types() {
  for (const TypeDef& type : schema_->types_) {
    if (!is_name(type.name)) return wrong("'" + type.name + "' is no name");
    if (!schema_->types_by_name_.emplace(type.name, &type).second)
      return wrong("the type " + type.name + " is declared twice");
  }
  static constexpr std::array<const char*, 3> roots{"Query", "Mutation", "Subscription"};
  for (std::size_t i = 0; i < roots.size(); ++i) {
    const TypeDef* root = schema_->type(roots[i]);
    if (root != nullptr && root->kind != TypeKind::object)
      return wrong(std::string(roots[i]) + " is no object");
    schema_->roots_[i] = root;
  }
  if (schema_->roots_[0] == nullptr) return wrong("there is no type Query");
  return {};
}

Done SchemaBuilder::link_members(TypeDef& type) {
  if (type.kind == TypeKind::object) type.possible.push_back(&type);
  for (const std::string& name : type.interface_names) {
    const auto found =
        std::find_if(schema_->types_.begin(), schema_->types_.end(), [&](const TypeDef& candidate) {
          return candidate.kind == TypeKind::interface && candidate.name == name;
        });
    if (found == schema_->types_.end())
      return wrong(type.name + " implements " + name + ", which is no interface");
    type.interfaces.push_back(&*found);
    if (type.kind == TypeKind::object) found->possible.push_back(&type);
  }
  for (const std::string& name : type.member_names) {
    const TypeDef* found = schema_->type(name);
    if (found == nullptr || found->kind != TypeKind::object)
      return wrong("the union " + type.name + " has " + name + ", which is no object");
    type.possible.push_back(found);
  }
  return {};
}

Done SchemaBuilder::link_type(TypeDef& type) {
  auto self = ref(type.name);
  if (!self) return tl::make_unexpected(self.error());
  type.self = *self;
  if (type.is_composite() && type.kind != TypeKind::union_type) return link_fields(type);
  if (type.kind == TypeKind::input) {
    if (type.inputs.empty()) return wrong(type.name + " has no field");
    return link_inputs(type.inputs, type.name);
  }
  if (type.kind == TypeKind::union_type && type.possible.empty()) return wrong(type.name + " has no member");
  if (type.kind == TypeKind::enumeration && type.values.empty()) return wrong(type.name + " has no value");
  for (const EnumValueDef& value : type.values) {
    if (!is_name(value.name)) return wrong("'" + value.name + "' of " + type.name + " is no name");
  }
  return {};
}

Done SchemaBuilder::link_fields(TypeDef& type) {
  if (type.fields.empty()) return wrong(type.name + " has no field");
  for (FieldDef& field : type.fields) {
    const std::string owner = type.name + "." + field.name;
    if (!is_name(field.name)) return wrong("'" + owner + "' is no name");
    auto linked = ref(field.type_text);
    if (!linked) return wrong(owner + ": " + linked.error().what);
    field.type = *linked;
    if (!field.type->def->is_output()) return wrong(owner + " has a type for input");
    if (type.kind == TypeKind::object && !field.resolve) return wrong(owner + " has no resolver");
    if (!type.fields_by_name.emplace(field.name, &field).second) return wrong(owner + " is declared twice");
    if (Done done = link_inputs(field.arguments, owner); !done) return done;
    for (const std::string& name : field.page_arguments) {
      if (field.find_argument(name) == nullptr)
        return wrong(owner + " has no argument " + name + ", which is to say how many");
    }
  }
  return {};
}

Done SchemaBuilder::link_inputs(std::deque<InputDef>& inputs, const std::string& owner) {
  for (InputDef& input : inputs) {
    if (!is_name(input.name)) return wrong("'" + input.name + "' of " + owner + " is no name");
    auto linked = ref(input.type_text);
    if (!linked) return wrong(owner + ", " + input.name + ": " + linked.error().what);
    input.type = *linked;
    if (!input.type->def->is_input()) return wrong(owner + ", " + input.name + " has a type for output");
  }
  return {};
}

Done SchemaBuilder::link_meta_fields() {
  declare_meta_fields(schema_->schema_field_, schema_->type_field_, schema_->typename_field_);
  for (FieldDef* field : {&schema_->schema_field_, &schema_->type_field_, &schema_->typename_field_}) {
    auto linked = ref(field->type_text);
    if (!linked) return tl::make_unexpected(linked.error());
    field->type = *linked;
    if (Done done = link_inputs(field->arguments, field->name); !done) return done;
  }
  return {};
}

Done SchemaBuilder::check_interfaces(const TypeDef& type) const {
  for (const TypeDef* interface : type.interfaces) {
    for (const FieldDef& wanted : interface->fields) {
      const std::string owner = type.name + "." + wanted.name;
      const auto found = type.fields_by_name.find(wanted.name);
      if (found == type.fields_by_name.end())
        return wrong(owner + " is missing, which " + interface->name + " has");
      if (!Schema::fits(*found->second->type, *wanted.type))
        return wrong(owner + " has not the type that " + interface->name + " says");
      for (const InputDef& argument : wanted.arguments) {
        const InputDef* own = found->second->find_argument(argument.name);
        if (own == nullptr || !same_type(*own->type, *argument.type)) {
          return wrong(owner + " has not the argument " + argument.name + " of " + interface->name);
        }
      }
      for (const InputDef& own : found->second->arguments) {
        if (wanted.find_argument(own.name) == nullptr && own.type->wrap == Wrap::non_null &&
            own.default_text.empty()) {
          return wrong(owner + " requires the argument " + own.name + ", which " + interface->name +
                       " does not know");
        }
      }
    }
    for (const TypeDef* above : interface->interfaces) {
      if (!Schema::is_kind_of(type, *above))
        return wrong(type.name + " implements " + interface->name + " but not " + above->name);
    }
  }
  return {};
}

namespace {

Done set_default(InputDef& input, const std::string& owner) {
  if (input.default_text.empty()) return {};
  const auto parsed = parse_value(input.default_text);
  if (parsed) input.default_value = coerce_literal(parsed->value, *input.type, {});
  if (input.default_value) return {};
  return wrong("the default " + input.default_text + " of " + owner + ", " + input.name + " is no " +
               input.type->text);
}

}  // namespace

/// Input objects come first: the defaults of their fields complete the defaults of arguments.
Done SchemaBuilder::set_defaults() {
  for (TypeDef& type : schema_->types_) {
    for (InputDef& input : type.inputs) {
      if (Done done = set_default(input, type.name); !done) return done;
    }
  }
  for (TypeDef& type : schema_->types_) {
    for (FieldDef& field : type.fields) {
      for (InputDef& argument : field.arguments) {
        if (Done done = set_default(argument, type.name + "." + field.name); !done) return done;
      }
    }
  }
  for (DirectiveDef& directive : schema_->directives_) {
    for (InputDef& argument : directive.arguments) {
      if (Done done = set_default(argument, "@" + directive.name); !done) return done;
    }
  }
  return {};
}

Result<const TypeRef*> SchemaBuilder::ref(const std::string& text) {
  const auto known = schema_->refs_by_text_.find(text);
  if (known != schema_->refs_by_text_.end()) return known->second;
  TypeRef made;
  made.text = text;
  if (text.ends_with('!') || (text.starts_with('[') && text.ends_with(']'))) {
    const bool is_list = text.starts_with('[') && text.ends_with(']');
    auto inner = ref(is_list ? text.substr(1, text.size() - 2) : text.substr(0, text.size() - 1));
    if (!inner) return inner;
    made.wrap = is_list ? Wrap::list : Wrap::non_null;
    made.of = *inner;
    made.def = (*inner)->def;
    if (!is_list && made.of->wrap == Wrap::non_null) return wrong("'" + text + "' has two !");
  } else {
    made.def = schema_->type(text);
    if (made.def == nullptr) return wrong("there is no type '" + text + "'");
  }
  const TypeRef* added = &schema_->refs_.emplace_back(std::move(made));
  schema_->refs_by_text_.emplace(text, added);
  return added;
}

}  // namespace racesim::graphql
