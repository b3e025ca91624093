// A document as its grammar has it. All texts are views into the Document that owns the nodes; nodes stay
// where they are while it lives. Nothing here changes once it is parsed, so threads may share it.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "graphql/language/source.h"

namespace racesim::graphql::ast {

struct Name {
  std::string_view text;
  Place at = 0;
};

enum class LiteralKind : std::uint8_t {
  variable,
  integer,
  real,
  text,
  boolean,
  null,
  enumerator,
  list,
  object
};

struct LiteralField;

/// A value as it is written. `text`: the variable's name, the number's digits, the text's value, the enum's
/// name, "true" or "false".
struct Literal {
  LiteralKind kind = LiteralKind::null;
  bool is_block = false;  ///< of a text: it stood in three quotes
  Place at = 0;
  std::string_view text;
  std::vector<Literal> items;
  std::vector<LiteralField> fields;
};

struct LiteralField {
  Name name;
  Literal value;
};

struct Argument {
  Name name;
  Literal value;
};

struct Directive {
  Place at = 0;
  Name name;
  std::vector<Argument> arguments;
};

enum class SelectionKind : std::uint8_t { field, spread, inline_fragment };

/// A field, a named fragment's spread or an inline fragment.
struct Selection {
  SelectionKind kind = SelectionKind::field;
  bool has_selections = false;
  Place at = 0;
  Place selections_at = 0;  ///< of their {
  Name alias;               ///< of a field; empty without one
  Name name;                ///< the field, the fragment, or the inline fragment's type (empty without one)
  std::vector<Argument> arguments;
  std::vector<Directive> directives;
  std::vector<Selection> selections;

  std::string_view response_name() const { return alias.text.empty() ? name.text : alias.text; }
};

enum class TypeNodeKind : std::uint8_t { named, list, non_null };

struct TypeNode {
  TypeNodeKind kind = TypeNodeKind::named;
  Place at = 0;
  Name name;                     ///< of a named type
  std::unique_ptr<TypeNode> of;  ///< of a list or a type that is not null
};

struct VariableDefinition {
  Place at = 0;
  Name name;
  TypeNode type;
  bool has_default = false;
  Literal default_value;
  std::vector<Directive> directives;
};

enum class OperationKind : std::uint8_t { query, mutation, subscription };

struct Operation {
  OperationKind kind = OperationKind::query;
  Place at = 0;
  Name name;  ///< empty without one
  std::vector<VariableDefinition> variables;
  std::vector<Directive> directives;
  std::vector<Selection> selections;
};

struct Fragment {
  Place at = 0;
  Name name;
  Name type;
  std::vector<Directive> directives;
  std::vector<Selection> selections;
};

struct Document {
  std::string text;
  std::deque<std::string> values;  ///< of texts with escapes, whose views need an owner
  std::vector<Operation> operations;
  std::vector<Fragment> fragments;
  std::vector<Place> type_system;  ///< where definitions of types begin, which a request should not have
  std::unordered_map<std::string_view, const Fragment*> fragments_by_name;  ///< of equal names the last one

  Document() = default;
  Document(const Document&) = delete;  // views point into it
  Document& operator=(const Document&) = delete;

  /// Null if there is none.
  const Fragment* fragment(std::string_view name) const {
    const auto found = fragments_by_name.find(name);
    return found == fragments_by_name.end() ? nullptr : found->second;
  }
};

}  // namespace racesim::graphql::ast
