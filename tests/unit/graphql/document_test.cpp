// Goal: documents are parsed within their limits, and texts mean what the specification says. Method: each
// limit from both sides; nesting of every kind a hundred thousand levels deep; texts whose value is written
// down by hand. That errors stand where others report them is the business of tests/graphql.
#include <gtest/gtest.h>

#include "graphql/language/parser.h"
#include "graphql/language/token.h"

namespace racesim::graphql {
namespace {

std::string repeated(std::string_view part, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += part;
  return text;
}

std::string parse_refusal(std::string text, const ParseLimits& limits = {}) {
  const auto parsed = parse_document(std::move(text), limits);
  return parsed ? "" : parsed.error().what;
}

ParseLimits roomy() {
  ParseLimits limits;
  limits.document_bytes = limits.tokens = limits.definitions = 10'000'000;
  return limits;
}

TEST(Document, BytesHaveALimit) {
  ParseLimits limits;
  limits.document_bytes = 5;
  EXPECT_EQ(parse_refusal("{ a }", limits), "");
  EXPECT_EQ(parse_refusal("{ ab }", limits), "the document has 6 bytes, the limit is 5");
}

TEST(Document, TokensHaveALimit) {
  ParseLimits limits;
  limits.tokens = 4;
  EXPECT_EQ(parse_refusal("{ a b }", limits), "");
  EXPECT_EQ(parse_refusal("{ a b c }", limits), "the document has more than 4 tokens, which is the limit");
}

TEST(Document, DefinitionsHaveALimit) {
  ParseLimits limits;
  limits.definitions = 2;
  EXPECT_EQ(parse_refusal("query A { a } fragment B on C { d }", limits), "");
  EXPECT_EQ(parse_refusal("query A { a } fragment B on C { d } { e }", limits),
            "the document has more than 2 definitions, which is the limit");
}

TEST(Document, NestingHasALimit) {
  ParseLimits limits;
  limits.nesting = 3;
  EXPECT_EQ(parse_refusal("{ a { b { c } } }", limits), "");
  const std::string wanted = "the document is nested deeper than 3 levels, which is the limit";
  EXPECT_EQ(parse_refusal("{ a { b { c { d } } } }", limits), wanted);
  EXPECT_EQ(parse_refusal("{ a(b: [[[1]]]) }", limits), wanted);
  EXPECT_EQ(parse_refusal("query($a: [[[Int]]]) { b }", limits), wanted);
}

TEST(Document, DeepNestingDoesNotExhaustTheStack) {
  constexpr std::size_t DEEP = 100'000;
  for (const std::string& text : {repeated("{a", DEEP), repeated("{...", DEEP), "{a(b:" + repeated("[", DEEP),
                                  "{a(b:" + repeated("{c:", DEEP), "query($a:" + repeated("[", DEEP),
                                  "{a@b(c:" + repeated("[", DEEP), "query($a:B=" + repeated("[", DEEP)}) {
    EXPECT_EQ(parse_refusal(text, roomy()),
              "the document is nested deeper than 64 levels, which is the limit");
  }
  EXPECT_NE(parse_refusal(repeated("query A{a}", 3) + repeated("@", DEEP), roomy()), "");
  EXPECT_EQ(parse_refusal("{a" + repeated("@b", DEEP) + "}", roomy()), "");
}

TEST(Document, BrokenUtf8IsNoToken) {
  for (const std::string_view broken : {"\x80", "\xC3", "\xF0\x9F\x8F", "\xED\xA0\x80", "\xFF"}) {
    EXPECT_NE(parse_refusal("{ " + std::string(broken) + " }"), "");
    EXPECT_NE(parse_refusal("{ a(b: \"" + std::string(broken) + "\") }"), "");
    EXPECT_NE(parse_refusal("{ a(b: \"\"\"" + std::string(broken) + "\"\"\") }"), "");
    EXPECT_NE(parse_refusal("{ a } # " + std::string(broken)), "");
  }
}

TEST(Document, EqualNamesLeadToTheLastFragment) {
  const auto parsed = parse_document("fragment A on B { c } fragment A on D { e }", {});
  ASSERT_TRUE(parsed);
  EXPECT_EQ((*parsed)->fragment("A")->type.text, "D");
  EXPECT_EQ((*parsed)->fragment("B"), nullptr);
}

TEST(TextValue, ResolvesEveryEscape) {
  EXPECT_EQ(text_value(R"("")"), "");
  EXPECT_EQ(text_value(R"("\"\\\/\b\f\n\r\t")"), "\"\\/\b\f\n\r\t");
  EXPECT_EQ(text_value(R"("\u0041\u00e9\u20AC\uD83C\uDFC1\u{1F3C1}\u{0}x")"), std::string("Aé€🏁🏁\0x", 16));
}

TEST(BlockTextValue, RemovesCommonIndentationAndBlankEnds) {
  EXPECT_EQ(block_text_value("\"\"\"\"\"\""), "");
  EXPECT_EQ(block_text_value("\"\"\"\n    a\n      b\n\n    c\n  \"\"\""), "a\n  b\n\nc");
  EXPECT_EQ(block_text_value("\"\"\"  a\r\n    b\r  c\"\"\""), "  a\n  b\nc");
  EXPECT_EQ(block_text_value("\"\"\"a \\\"\"\" \\n\"\"\""), "a \"\"\" \\n");
}

TEST(Tokens, SayWhatIsWrongInTheLastOne) {
  const Tokens tokens = split_tokens("{ a(b: 01) }", 100);
  EXPECT_EQ(tokens.list.back().kind, TokenKind::broken);
  EXPECT_EQ(tokens.list.back().begin, 8U);
  EXPECT_EQ(tokens.failure, "Syntax error: a number has no digit behind its leading 0");
}

}  // namespace
}  // namespace racesim::graphql
