// Goal: whatever the window, the volume and the master data, a run has exactly its plays, each with valid
// references, in order, inside its window, after registration and release, numbered without a gap in its
// cell, and no user listens to two songs at a time. Method: many windows × volumes × master data, every event
// checked against the tables by plays_checks.h, which shares no code with the model.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>

#include "support/plays_checks.h"

namespace racesim::plays_test {
namespace {

using testing::IsEmpty;

struct Window {
  const char* name;
  const char* start;
  const char* end;
};
void PrintTo(const Window& window, std::ostream* out) {
  *out << window.name;
}

constexpr std::array kWindows{
    Window{"one_day", "2024-01-01T00:00:00Z", "2024-01-02T00:00:00Z"},
    Window{"one_minute", "2024-03-01T11:07:13.123Z", "2024-03-01T11:08:13.123Z"},
    Window{"one_millisecond", "2024-01-01T00:00:00Z", "2024-01-01T00:00:00.001Z"},
    Window{"change_of_clocks", "2024-03-30T22:00:00Z", "2024-04-02T00:00:00Z"},
    Window{"growing_month", "2015-06-01T00:00:00Z", "2015-07-01T00:00:00Z"},
    Window{"before_anybody_came", "2009-12-01T00:00:00Z", "2010-03-15T00:00:00Z"},
    Window{"odd_milliseconds", "2011-02-03T04:05:06.789Z", "2011-02-10T04:05:06.789Z"},
    Window{"forty_years", "1985-01-01T00:00:00Z", "2025-01-01T00:00:00Z"},
};

Faults faults_in(const World& world, const PlaysConfig& config) {
  const auto scenario = make(config);
  if (!scenario) return {{"no scenario", 1}};
  EXPECT_EQ(scenario->outlook().planned_events(), config.plays.volume);
  return faults_of(world, config, play_all(*scenario));
}

class EachWindow : public testing::TestWithParam<Window> {
 protected:
  PlaysConfig config(const World& world, std::uint64_t volume, std::uint64_t seed) const {
    return window_config(world, at(GetParam().start), at(GetParam().end), volume, seed);
  }
};

TEST_P(EachWindow, HoldsExactlyItsPlaysWithoutFault) {
  std::uint64_t seed = 30;
  for (const std::uint64_t volume : {1U, 2U, 7U, 999U, 10'000U})
    EXPECT_THAT(faults_in(usual_world(), config(usual_world(), volume, ++seed)), IsEmpty())
        << volume << " plays, seed " << seed;
}

TEST_P(EachWindow, HoldsMorePlaysThanListenersHaveTimeFor) {
  EXPECT_THAT(faults_in(usual_world(), config(usual_world(), 250'000, 33)), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(PlaysStructure, EachWindow, testing::ValuesIn(kWindows),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(PlaysStructure, AMillionInADay) {
  const auto config =
      window_config(usual_world(), at("2024-05-01T00:00:00Z"), at("2024-05-02T00:00:00Z"), 1'000'000, 34);
  EXPECT_THAT(faults_in(usual_world(), config), IsEmpty());
}

TEST(PlaysStructure, SmallMasterData) {
  struct Size {
    std::uint64_t songs, users, locations;
  };
  for (const Size& size : {Size{1, 1, 1}, Size{10, 130, 3}, Size{300, 40, 600}}) {
    MasterPlan plan;
    plan.seed = 35;
    plan.songs = size.songs;
    plan.users = size.users;
    plan.locations = size.locations;
    const World world(plan);
    for (const std::uint64_t volume : {1U, 100U, 20'000U})
      for (const char* end : {"2024-02-01T00:01:00Z", "2024-02-03T05:00:00Z", "2026-02-01T00:00:00Z"})
        EXPECT_THAT(faults_in(world, window_config(world, at("2024-02-01T00:00:00Z"), at(end), volume, 36)),
                    IsEmpty())
            << size.users << " users, " << volume << " plays until " << end;
  }
}

// One listener has 60,000 milliseconds in a minute: the number stays exact, nothing overlaps.
TEST(PlaysStructure, MorePlaysThanMilliseconds) {
  MasterPlan plan;
  plan.songs = plan.users = plan.locations = 1;
  const World world(plan);
  const auto config =
      window_config(world, at("2024-02-01T00:00:00Z"), at("2024-02-01T00:01:00Z"), 100'000, 37);
  EXPECT_THAT(faults_in(world, config), IsEmpty());
}

/// When the first user has registered and a song is out.
std::int64_t first_moment_ms(const World& world) {
  std::int32_t user_day = INT32_MAX, song_day = INT32_MAX;
  for (const UserRow& row : world.users.rows<UserRow>())
    user_day = std::min(user_day, row.registration_date.days);
  for (const SongRow& row : world.songs.rows<SongRow>()) song_day = std::min(song_day, row.release_date.days);
  return std::max(user_day, song_day) * kDayMs;
}

// A cell may end minutes before the first registration, in the half-hour of the demand that holds it.
TEST(PlaysStructure, WindowsAroundTheFirstMoment) {
  const World& world = usual_world();
  const std::int64_t first_ms = first_moment_ms(world);
  struct Around {
    std::int64_t before_ms, after_ms;
    std::uint64_t volume;
  };
  for (const Around& around :
       {Around{10 * kMinuteMs, 1, 50}, Around{29 * kMinuteMs, 7 * kMinuteMs, 20'000},
        Around{7 * kDayMs + 10 * kMinuteMs, kDayMs, 50'000},
        Around{7 * kDayMs + 27 * kMinuteMs + 1234, 7 * kDayMs + 17 * kMinuteMs, 300'000}}) {
    const auto config =
        window_config(world, first_ms - around.before_ms, first_ms + around.after_ms, around.volume, 38);
    EXPECT_THAT(faults_in(world, config), IsEmpty()) << around.volume;
  }
}

// The checks on dates would pass on data without newcomers: here are some of both kinds.
TEST(PlaysStructure, NewUsersAndSongsJoinInTheWindow) {
  const World& world = usual_world();
  const auto config =
      window_config(world, at("2014-01-01T00:00:00Z"), at("2016-01-01T00:00:00Z"), 100'000, 39);
  const auto events = play_all(*make(config));
  EXPECT_THAT(faults_of(world, config, events), IsEmpty());
  std::size_t new_users = 0, new_songs = 0, first_day_of_user = 0;
  for (const Event& event : events) {
    const std::int64_t registered_ms = world.user(event.row.user_id).registration_date.days * kDayMs;
    new_users += registered_ms > config.start_ms ? 1 : 0;
    first_day_of_user += event.row.played_at.ms < registered_ms + kDayMs ? 1 : 0;
    new_songs += world.song(event.row.song_id).release_date.days * kDayMs > config.start_ms ? 1 : 0;
  }
  // 509 of 1146 users came in these two years: on average a year before the end, so some 30 % of the plays.
  EXPECT_GT(new_users, 20'000U);
  EXPECT_GT(new_songs, 1'000U);
  EXPECT_GT(first_day_of_user, 10U);
}

TEST(PlaysStructure, VolumeGrowsWithTheListeners) {
  const World& world = usual_world();
  const auto config =
      window_config(world, at("2012-01-01T00:00:00Z"), at("2024-01-01T00:00:00Z"), 120'000, 40);
  std::array<double, 12> years{};
  for (const Event& event : play_all(*make(config))) {
    const auto day = static_cast<std::int64_t>(event.row.played_at.ms / kDayMs);
    ++years[static_cast<std::size_t>(civil_from_days(day).year - 2012)];
  }
  for (std::size_t year = 1; year < years.size(); ++year) EXPECT_GT(years[year], years[year - 1]);
  // Users registered by mid-2023 against mid-2012: 4655 to 166; weights differ by some per cent.
  EXPECT_NEAR(years[11] / years[0], 28, 9);
}

TEST(PlaysStructure, AllDevicesAndMostUsersAppear) {
  const World& world = usual_world();
  const auto config =
      window_config(world, at("2024-01-01T00:00:00Z"), at("2024-02-01T00:00:00Z"), 200'000, 41);
  std::array<std::size_t, kDeviceCount> devices{};
  std::vector<bool> users(world.users.size());
  for (const Event& event : play_all(*make(config))) {
    ++devices[static_cast<std::size_t>(event.row.device_type)];
    users[world.user_index.at(event.row.user_id)] = true;
  }
  for (const std::size_t plays : devices) EXPECT_GT(plays, 5'000U);
  EXPECT_GT(std::count(users.begin(), users.end(), true), 3'500);
}

}  // namespace
}  // namespace racesim::plays_test
