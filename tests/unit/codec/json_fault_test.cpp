// Goal: the place where a text stops being JSON is the first byte that no value can have there. Method: texts
// with the place known, and every prefix and every single wrong byte of a valid text, where the place follows
// from the text.
#include "codec/decode/json_fault.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>

namespace racesim {
namespace {

constexpr std::size_t kNoFault = std::string_view::npos;
constexpr std::string_view kSound =
    R"( {"a": [1, -0.5e+3, {"b\u00e9\n": null}, []], "c": {}, "d": [true, false, "x"], "e": 12} )";

TEST(JsonFault, FindsNoneInJson) {
  for (const std::string_view text : {std::string_view("0"), std::string_view("[]"), std::string_view("{}"),
                                      std::string_view("[[],{}]"), std::string_view("\"\""), kSound})
    EXPECT_EQ(json_fault(text), kNoFault) << text;
}

TEST(JsonFault, NamesTheFirstByteThatCannotBe) {
  const std::pair<std::string_view, std::size_t> cases[] = {
      {R"({"a":1,})", 7}, {R"({"a" 1})", 5},   {R"([1 2])", 3},      {R"({"a":tru})", 8},
      {R"([1,,2])", 3},   {R"({a:1})", 1},     {R"(["\q"])", 3},     {R"([01])", 2},
      {R"([1.])", 3},     {R"({"a":1} x)", 8}, {R"(["\u12g4"])", 6}, {"[\"a\tb\"]", 3},
      {R"([1}])", 2},     {R"(])", 0},         {R"([-])", 2},        {"", 0},
  };
  for (const auto& [text, at] : cases) EXPECT_EQ(json_fault(text), at) << text;
}

TEST(JsonFault, OfAPrefixIsItsEnd) {
  // Behind the last bracket, which a blank follows, the value is complete.
  for (std::size_t size = 0; size + 1 < kSound.size(); ++size)
    EXPECT_EQ(json_fault(kSound.substr(0, size)), size) << kSound.substr(0, size);
}

TEST(JsonFault, OfAByteThatIsNeverJsonIsItsPlace) {
  for (std::size_t at = 0; at < kSound.size(); ++at) {
    std::string text(kSound);
    text[at] = '\x01';
    EXPECT_EQ(json_fault(text), at) << text;
  }
}

}  // namespace
}  // namespace racesim
