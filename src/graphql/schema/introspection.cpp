#include "graphql/schema/introspection.h"

#include <array>

#include "graphql/execute/value_writer.h"
#include "graphql/values/coerce.h"

namespace racesim::graphql {
namespace {

// How many of each a schema usually has: requests for types of types of types are to cost what they make.
constexpr std::uint32_t TYPES_ASSUMED = 50;
constexpr std::uint32_t FIELDS_ASSUMED = 10;
constexpr std::uint32_t ARGUMENTS_ASSUMED = 3;

bool wants_deprecated(const Call& call) {
  const Value* wanted = call.arguments.find("includeDeprecated");
  return wanted != nullptr && wanted->truth();
}

void optional_text(ValueWriter& to, const std::string& text) {
  if (!text.empty()) to.text(text);
}

void optional_text(ValueWriter& to, const std::optional<std::string>& text) {
  if (text) to.text(*text);
}

/// Those of `list` that are not deprecated, or all.
template <class List>
void listed(const List& list, bool with_deprecated, ValueWriter& to) {
  to.list([&](ListWriter& items) {
    for (const auto& each : list) {
      if ((with_deprecated || !each.deprecated) && !items.object(&each)) return;
    }
  });
}

void types(const std::vector<const TypeDef*>& list, ValueWriter& to) {
  to.list([&](ListWriter& items) {
    for (const TypeDef* type : list) {
      if (!items.object(type->self)) return;
    }
  });
}

const char* kind_name(const TypeRef& type) {
  if (type.wrap != Wrap::none) return type.wrap == Wrap::list ? "LIST" : "NON_NULL";
  static constexpr std::array names{"SCALAR", "OBJECT", "INTERFACE", "UNION", "ENUM", "INPUT_OBJECT"};
  return names[static_cast<std::size_t>(type.def->kind)];
}

/// The named type that `type` is; null if it wraps one.
const TypeDef* named(const TypeRef& type) {
  return type.wrap == Wrap::none ? type.def : nullptr;
}

void declare_schema(SchemaBuilder& builder) {
  auto schema = builder.object<Schema>(
      "__Schema", "What a service can be asked for: its types, directives and operations.");
  schema.field("description", "String", "", [](const Schema& self, const Call&, ValueWriter& to) {
    optional_text(to, self.description());
  });
  schema
      .field("types", "[__Type!]!", "All types.",
             [](const Schema& self, const Call&, ValueWriter& to) {
               to.list([&](ListWriter& items) {
                 for (const TypeDef& type : self.types()) {
                   if (!items.object(type.self)) return;
                 }
               });
             })
      .paged({}, TYPES_ASSUMED);
  const auto root = [&](const char* name, const char* type, const char* description,
                        ast::OperationKind kind) {
    schema.field(name, type, description, [kind](const Schema& self, const Call&, ValueWriter& to) {
      if (self.root(kind) != nullptr) to.object(self.root(kind)->self);
    });
  };
  root("queryType", "__Type!", "The type whose fields queries begin with.", ast::OperationKind::query);
  root("mutationType", "__Type", "The type whose fields mutations begin with, if there are any.",
       ast::OperationKind::mutation);
  root("subscriptionType", "__Type", "The type whose fields subscriptions begin with, if there are any.",
       ast::OperationKind::subscription);
  schema.field("directives", "[__Directive!]!", "All directives.",
               [](const Schema& self, const Call&, ValueWriter& to) { to.objects(self.directives()); });
}

void declare_type_lists(FieldsOf<TypeRef>& type) {
  type.field("fields", "[__Field!]", "Of objects and interfaces.",
             [](const TypeRef& self, const Call& call, ValueWriter& to) {
               const TypeDef* def = named(self);
               if (def != nullptr && !def->fields.empty()) listed(def->fields, wants_deprecated(call), to);
             })
      .argument("includeDeprecated", "Boolean", "", "false")
      .paged({}, FIELDS_ASSUMED);
  type.field("interfaces", "[__Type!]", "Of objects and interfaces: what they implement.",
             [](const TypeRef& self, const Call&, ValueWriter& to) {
               const TypeDef* def = named(self);
               if (def != nullptr && !def->fields.empty()) types(def->interfaces, to);
             })
      .paged({}, ARGUMENTS_ASSUMED);
  type.field("possibleTypes", "[__Type!]", "Of interfaces and unions: the objects that they can be.",
             [](const TypeRef& self, const Call&, ValueWriter& to) {
               const TypeDef* def = named(self);
               if (def != nullptr && def->is_abstract()) types(def->possible, to);
             })
      .paged({}, FIELDS_ASSUMED);
  type.field("enumValues", "[__EnumValue!]", "Of enums.",
             [](const TypeRef& self, const Call& call, ValueWriter& to) {
               const TypeDef* def = named(self);
               if (def != nullptr && !def->values.empty()) listed(def->values, wants_deprecated(call), to);
             })
      .argument("includeDeprecated", "Boolean", "", "false")
      .paged({}, FIELDS_ASSUMED);
  type.field("inputFields", "[__InputValue!]", "Of input objects.",
             [](const TypeRef& self, const Call& call, ValueWriter& to) {
               const TypeDef* def = named(self);
               if (def != nullptr && !def->inputs.empty()) listed(def->inputs, wants_deprecated(call), to);
             })
      .argument("includeDeprecated", "Boolean", "", "false")
      .paged({}, FIELDS_ASSUMED);
}

void declare_type(SchemaBuilder& builder) {
  auto kinds = builder.enumeration("__TypeKind", "What a type is.");
  kinds.value("SCALAR").value("OBJECT").value("INTERFACE").value("UNION").value("ENUM").value("INPUT_OBJECT");
  kinds.value("LIST").value("NON_NULL");
  auto type =
      builder.object<TypeRef>("__Type", "A type: a named one, a list of one, or one that is never null.");
  type.field("kind", "__TypeKind!", "What it is.",
             [](const TypeRef& self, const Call&, ValueWriter& to) { to.text(kind_name(self)); });
  type.field("name", "String", "Of named types.", [](const TypeRef& self, const Call&, ValueWriter& to) {
    if (named(self) != nullptr) to.text(named(self)->name);
  });
  type.field("description", "String", "", [](const TypeRef& self, const Call&, ValueWriter& to) {
    if (named(self) != nullptr) optional_text(to, named(self)->description);
  });
  type.field("specifiedByURL", "String", "Of scalars: where their behaviour is written down.",
             [](const TypeRef& self, const Call&, ValueWriter& to) {
               if (named(self) != nullptr) optional_text(to, named(self)->specified_by);
             });
  declare_type_lists(type);
  type.field("ofType", "__Type", "Of lists and of types that are never null: what they wrap.",
             [](const TypeRef& self, const Call&, ValueWriter& to) {
               if (self.of != nullptr) to.object(self.of);
             });
}

/// name, description, isDeprecated, deprecationReason.
template <class Def>
void declare_common(FieldsOf<Def>& type) {
  type.field("name", "String!", "",
             [](const Def& self, const Call&, ValueWriter& to) { to.text(self.name); });
  type.field("description", "String", "",
             [](const Def& self, const Call&, ValueWriter& to) { optional_text(to, self.description); });
}

template <class Def>
void declare_deprecation(FieldsOf<Def>& type) {
  type.field("isDeprecated", "Boolean!", "",
             [](const Def& self, const Call&, ValueWriter& to) { to.boolean(self.deprecated.has_value()); });
  type.field("deprecationReason", "String", "",
             [](const Def& self, const Call&, ValueWriter& to) { optional_text(to, self.deprecated); });
}

template <class Def>
void declare_arguments(FieldsOf<Def>& type) {
  type.field("args", "[__InputValue!]!", "",
             [](const Def& self, const Call& call, ValueWriter& to) {
               listed(self.arguments, wants_deprecated(call), to);
             })
      .argument("includeDeprecated", "Boolean", "", "false")
      .paged({}, ARGUMENTS_ASSUMED);
}

template <class Def>
void declare_type_of(FieldsOf<Def>& type) {
  type.field("type", "__Type!", "",
             [](const Def& self, const Call&, ValueWriter& to) { to.object(self.type); });
}

void declare_members(SchemaBuilder& builder) {
  auto field = builder.object<FieldDef>("__Field", "A field of an object or an interface.");
  declare_common(field);
  declare_arguments(field);
  declare_type_of(field);
  declare_deprecation(field);
  auto input = builder.object<InputDef>("__InputValue", "An argument, or a field of an input object.");
  declare_common(input);
  declare_type_of(input);
  input.field("defaultValue", "String", "As a literal.",
              [](const InputDef& self, const Call&, ValueWriter& to) {
                if (self.default_value) to.text(print_value(*self.default_value));
              });
  declare_deprecation(input);
  auto value = builder.object<EnumValueDef>("__EnumValue", "A value of an enum.");
  declare_common(value);
  declare_deprecation(value);
}

void declare_directive(SchemaBuilder& builder) {
  auto directive = builder.object<DirectiveDef>("__Directive", "What can be written behind @.");
  declare_common(directive);
  directive.field("isRepeatable", "Boolean!", "May it stand twice at one place?",
                  [](const DirectiveDef&, const Call&, ValueWriter& to) { to.boolean(false); });
  directive.field("locations", "[__DirectiveLocation!]!", "Where it may stand.",
                  [](const DirectiveDef& self, const Call&, ValueWriter& to) {
                    to.list([&](ListWriter& items) {
                      for (const std::string& place : self.places) {
                        if (!items.item([&](ValueWriter& item) { item.text(place); })) return;
                      }
                    });
                  });
  declare_arguments(directive);
  auto places = builder.enumeration("__DirectiveLocation", "Where a directive may stand.");
  for (const char* place : {"QUERY", "MUTATION", "SUBSCRIPTION", "FIELD", "FRAGMENT_DEFINITION",
                            "FRAGMENT_SPREAD", "INLINE_FRAGMENT", "VARIABLE_DEFINITION", "SCHEMA", "SCALAR",
                            "OBJECT", "FIELD_DEFINITION", "ARGUMENT_DEFINITION", "INTERFACE", "UNION", "ENUM",
                            "ENUM_VALUE", "INPUT_OBJECT", "INPUT_FIELD_DEFINITION"}) {
    places.value(place);
  }
}

}  // namespace

void declare_introspection(SchemaBuilder& builder) {
  declare_schema(builder);
  declare_type(builder);
  declare_members(builder);
  declare_directive(builder);
}

void declare_meta_fields(FieldDef& schema_field, FieldDef& type_field, FieldDef& typename_field) {
  schema_field.name = "__schema";
  schema_field.type_text = "__Schema!";
  schema_field.resolve = [](const Call& call, ValueWriter& to) -> Done {
    to.object(&call.schema);
    return {};
  };
  type_field.name = "__type";
  type_field.type_text = "__Type";
  type_field.argument("name", "String!", "");
  type_field.resolve = [](const Call& call, ValueWriter& to) -> Done {
    const TypeDef* found = call.schema.type(call.arguments.find("name")->text());
    if (found != nullptr) to.object(found->self);
    return {};
  };
  typename_field.name = "__typename";
  typename_field.type_text = "String!";
  typename_field.resolve = [](const Call&, ValueWriter& to) -> Done {
    to.type_name();
    return {};
  };
}

}  // namespace racesim::graphql
