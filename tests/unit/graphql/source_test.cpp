// Goal: places in a text are told as editors tell them. Method: texts with every kind of line end, and characters of one to
// four bytes; expected lines and columns are written down by hand.
#include "graphql/language/source.h"

#include <gtest/gtest.h>

namespace racesim::graphql {
namespace {

TEST(Source, LineEndsCountOnceEach) {
  const std::string_view text = "a\nb\rc\r\nd";
  const auto line = [&](Place place) { return locate(text, place).line; };
  EXPECT_EQ(line(0), 1U);
  EXPECT_EQ(line(2), 2U);
  EXPECT_EQ(line(4), 3U);
  EXPECT_EQ(line(7), 4U);
  EXPECT_EQ(locate(text, 7).column, 1U);
}

TEST(Source, ColumnsCountUtf16Units) {
  const std::string_view text = "é€\xF0\x9F\x8F\x81x";
  EXPECT_EQ(locate(text, 0).column, 1U);
  EXPECT_EQ(locate(text, 2).column, 2U);
  EXPECT_EQ(locate(text, 5).column, 3U);
  EXPECT_EQ(locate(text, 9).column, 5U);
}

TEST(Source, BehindTheEndIsTheEnd) { EXPECT_EQ(locate("ab", 99).column, 3U); }

}  // namespace
}  // namespace racesim::graphql
