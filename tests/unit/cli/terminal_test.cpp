// Goal: colour follows --color, NO_COLOR, FORCE_COLOR, TERM and the kind of stream, in that order; errors
// look as cli.md shows. Method: pretend environments; a pipe as the stream that is no terminal.
#include "cli/terminal/terminal.h"

#include <gtest/gtest.h>
#include <unistd.h>

namespace racesim::cli {
namespace {

class ScreenTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(::pipe(pipe_), 0); }
  void TearDown() override {
    ::close(pipe_[0]);
    ::close(pipe_[1]);
  }
  bool colored(When when, const Environment& environment) {
    return inspect_screen(pipe_[1], when, environment).color;
  }
  int pipe_[2]{};
};

TEST_F(ScreenTest, APipeHasNoColourUnlessForced) {
  EXPECT_FALSE(colored(When::automatic, {}));
  EXPECT_TRUE(colored(When::automatic, {{"FORCE_COLOR", "1"}}));
  EXPECT_FALSE(colored(When::automatic, {{"FORCE_COLOR", "0"}}));
  EXPECT_TRUE(colored(When::always, {}));
}

TEST_F(ScreenTest, NoColorBeatsForceColorAndTheFlagBeatsBoth) {
  const Environment both{{"FORCE_COLOR", "1"}, {"NO_COLOR", "1"}};
  EXPECT_FALSE(colored(When::automatic, both));
  EXPECT_TRUE(colored(When::always, both));
  EXPECT_FALSE(colored(When::never, {{"FORCE_COLOR", "1"}}));
  EXPECT_TRUE(colored(When::automatic, {{"FORCE_COLOR", "1"}, {"NO_COLOR", ""}}));
}

TEST_F(ScreenTest, TheLocaleDecidesOnBoxes) {
  const auto utf8 = [&](const Environment& environment) {
    return inspect_screen(pipe_[1], When::automatic, environment).utf8;
  };
  EXPECT_TRUE(utf8({{"LANG", "C.UTF-8"}}));
  EXPECT_TRUE(utf8({{"LANG", "de_DE.utf8"}}));
  EXPECT_FALSE(utf8({{"LANG", "C.UTF-8"}, {"LC_ALL", "C"}}));
  EXPECT_FALSE(utf8({}));
}

TEST_F(ScreenTest, TheWidthHasBounds) {
  const auto columns = [&](const std::string& text) {
    return inspect_screen(pipe_[1], When::automatic, {{"COLUMNS", text}}).columns;
  };
  EXPECT_EQ(columns("100"), 100);
  EXPECT_EQ(columns("9999"), 120);
  EXPECT_EQ(columns("1"), 60);
  EXPECT_EQ(columns("-5"), 80);
  EXPECT_EQ(columns("wide"), 80);
}

TEST(ErrorText, IndentsEveryLineOfTheHint) {
  EXPECT_EQ(error_text({ErrorKind::usage, "unknown command 'rnu'", "did you mean: racesim run"}, Screen{}),
            "error: unknown command 'rnu'\n  did you mean: racesim run\n");
  EXPECT_EQ(error_text({ErrorKind::usage, "a", "b\nc"}, Screen{}), "error: a\n  b\n  c\n");
  EXPECT_EQ(error_text({ErrorKind::usage, "a", ""}, Screen{}), "error: a\n");
}

TEST(Tinted, AddsNothingWithoutColour) {
  Screen screen;
  EXPECT_EQ(tinted("text", Tint::red, screen), "text");
  screen.color = true;
  EXPECT_EQ(tinted("text", Tint::red, screen), "\x1b[1;31mtext\x1b[0m");
  EXPECT_EQ(tinted("", Tint::red, screen), "");
}

TEST(DisplayWidth, CountsCodePoints) {
  EXPECT_EQ(display_width("plain"), 5U);
  EXPECT_EQ(display_width("▂▅▇"), 3U);
  EXPECT_EQ(display_width(""), 0U);
}

}  // namespace
}  // namespace racesim::cli
