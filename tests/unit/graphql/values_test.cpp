// Goal: JSON is read and written without loss, and input is coerced as the specification says where
// graphql-js, the reference of tests/graphql, says something else. Method: random values through text and
// back; single cases by hand.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "graphql/language/parser.h"
#include "graphql/schema/builder.h"
#include "graphql/values/coerce.h"
#include "graphql/values/json.h"

namespace racesim::graphql {
namespace {

std::string as_json(const Value& value) {
  std::string text;
  append_json(text, value);
  return text;
}

Value random_value(std::mt19937_64& draw, int depth) {
  switch (draw() % (depth > 4 ? 5 : 7)) {
    case 0:
      return {};
    case 1:
      return Value(draw() % 2 == 0);
    case 2:
      return Value(static_cast<std::int64_t>(draw()));
    case 3:  // never a whole one, whose text is that of an integer
      return Value(
          std::ldexp(static_cast<double>(draw() % 100'000'007) + 0.5, static_cast<int>(draw() % 100) - 100));
    case 4: {
      static constexpr std::string_view parts[] = {"a", "\"", "\\", "\n", "\x01", "é", "€", "🏁", "\x7F", "/"};
      std::string text;
      for (std::uint64_t i = draw() % 6; i > 0; --i) text += parts[draw() % std::size(parts)];
      return Value(std::move(text));
    }
    case 5: {
      Items items;
      for (std::uint64_t i = draw() % 4; i > 0; --i) items.push_back(random_value(draw, depth + 1));
      return Value(std::move(items));
    }
    default: {
      Fields fields;
      for (std::uint64_t i = 0; i < draw() % 4; ++i)
        fields.emplace_back("k" + std::to_string(i), random_value(draw, depth + 1));
      return Value(std::move(fields));
    }
  }
}

TEST(Json, RandomValuesComeBackAsTheyWere) {
  std::mt19937_64 draw(1);
  for (int round = 0; round < 2'000; ++round) {
    const Value value = random_value(draw, 0);
    const auto read = parse_json(as_json(value));
    ASSERT_TRUE(read) << as_json(value);
    EXPECT_EQ(as_json(*read), as_json(value));
    EXPECT_TRUE(*read == value) << as_json(value);
  }
}

TEST(Json, RefusesWhatIsNone) {
  for (const char* text :
       {"", "{", "[1,]", "{\"a\" 1}", "nul", "1 2", "\"\x01\"", "\"\xFF\"", "'a'", "NaN"}) {
    EXPECT_FALSE(parse_json(text)) << text;
  }
}

TEST(Json, DepthHasALimit) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_TRUE(parse_json(nested(JSON_DEPTH_MAX - 1)));
  EXPECT_FALSE(parse_json(nested(JSON_DEPTH_MAX + 1)));
  EXPECT_FALSE(parse_json(nested(1'000'000)));
}

TEST(Json, OfEqualNamesTheLastCounts) {
  EXPECT_EQ(as_json(*parse_json(R"({"a":1,"b":2,"a":3})")), R"({"a":3,"b":2})");
}

TEST(Json, BytesThatAreNoUtf8AreReplaced) {
  std::string text;
  append_json_text(text,
                   "a\xFF"
                   "b\xC3(\xED\xA0\x80"
                   "c\xF4\x90\x80\x80\xE2\x82");
  EXPECT_TRUE(parse_json(text)) << text;
  EXPECT_EQ(text.find('\xFF'), std::string::npos);
  EXPECT_EQ(text.substr(0, 6),
            "\"a\xEF\xBF\xBD"
            "b");
}

TEST(Json, WhatIsNotFiniteIsNull) {
  EXPECT_EQ(as_json(Value(std::numeric_limits<double>::infinity())), "null");
  EXPECT_EQ(as_json(Value(std::nan(""))), "null");
}

/// Types to coerce to.
class Coercion : public testing::Test {
 protected:
  Coercion() {
    SchemaBuilder builder;
    builder.input("Range", "").field("low", "Float!", "", "1").field("high", "Float!", "");
    builder.enumeration("Tyre", "").value("SOFT");
    auto query = builder.object("Query", "");
    query.field("a", "Int", "", [](const Call&, ValueWriter&) {})
        .argument("range", "Range", "")
        .argument("ranges", "[Range!]", "")
        .argument("float", "Float", "")
        .argument("tyre", "Tyre", "");
    schema_ = std::move(*std::move(builder).build());
  }

  const TypeRef& type(std::string_view argument) const {
    return *schema_->type("Query")->fields.front().find_argument(argument)->type;
  }
  /// The problems, or the value as JSON.
  std::string coerced(const std::string& json, std::string_view argument) const {
    std::vector<InputProblem> problems;
    const auto value = coerce_input(*parse_json(json), type(argument), "", problems);
    if (value) return as_json(*value);
    std::string text;
    for (const InputProblem& problem : problems) text += problem.path + ": " + problem.what + "; ";
    return text;
  }

  std::unique_ptr<const Schema> schema_;
};

TEST_F(Coercion, AListIsNoInputObject) {
  EXPECT_EQ(coerced("[]", "range"), ": Range takes an object; ");
  EXPECT_EQ(coerced("[[]]", "ranges"), "[0]: Range takes an object; ");
}

TEST_F(Coercion, EveryProblemIsToldWithItsPlace) {
  EXPECT_EQ(coerced(R"([{"high":"x"},{"hgh":2},null,{"high":2}])", "ranges"),
            "[0].high: Float takes numbers, not \"x\"; [1]: Range needs the field 'high' (Float!); "
            "[1]: Range has no field 'hgh'; did you mean 'high'?; [2]: Range! is never null; ");
}

TEST_F(Coercion, DefaultsOfInputObjectsAreFilledIn) {
  EXPECT_EQ(coerced(R"({"high":2})", "range"), R"({"low":1,"high":2})");
}

TEST_F(Coercion, ProblemsAreNotCollectedWithoutEnd) {
  std::string many = "[";
  for (int i = 0; i < 10'000; ++i) many += "1,";
  std::vector<InputProblem> problems;
  EXPECT_FALSE(coerce_input(*parse_json(many + "1]"), type("ranges"), "", problems));
  EXPECT_LE(problems.size(), INPUT_PROBLEMS_MAX + 1);
}

TEST_F(Coercion, FloatTakesNoInfinity) {
  const auto literal = parse_value("1e999");
  ASSERT_TRUE(literal);
  EXPECT_FALSE(coerce_literal(literal->value, type("float"), {}));
  EXPECT_EQ(refuse_literal(literal->value, *type("float").def), "Float takes numbers of 64 bits, not 1e999");
  EXPECT_EQ(coerced(R"("SOFT")", "tyre"), R"("SOFT")");
}

}  // namespace
}  // namespace racesim::graphql
