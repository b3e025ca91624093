// The words of a GraphQL document.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "graphql/language/source.h"

namespace racesim::graphql {

enum class TokenKind : std::uint8_t {
  end,          ///< behind the last one; empty
  punctuation,  ///< one of ! $ & ( ) : = @ [ ] { | }
  spread,       ///< ...
  name,
  integer,
  real,
  text,        ///< with its quotes
  block_text,  ///< with its three quotes
  broken,      ///< here the text stops being GraphQL: Tokens::failure says why
};

struct Token {
  TokenKind kind = TokenKind::end;
  Place begin = 0;
  Place end = 0;
};

struct Tokens {
  std::vector<Token> list;  ///< the last one is `end` or `broken`
  std::string failure;
};

/// At most `count_max` tokens; the one behind is `broken`, and the failure names the limit. `text` is at most
/// 4 GiB.
Tokens split_tokens(std::string_view text, std::size_t count_max);

/// The value of a `text` token: without quotes, escapes resolved.
std::string text_value(std::string_view token);

/// The value of a `block_text` token: common indentation and blank lines at both ends removed, lines joined
/// by \n.
std::string block_text_value(std::string_view token);

}  // namespace racesim::graphql
