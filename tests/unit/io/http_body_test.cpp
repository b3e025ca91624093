// Goal: the body of a POST is split into exactly the records that are in it, wherever it is cut; what cannot
// be told is refused with its place. Method: random arrays are written with known elements and blanks, and
// split again; every prefix of a body and random damage are judged by nlohmann's parser, which knows nothing
// of splitting.
#include "io/sources/http_body.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>

namespace racesim::http {
namespace {

constexpr std::size_t kMany = 1'000'000;
using Json = nlohmann::json;

std::vector<std::string> split(std::string_view body, BodyForm form = BodyForm::json) {
  const auto pieces = split_body(body, form, kMany);
  EXPECT_TRUE(pieces.has_value()) << body << ": " << pieces.error().what;
  std::vector<std::string> records;
  if (pieces)
    for (const BodyPiece& piece : *pieces) records.emplace_back(piece.in(body));
  return records;
}

BodyError refused(std::string_view body, BodyForm form = BodyForm::json, std::size_t most = kMany) {
  const auto pieces = split_body(body, form, most);
  EXPECT_FALSE(pieces.has_value()) << body;
  return pieces ? BodyError{} : pieces.error();
}

using Records = std::vector<std::string>;

/// Random JSON with every kind of value, brackets and quotes within strings, and blanks everywhere.
class RandomJson {
 public:
  explicit RandomJson(std::uint32_t seed) : random_(seed) {}
  std::uint32_t below(std::uint32_t n) { return static_cast<std::uint32_t>(random_() % n); }
  std::string blanks() {
    static constexpr std::string_view kBlanks[] = {"", "", "", " ", "\n", "\r\n", "\t", "  \n "};
    return std::string(kBlanks[below(8)]);
  }
  std::string text() {
    static constexpr std::string_view kParts[] = {"a", "[",    "]",    "{",   "}", ",",
                                                  ":", "\\\"", "\\\\", "\\n", "ä", "\\u0041"};
    std::string text = "\"";
    for (std::uint32_t i = below(6); i > 0; --i) text += kParts[below(12)];
    return text + "\"";
  }
  std::string value(int depth) {
    static constexpr std::string_view kScalars[] = {"0",     "-1.5e+3", "true",
                                                    "false", "null",    "12345678901234567890"};
    const std::uint32_t kind = below(depth > 0 ? 4 : 2);
    if (kind == 0) return std::string(kScalars[below(6)]);
    if (kind == 1) return text();
    std::string out(kind == 2 ? "[" : "{");
    const std::uint32_t count = below(4);
    for (std::uint32_t i = 0; i < count; ++i) {
      out += blanks();
      if (kind == 3) out += text() + blanks() + ":" + blanks();
      out += value(depth - 1) + blanks() + (i + 1 < count ? "," : "");
    }
    return out + blanks() + (kind == 2 ? "]" : "}");
  }

 private:
  std::mt19937 random_;
};

TEST(HttpBody, ArraysGiveExactlyTheirElements) {
  for (std::uint32_t seed = 0; seed < 1000; ++seed) {
    RandomJson random(seed);
    Records elements;
    std::string body = random.blanks() + "[";
    for (std::uint32_t i = random.below(6); i > 0; --i) elements.push_back(random.value(3));
    for (std::size_t i = 0; i < elements.size(); ++i)
      body += random.blanks() + elements[i] + random.blanks() + (i + 1 < elements.size() ? "," : "");
    body += random.blanks() + "]" + random.blanks();
    ASSERT_TRUE(Json::accept(body)) << "seed " << seed;
    ASSERT_EQ(split(body), elements) << "seed " << seed << ": " << body;
  }
}

// A cut array is never taken for a whole one.
TEST(HttpBody, EveryPrefixOfAnArrayIsRefused) {
  for (std::uint32_t seed = 0; seed < 100; ++seed) {
    RandomJson random(seed);
    std::string body = "[" + random.value(3);
    for (std::uint32_t i = random.below(3); i > 0; --i) body += "," + random.value(2);
    body += "]";
    for (std::size_t size = 1; size < body.size(); ++size)
      ASSERT_FALSE(split_body(std::string_view(body).substr(0, size), BodyForm::json, kMany).has_value())
          << body.substr(0, size);
  }
}

// Damaged: either the whole is refused, or some element is no JSON, or it is still a right array of its
// elements.
TEST(HttpBody, DamageNeverMovesBytesIntoAnotherRecord) {
  std::uint32_t refusals = 0, bad_elements = 0, right = 0;
  for (std::uint32_t seed = 0; seed < 5000; ++seed) {
    RandomJson random(seed);
    std::string body = "[" + random.value(3) + "," + random.value(2) + "," + random.value(2) + "]";
    static constexpr std::string_view kDamage = "[]{}\",:\\ x1\n";
    const std::size_t at = random.below(static_cast<std::uint32_t>(body.size()));
    if (random.below(2) == 0)
      body[at] = kDamage[random.below(static_cast<std::uint32_t>(kDamage.size()))];
    else
      body.erase(at, 1);
    const auto pieces = split_body(body, BodyForm::json, kMany);
    if (!body.starts_with('[')) continue;
    if (!pieces) {
      ++refusals;
      ASSERT_FALSE(Json::accept(body)) << "seed " << seed << ": " << body << ": " << pieces.error().what;
      ASSERT_LE(pieces.error().offset, body.size());
      continue;
    }
    bool all_right = true;
    Json elements = Json::array();
    for (const BodyPiece& piece : *pieces) {
      const Json element = Json::parse(piece.in(body), nullptr, false);
      all_right = all_right && !element.is_discarded();
      elements.push_back(element);
    }
    ++(all_right ? right : bad_elements);
    if (all_right) {
      ASSERT_EQ(Json::parse(body, nullptr, false), elements) << "seed " << seed << ": " << body;
    }
  }
  EXPECT_GT(refusals, 300u);
  EXPECT_GT(bad_elements, 30u);
  EXPECT_GT(right, 300u);
}

TEST(HttpBody, ObjectsAndLines) {
  EXPECT_EQ(split("{\"a\":1}"), Records{"{\"a\":1}"});
  EXPECT_EQ(split(" {\n \"a\" : 1\n}\n"), Records{"{\n \"a\" : 1\n}"});
  EXPECT_EQ(split("{\"a\":1}\n{\"a\":2}\r\n\n{\"a\":3}"), (Records{"{\"a\":1}", "{\"a\":2}", "{\"a\":3}"}));
  EXPECT_EQ(split("{\"a\":1}\nnonsense\n"), (Records{"{\"a\":1}", "nonsense"}));
  EXPECT_EQ(split("{\"a\":1}{\"a\":2}"),
            Records{"{\"a\":1}{\"a\":2}"});  // no record, as the decoder will say
  EXPECT_EQ(split("{\"a\":"), Records{"{\"a\":"});
  EXPECT_EQ(split("{\"a\":\n{}", BodyForm::lines), (Records{"{\"a\":", "{}"}));
  EXPECT_EQ(split("[1,2]\n[3]", BodyForm::lines), (Records{"[1,2]", "[3]"}));
  EXPECT_EQ(split("\xEF\xBB\xBF[1,2]"), (Records{"1", "2"}));
  EXPECT_EQ(split("[]"), Records{});
  EXPECT_EQ(split("17"), Records{"17"});
}

TEST(HttpBody, WhatIsRefusedNamesItsPlace) {
  const struct {
    std::string body;
    std::size_t offset;
    std::string says;
  } cases[] = {
      {"", 0, "empty"},
      {" \n\t", 0, "empty"},
      {"[1,2", 0, "array that begins here does not end"},
      {"  [{\"a\":1},{\"a\":[", 11, "element that begins here does not end"},
      {"[1,\"ab", 3, "element that begins here does not end"},
      {"[1 2]", 3, "',' or ']'"},
      {"[{} {}]", 4, "',' or ']'"},
      {"[1,,2]", 3, "an element"},
      {"[1,]", 3, "an element"},
      {"[,1]", 1, "an element"},
      {"[1]]", 3, "more behind"},
      {"[1]\n[2]", 4, "more behind"},
      {"{\n\"a\":1}\n{\"a\":2}", 9, "more behind"},
      {"{\"a\":\n{\"b\":1}\n", 0, "application/x-ndjson"},
  };
  for (const auto& one : cases) {
    const BodyError error = refused(one.body);
    EXPECT_EQ(error.offset, one.offset) << one.body << ": " << error.what;
    EXPECT_NE(error.what.find(one.says), std::string::npos) << one.body << ": " << error.what;
  }
  EXPECT_EQ(refused("[1,2,3]", BodyForm::json, 2).offset, 5u);
  EXPECT_EQ(refused("1\n2\n3", BodyForm::lines, 2).offset, 4u);
}

// A hundred thousand open brackets need neither a stack nor much time.
TEST(HttpBody, DepthCostsNothing) {
  const std::string deep = std::string(100'000, '['), closed = deep + std::string(100'000, ']');
  EXPECT_EQ(refused(deep).offset, 1u);
  EXPECT_EQ(split(closed), Records{closed.substr(1, closed.size() - 2)});
  const std::string objects = "[" + std::string(100'000, '{');
  EXPECT_EQ(refused(objects).offset, 1u);
}

TEST(HttpBody, BlocksHoldTheRecordsOneBehindTheOther) {
  const std::string body = "[ {\"a\":1} ,\n2]";
  RecordBlock block;
  fill_block(body, *split_body(body, BodyForm::json, kMany), block);
  ASSERT_EQ(block.size(), 2u);
  EXPECT_EQ(block.record(0), "{\"a\":1}");
  EXPECT_EQ(block.record(1), "2");
  EXPECT_EQ(block.text.view(), "{\"a\":1}\n2\n");
  EXPECT_EQ(block.offsets, (std::vector<std::int64_t>{2, 12}));
  EXPECT_GE(block.text.capacity(), block.text.size() + kBlockReadAhead);
}

}  // namespace
}  // namespace racesim::http
