// The types of a service, linked and checked (schema/builder.h declares them). Never changes, so threads may
// share it.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "graphql/language/ast.h"
#include "graphql/schema/resolver.h"
#include "graphql/values/value.h"

namespace racesim::graphql {

struct TypeDef;

enum class Wrap : std::uint8_t { none, list, non_null };

/// A type as fields and arguments have it: a named type, a list of something, or something that is never
/// null.
struct TypeRef {
  Wrap wrap = Wrap::none;
  const TypeRef* of = nullptr;   ///< what is wrapped; null for a named type
  const TypeDef* def = nullptr;  ///< the named type inside all wraps
  std::string text;              ///< as in SDL: "[Lap!]!"

  const TypeRef& nullable() const { return wrap == Wrap::non_null ? *of : *this; }
};

/// Same wraps around the same type.
bool same_type(const TypeRef& a, const TypeRef& b);

class Schema;

/// The type that a request writes, made in `store`; null if there is no type of that name.
const TypeRef* type_of_node(const Schema& schema, const ast::TypeNode& node, std::deque<TypeRef>& store);

enum class TypeKind : std::uint8_t { scalar, object, interface, union_type, enumeration, input };

/// What a scalar may hold; custom ones hold anything.
enum class Scalar : std::uint8_t { none, integer, real, text, boolean, id, custom };

/// An argument, or a field of an input object.
struct InputDef {
  std::string name;
  std::string type_text;
  std::string description;
  std::string default_text;  ///< a literal; empty without a default
  std::optional<std::string> deprecated;

  const TypeRef* type = nullptr;       // from here on made by build()
  std::optional<Value> default_value;  ///< coerced

  bool is_required() const { return type->wrap == Wrap::non_null && !default_value; }
};

struct FieldDef {
  std::string name;
  std::string type_text;
  std::string description;
  Resolve resolve;
  std::deque<InputDef> arguments;
  std::optional<std::string> deprecated;
  std::vector<std::string> page_arguments;  ///< see paged()
  std::uint32_t page_assumed = 1;

  const TypeRef* type = nullptr;  // made by build()

  FieldDef& argument(std::string argument_name, std::string type, std::string text,
                     std::string default_literal = {});
  FieldDef& deprecate(std::string reason);
  /// For limits: below this field everything comes as often as one of these arguments says, or `assumed`
  /// times if all are left out.
  FieldDef& paged(std::vector<std::string> argument_names, std::uint32_t assumed);

  const InputDef* find_argument(std::string_view argument_name) const;
};

struct EnumValueDef {
  std::string name;
  std::string description;
  std::optional<std::string> deprecated;
};

struct TypeDef {
  TypeKind kind = TypeKind::scalar;
  std::string name;
  std::string description;
  Scalar scalar = Scalar::none;
  std::optional<std::string> specified_by;  ///< of a custom scalar: the URL of its specification
  std::deque<FieldDef> fields;              ///< of objects and interfaces
  std::deque<InputDef> inputs;              ///< of input objects
  std::vector<EnumValueDef> values;
  std::vector<std::string> interface_names;  ///< all of them, also those of its interfaces
  std::vector<std::string> member_names;     ///< of a union

  const TypeRef* self = nullptr;  // from here on made by build()
  std::vector<const TypeDef*> interfaces;
  std::vector<const TypeDef*>
      possible;  ///< the objects that an interface or a union can be; an object itself
  std::unordered_map<std::string_view, const FieldDef*> fields_by_name;

  bool is_leaf() const { return kind == TypeKind::scalar || kind == TypeKind::enumeration; }
  bool is_input() const { return is_leaf() || kind == TypeKind::input; }
  bool is_output() const { return kind != TypeKind::input; }
  bool is_composite() const { return !is_leaf() && kind != TypeKind::input; }
  bool is_abstract() const { return kind == TypeKind::interface || kind == TypeKind::union_type; }
  bool is_introspection() const { return name.rfind("__", 0) == 0; }

  const InputDef* find_input(std::string_view input_name) const;
  bool has_value(std::string_view value_name) const;
};

struct DirectiveDef {
  std::string name;
  std::string description;
  std::vector<std::string> places;  ///< as introspection names them: "FIELD", …
  std::deque<InputDef> arguments;
};

class Schema {
 public:
  Schema() = default;
  Schema(const Schema&) = delete;  // everything points at everything
  Schema& operator=(const Schema&) = delete;

  /// Null if there is none.
  const TypeDef* type(std::string_view name) const;
  const TypeDef* root(ast::OperationKind kind) const { return roots_[static_cast<std::size_t>(kind)]; }
  const DirectiveDef* directive(std::string_view name) const;
  /// A field as a request may ask for it: __typename, __schema and __type too. Null if there is none.
  const FieldDef* field(const TypeDef& parent, std::string_view name) const;

  const std::deque<TypeDef>& types() const { return types_; }
  const std::deque<DirectiveDef>& directives() const { return directives_; }
  const std::string& description() const { return description_; }

  /// Is `type` the same as `of`, or one of the types that `of` stands for?
  static bool is_kind_of(const TypeDef& type, const TypeDef& of);
  /// Can a value of `type` stand where `wanted` is wanted?
  static bool fits(const TypeRef& type, const TypeRef& wanted);
  /// Is there an object that is both?
  static bool overlap(const TypeDef& a, const TypeDef& b);

 private:
  friend class SchemaBuilder;

  std::string description_;
  std::deque<TypeDef> types_;
  std::deque<TypeRef> refs_;
  std::deque<DirectiveDef> directives_;
  std::unordered_map<std::string_view, const TypeDef*> types_by_name_;
  std::unordered_map<std::string, const TypeRef*> refs_by_text_;
  const TypeDef* roots_[3] = {nullptr, nullptr, nullptr};
  FieldDef schema_field_, type_field_, typename_field_;
};

}  // namespace racesim::graphql
