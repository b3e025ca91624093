// Goal: however many plays are asked for, nothing happens in lockstep: no duration and no millisecond is
// anybody's favourite, and the volume is level from the first second on, also where listeners' cells meet.
// Method: runs from a few plays per listener and day to more than people could listen to; the commonest
// duration, the fullest millisecond, and counts of the first seconds over many seeds and of five minutes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>

#include "support/plays_checks.h"
#include "support/plays_stats.h"

namespace racesim::plays_test {
namespace {

using testing::IsEmpty;

/// How often the commonest of the values comes.
template <class Value>
std::size_t commonest(std::vector<Value> values) {
  std::sort(values.begin(), values.end());
  std::size_t most = 0;
  for (std::size_t i = 0, run = 0; i < values.size(); ++i) {
    run = i > 0 && values[i] == values[i - 1] ? run + 1 : 1;
    most = std::max(most, run);
  }
  return most;
}

struct Load {
  const char* name;
  std::uint64_t volume;  ///< per minute, or of the month
  bool per_minute;
  std::int64_t length_ms;
  double five_minutes;  ///< largest deviation allowed, of 1; 0: not level
};
void PrintTo(const Load& load, std::ostream* out) {
  *out << load.name;
}

class EachLoad : public testing::TestWithParam<Load> {
 protected:
  std::vector<Event> events() const {
    const Load& load = GetParam();
    const std::int64_t start_ms = at("2024-03-01T00:00:00Z");
    auto config = minute_config(usual_world(), start_ms, load.volume, 141);
    if (!load.per_minute)
      config = window_config(usual_world(), start_ms, start_ms + load.length_ms, load.volume, 141);
    auto all =
        load.per_minute ? play_until(*make(config), start_ms + load.length_ms) : play_all(*make(config));
    EXPECT_THAT(faults_of(usual_world(), config, all), IsEmpty());
    return all;
  }
};

TEST_P(EachLoad, HasNoLockstep) {
  const auto all = events();
  std::vector<std::uint32_t> cut;
  std::vector<std::int64_t> times;
  for (const Event& event : all) {
    times.push_back(event.row.played_at.ms);
    // Whole songs are no fault: the first of the list has 2 % of the plays.
    if (event.row.play_duration_ms < usual_world().song(event.row.song_id).duration_ms)
      cut.push_back(event.row.play_duration_ms);
  }
  EXPECT_LT(static_cast<double>(commonest(cut)), 20 + 0.001 * static_cast<double>(all.size()));
  // As many as chance brings together: the mean per millisecond and some.
  const double per_ms = static_cast<double>(all.size()) / static_cast<double>(GetParam().length_ms);
  EXPECT_LT(static_cast<double>(commonest(times)), 7 + 3 * per_ms);
  if (GetParam().five_minutes == 0) return;
  std::vector<double> bins(static_cast<std::size_t>(GetParam().length_ms / (5 * kMinuteMs)));
  for (const std::int64_t t_ms : times)
    ++bins[static_cast<std::size_t>((t_ms - times.front()) / (5 * kMinuteMs)) % bins.size()];
  const double expected = static_cast<double>(GetParam().volume) * 5;
  EXPECT_GT(*std::min_element(bins.begin(), bins.end()) / expected, 1 - GetParam().five_minutes);
  EXPECT_LT(*std::max_element(bins.begin(), bins.end()) / expected, 1 + GetParam().five_minutes);
}

INSTANTIATE_TEST_SUITE_P(PlaysSpread, EachLoad,
                         testing::Values(Load{"minute_60", 60, true, kDayMs, 0.45},
                                         Load{"minute_300", 300, true, kDayMs, 0.16},
                                         Load{"minute_700", 700, true, kDayMs, 0.10},
                                         Load{"minute_1000", 1000, true, 10 * kHourMs, 0.09},
                                         Load{"minute_6000", 6000, true, 2 * kHourMs, 0.04},
                                         Load{"ten_million_a_month", 322'581, false, kDayMs, 0}),
                         [](const auto& test) { return std::string(test.param.name); });

// Over many seeds the first second and the first ten have their share, and the first millisecond too.
TEST(PlaysSpread, LevelFromTheFirstSecond) {
  struct Rate {
    std::uint64_t per_minute;
    std::uint64_t seeds;
  };
  for (const Rate& rate : {Rate{60, 60}, Rate{600, 40}, Rate{6000, 6}}) {
    double first = 0, ten = 0, minute = 0, start = 0;
    for (std::uint64_t seed = 0; seed < rate.seeds; ++seed) {
      const auto config =
          minute_config(usual_world(), at("2026-11-20T15:00:00Z"), rate.per_minute, 600 + seed);
      for (const Event& event : play_until(*make(config), config.start_ms + kMinuteMs)) {
        const std::int64_t t_ms = event.row.played_at.ms - config.start_ms;
        start += t_ms == 0 ? 1 : 0;
        first += t_ms < 1000 ? 1 : 0;
        ten += t_ms < 10'000 ? 1 : 0;
        minute += 1;
      }
    }
    // Five standard deviations of Poisson's.
    const auto expect_about = [&](double count, double seconds) {
      const double expected = static_cast<double>(rate.per_minute * rate.seeds) * seconds / 60;
      EXPECT_NEAR(count, expected, 5 * std::sqrt(expected)) << rate.per_minute << " per minute, " << seconds;
    };
    expect_about(first, 1);
    expect_about(ten, 10);
    expect_about(minute, 60);
    EXPECT_LE(start, 5) << rate.per_minute;
  }
}

// Where the plays of all would take more time than there is, the keenest do not have to do with seconds.
TEST(PlaysSpread, NobodyIsCrowdedMoreThanTheOthers) {
  const auto config = minute_config(usual_world(), at("2024-03-01T00:00:00Z"), 3000, 142);
  std::vector<double> plays(usual_world().users.size());
  const auto events = play_until(*make(config), config.start_ms + 4 * kHourMs);
  for (const Event& event : events) ++plays[usual_world().user_index.at(event.row.user_id)];
  const double average = mean(plays);
  EXPECT_LT(*std::max_element(plays.begin(), plays.end()), 3 * average);
}

// Journeys lead to a place near by, last for days, and the clock there is nearly the one at home.
TEST(PlaysSpread, NobodyIsOnTwoContinents) {
  const World& world = usual_world();
  const auto config =
      window_config(world, at("2024-03-04T00:00:00Z"), at("2024-04-01T00:00:00Z"), 400'000, 143);
  struct Seen {
    const PlayRow* row = nullptr;
    int moves = 0;
  };
  std::vector<Seen> seen(world.users.size());
  std::map<std::uint32_t, std::map<std::uint32_t, std::size_t>> places;
  const auto events = play_all(*make(config));
  const auto countries = [&](std::uint32_t place) {
    return world.locations.text(world.locations.rows<LocationRow>()[place].country_code);
  };
  std::map<std::string_view, int> in_country;
  for (std::uint32_t i = 0; i < world.locations.size(); ++i) ++in_country[countries(i)];
  for (const Event& event : events) {
    const std::uint32_t user = world.user_index.at(event.row.user_id);
    ++places[user][world.location_index.at(event.row.location_id)];
    Seen& before = seen[user];
    if (before.row != nullptr && before.row->location_id != event.row.location_id) {
      ++before.moves;
      const std::uint32_t from = world.location_index.at(before.row->location_id);
      const std::uint32_t to = world.location_index.at(event.row.location_id);
      if (in_country[countries(from)] > 1 && in_country[countries(to)] > 1) {
        ASSERT_EQ(countries(from), countries(to));
      }
      const std::int64_t shift_ms = world.local_ms(event.row) - event.row.played_at.ms -
                                    (world.local_ms(*before.row) - before.row->played_at.ms);
      ASSERT_LE(std::abs(shift_ms), 4 * kHourMs);
    }
    before.row = &event.row;
  }
  double away = 0;
  for (const auto& [user, counts] : places) {
    std::size_t all = 0, most = 0;
    for (const auto& [place, count] : counts) all += count, most = std::max(most, count);
    away += static_cast<double>(all - most);
  }
  EXPECT_NEAR(away / static_cast<double>(events.size()), 0.028, 0.008);
  // There and back, at most once in each of the four weeks.
  for (const Seen& user : seen) EXPECT_LE(user.moves, 8);
}

}  // namespace
}  // namespace racesim::plays_test
