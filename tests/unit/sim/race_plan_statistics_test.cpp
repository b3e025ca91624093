// Goal: over many seeds races look like real ones: how often, how long, how fast.
// Method: plan 200 races on the made-up track and hold means, shares and quantiles against bands of the
// facts.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <vector>

#include "support/race_plan_world.h"

namespace racesim::race {
namespace {

constexpr std::uint64_t kRaces = 200;

struct Figures {
  std::array<double, 4> safety_cars{};           ///< races with 0, 1, 2, 3 of them
  std::vector<double> retired, overtakes, vscs;  ///< per race
  std::vector<double> pit_loss_s, stand_s, lap_s, sc_lap_share, residual_s;
  std::array<std::vector<double>, 3> slope_s;  ///< per lap, by compound
};

double seconds(const LapPlan& lap) {
  return static_cast<double>(lap.end_ms - lap.begin_ms) / 1000.0;
}

double mean(const std::vector<double>& v) {
  double sum = 0;
  for (const double x : v) sum += x;
  return v.empty() ? 0 : sum / static_cast<double>(v.size());
}

double quantile(std::vector<double> v, double share) {
  std::sort(v.begin(), v.end());
  return v.empty()
             ? 0
             : v[std::min(v.size() - 1, static_cast<std::size_t>(share * static_cast<double>(v.size())))];
}

bool plain(const LapPlan& lap) {
  return !lap.pit_in && !lap.pit_out && !lap.neutral;
}

void take_stints(const CarPlan& car, Figures& f) {
  for (std::size_t begin = 1; begin < car.laps.size();) {
    std::size_t end = begin;
    std::vector<double> x, y;
    for (; end < car.laps.size() && car.laps[end].stint == car.laps[begin].stint; ++end) {
      if (end < 3 || !plain(car.laps[end]) || car.laps[end - 1].neutral) continue;
      x.push_back(static_cast<double>(end));
      y.push_back(seconds(car.laps[end]));
    }
    if (x.size() >= 10) {
      double sxx = 0, sxy = 0, rest = 0;
      const double mx = mean(x), my = mean(y);
      for (std::size_t i = 0; i < x.size(); ++i) {
        sxx += (x[i] - mx) * (x[i] - mx);
        sxy += (x[i] - mx) * (y[i] - my);
      }
      for (std::size_t i = 0; i < x.size(); ++i) {
        const double r = y[i] - my - sxy / sxx * (x[i] - mx);
        rest += r * r;
      }
      f.slope_s[static_cast<std::size_t>(car.laps[begin].compound)].push_back(sxy / sxx);
      f.residual_s.push_back(__builtin_sqrt(rest / static_cast<double>(x.size() - 2)));
    }
    begin = end;
  }
}

void take_stops(const RacePlan& plan, const CarPlan& car, Figures& f) {
  for (const PitStop& s : car.stops) {
    if (s.exit_pass <= s.entry_pass || s.queue > 0) continue;
    f.stand_s.push_back(static_cast<double>(s.leave_ms - s.arrive_ms) / 1000.0);
    const std::size_t in = s.entry_pass / plan.checkpoints;
    if (in < 2 || in + 2 >= car.laps.size()) continue;
    const LapPlan* lap = &car.laps[in];
    if (!plain(lap[-1]) || !plain(lap[2]) || lap[0].neutral || lap[1].neutral) continue;
    f.pit_loss_s.push_back(seconds(lap[0]) + seconds(lap[1]) - seconds(lap[-1]) - seconds(lap[2]));
  }
}

Figures measure() {
  Figures f;
  for (std::uint64_t i = 0; i < kRaces; ++i) {
    const RacePlan plan = plan_session(world_input(1000 + i));
    std::size_t sc = 0, vsc = 0, passes = 0, retired = 0;
    for (const FlagPhase& p : plan.phases) {
      sc += p.flag == Flag::sc ? 1 : 0;
      vsc += p.flag == Flag::vsc ? 1 : 0;
    }
    for (const ControlMessage& m : plan.messages) passes += m.category == Category::overtake ? 1 : 0;
    for (const CarPlan& car : plan.cars) {
      retired += car.retirement.cause != Cause::none ? 1 : 0;
      take_stints(car, f);
      take_stops(plan, car, f);
      for (std::size_t l = 1; l < car.laps.size(); ++l)
        if (plain(car.laps[l])) f.lap_s.push_back(seconds(car.laps[l]));
      for (std::size_t l = 2; car.position == 1 && l + 1 < car.laps.size(); ++l)
        for (const FlagPhase& p : plan.phases)
          if (p.flag == Flag::sc && car.laps[l - 1].begin_ms > p.begin_ms &&
              car.laps[l + 1].begin_ms < p.end_ms)
            f.sc_lap_share.push_back(seconds(car.laps[l]) / seconds(car.laps.back()));
    }
    f.safety_cars.at(sc) += 1.0 / kRaces;
    f.vscs.push_back(static_cast<double>(vsc));
    f.overtakes.push_back(static_cast<double>(passes));
    f.retired.push_back(static_cast<double>(retired));
  }
  return f;
}

const Figures& figures() {
  static const Figures f = measure();
  return f;
}

TEST(RacePlanStatistics, SafetyCarsAsOftenAsInFourSeasons) {
  // Four standard errors of a share over 200 races are 0.14, 0.14, 0.085, 0.05.
  EXPECT_NEAR(figures().safety_cars[0], 0.455, 0.14);
  EXPECT_NEAR(figures().safety_cars[1], 0.413, 0.14);
  EXPECT_NEAR(figures().safety_cars[2], 0.099, 0.085);
  EXPECT_NEAR(figures().safety_cars[3], 0.033, 0.05);
  EXPECT_NEAR(mean(figures().vscs), 0.6, 0.3);
  EXPECT_NEAR(quantile(figures().sc_lap_share, 0.5), 1.6, 0.06);
}

TEST(RacePlanStatistics, RetirementsPerRace) {
  EXPECT_GT(mean(figures().retired), 2.2);
  EXPECT_LT(mean(figures().retired), 4.0);
}

TEST(RacePlanStatistics, OvertakesPerRace) {
  EXPECT_GT(mean(figures().overtakes), 25);
  EXPECT_LT(mean(figures().overtakes), 75);
  EXPECT_GE(quantile(figures().overtakes, 0.05), 15);
  EXPECT_LE(quantile(figures().overtakes, 1), 120);
}

TEST(RacePlanStatistics, PitStops) {
  EXPECT_GT(quantile(figures().pit_loss_s, 0.05), 16.8);
  EXPECT_LT(quantile(figures().pit_loss_s, 0.90), 23);
  EXPECT_GT(quantile(figures().stand_s, 0.05), 2.0);
  EXPECT_NEAR(quantile(figures().stand_s, 0.5), 2.8, 0.4);
  EXPECT_LT(quantile(figures().stand_s, 0.9), 4.0);
  EXPECT_GT(quantile(figures().stand_s, 1), 6.0);
}

TEST(RacePlanStatistics, LapTimes) {
  EXPECT_GT(quantile(figures().lap_s, 0), 86.5);
  EXPECT_GT(quantile(figures().lap_s, 0.02), 88);
  EXPECT_LT(quantile(figures().lap_s, 0.98), 95);
}

TEST(RacePlanStatistics, StintSlopesByCompound) {
  const auto& slope = figures().slope_s;
  EXPECT_GT(quantile(slope[0], 0.5), -0.008);
  EXPECT_LT(quantile(slope[0], 0.5), 0.077);
  EXPECT_GT(quantile(slope[1], 0.5), -0.050);
  EXPECT_LT(quantile(slope[1], 0.5), -0.026);
  EXPECT_GT(quantile(slope[2], 0.5), -0.10);
  EXPECT_LT(quantile(slope[2], 0.5), -0.04);
}

TEST(RacePlanStatistics, SpreadOfLapsWithinAStint) {
  EXPECT_GT(quantile(figures().residual_s, 0.5), 0.17);
  EXPECT_LT(quantile(figures().residual_s, 0.5), 0.35);
}

}  // namespace
}  // namespace racesim::race
