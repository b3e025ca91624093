// Goal: places in a text are told as editors tell them. Method: texts with every kind of line end, and
// characters of one to four bytes; expected lines and columns are written down by hand.
#include "graphql/language/source.h"

#include <gtest/gtest.h>

namespace racesim::graphql {
namespace {

TEST(Source, LineEndsCountOnceEach) {
  const std::string_view text = "a\nb\rc\r\nd";
  const auto line = [&](Place place) { return Locator(text).locate(place).line; };
  EXPECT_EQ(line(0), 1U);
  EXPECT_EQ(line(2), 2U);
  EXPECT_EQ(line(4), 3U);
  EXPECT_EQ(line(7), 4U);
  EXPECT_EQ(Locator(text).locate(7).column, 1U);
}

TEST(Source, ColumnsCountUtf16Units) {
  const std::string_view text = "é€\xF0\x9F\x8F\x81x";
  EXPECT_EQ(Locator(text).locate(0).column, 1U);
  EXPECT_EQ(Locator(text).locate(2).column, 2U);
  EXPECT_EQ(Locator(text).locate(5).column, 3U);
  EXPECT_EQ(Locator(text).locate(9).column, 5U);
}

TEST(Source, BehindTheEndIsTheEnd) {
  EXPECT_EQ(Locator("ab").locate(99).column, 3U);
}

/// Long texts are walked through once only: each place is as it is in a text that ends there, which has no
/// marks.
TEST(Source, EveryPlaceOfALongTextIsTheSameAsByItself) {
  std::string text;
  for (int i = 0; i < 700; ++i) text += i % 97 == 0 ? "\r\n" : i % 31 == 0 ? "\n" : i % 7 == 0 ? "é" : "x";
  Locator locator(text);
  Location plain;
  for (Place place = 0; place <= text.size(); ++place) {
    const Location found = locator.locate(place);
    EXPECT_EQ(found.line, plain.line) << place;
    EXPECT_EQ(found.column, plain.column) << place;
    if (place == text.size()) break;
    const bool is_inside = (static_cast<unsigned char>(text[place]) & 0xC0) == 0x80;
    if (text[place] == '\n') {
      plain = {plain.line + 1, 1};
    } else if (!is_inside && text[place] != '\r') {
      ++plain.column;
    } else if (text[place] == '\r') {
      ++plain.column;  // of CR LF, whose line ends behind LF
    }
  }
}

}  // namespace
}  // namespace racesim::graphql
