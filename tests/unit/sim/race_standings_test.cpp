// Goal: the position and the gap that a row tells are those of the classification at its moment, and before
// the start those of the grid. Method: a plain reference that works everything out anew for each sample from
// the checkpoint passes, the laps and the messages so far, for races, sprints, qualifying and practice of
// several seeds.
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <tuple>

#include "support/race_world.h"

namespace racesim::race_test {
namespace {

constexpr std::int64_t kNever_ms = INT64_MAX;
using race::SessionKind;

struct StandingsCase {
  const char* name;
  SessionKind kind;
  bool sprint;
  std::uint32_t cars, laps;
  std::vector<std::uint64_t> seeds;
};
void PrintTo(const StandingsCase& c, std::ostream* out) {
  *out << c.name;
}

/// All rows of one session, a sample a second.
struct Told {
  std::map<std::int64_t, std::vector<TelemetryRow>> moments;
  Listener rows{[this](const TelemetryRow& row) { moments[row.session_time_ms].push_back(row); }};
};

RaceConfig config_of(const StandingsCase& c, std::uint64_t seed) {
  RaceConfig config = race_config(c.cars, c.laps, seed);
  config.race.kind = c.kind;
  config.race.sprint = c.sprint;
  config.race.rate = {1000};
  return config;
}

/// Of a race: cars in their order at a moment, with the passes until then.
struct Racing {
  std::uint16_t car = 0;
  std::uint8_t slot = 0;
  bool out = false;
  std::vector<std::int64_t> passes_ms;
};

std::vector<Racing> race_order(const Told& told, const std::vector<TelemetryRow>& now) {
  std::vector<Racing> order;
  for (const TelemetryRow& row : now) {
    Racing car{row.car, 0, row.status == CarStatus::out, {}};
    for (const TelemetryRow& first : told.moments.begin()->second)
      if (first.car == row.car) car.slot = first.position;
    if (const auto found = told.rows.passes.find(row.car); found != told.rows.passes.end())
      for (const CheckpointPassRow& pass : found->second)
        if (pass.session_time_ms <= row.session_time_ms) car.passes_ms.push_back(pass.session_time_ms);
    order.push_back(std::move(car));
  }
  std::sort(order.begin(), order.end(), [](const Racing& a, const Racing& b) {
    const auto rank = [](const Racing& c) {
      return std::tuple(c.out, -static_cast<std::int64_t>(c.passes_ms.size()),
                        c.passes_ms.empty() ? c.slot : c.passes_ms.back());
    };
    return rank(a) < rank(b);
  });
  return order;
}

void check_race(const Told& told, const std::vector<TelemetryRow>& now) {
  const std::vector<Racing> order = race_order(told, now);
  for (std::size_t place = 0; place < order.size(); ++place) {
    const Racing& car = order[place];
    const TelemetryRow& row =
        *std::find_if(now.begin(), now.end(), [&](auto& r) { return r.car == car.car; });
    ASSERT_EQ(row.position, place + 1) << car.car << " at " << row.session_time_ms;
    const std::size_t passed = car.passes_ms.size();
    std::int64_t gap_ms = 0;
    if (passed > 0 && order[0].passes_ms.size() >= passed)
      gap_ms = std::max<std::int64_t>(0, car.passes_ms.back() - order[0].passes_ms[passed - 1]);
    ASSERT_EQ(row.gap_ms.value, gap_ms) << car.car << " at " << row.session_time_ms;
  }
}

/// Of qualifying and practice: the timing screen, made anew from the laps until a moment.
class Board {
 public:
  Board(const Told& told, std::int64_t now_ms) : told_(told) {
    std::vector<std::uint16_t> cars;
    for (const TelemetryRow& row : told.moments.begin()->second) cars.push_back(row.car);
    std::vector<std::int64_t> begins{INT64_MIN};
    for (const auto& [at_ms, text] : told.rows.messages)
      if (text.ends_with("BEGINS") && at_ms <= now_ms) begins.push_back(at_ms);
    const std::size_t stay[] = {cars.size(), cars.size(), (cars.size() * 15 + 19) / 20,
                                (cars.size() * 10 + 19) / 20};
    for (std::size_t part = 0; part < begins.size(); ++part) {
      const std::int64_t end_ms = part + 1 < begins.size() ? begins[part + 1] : now_ms + 1;
      rank(cars, begins[part], end_ms, part == 0 ? cars.size() : stay[part]);
    }
  }
  std::vector<std::uint16_t> order;
  std::map<std::uint16_t, std::optional<std::int64_t>> gaps_ms;

 private:
  std::int64_t best_ms(std::uint16_t car, std::int64_t from_ms, std::int64_t to_ms) const {
    std::int64_t best = kNever_ms;
    const auto found = told_.rows.laps.find(car);
    if (found == told_.rows.laps.end()) return best;
    for (const LapRow& lap : found->second)
      if (lap.session_time_ms >= from_ms && lap.session_time_ms < to_ms && lap.is_valid && !lap.pit_in &&
          lap.lap_time_ms.has_value())
        best = std::min<std::int64_t>(best, lap.lap_time_ms.value);
    return best;
  }

  /// The first `count` of the order so far take part and are ranked anew.
  void rank(const std::vector<std::uint16_t>& cars, std::int64_t from_ms, std::int64_t to_ms,
            std::size_t count) {
    if (order.empty()) order = cars;
    std::vector<std::uint16_t> part(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count));
    std::sort(part.begin(), part.end(), [&](std::uint16_t a, std::uint16_t b) {
      const auto entry = [&](std::uint16_t car) { return std::find(cars.begin(), cars.end(), car); };
      return std::tuple(best_ms(a, from_ms, to_ms), entry(a)) <
             std::tuple(best_ms(b, from_ms, to_ms), entry(b));
    });
    std::copy(part.begin(), part.end(), order.begin());
    const std::int64_t first_ms = best_ms(part.front(), from_ms, to_ms);
    for (const std::uint16_t car : part) {
      const std::int64_t own_ms = best_ms(car, from_ms, to_ms);
      gaps_ms[car] = own_ms == kNever_ms ? std::nullopt : std::optional(own_ms - first_ms);
    }
  }

  const Told& told_;
};

void check_screen(const Told& told, const std::vector<TelemetryRow>& now) {
  const Board board(told, now.front().session_time_ms);
  for (const TelemetryRow& row : now) {
    ASSERT_LE(row.position, board.order.size());
    ASSERT_EQ(row.car, board.order[row.position - 1U]) << "at " << row.session_time_ms;
    const std::optional<std::int64_t> gap_ms = board.gaps_ms.at(row.car);
    ASSERT_EQ(row.gap_ms.has_value(), gap_ms.has_value()) << row.car << " at " << row.session_time_ms;
    if (gap_ms) {
      ASSERT_EQ(row.gap_ms.value, *gap_ms) << row.car << " at " << row.session_time_ms;
    }
  }
}

class RaceStandings : public testing::TestWithParam<StandingsCase> {};

TEST_P(RaceStandings, AreThoseOfThePlainReference) {
  const StandingsCase& c = GetParam();
  for (const std::uint64_t seed : c.seeds) {
    SCOPED_TRACE(seed);
    Told told;
    play(*make_race(config_of(c, seed)), told.rows);
    for (const auto& [at_ms, now] : told.moments) {
      if (c.kind == SessionKind::race)
        check_race(told, now);
      else
        check_screen(told, now);
      if (HasFatalFailure()) return;
    }
  }
}

TEST_P(RaceStandings, BeforeTheStartAreTheGrid) {
  const StandingsCase& c = GetParam();
  if (c.kind != SessionKind::race) GTEST_SKIP() << "it has none";
  RaceConfig config = config_of(c, c.seeds[0]);
  config.race.streams = {race::Stream::telemetry, race::Stream::results};
  Told told;
  play(*make_race(config), told.rows);
  ASSERT_EQ(told.rows.results.size(), c.cars);
  for (const TelemetryRow& row : told.moments.begin()->second) {
    EXPECT_EQ(row.gap_ms.value, 0);
    EXPECT_EQ(row.position, told.rows.results.at(row.car).grid.value);
  }
}

INSTANTIATE_TEST_SUITE_P(Sessions, RaceStandings,
                         testing::Values(StandingsCase{"race", SessionKind::race, false, 20, 5, {42, 3, 20}},
                                         StandingsCase{"sprint", SessionKind::race, true, 12, 9, {8}},
                                         StandingsCase{
                                             "qualifying", SessionKind::qualifying, false, 20, 1, {4}},
                                         StandingsCase{"practice", SessionKind::practice, false, 8, 1, {5}}),
                         [](const auto& c) { return std::string(c.param.name); });

/// The first session's result, by position.
std::vector<ResultRow> result_of(std::uint64_t seed, SessionKind kind, bool sprint, std::uint32_t laps) {
  RaceConfig config = config_of({"", kind, sprint, 20, laps, {}}, seed);
  config.race.streams = {race::Stream::results};
  Listener rows;
  play(*make_race(config), rows);
  std::vector<ResultRow> result(rows.results.size());
  for (const auto& [car, row] : rows.results) result.at(row.position - 1U) = row;
  return result;
}

TEST(RaceResults, TheGridIsTheQualifyingOfTheSameSeed) {
  for (const std::uint64_t seed : {42U, 7U}) {
    const auto qualifying = result_of(seed, SessionKind::qualifying, false, 1);
    for (const ResultRow& row : result_of(seed, SessionKind::race, false, 2))
      EXPECT_EQ(row.car, qualifying[static_cast<std::size_t>(row.grid.value) - 1].car);
  }
}

TEST(RaceResults, ASprintHasPointsForEightAndNoStop) {
  const auto result = result_of(42, SessionKind::race, true, 17);
  constexpr std::uint16_t kPoints[] = {8, 7, 6, 5, 4, 3, 2, 1, 0};
  for (std::size_t place = 0; place < 9; ++place) EXPECT_EQ(result[place].points, kPoints[place]);
  RaceConfig config = config_of({"", SessionKind::race, true, 20, 17, {}}, 42);
  config.race.streams = {race::Stream::laps};
  Listener rows;
  play(*make_race(config), rows);
  std::size_t one_stint = 0;
  for (const auto& [car, laps] : rows.laps)
    if (laps.back().stint == 1) ++one_stint;
  EXPECT_GE(one_stint, 15U) << "only damage brings a car in";
}

TEST(RaceResults, NobodyStartsWithMoreFuelThanTheRulesAllow) {
  for (const std::uint32_t laps : {5U, 52U, 78U}) {
    RaceConfig config = config_of({"", SessionKind::race, false, 4, laps, {}}, 42);
    std::int32_t most_g = 0, least_g = INT32_MAX;
    Listener rows([&](const TelemetryRow& row) {
      most_g = std::max(most_g, row.fuel_g);
      least_g = std::min(least_g, row.fuel_g);
    });
    play(*make_race(config), rows);
    EXPECT_LE(most_g, 110'000) << laps;
    EXPECT_GT(least_g, 0) << laps;
    if (laps == 78) {
      EXPECT_GE(most_g, 109'990);
    }
  }
}

}  // namespace
}  // namespace racesim::race_test
