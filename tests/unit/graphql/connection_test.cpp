// Goal: walking through a long list page by page brings each row once, in order, in both directions. Method:
// random lists, page sizes and directions against the list itself; a service with one connection for the
// types; cursors that are none.
#include "graphql/connection/connection.h"

#include <gtest/gtest.h>

#include <random>

#include "graphql/request.h"
#include "graphql/values/json.h"

namespace racesim::graphql {
namespace {

struct Numbered {
  int number;
};

/// As a store would answer: up to count + 1 rows between the keys, nearest first.
std::vector<Numbered> found(const std::vector<int>& sorted, const PageRequest& request) {
  std::vector<Numbered> rows;
  for (const int number : sorted) {
    if (request.after && number <= std::stoi(*request.after)) continue;
    if (request.before && number >= std::stoi(*request.before)) continue;
    rows.push_back({number});
  }
  if (request.is_backward) std::reverse(rows.begin(), rows.end());
  if (rows.size() > request.count + 1) rows.resize(request.count + 1);
  return rows;
}

TEST(Page, WalkingThroughBringsEachRowOnce) {
  std::mt19937_64 draw(2);
  for (int round = 0; round < 300; ++round) {
    std::vector<int> sorted;
    for (std::uint64_t i = draw() % 30; i > 0; --i)
      sorted.push_back((sorted.empty() ? 0 : sorted.back()) + 1 + static_cast<int>(draw() % 3));
    PageRequest request;
    request.is_backward = round % 2 == 1;
    std::vector<int> walked;
    for (bool more = true; more;) {
      request.count = 1 + draw() % 7;
      const Page<Numbered> page = make_page(request, found(sorted, request));
      std::vector<int> numbers;
      for (const Numbered& row : page.rows) numbers.push_back(row.number);
      if (request.is_backward) {
        walked.insert(walked.begin(), numbers.begin(), numbers.end());
        more = page.has_previous;
        EXPECT_EQ(page.has_next, request.before.has_value());
        if (more) request.before = std::to_string(numbers.front());
      } else {
        walked.insert(walked.end(), numbers.begin(), numbers.end());
        more = page.has_next;
        EXPECT_EQ(page.has_previous, request.after.has_value());
        if (more) request.after = std::to_string(numbers.back());
      }
    }
    EXPECT_EQ(walked, sorted);
  }
}

TEST(Cursor, HoldsAnyKey) {
  std::mt19937_64 draw(3);
  for (int round = 0; round < 500; ++round) {
    std::string key;
    for (std::uint64_t i = draw() % 20; i > 0; --i) key += static_cast<char>(draw());
    const auto decoded = decode_cursor(encode_cursor(key));
    ASSERT_TRUE(decoded);
    EXPECT_EQ(*decoded, key);
  }
}

TEST(Cursor, RefusesOtherTexts) {
  for (const char* text : {"", "x", "MTp", "MTo=", "MTph ", "5", "MDphYmM", "ÄÖ"})
    EXPECT_FALSE(decode_cursor(text)) << text;
  EXPECT_TRUE(decode_cursor("MTo"));
}

class ConnectionQuery : public testing::Test {
 protected:
  ConnectionQuery() {
    SchemaBuilder builder;
    auto row = builder.object<Numbered>("Row", "");
    row.field("number", "Int!", "",
              [](const Numbered& self, const Call&, ValueWriter& to) { to.integer(self.number); });
    declare_page_info(builder);
    declare_connection<Numbered>(builder, "Row",
                                 [](const Numbered& self) { return std::to_string(self.number); });
    auto query = builder.object("Query", "");
    add_page_arguments(
        query.field("rows", "RowConnection!", "",
                    [](const Call& call, ValueWriter& to) -> Done {
                      auto request = read_page_request(call.arguments, 2, 5);
                      if (!request) return tl::make_unexpected(request.error());
                      const auto page = make_page(*request, found({1, 2, 3, 4, 5, 6}, *request));
                      to.object(&page);
                      return {};
                    }),
        2);
    auto built = std::move(builder).build();
    EXPECT_TRUE(built) << built.error().what;
    schema_ = std::move(*built);
  }

  std::string answer(const std::string& arguments, const std::string& fields = "nodes { number }") {
    const auto prepared = prepare(*schema_, "{ rows" + arguments + " { " + fields + " } }", {});
    return execute(*schema_, *prepared, {}).body;
  }

  std::unique_ptr<const Schema> schema_;
};

TEST_F(ConnectionQuery, AnswersWithEdgesAndPageInfo) {
  EXPECT_EQ(
      answer(
          "",
          "edges { cursor node { number } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"),
      R"({"data":{"rows":{"edges":[{"cursor":"MTox","node":{"number":1}},{"cursor":"MToy","node":{"number":2}}],)"
      R"("pageInfo":{"hasNextPage":true,"hasPreviousPage":false,"startCursor":"MTox","endCursor":"MToy"}}}})");
  EXPECT_EQ(answer("(first: 0)", "nodes { number } pageInfo { hasNextPage startCursor }"),
            R"({"data":{"rows":{"nodes":[],"pageInfo":{"hasNextPage":true,"startCursor":null}}}})");
  EXPECT_EQ(answer("(last: 2, before: \"MToz\")"),
            R"({"data":{"rows":{"nodes":[{"number":1},{"number":2}]}}})");
}

TEST_F(ConnectionQuery, RefusesWhatMakesNoSense) {
  const auto message = [&](const std::string& arguments) {
    const Value parsed = *parse_json(answer(arguments));
    return parsed.find("errors")->items().front().find("message")->text();
  };
  EXPECT_EQ(message("(first: 1, last: 1)"), "first and last exclude each other");
  EXPECT_EQ(message("(first: -1)"), "first is -1, and may be 0 to 5");
  EXPECT_EQ(message("(last: 6)"), "last is 6, and may be 0 to 5");
  EXPECT_EQ(message("(after: \"?\")"), "after: '?' is no cursor of this service");
}

}  // namespace
}  // namespace racesim::graphql
