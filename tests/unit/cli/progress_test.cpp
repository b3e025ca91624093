// Goal: the progress line shows what cli.md shows, fits the screen, and appears only where it should.
// Method: made-up counters.
#include "cli/terminal/progress.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace racesim::cli {
namespace {

using testing::HasSubstr;

RunStatus under_way() {
  RunStatus status;
  status.state = RunState::running;
  status.uptime_s = 12;
  status.generated = 24000;
  status.planned = 48000;
  status.sent = 24000;
  status.acked = 23981;
  status.send_lag.count = 24000;
  status.send_lag.p99_ms = 4;
  return status;
}

Screen wide() {
  Screen screen;
  screen.columns = 120;
  screen.utf8 = true;
  return screen;
}

TEST(ProgressLine, ShowsTheCounters) {
  EXPECT_EQ(progress_line(under_way(), {500, 1500, 2000, 2000, 2000}, wide()),
            "00:12 ▂▆███ 2,000/s  sent 24,000  acked 23,981  in flight 19  err 0  lag 4 ms  50% eta 00:12");
}

TEST(ProgressLine, FitsTheScreen) {
  Screen narrow = wide();
  narrow.columns = 40;
  const std::string line = progress_line(under_way(), {1, 2, 3}, narrow);
  EXPECT_EQ(display_width(line), 39U);
}

TEST(ProgressLine, AnUnboundedRunHasNoEnd) {
  RunStatus status = under_way();
  status.planned = 0;
  EXPECT_THAT(progress_line(status, {}, wide()), testing::Not(HasSubstr("eta")));
}

TEST(ProgressLine, SaysWhenItDrains) {
  RunStatus status = under_way();
  status.state = RunState::draining;
  EXPECT_THAT(progress_line(status, {}, wide()), HasSubstr("draining"));
}

TEST(Sparkline, IsPlainWithoutUtf8) {
  EXPECT_EQ(sparkline({0, 50, 100}, false), "_-#");
  EXPECT_EQ(sparkline({0, 0}, true), "▁▁");
  EXPECT_EQ(sparkline({}, true), "");
}

TEST(ProgressForm, FollowsTheTerminals) {
  Screen tty, pipe;
  tty.tty = true;
  EXPECT_EQ(progress_form(When::automatic, false, pipe, tty, true), ProgressForm::line);
  EXPECT_EQ(progress_form(When::automatic, false, tty, tty, false), ProgressForm::line);
  EXPECT_EQ(progress_form(When::automatic, false, tty, tty, true), ProgressForm::log);
  EXPECT_EQ(progress_form(When::automatic, false, pipe, pipe, false), ProgressForm::log);
  EXPECT_EQ(progress_form(When::always, false, pipe, pipe, false), ProgressForm::line);
  EXPECT_EQ(progress_form(When::never, false, tty, tty, false), ProgressForm::none);
  EXPECT_EQ(progress_form(When::always, true, tty, tty, false), ProgressForm::none);
}

}  // namespace
}  // namespace racesim::cli
