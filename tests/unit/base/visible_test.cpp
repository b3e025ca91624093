// Goal: nothing that a text from outside holds can act on a terminal, and ordinary text is left alone.
// Method: chosen texts; then every text of one and two bytes, whose result must be free of control bytes.
#include "base/visible.h"

#include <gtest/gtest.h>

namespace racesim {
namespace {

TEST(VisibleText, EscapesWhatWouldAct) {
  EXPECT_EQ(visible_text("7\r"), "7\\r");
  EXPECT_EQ(visible_text("\x1b[31mred\x1b[0m"), "\\x1b[31mred\\x1b[0m");
  EXPECT_EQ(visible_text("a\tb\nc"), "a\\tb\\nc");
  EXPECT_EQ(visible_text(std::string("a\0b", 3)), "a\\x00b");
  EXPECT_EQ(visible_text("\x7f"), "\\x7f");
  EXPECT_EQ(visible_text("\xc2\x9b"), "\\xc2\\x9b");
}

TEST(VisibleText, LeavesTextAlone) {
  for (const char* text : {"", "seed 7", "Zürich – 東京 🏎", "C:\\new", "'quoted'", "\xc2\xa0"})
    EXPECT_EQ(visible_text(text), text);
}

TEST(VisibleText, ShowsBytesThatAreNotUtf8) {
  EXPECT_EQ(visible_text("\xff"), "\\xff");
  EXPECT_EQ(visible_text("\xc3"), "\\xc3");
  EXPECT_EQ(visible_text("\xe2\x82"), "\\xe2\\x82");
  EXPECT_EQ(visible_text("\xc0\x80"), "\\xc0\\x80");
  EXPECT_EQ(visible_text("\xed\xa0\x80"), "\\xed\\xa0\\x80");
}

TEST(VisibleText, NoControlByteIsLeft) {
  for (int a = 0; a < 256; ++a)
    for (int b = 0; b < 256; ++b) {
      const std::string text = visible_text(std::string{static_cast<char>(a), static_cast<char>(b)});
      for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        ASSERT_TRUE(byte >= 0x20 && byte != 0x7f) << a << ' ' << b;
      }
    }
}

}  // namespace
}  // namespace racesim
