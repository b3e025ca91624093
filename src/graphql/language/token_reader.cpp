#include "graphql/language/token_reader.h"

#include <utility>

namespace racesim::graphql {

using namespace ast;

TokenReader::Deeper::Deeper(TokenReader& reader) : reader_(reader) {
  if (++reader.nesting_ > reader.nesting_max_) {
    reader.fail(reader.token().begin, "the document is nested deeper than " +
                                          std::to_string(reader.nesting_max_) +
                                          " levels, which is the limit");
  }
}

TokenReader::TokenReader(Document& document, const ParseLimits& limits)
    : document_(document), nesting_max_(limits.nesting), tokens_(split_tokens(document.text, limits.tokens)) {
  check_broken();
}

void TokenReader::fail(Place at, std::string what) {
  if (failed_) return;
  failed_ = true;
  error_ = {at, std::move(what)};
}

void TokenReader::unexpected(std::string_view wanted) {
  const std::string found = token().kind == TokenKind::end ? "the end" : "'" + std::string(text()) + "'";
  fail(token().begin, "Syntax error: found " + found + " in place of " + std::string(wanted));
}

void TokenReader::check_broken() {
  if (token().kind == TokenKind::broken) fail(token().begin, tokens_.failure);
}

void TokenReader::advance() {
  ++at_;
  check_broken();
}

bool TokenReader::accept(char mark) {
  if (failed_ || !is(mark)) return false;
  advance();
  return true;
}

bool TokenReader::accept_word(std::string_view word) {
  if (failed_ || !is_word(word)) return false;
  advance();
  return true;
}

void TokenReader::expect(char mark) {
  if (!failed_ && !accept(mark)) unexpected("'" + std::string(1, mark) + "'");
}

Name TokenReader::name(std::string_view wanted) {
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

TypeNode TokenReader::type() {
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

std::vector<Argument> TokenReader::arguments(bool is_constant) {
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

std::vector<Directive> TokenReader::directives(bool is_constant) {
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

Literal TokenReader::value(bool is_constant) {
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

void TokenReader::name_value(Literal& literal) {
  literal.text = text();
  literal.kind = LiteralKind::enumerator;
  if (literal.text == "true" || literal.text == "false") literal.kind = LiteralKind::boolean;
  if (literal.text == "null") literal.kind = LiteralKind::null;
  advance();
}

void TokenReader::text_literal(Literal& literal) {
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

void TokenReader::compound_value(Literal& literal, bool is_constant) {
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

}  // namespace racesim::graphql
