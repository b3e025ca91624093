// Reads a document's tokens one after the other, and the parts that several definitions share: names, types,
// values, arguments, directives. The first failure is kept, and everything returns as soon as there is one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "graphql/language/ast.h"
#include "graphql/language/parser.h"
#include "graphql/language/token.h"

namespace racesim::graphql {

class TokenReader {
 public:
  TokenReader(ast::Document& document, const ParseLimits& limits);

  bool failed() const { return failed_; }
  SyntaxError& error() { return error_; }

  const Token& token() const { return tokens_.list[at_]; }
  std::string_view text() const {
    return std::string_view(document_.text).substr(token().begin, token().end - token().begin);
  }
  bool is(char mark) const {
    return token().kind == TokenKind::punctuation && document_.text[token().begin] == mark;
  }
  bool is_word(std::string_view word) const { return token().kind == TokenKind::name && text() == word; }
  bool is_text() const { return token().kind == TokenKind::text || token().kind == TokenKind::block_text; }
  bool is_end() const { return token().kind == TokenKind::end; }

  void fail(Place at, std::string what);
  void unexpected(std::string_view wanted);
  void advance();
  bool accept(char mark);
  bool accept_word(std::string_view word);
  void expect(char mark);

  ast::Name name(std::string_view wanted);
  ast::TypeNode type();
  /// A constant value has no variables.
  ast::Literal value(bool is_constant);
  std::vector<ast::Argument> arguments(bool is_constant);
  std::vector<ast::Directive> directives(bool is_constant);

  ast::Document& document() { return document_; }

 protected:
  /// One level deeper while it lives; fails at the limit.
  class Deeper {
   public:
    explicit Deeper(TokenReader& reader);
    ~Deeper() { --reader_.nesting_; }
    Deeper(const Deeper&) = delete;
    Deeper& operator=(const Deeper&) = delete;

   private:
    TokenReader& reader_;
  };

 private:
  void check_broken();
  void name_value(ast::Literal& literal);
  void text_literal(ast::Literal& literal);
  void compound_value(ast::Literal& literal, bool is_constant);

  ast::Document& document_;
  std::size_t nesting_max_;
  std::size_t nesting_ = 0;
  Tokens tokens_;
  std::size_t at_ = 0;
  bool failed_ = false;
  SyntaxError error_;
};

}  // namespace racesim::graphql
