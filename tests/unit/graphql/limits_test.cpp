// Goal: what an operation asks for is counted as it would be answered, hostile documents end early, and each
// refusal names its limit. Method: demands counted by hand; limits from both sides; documents that grow
// exponentially or quadratically.
#include "graphql/execute/limits.h"

#include <gtest/gtest.h>

#include "graphql/request.h"
#include "graphql/schema/builder.h"
#include "graphql/values/json.h"

namespace racesim::graphql {
namespace {

const auto unresolved = [](const Call&, ValueWriter&) {};

class LimitsTest : public testing::Test {
 protected:
  LimitsTest() {
    SchemaBuilder builder;
    auto node = builder.object("Node", "");
    node.field("a", "Int", "", unresolved);
    node.field("b", "Int", "", unresolved);
    node.field("next", "Node", "", unresolved);
    node.field("list", "[Node]", "", unresolved)
        .argument("first", "Int", "")
        .argument("last", "Int", "")
        .paged({"first", "last"}, 10);
    node.field("some", "[Node]", "", unresolved).argument("first", "Int", "", "7").paged({"first"}, 10);
    auto query = builder.object("Query", "");
    query.field("node", "Node", "", unresolved);
    query.field("a", "Int", "", unresolved);
    schema_ = std::move(*std::move(builder).build());
  }

  Demand demand(const std::string& text, const Variables& variables = {}) const {
    ParseLimits roomy;
    roomy.document_bytes = roomy.tokens = 1'000'000;
    const auto parsed = parse_document(text, roomy);
    EXPECT_TRUE(parsed) << parsed.error().what;
    return demand_of(*schema_, **parsed, (*parsed)->operations.front(), variables);
  }
  std::string first_message(const std::string& text, const Limits& limits) const {
    Request request;
    request.limits = limits;
    const Answer answer = execute(*schema_, *prepare(*schema_, text, limits), request);
    EXPECT_EQ(answer.has_data, answer.errors.empty());
    return answer.errors.empty() ? "" : answer.errors.front().message;
  }

  std::unique_ptr<const Schema> schema_;
};

TEST_F(LimitsTest, FieldsDepthAndAliasesAreCountedWithFragmentsAtEveryPlace) {
  const Demand found =
      demand("{ x: a node { ...F next { ...F } } } fragment F on Node { a y: b ... on Node { next { a } } }");
  EXPECT_EQ(found.fields, 1 + 1 + 4 + 1 + 4);
  EXPECT_EQ(found.depth, 4);
  EXPECT_EQ(found.aliases, 1 + 2);
  EXPECT_EQ(found.complexity, found.fields);
  EXPECT_EQ(demand("{ x: node { y: next { z: a } } }").aliases, 3);
}

TEST_F(LimitsTest, ListsMultiplyWhatIsBelow) {
  EXPECT_EQ(demand("{ node { list { a b } } }").complexity, 2 + 10 * 2);
  EXPECT_EQ(demand("{ node { list(first: 3) { a b } } }").complexity, 2 + 3 * 2);
  EXPECT_EQ(demand("{ node { list(last: 4) { a b } } }").complexity, 2 + 4 * 2);
  EXPECT_EQ(demand("{ node { list(first: 3) { list(first: 5) { a } } } }").complexity, 2 + 3 * (1 + 5));
  EXPECT_EQ(demand("{ node { some { a } } }").complexity, 2 + 7);
  EXPECT_EQ(demand("{ node { list(first: -3) { a } } }").complexity, 2 + 1);
  EXPECT_EQ(demand("query($n: Int) { node { list(first: $n) { a } } }", {{"n", Value(std::int64_t{50})}})
                .complexity,
            2 + 50);
  EXPECT_EQ(demand("query($n: Int) { node { list(first: $n) { a } } }").complexity, 2 + 10);
}

TEST_F(LimitsTest, HugeNumbersStopAtTheLargest) {
  std::string text = "a";
  for (int i = 0; i < 9; ++i) text = "list(first: 2147483647) { " + text + " }";
  EXPECT_EQ(demand("{ node { " + text + " } }").complexity, INT64_MAX);
}

TEST_F(LimitsTest, IntrospectionHasADepthOfItsOwn) {
  const Demand found = demand("{ node { a } __schema { types { fields { type { name } } } } }");
  EXPECT_EQ(found.depth, 2);
  EXPECT_EQ(found.introspection_depth, 5);
}

TEST_F(LimitsTest, EachRefusalNamesItsLimit) {
  const auto refusal = [&](const char* text, auto Limits::*limit, std::int64_t most) {
    Limits limits;
    limits.*limit = most;
    return first_message(text, limits);
  };
  const std::string begin = "the operation's ";
  EXPECT_EQ(refusal("{ node { a } }", &Limits::depth, 2), "");
  EXPECT_EQ(refusal("{ node { a } }", &Limits::depth, 1), begin + "depth is above the limit of 1");
  EXPECT_EQ(refusal("{ node { a } }", &Limits::fields, 2), "");
  EXPECT_EQ(refusal("{ node { a } }", &Limits::fields, 1),
            begin + "number of fields is above the limit of 1");
  EXPECT_EQ(refusal("{ x: a y: a }", &Limits::aliases, 2), "");
  EXPECT_EQ(refusal("{ x: a y: a }", &Limits::aliases, 1),
            begin + "number of aliases is above the limit of 1");
  EXPECT_EQ(refusal("{ node { list { a } } }", &Limits::complexity, 12), "");
  EXPECT_EQ(refusal("{ node { list { a } } }", &Limits::complexity, 11),
            begin + "complexity (fields × lengths of the lists around them) is above the limit of 11");
  EXPECT_EQ(refusal("{ __schema { types { name } } }", &Limits::introspection_depth, 3), "");
  EXPECT_EQ(refusal("{ __schema { types { name } } }", &Limits::introspection_depth, 2),
            begin + "depth of introspection is above the limit of 2");
}

/// Each fragment spreads the next one twice: 2^60 fields in some hundred tokens.
TEST_F(LimitsTest, FragmentsThatDoubleAreCountedNotWalked) {
  std::string text = "{ node { ...F0 } }";
  for (int i = 0; i < 60; ++i) {
    const std::string next = "...F" + std::to_string(i + 1);
    text += " fragment F" + std::to_string(i) + " on Node { x" + std::to_string(i) + ": next { " + next +
            " } y" + std::to_string(i) + ": next { " + next + " } }";
  }
  text += " fragment F60 on Node { a }";
  EXPECT_GT(demand(text).fields, 1'000'000'000'000'000);
  EXPECT_EQ(first_message(text, {}), "the operation's depth is above the limit of 12");
}

/// Fragments that spread one another, each nested as deep as may be: thousands of levels without a deep
/// document.
TEST_F(LimitsTest, ChainsOfNestedFragmentsEndEarly) {
  const auto chain = [](const std::string& name, int length) {
    std::string text;
    for (int i = 0; i < length; ++i) {
      text += " fragment " + name + std::to_string(i) + " on Node {";
      for (int level = 0; level < 60; ++level) text += "next{";
      text += i + 1 < length ? "..." + name + std::to_string(i + 1) : "a";
      text += std::string(61, '}');
    }
    return text;
  };
  EXPECT_EQ(first_message("{ node { ...F0 } }" + chain("F", 40), {}),
            "the operation's depth is above the limit of 12");
  EXPECT_EQ(first_message("{ node { ...F0 ...G0 } }" + chain("F", 20) + chain("G", 20), {}),
            "the document has more fields with the same names than can be compared");
}

/// Types of types of types: what introspection would answer grows with each level by a schema's fields.
TEST_F(LimitsTest, IntrospectionOfTypesOfTypesEndsEarly) {
  std::string text = "name";
  for (int i = 0; i < 5; ++i) text = "fields { type { " + text + " } }";
  EXPECT_EQ(
      first_message("{ __schema { types { " + text + " } } }", {}),
      "the operation's complexity (fields × lengths of the lists around them) is above the limit of 200000");
}

/// Every pair of fields with one name is compared, with what is below.
TEST_F(LimitsTest, ComparingFieldsHasABudget) {
  Limits limits;
  limits.parse.tokens = limits.parse.document_bytes = 1'000'000;
  std::string text = "{";
  for (int i = 0; i < 1'500; ++i) text += " node { a }";
  EXPECT_EQ(first_message(text + " }", limits),
            "the document has more fields with the same names than can be compared");
}

/// Thousands of places in one error, a hundred errors: each place is told without walking through the text
/// again.
TEST_F(LimitsTest, ErrorsOfHostileDocumentsStayFew) {
  Limits limits;
  std::string text = "{";
  for (int i = 0; i < 1'900; ++i) text += " x(a: 1, a: 1)";
  const auto prepared = prepare(*schema_, text + " }", limits);
  EXPECT_EQ(prepared->errors.size(), 1U) << prepared->errors.front().message;
  text = "{";
  for (int i = 0; i < 1'000; ++i) text += " x(a: 1, a: 1)";
  limits.parse.tokens = 100'000;
  EXPECT_EQ(prepare(*schema_, text + " }", limits)->errors.size(), 101U);
}

}  // namespace
}  // namespace racesim::graphql
