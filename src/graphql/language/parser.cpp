#include "graphql/language/parser.h"

#include <algorithm>
#include <array>
#include <utility>

#include "graphql/language/token.h"

namespace racesim::graphql {
namespace {

using namespace ast;

/// Recursive descent over the tokens. The first failure is kept, and everything returns as soon as there is
/// one.
class Parser {
 public:
  Parser(Document& document, const ParseLimits& limits)
      : document_(document),
        definitions_max_(limits.definitions),
        nesting_max_(limits.nesting),
        tokens_(split_tokens(document.text, limits.tokens)) {
    check_broken();
  }

  bool failed() const { return failed_; }
  SyntaxError& error() { return error_; }
  void expect_end() {
    if (!failed_ && token().kind != TokenKind::end) unexpected("the end");
  }

  void definitions() {
    do {
      if (document_.operations.size() + document_.fragments.size() == definitions_max_) {
        fail(token().begin, "the document has more than " + std::to_string(definitions_max_) +
                                " operations and fragments, which is the limit");
        return;
      }
      definition();
    } while (!failed_ && token().kind != TokenKind::end);
    for (const Fragment& fragment : document_.fragments)
      document_.fragments_by_name[fragment.name.text] = &fragment;
  }

  Literal value(bool is_constant) {
    Literal literal;
    const Deeper deeper(*this);
    if (failed_) return literal;
    literal.at = token().begin;
    switch (token().kind) {
      case TokenKind::integer:
        literal.kind = LiteralKind::integer;
        break;
      case TokenKind::real:
        literal.kind = LiteralKind::real;
        break;
      case TokenKind::name:
        name_value(literal);
        return literal;
      case TokenKind::text:
      case TokenKind::block_text:
        text_literal(literal);
        return literal;
      case TokenKind::punctuation:
        compound_value(literal, is_constant);
        return literal;
      default:
        unexpected("a value");
        return literal;
    }
    literal.text = text();
    advance();
    return literal;
  }

 private:
  /// One level deeper while it lives; fails at the limit.
  class Deeper {
   public:
    explicit Deeper(Parser& parser) : parser_(parser) {
      if (++parser.nesting_ > parser.nesting_max_) {
        parser.fail(parser.token().begin, "the document is nested deeper than " +
                                              std::to_string(parser.nesting_max_) +
                                              " levels, which is the limit");
      }
    }
    ~Deeper() { --parser_.nesting_; }
    Deeper(const Deeper&) = delete;
    Deeper& operator=(const Deeper&) = delete;

   private:
    Parser& parser_;
  };

  const Token& token() const { return tokens_.list[at_]; }
  std::string_view text() const {
    return std::string_view(document_.text).substr(token().begin, token().end - token().begin);
  }
  bool is(char mark) const {
    return token().kind == TokenKind::punctuation && document_.text[token().begin] == mark;
  }
  bool is_word(std::string_view word) const { return token().kind == TokenKind::name && text() == word; }

  void fail(Place at, std::string what) {
    if (failed_) return;
    failed_ = true;
    error_ = {at, std::move(what)};
  }
  void unexpected(std::string_view wanted) {
    const std::string found = token().kind == TokenKind::end ? "the end" : "'" + std::string(text()) + "'";
    fail(token().begin, "Syntax error: found " + found + " in place of " + std::string(wanted));
  }
  void check_broken() {
    if (token().kind == TokenKind::broken) fail(token().begin, tokens_.failure);
  }
  void advance() {
    ++at_;
    check_broken();
  }
  bool accept(char mark) {
    if (failed_ || !is(mark)) return false;
    advance();
    return true;
  }
  void expect(char mark) {
    if (!failed_ && !accept(mark)) unexpected("'" + std::string(1, mark) + "'");
  }
  Name name(std::string_view wanted) {
    Name found;
    if (failed_) return found;
    if (token().kind != TokenKind::name) {
      unexpected(wanted);
      return found;
    }
    found = {text(), token().begin};
    advance();
    return found;
  }

  void definition() {
    if (is('{')) {
      Operation& operation = document_.operations.emplace_back();
      operation.at = token().begin;
      operation.selections = selections();
      return;
    }
    static constexpr std::array type_words{"schema", "scalar", "type",      "interface", "union",
                                           "enum",   "input",  "directive", "extend"};
    const bool has_description = token().kind == TokenKind::text || token().kind == TokenKind::block_text;
    const Place begin = token().begin;
    if (has_description) advance();
    const bool is_type =
        std::any_of(type_words.begin(), type_words.end(), [&](auto word) { return is_word(word); });
    if (is_type) {
      fail(begin, "a request defines no types, only operations and fragments");
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
    Operation& operation = document_.operations.emplace_back();
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
    if (!failed_ && token().kind == TokenKind::name) operation.name = name("a name");
    if (accept('(')) {
      do {
        operation.variables.push_back(variable_definition());
      } while (!failed_ && !accept(')'));
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
    if (!failed_) variable.type = type();
    if (accept('=')) {
      variable.has_default = true;
      variable.default_value = value(true);
    }
    variable.directives = directives(true);
    return variable;
  }

  void fragment() {
    Fragment& fragment = document_.fragments.emplace_back();
    fragment.at = token().begin;
    advance();
    if (!failed_ && is_word("on")) unexpected("a fragment's name");
    fragment.name = name("a fragment's name");
    if (!failed_ && !is_word("on")) unexpected("'on'");
    if (!failed_) advance();
    fragment.type = name("a type");
    fragment.directives = directives(false);
    fragment.selections = selections();
  }

  TypeNode type() {
    TypeNode node;
    const Deeper deeper(*this);
    if (failed_) return node;
    node.at = token().begin;
    if (accept('[')) {
      node.kind = TypeNodeKind::list;
      node.of = std::make_unique<TypeNode>(type());
      expect(']');
    } else {
      node.name = name("a type");
    }
    if (!accept('!')) return node;
    TypeNode outer;
    outer.kind = TypeNodeKind::non_null;
    outer.at = node.at;
    outer.of = std::make_unique<TypeNode>(std::move(node));
    return outer;
  }

  std::vector<Selection> selections() {
    std::vector<Selection> found;
    const Deeper deeper(*this);
    expect('{');
    if (failed_) return found;
    do {
      found.push_back(selection());
    } while (!failed_ && !accept('}'));
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
    if (!failed_ && is('{')) {
      selection.has_selections = true;
      selection.selections_at = token().begin;
      selection.selections = selections();
    }
    return selection;
  }

  void fragment_selection(Selection& selection) {
    advance();
    if (failed_) return;
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

  std::vector<Argument> arguments(bool is_constant) {
    std::vector<Argument> found;
    if (!accept('(')) return found;
    do {
      Argument argument;
      argument.name = name("an argument or ')'");
      expect(':');
      if (!failed_) argument.value = value(is_constant);
      found.push_back(std::move(argument));
    } while (!failed_ && !accept(')'));
    return found;
  }

  std::vector<Directive> directives(bool is_constant) {
    std::vector<Directive> found;
    while (!failed_ && is('@')) {
      Directive directive;
      directive.at = token().begin;
      advance();
      directive.name = name("a directive's name");
      directive.arguments = arguments(is_constant);
      found.push_back(std::move(directive));
    }
    return found;
  }

  void name_value(Literal& literal) {
    literal.text = text();
    literal.kind = LiteralKind::enumerator;
    if (literal.text == "true" || literal.text == "false") literal.kind = LiteralKind::boolean;
    if (literal.text == "null") literal.kind = LiteralKind::null;
    advance();
  }

  void text_literal(Literal& literal) {
    literal.kind = LiteralKind::text;
    literal.is_block = token().kind == TokenKind::block_text;
    const std::string_view raw = text();
    if (literal.is_block) {
      literal.text = document_.values.emplace_back(block_text_value(raw));
    } else if (raw.find('\\') == std::string_view::npos) {
      literal.text = raw.substr(1, raw.size() - 2);
    } else {
      literal.text = document_.values.emplace_back(text_value(raw));
    }
    advance();
  }

  void compound_value(Literal& literal, bool is_constant) {
    if (accept('[')) {
      literal.kind = LiteralKind::list;
      while (!failed_ && !accept(']')) literal.items.push_back(value(is_constant));
    } else if (accept('{')) {
      literal.kind = LiteralKind::object;
      while (!failed_ && !accept('}')) {
        LiteralField field;
        field.name = name("a field or '}'");
        expect(':');
        if (!failed_) field.value = value(is_constant);
        literal.fields.push_back(std::move(field));
      }
    } else if (accept('$')) {
      literal.kind = LiteralKind::variable;
      if (is_constant)
        fail(literal.at, "Syntax error: a variable cannot be used in this value, which is constant");
      literal.text = name("a variable's name").text;
    } else if (!failed_) {
      unexpected("a value");
    }
  }

  Document& document_;
  std::size_t definitions_max_;
  std::size_t nesting_max_;
  std::size_t nesting_ = 0;
  Tokens tokens_;
  std::size_t at_ = 0;
  bool failed_ = false;
  SyntaxError error_;
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
  Parser parser(*document, {});
  ParsedValue parsed;
  if (!parser.failed()) parsed.value = parser.value(true);
  parser.expect_end();
  if (parser.failed()) return tl::make_unexpected(std::move(parser.error()));
  parsed.owner = std::move(document);
  return parsed;
}

}  // namespace racesim::graphql
