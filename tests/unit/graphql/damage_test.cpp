// Goal: no bytes make the library crash, hang or answer with anything but JSON whose errors lie inside the
// document. Method: the requests of tests/graphql/corpus.txt, as they are and with random bytes and pieces
// removed, doubled, exchanged and put in; RACESIM_FULL=1 tries many more. The sanitizers run it too.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <random>
#include <sstream>

#include "graphql/request.h"
#include "graphql/values/json.h"
#include "support/graphql_world.h"

namespace racesim::graphql {
namespace {

std::string text_of_file(const std::string& path) {
  std::ifstream file(std::string(RACESIM_SOURCE_DIR) + "/tests/graphql/" + path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

/// The documents, without their names and variables.
std::vector<std::string> corpus() {
  std::vector<std::string> documents;
  std::string all = text_of_file("corpus.txt");
  for (std::size_t at = all.find("\n--- "); at != std::string::npos;) {
    const std::size_t next = all.find("\n--- ", at + 1);
    std::string part = all.substr(at + 1, next - at - 1);
    part.erase(0, part.find('\n') + 1);
    while (part.starts_with("variables: ") || part.starts_with("operation: "))
      part.erase(0, part.find('\n') + 1);
    documents.push_back(part);
    at = next;
  }
  return documents;
}

std::string damaged(std::string text, const std::vector<std::string>& corpus, std::mt19937_64& draw) {
  const auto at = [&] { return draw() % (text.size() + 1); };
  for (std::uint64_t times = 1 + draw() % 4; times > 0; --times) {
    static constexpr std::string_view marks = "{}()[]:!$@|&=\"\\#.,\n\r0-eu";
    switch (draw() % 6) {
      case 0:
        text.erase(at(), draw() % 8);
        break;
      case 1:
        text.insert(at(), 1, static_cast<char>(draw()));
        break;
      case 2:
        text.insert(at(), 1, marks[draw() % marks.size()]);
        break;
      case 3: {
        const std::string piece = text.substr(at(), draw() % 30);
        text.insert(at(), piece);
        break;
      }
      case 4: {
        const std::string& other = corpus[draw() % corpus.size()];
        text.insert(at(), other.substr(draw() % (other.size() + 1), draw() % 40));
        break;
      }
      default: {
        const char mark = marks[draw() % marks.size()];
        text.insert(at(), draw() % 200, mark);
      }
    }
  }
  return text;
}

void expect_sound(const test::World& world, const std::string& text) {
  Request request;
  request.context = const_cast<test::World*>(&world);
  request.root = world.root();
  request.limits.complexity = 2'000;
  const Answer answer = execute(*world.schema, *prepare(*world.schema, text, request.limits), request);
  ASSERT_TRUE(parse_json(answer.body)) << text << '\n' << answer.body;
  ASSERT_EQ(answer.has_data, answer.body.starts_with("{\"data\":")) << text;
  const auto lines = static_cast<std::uint32_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r'; }));
  for (const QueryError& error : answer.errors) {
    ASSERT_FALSE(error.message.empty());
    for (const Location& location : error.locations) {
      ASSERT_LE(location.line, lines + 1) << text;
      ASSERT_LE(location.column, text.size() + 1) << text;
    }
  }
}

TEST(Damage, NoDocumentBreaksTheLibrary) {
  const auto world = test::make_world(text_of_file("world.json"));
  ASSERT_TRUE(world) << world.error().what;
  const std::vector<std::string> documents = corpus();
  ASSERT_GT(documents.size(), 200U);
  for (const std::string& document : documents) ASSERT_NO_FATAL_FAILURE(expect_sound(**world, document));
  const char* full = std::getenv("RACESIM_FULL");
  const int rounds = full != nullptr && std::string_view(full) == "1" ? 3'000'000 : 20'000;
  std::mt19937_64 draw(5);
  for (int round = 0; round < rounds; ++round) {
    const std::string text = damaged(documents[draw() % documents.size()], documents, draw);
    ASSERT_NO_FATAL_FAILURE(expect_sound(**world, text));
  }
}

}  // namespace
}  // namespace racesim::graphql
