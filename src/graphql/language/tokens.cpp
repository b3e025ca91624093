#include <tao/pegtl.hpp>

#include "graphql/language/token.h"

namespace racesim::graphql {
namespace grammar {

// The lexical grammar of the specification (October 2021, section 2.1), with the escapes \u{…} and the rule
// for control characters that came after it, as other servers have them.
using namespace tao::pegtl;

struct Comment : seq<one<'#'>, star<utf8::not_one<U'\n', U'\r'>>> {};
struct Ignored : star<sor<one<' ', '\t', '\n', '\r', ','>, utf8::bom, Comment>> {};

struct Punctuation : one<'!', '$', '&', '(', ')', ':', '=', '@', '[', ']', '{', '|', '}'> {};
struct Spread : string<'.', '.', '.'> {};
struct NameToken : identifier {};

struct Digits : plus<digit> {};
struct NoDigit : not_at<digit> {};
struct Whole : sor<seq<one<'0'>, NoDigit>, plus<digit>> {};
struct WholeBehindSign : sor<seq<one<'0'>, NoDigit>, plus<digit>> {};
struct Fraction : seq<one<'.'>, Digits> {};
struct Exponent : seq<one<'e', 'E'>, opt<one<'+', '-'>>, Digits> {};
struct NumberEnd : not_at<sor<one<'.'>, identifier_first>> {};
struct Number : seq<sor<seq<one<'-'>, WholeBehindSign>, seq<at<digit>, Whole>>, opt<Fraction>, opt<Exponent>,
                    NumberEnd> {};

struct HighSurrogate : seq<one<'d', 'D'>, one<'8', '9', 'a', 'b', 'A', 'B'>, rep<2, xdigit>> {};
struct LowSurrogate : seq<one<'d', 'D'>, ranges<'c', 'f', 'C', 'F'>, rep<2, xdigit>> {};
struct SurrogatePair : seq<HighSurrogate, string<'\\', 'u'>, LowSurrogate> {};
struct FourDigits : seq<not_at<sor<HighSurrogate, LowSurrogate>>, rep<4, xdigit>> {};
struct BracedDigits : rep_min_max<1, 8, xdigit> {};
struct Unicode : seq<one<'u'>, sor<seq<one<'{'>, BracedDigits, one<'}'>>, SurrogatePair, FourDigits>> {};
struct Escape : seq<one<'\\'>, sor<one<'"', '\\', '/', 'b', 'f', 'n', 'r', 't'>, Unicode>> {};
struct UnknownEscape : failure {};
struct TextCharacter
    : sor<utf8::not_one<U'"', U'\\', U'\n', U'\r'>, Escape, seq<at<one<'\\'>>, UnknownEscape>> {};
struct TextEnd : one<'"'> {};
struct Text : seq<one<'"'>, star<TextCharacter>, TextEnd> {};

struct ThreeQuotes : string<'"', '"', '"'> {};
struct BlockTextEnd : string<'"', '"', '"'> {};
struct BlockTextCharacter : sor<string<'\\', '"', '"', '"'>, seq<not_at<ThreeQuotes>, utf8::any>> {};
struct BlockText : seq<ThreeQuotes, star<BlockTextCharacter>, BlockTextEnd> {};

struct AnyToken : sor<NameToken, Punctuation, Spread, Number, BlockText, Text> {};

// Where one of these does not match, the text is not GraphQL, whatever else could be tried.
struct Messages {
  template <class Rule>
  static constexpr const char* message = nullptr;
};
template <>
constexpr const char* Messages::message<Digits> = "a number has a digit here";
template <>
constexpr const char* Messages::message<WholeBehindSign> = "a number has a digit behind its sign";
template <>
constexpr const char* Messages::message<NoDigit> = "a number has no digit behind its leading 0";
template <>
constexpr const char* Messages::message<NumberEnd> = "a number ends before this character";
template <>
constexpr const char* Messages::message<UnknownEscape> =
    R"(no such escape in a text; there are \" \\ \/ \b \f \n \r \t \uXXXX (surrogates in pairs) and \u{X…})";
template <>
constexpr const char* Messages::message<TextEnd> = "a text has no end in its line";
template <>
constexpr const char* Messages::message<BlockTextEnd> = "a block text has no end";

template <class Rule>
using Control = must_if<Messages, normal, false>::control<Rule>;

template <class Rule>
struct Note : nothing<Rule> {};

template <TokenKind KIND>
struct Is {
  template <class Input>
  static void apply(const Input&, TokenKind& kind) {
    kind = KIND;
  }
};
template <>
struct Note<NameToken> : Is<TokenKind::name> {};
template <>
struct Note<Punctuation> : Is<TokenKind::punctuation> {};
template <>
struct Note<Spread> : Is<TokenKind::spread> {};
template <>
struct Note<Whole> : Is<TokenKind::integer> {};
template <>
struct Note<WholeBehindSign> : Is<TokenKind::integer> {};
template <>
struct Note<Fraction> : Is<TokenKind::real> {};
template <>
struct Note<Exponent> : Is<TokenKind::real> {};
template <>
struct Note<Text> : Is<TokenKind::text> {};
template <>
struct Note<BlockText> : Is<TokenKind::block_text> {};
template <>
struct Note<BracedDigits> {
  /// A false answer lets the escape not match.
  template <class Input>
  static bool apply(const Input& in, TokenKind&) {
    const unsigned long point = std::stoul(in.string(), nullptr, 16);
    return point <= 0x10FFFF && (point < 0xD800 || point > 0xDFFF);
  }
};

}  // namespace grammar

Tokens split_tokens(std::string_view text, std::size_t count_max) {
  namespace pegtl = tao::pegtl;
  Tokens tokens;
  pegtl::memory_input<pegtl::tracking_mode::lazy> in(text.data(), text.data() + text.size(), "");
  const auto place = [&] { return static_cast<Place>(in.current() - text.data()); };
  while (true) {
    pegtl::parse<grammar::Ignored>(in);
    Token token{TokenKind::end, place(), place()};
    if (!in.empty()) {
      token.kind = TokenKind::broken;
      try {
        if (tokens.list.size() == count_max) {
          tokens.failure =
              "the document has more than " + std::to_string(count_max) + " tokens, which is the limit";
        } else if (!pegtl::parse<grammar::AnyToken, grammar::Note, grammar::Control>(in, token.kind)) {
          tokens.failure = "Syntax error: no token of GraphQL begins with this character";
        }
      } catch (const pegtl::parse_error& error) {
        token.kind = TokenKind::broken;
        token.begin = static_cast<Place>(error.positions().front().byte);
        tokens.failure = "Syntax error: " + std::string(error.message());
      }
      token.end = tokens.failure.empty() ? place() : token.begin;
      token.kind = tokens.failure.empty() ? token.kind : TokenKind::broken;
    }
    tokens.list.push_back(token);
    if (token.kind == TokenKind::end || token.kind == TokenKind::broken) return tokens;
  }
}

}  // namespace racesim::graphql
