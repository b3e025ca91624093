// Goal: the progress line tells what a person asks for in every state of a run, leaves out the least first,
// and never wraps. Method: made-up counters, at 40, 80 and 120 columns.
#include "cli/terminal/progress.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

#include "cli/terminal/pieces.h"

namespace racesim::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::int64_t kSecond_ns = 1'000'000'000;

RunStatus healthy() {
  RunStatus status;
  status.state = RunState::running;
  status.uptime_s = 12;
  status.generated = 24000;
  status.planned = 48000;
  status.planned_left_s = 12;
  status.sent = 24000;
  status.acked = 23981;
  status.plan_rate = 2000;
  status.send_lag.count = 24000;
  status.send_lag.p99_ms = 4;
  return status;
}

RunStatus behind() {
  RunStatus status = healthy();
  status.acked = 20939;
  status.wait.backlog_events = 3061;
  status.wait.behind_ms = 1530;
  return status;
}

RunStatus retrying() {
  RunStatus status = behind();
  status.wait.waiting_for = "http://localhost:8000/play";
  status.wait.waited_ns = 3 * kSecond_ns;
  status.wait.last_error = "connect: Connection refused";
  return status;
}

RunStatus connecting() {
  RunStatus status;
  status.state = RunState::running;
  status.uptime_s = 2;
  status.plan_rate = 2000;
  status.planned = 48000;
  status.planned_left_s = 22;
  status.wait.waiting_for = "http://localhost:8000/play";
  status.wait.waited_ns = 2 * kSecond_ns;
  status.wait.last_error = "connect: Connection refused";
  return status;
}

/// Twelve seconds at 2,000 events a second.
RecentRates steady() {
  RecentRates rates;
  for (int tick = 1; tick <= 60; ++tick) rates.note(static_cast<std::uint64_t>(tick) * 400, tick * 0.2);
  return rates;
}
/// The same, and then nothing for two seconds.
RecentRates stalled() {
  RecentRates rates = steady();
  for (int tick = 61; tick <= 70; ++tick) rates.note(24000, tick * 0.2);
  return rates;
}

Screen screen_of(int columns, bool color = false) {
  Screen screen;
  screen.line_columns = columns;
  screen.utf8 = true;
  screen.color = color;
  return screen;
}

std::string line(const RunStatus& status, const RecentRates& rates, int columns) {
  return progress_line(status, rates, screen_of(columns));
}

TEST(ProgressLine, ShowsRateAndTargetCountsLagAndEnd) {
  EXPECT_EQ(line(healthy(), steady(), 120),
            "00:12 █████ 2,000/s of 2,000  acked 23,981  in flight 19  err 0  lag p99 4 ms  "
            "━━━━──────  50% eta 00:12");
  EXPECT_EQ(line(healthy(), steady(), 80),
            "00:12 █████ 2,000/s of 2,000  acked 23,981  lag p99 4 ms  50% eta 00:12");
  EXPECT_EQ(line(healthy(), steady(), 40), "00:12 2,000/s of 2,000  50% eta 00:12");
}

TEST(ProgressLine, ARunThatIsBehindSaysHowFar) {
  EXPECT_EQ(line(behind(), steady(), 80),
            "00:12 █████ 2,000/s of 2,000  behind 3,061 (1.5 s)  acked 20,939  44% eta 00:15");
  EXPECT_EQ(line(behind(), steady(), 40), "2,000/s of 2,000  behind 3,061 (1.5 s)");
}

TEST(ProgressLine, ARunThatTriesAgainSaysSinceWhenAndWhy) {
  EXPECT_EQ(line(retrying(), stalled(), 120),
            "00:12 ███▁▁ 0/s of 2,000  behind 3,061 (1.5 s)  retrying 3 s: connect: Connection refused  "
            "acked 20,939  err 0  44%");
  EXPECT_EQ(line(retrying(), stalled(), 80),
            "0/s of 2,000  behind 3,061 (1.5 s)  retrying 3 s: connect: Connection…  44%");
}

TEST(ProgressLine, ARunThatNeverConnectedSaysSo) {
  EXPECT_EQ(line(connecting(), {}, 80),
            "00:02 0/s of 2,000  retrying 2 s: connect: Connection refused  err 0  0%");
}

TEST(ProgressLog, AStartThatComesToNothingIsToldAtOnce) {
  EXPECT_TRUE(is_stuck_at_start(connecting(), {}));
  EXPECT_FALSE(is_stuck_at_start(healthy(), steady()));
  EXPECT_FALSE(is_stuck_at_start(retrying(), stalled()));
}

TEST(ProgressLine, TellsWhenTheNextTryIs) {
  RunStatus status = retrying();
  status.wait.last_error = "HTTP 503: busy";
  status.wait.left_ns = 57 * kSecond_ns;
  EXPECT_EQ(wait_text(status, steady()), "retrying 3 s, next in 57 s: HTTP 503: busy");
  status.wait.last_error.clear();
  EXPECT_EQ(wait_text(status, steady()), "waiting 3 s for http://localhost:8000/play");
  status.wait.waited_ns = kSecond_ns / 2;
  EXPECT_EQ(wait_text(status, steady()), "");
}

/// A pipe that nobody reads, a disk that hangs: no event comes back, and no reason.
TEST(ProgressLine, NamesTheSinkThatTakesNothing) {
  RunStatus status = healthy();
  status.sinks = {{"file:fast", 24000, 24000}, {"file:pipe", 24000, 23981}};
  EXPECT_THAT(line(status, stalled(), 120), HasSubstr("waiting 2 s for file:pipe"));
  EXPECT_THAT(line(status, steady(), 120), Not(HasSubstr("waiting")));
  // All is settled: the next event is not due yet.
  status.acked = status.sent;
  EXPECT_THAT(line(status, stalled(), 120), Not(HasSubstr("waiting")));
}

/// What a full sink keeps from being released is due all the same.
TEST(ProgressLine, CountsWhatIsDueAndWasNeverReleased) {
  RunStatus status = behind();
  status.wait.backlog_events = 64;
  EXPECT_EQ(delay_of(status).events, 3060U);
}

TEST(ProgressLine, ALagThatIsOverIsNotShownWhileSomethingWaits) {
  EXPECT_THAT(line(healthy(), steady(), 120), HasSubstr("lag p99"));
  EXPECT_THAT(line(retrying(), stalled(), 200), Not(HasSubstr("lag")));
}

TEST(ProgressLine, FailuresAndRetriesStandOut) {
  RunStatus status = healthy();
  status.failed = 7;
  status.retried = 12;
  EXPECT_THAT(line(status, steady(), 80), HasSubstr("err 7"));
  EXPECT_THAT(line(status, steady(), 120), HasSubstr("retried 12"));
  EXPECT_THAT(progress_line(status, steady(), screen_of(80, true)), HasSubstr("\x1b[1;31merr 7\x1b[0m"));
}

TEST(ProgressLine, AResumedRunCountsWhatWasThere) {
  RunStatus status = healthy();
  status.resumed = true;
  status.already = 12000;
  status.acked = 11981;
  EXPECT_THAT(line(status, steady(), 120), HasSubstr("resumed at 12,000"));
  EXPECT_THAT(line(status, steady(), 120), HasSubstr("50%"));
}

TEST(ProgressLine, SaysWhenItDrainsAndFinishes) {
  RunStatus status = healthy();
  status.state = RunState::draining;
  EXPECT_THAT(line(status, steady(), 40), HasSubstr("draining"));
  status = healthy();
  status.acked = status.planned;
  EXPECT_THAT(line(status, steady(), 80), HasSubstr("finishing"));
}

TEST(ProgressLine, AnUnboundedRunHasNoEnd) {
  RunStatus status = healthy();
  status.planned = 0;
  status.planned_left_s = -1;
  EXPECT_THAT(line(status, steady(), 200), Not(HasSubstr("%")));
  // A live run with an end comes to it with its event time, however many events that are.
  status.planned_share = 0.25;
  status.planned_left_s = 90;
  EXPECT_THAT(line(status, steady(), 80), HasSubstr("25% eta 01:30"));
}

TEST(ProgressLine, NeverWraps) {
  std::vector<RunStatus> all{healthy(), behind(), retrying(), connecting()};
  all.push_back(retrying());
  all.back().acked = all.back().planned = all.back().sent = 123'456'789'012;
  all.back().wait.behind_ms = 1e9;
  for (const RunStatus& status : all)
    for (int columns = 1; columns <= 200; ++columns)
      EXPECT_LT(display_width(line(status, stalled(), columns)),
                static_cast<std::size_t>(std::max(columns, 2)))
          << columns;
}

/// Colours add no column.
TEST(ProgressLine, ColoursChangeNoText) {
  const std::string colored = progress_line(retrying(), stalled(), screen_of(80, true));
  EXPECT_THAT(colored, HasSubstr("\x1b["));
  EXPECT_EQ(std::regex_replace(colored, std::regex("\x1b\\[[0-9;]*m"), ""), line(retrying(), stalled(), 80));
}

TEST(ProgressLine, PlainTextWhereThereIsNoUtf8) {
  Screen screen = screen_of(120);
  screen.utf8 = false;
  for (const char c : progress_line(retrying(), stalled(), screen)) EXPECT_GT(c, 0);
}

TEST(RecentRates, AreThoseOfTheLastSecond) {
  RecentRates rates = steady();
  EXPECT_DOUBLE_EQ(rates.now(), 2000);
  EXPECT_DOUBLE_EQ(stalled().now(), 0);
  rates.note(24400, 12.2);
  EXPECT_EQ(rates.seconds(3).size(), 3U);
  EXPECT_DOUBLE_EQ(RecentRates().now(), 0);
}

/// One event in five seconds is not 0/s and then 5/s.
TEST(RecentRates, FewEventsAreCountedForLonger) {
  RecentRates rates;
  for (int tick = 1; tick <= 100; ++tick) rates.note(static_cast<std::uint64_t>(tick) / 25, tick * 0.2);
  EXPECT_NEAR(rates.now(), 0.2, 1e-9);
}

TEST(ProgressFields, AreThoseOfTheLine) {
  const auto names = [](const RunStatus& status) {
    std::string text;
    for (const LogField& field : progress_fields(status, stalled())) text += field.name + " ";
    return text;
  };
  EXPECT_EQ(names(healthy()), "sent acked failed in_flight rate target_rate lag_p99_ms percent eta_s ");
  EXPECT_EQ(
      names(retrying()),
      "sent acked failed in_flight rate target_rate lag_p99_ms behind_events behind_s held_up percent ");
}

TEST(Sparkline, IsPlainWithoutUtf8) {
  EXPECT_EQ(sparkline({0, 50, 100}, 0, false), "_-#");
  EXPECT_EQ(sparkline({0, 50, 100}, 200, false), "_.-");
  EXPECT_EQ(sparkline({0, 0}, 0, true), "▁▁");
  EXPECT_EQ(sparkline({}, 0, true), "");
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
  Screen dumb = tty;
  dumb.redraws = false;
  EXPECT_EQ(progress_form(When::automatic, false, pipe, dumb, false), ProgressForm::log);
  EXPECT_EQ(progress_form(When::always, false, pipe, dumb, false), ProgressForm::log);
}

}  // namespace
}  // namespace racesim::cli
