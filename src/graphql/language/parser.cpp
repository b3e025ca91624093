#include "graphql/language/parser.h"

#include <utility>

#include "graphql/language/token_reader.h"
#include "graphql/language/type_system.h"

namespace racesim::graphql {
namespace {

using namespace ast;

/// Definitions of operations and fragments, and what they hold.
class Parser : private TokenReader {
 public:
  Parser(Document& document, const ParseLimits& limits)
      : TokenReader(document, limits), definitions_max_(limits.definitions) {}

  using TokenReader::error;
  using TokenReader::failed;

  void definitions() {
    do {
      if (document().operations.size() + document().fragments.size() + document().type_system.size() ==
          definitions_max_) {
        fail(token().begin, "the document has more than " + std::to_string(definitions_max_) +
                                " definitions, which is the limit");
        return;
      }
      definition();
    } while (!failed() && !is_end());
    for (const Fragment& fragment : document().fragments)
      document().fragments_by_name[fragment.name.text] = &fragment;
  }

 private:
  void definition() {
    if (is('{')) {
      Operation& operation = document().operations.emplace_back();
      operation.at = token().begin;
      operation.selections = selections();
      return;
    }
    const bool has_description = is_text();
    const Place begin = token().begin;
    if (has_description) advance();
    if (failed()) return;
    if (begins_type_system(*this) && !(has_description && is_word("extend"))) {
      document().type_system.push_back(begin);
      skip_type_system(*this);
    } else if (has_description && token().kind != TokenKind::name) {
      unexpected("a definition");
    } else if (has_description) {
      fail(begin, "Syntax error: only definitions of types have a description");
    } else if (is_word("fragment")) {
      fragment();
    } else {
      operation();
    }
  }

  void operation() {
    Operation& operation = document().operations.emplace_back();
    operation.at = token().begin;
    if (is_word("query")) {
      operation.kind = OperationKind::query;
    } else if (is_word("mutation")) {
      operation.kind = OperationKind::mutation;
    } else if (is_word("subscription")) {
      operation.kind = OperationKind::subscription;
    } else {
      unexpected("an operation or a fragment");
      return;
    }
    advance();
    if (!failed() && token().kind == TokenKind::name) operation.name = name("a name");
    if (accept('(')) {
      do {
        operation.variables.push_back(variable_definition());
      } while (!failed() && !accept(')'));
    }
    operation.directives = directives(false);
    operation.selections = selections();
  }

  VariableDefinition variable_definition() {
    VariableDefinition variable;
    variable.at = token().begin;
    expect('$');
    variable.name = name("a variable's name");
    expect(':');
    if (!failed()) variable.type = type();
    if (accept('=')) {
      variable.has_default = true;
      variable.default_value = value(true);
    }
    variable.directives = directives(true);
    return variable;
  }

  void fragment() {
    Fragment& fragment = document().fragments.emplace_back();
    fragment.at = token().begin;
    advance();
    if (!failed() && is_word("on")) unexpected("a fragment's name");
    fragment.name = name("a fragment's name");
    if (!failed() && !is_word("on")) unexpected("'on'");
    if (!failed()) advance();
    fragment.type = name("a type");
    fragment.directives = directives(false);
    fragment.selections = selections();
  }

  std::vector<Selection> selections() {
    std::vector<Selection> found;
    const Deeper deeper(*this);
    expect('{');
    if (failed()) return found;
    do {
      found.push_back(selection());
    } while (!failed() && !accept('}'));
    return found;
  }

  Selection selection() {
    Selection selection;
    selection.at = token().begin;
    if (token().kind == TokenKind::spread) {
      fragment_selection(selection);
      return selection;
    }
    selection.name = name("a field or '}'");
    if (accept(':')) {
      selection.alias = selection.name;
      selection.name = name("a field");
    }
    selection.arguments = arguments(false);
    selection.directives = directives(false);
    if (!failed() && is('{')) {
      selection.has_selections = true;
      selection.selections_at = token().begin;
      selection.selections = selections();
    }
    return selection;
  }

  void fragment_selection(Selection& selection) {
    advance();
    if (failed()) return;
    const bool has_type = is_word("on");
    if (token().kind == TokenKind::name && !has_type) {
      selection.kind = SelectionKind::spread;
      selection.name = name("a fragment's name");
      selection.directives = directives(false);
      return;
    }
    selection.kind = SelectionKind::inline_fragment;
    if (has_type) {
      advance();
      selection.name = name("a type");
    }
    selection.directives = directives(false);
    selection.has_selections = true;
    selection.selections = selections();
  }

  std::size_t definitions_max_;
};

}  // namespace

Parsed<std::shared_ptr<const Document>> parse_document(std::string text, const ParseLimits& limits) {
  if (text.size() > limits.document_bytes) {
    return tl::make_unexpected(SyntaxError{0, "the document has " + std::to_string(text.size()) +
                                                  " bytes, the limit is " +
                                                  std::to_string(limits.document_bytes)});
  }
  auto document = std::make_shared<Document>();
  document->text = std::move(text);
  Parser parser(*document, limits);
  if (!parser.failed()) parser.definitions();
  if (parser.failed()) return tl::make_unexpected(std::move(parser.error()));
  return document;
}

Parsed<ParsedValue> parse_value(std::string_view text) {
  auto document = std::make_shared<Document>();
  document->text = text;
  TokenReader reader(*document, {});
  ParsedValue parsed;
  if (!reader.failed()) parsed.value = reader.value(true);
  if (!reader.failed() && !reader.is_end()) reader.unexpected("the end");
  if (reader.failed()) return tl::make_unexpected(std::move(reader.error()));
  parsed.owner = std::move(document);
  return parsed;
}

}  // namespace racesim::graphql
