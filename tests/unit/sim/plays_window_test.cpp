// Goal: a window in which nobody can play anything is refused with the earliest time that is usable, and that
// time is right to the millisecond. Method: windows on both sides of the first registration and release.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/plays_checks.h"

namespace racesim::plays_test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

/// The day on which the first user has registered and the first song is out.
std::int64_t earliest_ms(const World& world) {
  std::int32_t user_day = INT32_MAX, song_day = INT32_MAX;
  for (const UserRow& row : world.users.rows<UserRow>())
    user_day = std::min(user_day, row.registration_date.days);
  for (const SongRow& row : world.songs.rows<SongRow>()) song_day = std::min(song_day, row.release_date.days);
  return std::max(user_day, song_day) * kDayMs;
}

void expect_refusal(const World& world, const PlaysConfig& config) {
  const auto scenario = try_make(config);
  ASSERT_FALSE(scenario);
  EXPECT_EQ(scenario.error().kind, ErrorKind::usage);
  EXPECT_THAT(scenario.error().hint, HasSubstr(format_datetime(earliest_ms(world) * 1'000'000)));
}

World old_songs() {
  MasterPlan plan;
  plan.users = 50;
  return World(plan);
}

/// Few young songs: the first is out after the first users have registered.
World young_songs() {
  MasterPlan plan;
  World world(plan);
  std::int32_t day = 0;
  for (const UserRow& row : world.users.rows<UserRow>())
    day = std::max(day, row.registration_date.days - 900);
  for (SongRow& row : world.songs.rows<SongRow>())
    row.release_date.days = std::max(row.release_date.days, day);
  return world;
}

TEST(PlaysWindow, ClosedWindowsNeedOneUsableMillisecond) {
  for (const World& world : {old_songs(), young_songs()}) {
    const std::int64_t first_ms = earliest_ms(world);
    for (const std::int64_t start_ms : {first_ms - 4000 * kDayMs, first_ms - 1})
      expect_refusal(world, window_config(world, start_ms, first_ms, 10, 61));
    const auto config = window_config(world, first_ms - 1, first_ms + 1, 10, 61);
    EXPECT_THAT(faults_of(world, config, play_all(*make(config))), IsEmpty());
  }
}

/// The days of 2999-12-31 and 9999-12-31, which people write for never.
constexpr std::int32_t kFarDays[] = {376'199, 2'932'896};

TEST(PlaysWindow, DatesBeyondTheClockAreNever) {
  for (const std::int32_t day : kFarDays) {
    World world = old_songs();
    for (SongRow& row : world.songs.rows<SongRow>()) row.release_date.days = day;
    const std::int64_t start_ms = at("2024-01-01T00:00:00Z");
    for (const auto& config : {window_config(world, start_ms, start_ms + kDayMs, 10, 64),
                               minute_config(world, start_ms, 60, 64)}) {
      const auto songs = try_make(config);
      ASSERT_FALSE(songs);
      EXPECT_EQ(songs.error().kind, ErrorKind::usage);
      EXPECT_EQ(songs.error().what, "no song of the master data is ever released");
      EXPECT_EQ(songs.error().hint, std::string("the earliest release_date is ") +
                                        (day == kFarDays[0] ? "2999" : "9999") +
                                        "-12-31, and runs end before 2262");
    }
    World nobody = old_songs();
    for (UserRow& row : nobody.users.rows<UserRow>()) row.registration_date.days = day;
    const auto users = try_make(window_config(nobody, start_ms, start_ms + kDayMs, 10, 64));
    ASSERT_FALSE(users);
    EXPECT_EQ(users.error().what, "no user of the master data ever registers");
  }
}

TEST(PlaysWindow, OneSongThatIsNeverReleasedIsNeverPlayed) {
  World world = old_songs();
  world.songs.rows<SongRow>()[3].release_date.days = kFarDays[1];
  const std::int64_t start_ms = at("2024-01-01T00:00:00Z");
  const auto config = window_config(world, start_ms, start_ms + kDayMs, 2'000, 65);
  const auto events = play_all(*make(config));
  EXPECT_EQ(events.size(), 2'000U);
  EXPECT_THAT(faults_of(world, config, events), IsEmpty());
}

TEST(PlaysWindow, EndlessRunsNeedSomebodyAtTheStart) {
  for (const World& world : {old_songs(), young_songs()}) {
    const std::int64_t first_ms = earliest_ms(world);
    expect_refusal(world, minute_config(world, first_ms - 1, 60, 62));
    // Also with an end behind the first moment.
    auto bounded = minute_config(world, first_ms - 1, 60, 62);
    bounded.end_ms = first_ms + kDayMs;
    expect_refusal(world, bounded);
    const auto config = minute_config(world, first_ms, 60, 62);
    const auto events = play_until(*make(config), first_ms + kHourMs);
    EXPECT_THAT(faults_of(world, config, events), IsEmpty());
    EXPECT_GT(events.size(), 3'000U);
  }
}

// A slice is a millisecond at least, and its lines must fit into 4 GiB.
TEST(PlaysWindow, MorePlaysThanABatchHoldsAreRefused) {
  const World& world = usual_world();
  const std::int64_t start_ms = at("2024-01-01T00:00:00Z");
  const auto expect_too_many = [](const PlaysConfig& config) {
    const auto scenario = try_make(config);
    ASSERT_FALSE(scenario) << config.plays.volume;
    EXPECT_EQ(scenario.error().kind, ErrorKind::usage);
    EXPECT_THAT(scenario.error().what, HasSubstr("per millisecond"));
  };
  expect_too_many(window_config(world, start_ms, start_ms + 1, 16'000'000, 63));
  expect_too_many(window_config(world, start_ms, start_ms + 1, 1'000'000, 63));
  expect_too_many(window_config(world, start_ms, start_ms + 5, 1'000'000'000'000'000, 63));
  expect_too_many(minute_config(world, start_ms, 60'000'000'000, 63));
  EXPECT_TRUE(try_make(window_config(world, start_ms, start_ms + 1, 999'999, 63)));
}

}  // namespace
}  // namespace racesim::plays_test
