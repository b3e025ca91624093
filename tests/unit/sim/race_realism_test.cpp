// Goal: what a user sees has the figures of real Formula 1: the pole lap, laps and stints of a race, stops.
// Method: statistics over rows rendered through the scenario, against the bands of the project's facts (real
// telemetry and timing of Silverstone).
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <utility>

#include "sim/race/plan/race_plan.h"
#include "support/race_circuit.h"
#include "support/race_world.h"

namespace racesim::race_test {
namespace {

/// The samples of the best lap of a qualifying.
std::vector<TelemetryRow> pole_lap(LapRow& pole) {
  RaceConfig config = race_config(20, 1);
  config.race.kind = race::SessionKind::qualifying;
  config.race.streams = {race::Stream::laps};
  Listener timing;
  play(*make_race(config), timing);
  pole.lap_time_ms.value = INT32_MAX;
  for (const auto& [car, rows] : timing.laps)
    for (const LapRow& row : rows)
      if (row.is_valid && row.lap_time_ms.has_value() && row.lap_time_ms.value < pole.lap_time_ms.value)
        pole = row;
  config.race.streams = {race::Stream::telemetry};
  std::vector<TelemetryRow> lap;
  Listener telemetry([&](const TelemetryRow& row) {
    if (row.car == pole.car && row.lap == pole.lap) lap.push_back(row);
  });
  play(*make_race(config), telemetry);
  return lap;
}

class RacePole : public testing::Test {
 protected:
  static void SetUpTestSuite() { lap_ = pole_lap(pole_); }

  double share(bool (*is)(const TelemetryRow&)) const {
    return static_cast<double>(std::count_if(lap_.begin(), lap_.end(), is)) /
           static_cast<double>(lap_.size());
  }
  double quantile_kmh(double share) const {
    std::vector<std::uint16_t> speeds;
    for (const TelemetryRow& row : lap_) speeds.push_back(row.speed_dkmh);
    std::sort(speeds.begin(), speeds.end());
    return speeds[static_cast<std::size_t>(share * static_cast<double>(speeds.size() - 1))] / 10.0;
  }
  double slowest_kmh(double from_m, double to_m) const {
    double slowest = 1000;
    for (const TelemetryRow& row : lap_)
      if (row.lap_distance_mm > from_m * 1000 && row.lap_distance_mm < to_m * 1000)
        slowest = std::min(slowest, row.speed_dkmh / 10.0);
    return slowest;
  }

  static inline std::vector<TelemetryRow> lap_;
  static inline LapRow pole_{};
};

#define EXPECT_WITHIN(value, low, high) \
  EXPECT_GE(value, low);                \
  EXPECT_LE(value, high)

TEST_F(RacePole, LapAndSectorTimes) {
  const double lap_s = pole_.lap_time_ms.value / 1e3;
  EXPECT_WITHIN(lap_s, 83.5, 87.5);
  EXPECT_NEAR(pole_.sector1_ms.value / lap_s / 10, 31.9, 1.2);
  EXPECT_NEAR(pole_.sector2_ms.value / lap_s / 10, 40.5, 1.2);
  EXPECT_NEAR(pole_.sector3_ms.value / lap_s / 10, 27.6, 1.2);
}

TEST_F(RacePole, Speeds) {
  EXPECT_NEAR(quantile_kmh(0.05), 116, 14);
  EXPECT_NEAR(quantile_kmh(0.25), 193, 12);
  EXPECT_NEAR(quantile_kmh(0.5), 269, 10);
  EXPECT_NEAR(quantile_kmh(0.75), 300, 8);
  EXPECT_NEAR(quantile_kmh(0.95), 315, 9);
  EXPECT_WITHIN(quantile_kmh(1), 316, 338);
  EXPECT_WITHIN(quantile_kmh(0), 78, 102);
}

TEST_F(RacePole, FeetAndGears) {
  EXPECT_WITHIN(share([](const TelemetryRow& r) { return r.throttle_pct >= 98; }), 0.63, 0.76);
  EXPECT_WITHIN(share([](const TelemetryRow& r) { return r.brake_pct > 0; }), 0.09, 0.17);
  int applications = 0;
  int changes = 0;
  int lowest = 8;
  for (std::size_t i = 1; i < lap_.size(); ++i) {
    applications += lap_[i].brake_pct > 0 && lap_[i - 1].brake_pct == 0;
    changes += lap_[i].gear != lap_[i - 1].gear;
    lowest = std::min<int>(lowest, lap_[i].gear);
  }
  EXPECT_WITHIN(applications, 6, 9);
  EXPECT_WITHIN(changes, 30, 44);
  EXPECT_GE(lowest, 2);
}

TEST_F(RacePole, ForcesAndFuel) {
  const auto lat = [](const TelemetryRow& a, const TelemetryRow& b) {
    return std::abs(a.lat_cg) < std::abs(b.lat_cg);
  };
  const auto lon = [](const TelemetryRow& a, const TelemetryRow& b) { return a.lon_cg < b.lon_cg; };
  EXPECT_WITHIN(std::abs(std::max_element(lap_.begin(), lap_.end(), lat)->lat_cg), 480, 640);
  EXPECT_WITHIN(-std::min_element(lap_.begin(), lap_.end(), lon)->lon_cg, 420, 560);
  EXPECT_WITHIN(lap_.front().fuel_g - lap_.back().fuel_g, 1600, 2150);
}

TEST_F(RacePole, CornersAreAsFastAsReal) {
  EXPECT_WITHIN(slowest_kmh(350, 700), 283, 305) << "Abbey and Farm";
  EXPECT_WITHIN(slowest_kmh(820, 960), 98, 132) << "Village";
  EXPECT_WITHIN(slowest_kmh(980, 1110), 82, 100) << "The Loop";
  EXPECT_WITHIN(slowest_kmh(1950, 2060), 158, 182) << "Brooklands";
  EXPECT_WITHIN(slowest_kmh(2110, 2350), 98, 132) << "Luffield";
  EXPECT_WITHIN(slowest_kmh(3000, 3250), 283, 305) << "Copse";
  EXPECT_WITHIN(slowest_kmh(3950, 4080), 205, 235) << "Becketts' last";
  EXPECT_WITHIN(slowest_kmh(5000, 5220), 225, 255) << "Stowe";
  EXPECT_WITHIN(slowest_kmh(5450, 5650), 98, 132) << "Vale and Club";
}

/// Laps of a few whole races.
class RaceTiming : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    for (const std::uint64_t seed : {1U, 2U, 3U, 4U, 5U, 6U}) {
      RaceConfig config = race_config(20, 52, seed);
      config.race.streams = {race::Stream::laps, race::Stream::race_control};
      Listener timing;
      play(*make_race(config), timing);
      messages_.push_back(timing.messages);
      for (auto& [car, rows] : timing.laps) {
        const std::string served = "PENALTY SERVED BY CAR " + std::to_string(car) + " ";
        held_up_ms_.emplace_back();
        for (const auto& [time_ms, text] : timing.messages)
          if (text.rfind(served, 0) == 0 || text.ends_with("SAFETY CAR DEPLOYED") || text == "TRACK CLEAR")
            held_up_ms_.back().push_back(time_ms);
        cars_.push_back(std::move(rows));
        race_of_.push_back(messages_.size() - 1);
      }
    }
  }
  /// Neither flags nor the pit lane slowed it.
  static bool green(const LapRow& row) {
    return row.lap > 1 && !row.pit_in && !row.pit_out && row.lap_time_ms.value < 97'000;
  }
  /// In this lap or the next one car `car` stood for a penalty or behind a red flag, or a safety car came or
  /// went.
  static bool held_up(std::size_t car, std::size_t lap) {
    constexpr std::int32_t kStands_ms = 300'000;
    const std::vector<LapRow>& rows = cars_[car];
    if (std::max(rows[lap].lap_time_ms.value, rows[lap + 1].lap_time_ms.value) > kStands_ms) return true;
    return std::any_of(held_up_ms_[car].begin(), held_up_ms_[car].end(), [&](std::int64_t ms) {
      return ms > rows[lap].start_time_ms && ms <= rows[lap + 1].session_time_ms;
    });
  }
  /// What holds at the line where in-lap `lap` of car `car` ends: nothing, or what race control deployed.
  static std::string flag_at_stop(std::size_t car, std::size_t lap) {
    std::string flag;
    for (const auto& [time_ms, text] : messages_[race_of_[car]]) {
      if (time_ms > cars_[car][lap].session_time_ms) break;
      if (text.ends_with("SAFETY CAR DEPLOYED")) flag = text;
      if (text == "TRACK CLEAR") flag.clear();
    }
    return flag;
  }
  /// How much longer the in-lap and the out-lap took than the same laps of those who stayed out then, s.
  static double loss_s(std::size_t car, std::size_t lap) {
    std::vector<std::int32_t> others_ms;
    const auto both_ms = [&](const std::vector<LapRow>& rows) {
      return rows[lap].lap_time_ms.value + rows[lap + 1].lap_time_ms.value;
    };
    for (std::size_t other = 0; other < cars_.size(); ++other) {
      const std::vector<LapRow>& rows = cars_[other];
      if (race_of_[other] != race_of_[car] || rows.size() <= lap + 1) continue;
      const bool stops = rows[lap].pit_in || rows[lap].pit_out || rows[lap + 1].pit_in;
      if (!stops) others_ms.push_back(both_ms(rows));
    }
    EXPECT_GE(others_ms.size(), 3U);
    std::sort(others_ms.begin(), others_ms.end());
    return (both_ms(cars_[car]) - others_ms.at(others_ms.size() / 2)) / 1e3;
  }

  static inline std::vector<std::vector<LapRow>> cars_;
  static inline std::vector<std::vector<std::int64_t>> held_up_ms_;                        ///< as cars_
  static inline std::vector<std::size_t> race_of_;                                         ///< as cars_
  static inline std::vector<std::vector<std::pair<std::int64_t, std::string>>> messages_;  ///< by race
};

TEST_F(RaceTiming, RaceLaps) {
  std::vector<int> laps;
  for (const auto& rows : cars_)
    for (const LapRow& row : rows)
      if (green(row)) laps.push_back(row.lap_time_ms.value);
  std::sort(laps.begin(), laps.end());
  ASSERT_GT(laps.size(), 3000U);
  EXPECT_WITHIN(laps[laps.size() / 100], 88'000, 90'500);
  EXPECT_WITHIN(laps[laps.size() / 2], 89'500, 92'500);
  EXPECT_WITHIN(laps[laps.size() * 99 / 100], 92'000, 95'500);
}

TEST_F(RaceTiming, AStopCosts) {
  std::vector<double> losses_s;
  for (std::size_t car = 0; car < cars_.size(); ++car)
    for (std::size_t i = 3; i + 3 < cars_[car].size(); ++i) {
      const std::vector<LapRow>& rows = cars_[car];
      if (!rows[i].pit_in || !green(rows[i - 1]) || !green(rows[i + 2]) || held_up(car, i)) continue;
      const double usual_ms = (rows[i - 1].lap_time_ms.value + rows[i + 2].lap_time_ms.value) / 2.0;
      losses_s.push_back((rows[i].lap_time_ms.value + rows[i + 1].lap_time_ms.value - 2 * usual_ms) / 1e3);
    }
  std::sort(losses_s.begin(), losses_s.end());
  ASSERT_GT(losses_s.size(), 60U);
  EXPECT_WITHIN(losses_s[losses_s.size() / 10], 17.5, 21);
  EXPECT_WITHIN(losses_s[losses_s.size() / 2], 18, 22);
  EXPECT_WITHIN(losses_s[losses_s.size() * 9 / 10], 20, 23);
}

/// Under a safety car the field is driven together, so what a stop costs is places and not time; under a
/// virtual one all keep their distances, and a stop costs the time that the others do not drive meanwhile
/// (7.2 s for the way and some 2.8 s of standing).
TEST_F(RaceTiming, AStopUnderAFlagCosts) {
  std::vector<int> green_places, safety_car_places;
  std::vector<double> virtual_losses_s;
  for (std::size_t car = 0; car < cars_.size(); ++car)
    for (std::size_t i = 1; i + 1 < cars_[car].size(); ++i) {
      const std::vector<LapRow>& rows = cars_[car];
      if (!rows[i].pit_in) continue;
      const int places = rows[i + 1].position - rows[i - 1].position;
      const std::string flag = flag_at_stop(car, i);
      if (flag == "SAFETY CAR DEPLOYED") safety_car_places.push_back(places);
      if (flag == "VIRTUAL SAFETY CAR DEPLOYED") virtual_losses_s.push_back(loss_s(car, i));
      if (flag.empty() && !held_up(car, i)) green_places.push_back(places);
    }
  std::sort(green_places.begin(), green_places.end());
  std::sort(safety_car_places.begin(), safety_car_places.end());
  std::sort(virtual_losses_s.begin(), virtual_losses_s.end());
  ASSERT_GT(green_places.size(), 60U);
  ASSERT_GT(safety_car_places.size(), 40U);
  ASSERT_GT(virtual_losses_s.size(), 5U);
  EXPECT_WITHIN(green_places[green_places.size() / 2], 4, 7);
  EXPECT_WITHIN(safety_car_places[safety_car_places.size() / 2], 0, 2);
  EXPECT_LE(safety_car_places[safety_car_places.size() * 9 / 10], 5);
  EXPECT_WITHIN(virtual_losses_s[virtual_losses_s.size() / 2], 8.5, 11.5);
  EXPECT_WITHIN(virtual_losses_s.front(), 6, 15);
  EXPECT_WITHIN(virtual_losses_s.back(), 6, 15);
}

TEST_F(RaceTiming, StintsByCompound) {
  std::array<std::vector<double>, kCompoundCount> slopes;
  for (const auto& rows : cars_) {
    for (std::size_t begin = 0; begin < rows.size();) {
      std::size_t end = begin;
      std::vector<std::pair<double, double>> points;
      for (; end < rows.size() && rows[end].stint == rows[begin].stint; ++end)
        if (green(rows[end]) && rows[end].lap > 3)
          points.emplace_back(rows[end].lap, rows[end].lap_time_ms.value / 1e3);
      if (points.size() >= 10) {
        double n = static_cast<double>(points.size()), x = 0, y = 0, xx = 0, xy = 0;
        for (const auto& [lap, time] : points) x += lap, y += time, xx += lap * lap, xy += lap * time;
        slopes[static_cast<std::size_t>(rows[begin].tyre)].push_back((n * xy - x * y) / (n * xx - x * x));
      }
      begin = end;
    }
  }
  // Seconds per lap: fuel burnt off makes cars faster, tyres slower.
  constexpr std::array<std::pair<double, double>, kCompoundCount> kBands{
      {{-0.03, 0.08}, {-0.07, 0}, {-0.1, -0.02}}};
  for (std::size_t tyre = 0; tyre < kCompoundCount; ++tyre) {
    std::vector<double>& found = slopes[tyre];
    ASSERT_GT(found.size(), 8U) << tyre;
    std::sort(found.begin(), found.end());
    EXPECT_WITHIN(found[found.size() / 2], kBands[tyre].first, kBands[tyre].second) << "compound " << tyre;
  }
}

// Races of the shipped track, planned only. The band is that of the project's facts on the race layer (season
// tables of TUMFTM's race-simulation): none, one, two, three in 45.5, 41.3, 9.9 and 3.3 % of races.
TEST(RaceFlags, SafetyCarsComeAsOftenAsInRealSeasons) {
  constexpr std::uint64_t kRaces = 160;
  race_test::Circuit circuit(52);
  std::array<double, 4> shares{};
  double deployed = 0;
  for (std::uint64_t seed = 0; seed < kRaces; ++seed) {
    circuit.input.seed = seed;
    const race::RacePlan plan = race::plan_session(circuit.input);
    std::size_t count = 0;
    for (const race::FlagPhase& phase : plan.phases) count += phase.flag == race::Flag::sc ? 1 : 0;
    shares.at(count) += 1.0 / kRaces;
    deployed += static_cast<double>(count) / kRaces;
  }
  // Four standard errors of a share over so many races.
  EXPECT_NEAR(shares[0], 0.455, 0.157);
  EXPECT_NEAR(shares[1], 0.413, 0.156);
  EXPECT_NEAR(shares[2], 0.099, 0.094);
  EXPECT_NEAR(shares[3], 0.033, 0.056);
  EXPECT_NEAR(deployed, 0.71, 0.25);
}

/// What telemetry shows of the laps of one race that neither flags nor the pit lane slowed.
class RaceLapShape : public testing::Test {
 protected:
  struct Lap {
    std::vector<std::uint16_t> speeds_dkmh;
    int full = 0, braking = 0;
    bool wing = false;
  };

  static void SetUpTestSuite() {
    RaceConfig config = race_config(20, 52, 42);
    config.race.streams = {race::Stream::laps};
    Listener timing;
    play(*make_race(config), timing);
    config.race.streams = {race::Stream::telemetry};
    config.race.rate.mhz = 10'000;
    std::map<std::pair<int, int>, Lap> laps;
    Listener telemetry([&](const TelemetryRow& row) {
      const auto& rows = timing.laps[row.car];
      if (row.lap < 2 || row.lap > rows.size()) return;
      const LapRow& timed = rows[row.lap - 1];
      if (timed.pit_in || timed.pit_out || timed.lap_time_ms.value > 97'000) return;
      Lap& lap = laps[{row.car, row.lap}];
      lap.speeds_dkmh.push_back(row.speed_dkmh);
      lap.full += row.throttle_pct >= 98;
      lap.braking += row.brake_pct > 0;
      lap.wing = lap.wing || row.drs;
    });
    play(*make_race(config), telemetry);
    for (auto& [key, lap] : laps) {
      std::sort(lap.speeds_dkmh.begin(), lap.speeds_dkmh.end());
      laps_.push_back(std::move(lap));
    }
  }

  /// The middle lap's value.
  template <class Of>
  static double median(Of of) {
    std::vector<double> values;
    for (const Lap& lap : laps_) values.push_back(of(lap));
    std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2),
                     values.end());
    return values[values.size() / 2];
  }
  static double speed_kmh(double share) {
    return median([share](const Lap& lap) {
      return lap.speeds_dkmh[static_cast<std::size_t>(share *
                                                      static_cast<double>(lap.speeds_dkmh.size() - 1))] /
             10.0;
    });
  }
  static double top_kmh(bool wing) {
    std::vector<double> tops;
    for (const Lap& lap : laps_)
      if (lap.wing == wing) tops.push_back(lap.speeds_dkmh.back() / 10.0);
    EXPECT_GT(tops.size(), 100U);
    std::sort(tops.begin(), tops.end());
    return tops[tops.size() / 2];
  }

  static inline std::vector<Lap> laps_;
};

// A race lap is some 5 s slower than the pole's: bands are those of the pole lap, moved by what fuel, worn
// tyres and a spared battery take, mostly in fast bends.
TEST_F(RaceLapShape, Speeds) {
  ASSERT_GT(laps_.size(), 500U);
  EXPECT_NEAR(speed_kmh(0.05), 114, 12);
  EXPECT_NEAR(speed_kmh(0.25), 184, 12);
  EXPECT_NEAR(speed_kmh(0.5), 256, 12);
  EXPECT_NEAR(speed_kmh(0.75), 287, 10);
  EXPECT_NEAR(speed_kmh(0.95), 302, 9);
  EXPECT_WITHIN(top_kmh(false), 301, 314);
  EXPECT_WITHIN(top_kmh(true), 309, 326);
}

TEST_F(RaceLapShape, Feet) {
  const auto share_of = [](int Lap::*count) {
    return [count](const Lap& lap) {
      return static_cast<double>(lap.*count) / static_cast<double>(lap.speeds_dkmh.size());
    };
  };
  EXPECT_WITHIN(median(share_of(&Lap::full)), 0.60, 0.74);
  EXPECT_WITHIN(median(share_of(&Lap::braking)), 0.09, 0.17);
}

}  // namespace
}  // namespace racesim::race_test
