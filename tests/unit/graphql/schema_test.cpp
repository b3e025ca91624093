// Goal: a declaration that is wrong is refused with its name; what is printed says what was declared. Method:
// one wrong declaration for each rule beside the same declaration done right; a printed schema compared as a
// whole. tests/graphql lets graphql-js read the SDL and the introspection.
#include <gtest/gtest.h>

#include <functional>

#include "graphql/schema/builder.h"
#include "graphql/schema/sdl.h"

namespace racesim::graphql {
namespace {

const auto nothing = [](const Call&, ValueWriter&) {};

/// What build() says of a schema that has a sound query beside what `declare` adds.
std::string built(const std::function<void(SchemaBuilder&)>& declare) {
  SchemaBuilder builder;
  builder.object("Query", "").field("a", "Int", "", nothing);
  declare(builder);
  const auto schema = std::move(builder).build();
  return schema ? "" : schema.error().what;
}

TEST(Builder, RefusesWhatIsNotLinked) {
  const std::string begin = "GraphQL schema: ";
  EXPECT_EQ(built([](SchemaBuilder&) {}), "");
  EXPECT_EQ(built([](SchemaBuilder& b) { b.object("A", "").field("b", "C", "", nothing); }),
            begin + "A.b: " + begin + "there is no type 'C'");
  EXPECT_EQ(built([](SchemaBuilder& b) { b.object("A", ""); }), begin + "A has no field");
  EXPECT_EQ(built([](SchemaBuilder& b) { b.object("A", "").field("b", "Int", ""); }),
            begin + "A.b has no resolver");
  EXPECT_EQ(built([](SchemaBuilder& b) {
              auto a = b.object("A", "");
              a.field("b", "Int", "", nothing);
              a.field("b", "Int", "", nothing);
            }),
            begin + "A.b is declared twice");
  EXPECT_EQ(built([](SchemaBuilder& b) { b.scalar("Query", ""); }),
            begin + "the type Query is declared twice");
  EXPECT_EQ(built([](SchemaBuilder& b) { b.scalar("a b", ""); }), begin + "'a b' is no name");
  EXPECT_EQ(built([](SchemaBuilder& b) { b.scalar("Mutation", ""); }), begin + "Mutation is no object");
  EXPECT_EQ(built([](SchemaBuilder& b) { b.union_of("U", "", {"Int"}); }),
            begin + "the union U has Int, which is no object");
  EXPECT_EQ(built([](SchemaBuilder& b) { b.enumeration("E", ""); }), begin + "E has no value");
  EXPECT_EQ(built([](SchemaBuilder& b) { b.input("I", ""); }), begin + "I has no field");
  EXPECT_EQ(built([](SchemaBuilder& b) { b.input("I", "").field("a", "Query", ""); }),
            begin + "I, a has a type for output");
  EXPECT_EQ(built([](SchemaBuilder& b) { b.input("I", "").field("a", "Int!!", ""); }),
            begin + "I, a: " + begin + "'Int!!' has two !");
  EXPECT_EQ(built([](SchemaBuilder& b) { b.input("I", "").field("a", "Int", "", "\"x\""); }),
            begin + "the default \"x\" of I, a is no Int");
}

TEST(Builder, RefusesFieldsThatDoNotKeepAnInterface) {
  const auto with = [](const char* type, const char* argument) {
    return built([&](SchemaBuilder& b) {
      b.interface("I", "").field("a", "Int", "").argument("x", "Int", "");
      b.object("A", "").implements("I").field("a", type, "", nothing).argument(argument, "Int", "");
    });
  };
  EXPECT_EQ(with("Int", "x"), "");
  EXPECT_EQ(with("Int!", "x"), "");
  EXPECT_EQ(with("Float", "x"), "GraphQL schema: A.a has not the type that I says");
  EXPECT_EQ(with("Int", "y"), "GraphQL schema: A.a has not the argument x of I");
  EXPECT_EQ(built([](SchemaBuilder& b) {
              b.interface("I", "").field("a", "Int", "");
              b.object("A", "").implements("I").field("b", "Int", "", nothing);
            }),
            "GraphQL schema: A.a is missing, which I has");
  EXPECT_EQ(built([](SchemaBuilder& b) {
              b.interface("I", "").field("a", "Int", "");
              b.object("A", "").implements("I").field("a", "Int", "", nothing).argument("x", "Int!", "");
            }),
            "GraphQL schema: A.a requires the argument x, which I does not know");
}

TEST(Builder, RefusesAPageArgumentThatIsNone) {
  EXPECT_EQ(
      built([](SchemaBuilder& b) { b.object("A", "").field("b", "Int", "", nothing).paged({"first"}, 1); }),
      "GraphQL schema: A.b has no argument first, which is to say how many");
}

TEST(Sdl, SaysWhatWasDeclared) {
  SchemaBuilder builder;
  auto query = builder.object("Query", "");
  query.field("a", "[Int!]!", "First.", nothing)
      .argument("b", "String", "", "\"x\\ny\"")
      .argument("c", "I", "Third.");
  query.field("d", "U", "Said \"so\"", nothing).deprecate("No longer supported");
  query.field("e", "Float", "Two\nlines.", nothing).deprecate("Use \"a\".");
  builder.union_of("U", "", {"Query"});
  builder.input("I", "").field("a", "[E!]", "", "[X]");
  builder.enumeration("E", "").value("X", "An X.").value("Y", "", "gone");
  builder.scalar("S", "", "https://example.org/s");
  const auto schema = std::move(builder).build();
  ASSERT_TRUE(schema) << schema.error().what;
  EXPECT_EQ(print_sdl(**schema), R"sdl(type Query {
  """First."""
  a(
    b: String = "x\ny"

    """Third."""
    c: I
  ): [Int!]!

  """
  Said "so"
  """
  d: U @deprecated

  """
  Two
  lines.
  """
  e: Float @deprecated(reason: "Use \"a\".")
}

union U = Query

input I {
  a: [E!] = [X]
}

enum E {
  """An X."""
  X
  Y @deprecated(reason: "gone")
}

scalar S @specifiedBy(url: "https://example.org/s")
)sdl");
}

}  // namespace
}  // namespace racesim::graphql
