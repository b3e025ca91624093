// Text → nodes. Recursion, here and in all that walks over the nodes later, is bounded by the limits on
// nesting and on definitions, so hostile text cannot exhaust the stack.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "graphql/language/ast.h"

namespace racesim::graphql {

struct ParseLimits {
  std::size_t document_bytes = 65'536;
  std::size_t tokens = 8'000;
  std::size_t definitions = 250;
  std::size_t nesting = 64;  ///< of selection sets, lists and objects in values, and list types
};

template <class T>
using Parsed = tl::expected<T, SyntaxError>;

/// A whole document.
Parsed<std::shared_ptr<const ast::Document>> parse_document(std::string text, const ParseLimits& limits);

/// A value without variables, such as a default, and the document that owns it.
struct ParsedValue {
  std::shared_ptr<const ast::Document> owner;
  ast::Literal value;
};
Parsed<ParsedValue> parse_value(std::string_view text);

}  // namespace racesim::graphql
