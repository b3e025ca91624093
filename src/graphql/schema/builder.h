// Declares a service's types, once, in code: names, types as SDL writes them ("[Lap!]!"), descriptions,
// resolvers.
//
//   SchemaBuilder builder;
//   auto lap = builder.object<Lap>("Lap", "One lap of a car.");
//   lap.field("number", "Int!", "Counted from 1.", [](const Lap& row, const Call&, ValueWriter& to) {
//   to.integer(row.number); }); auto query = builder.object("Query", "What can be asked for.");
//   query.field("laps", "[Lap!]!", "The laps of a car.", [](const Call& call, ValueWriter& to) -> Done { … })
//       .argument("car", "Int!", "The car's number.");
//   Result<std::unique_ptr<const Schema>> schema = std::move(builder).build();
//
// The types of operations are named Query, Mutation and Subscription; the last two may be left out.
#pragma once

#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/error.h"
#include "graphql/schema/schema.h"

namespace racesim::graphql {

/// Declares the fields of an object or an interface. Its parent values are `Parent`s, which the resolvers of
/// fields that have this type pass to ValueWriter::object(); without a Parent, resolvers read Call::parent
/// themselves.
template <class Parent = void>
class FieldsOf {
 public:
  explicit FieldsOf(TypeDef& type) : type_(&type) {}

  FieldsOf& implements(std::string interface_name) {
    type_->interface_names.push_back(std::move(interface_name));
    return *this;
  }

  /// `resolve(const Parent&, const Call&, ValueWriter&)`, without the first if there is no Parent; returns
  /// Done or nothing.
  template <class Resolver>
  FieldDef& field(std::string name, std::string type, std::string description, Resolver resolve) {
    FieldDef& added = field(std::move(name), std::move(type), std::move(description));
    added.resolve = [resolve = std::move(resolve)](const Call& call, ValueWriter& to) -> Done {
      if constexpr (std::is_void_v<Parent>) {
        if constexpr (std::is_void_v<std::invoke_result_t<const Resolver&, const Call&, ValueWriter&>>) {
          resolve(call, to);
          return {};
        } else {
          return resolve(call, to);
        }
      } else {
        const Parent& parent = *static_cast<const Parent*>(call.parent);
        if constexpr (std::is_void_v<
                          std::invoke_result_t<const Resolver&, const Parent&, const Call&, ValueWriter&>>) {
          resolve(parent, call, to);
          return {};
        } else {
          return resolve(parent, call, to);
        }
      }
    };
    return added;
  }

  /// Of an interface, whose fields are resolved by the objects that implement it.
  FieldDef& field(std::string name, std::string type, std::string description) {
    FieldDef& added = type_->fields.emplace_back();
    added.name = std::move(name);
    added.type_text = std::move(type);
    added.description = std::move(description);
    return added;
  }

 private:
  TypeDef* type_;
};

class InputsOf {
 public:
  explicit InputsOf(TypeDef& type) : type_(&type) {}
  InputsOf& field(std::string name, std::string type, std::string description,
                  std::string default_literal = {});

 private:
  TypeDef* type_;
};

class ValuesOf {
 public:
  explicit ValuesOf(TypeDef& type) : type_(&type) {}
  ValuesOf& value(std::string name, std::string description = {}, std::optional<std::string> deprecated = {});

 private:
  TypeDef* type_;
};

/// Use it once. What it returns points into it and is valid until build().
class SchemaBuilder {
 public:
  SchemaBuilder();

  void describe(std::string description) { schema_->description_ = std::move(description); }

  template <class Parent = void>
  FieldsOf<Parent> object(std::string name, std::string description) {
    return FieldsOf<Parent>(add(TypeKind::object, std::move(name), std::move(description)));
  }
  FieldsOf<> interface(std::string name, std::string description);
  InputsOf input(std::string name, std::string description);
  ValuesOf enumeration(std::string name, std::string description);
  void union_of(std::string name, std::string description, std::vector<std::string> members);
  void scalar(std::string name, std::string description, std::optional<std::string> specified_by = {});

  /// Links and checks everything. A failure says which declaration is wrong, and is a programmer's to mend.
  Result<std::unique_ptr<const Schema>> build() &&;

 private:
  TypeDef& add(TypeKind kind, std::string name, std::string description);
  void add_scalars();
  void add_directives();
  Done index_types();
  Done link_type(TypeDef& type);
  Done link_members(TypeDef& type);
  Done link_fields(TypeDef& type);
  Done link_inputs(std::deque<InputDef>& inputs, const std::string& owner);
  Done link_meta_fields();
  Done check_interfaces(const TypeDef& type) const;
  Done set_defaults();
  Result<const TypeRef*> ref(const std::string& text);

  std::unique_ptr<Schema> schema_;
};

}  // namespace racesim::graphql
