#include "sim/race/plan/strategy.h"

#include <algorithm>
#include <array>

#include "sim/race/plan/draws.h"

namespace racesim::race {
namespace {

struct Scheme {
  double share;
  std::array<Compound, 3> compounds;
  std::array<double, 2> at;  ///< of the distance; the second 0: one stop
};
constexpr Compound kS = Compound::soft, kM = Compound::medium, kH = Compound::hard;
constexpr std::array kSchemes{
    Scheme{0.42, {kM, kH, kH}, {0.42, 0}},    Scheme{0.14, {kH, kM, kM}, {0.60, 0}},
    Scheme{0.16, {kS, kH, kH}, {0.31, 0}},    Scheme{0.10, {kM, kH, kS}, {0.32, 0.74}},
    Scheme{0.10, {kS, kM, kM}, {0.26, 0.62}}, Scheme{0.08, {kS, kH, kM}, {0.25, 0.64}},
};

constexpr double kSprintSoft = 0.2;  ///< of a sprint's cars start on them

}  // namespace

Strategy draw_strategy(const PlanInput& input, std::uint32_t entry) {
  const Draws draws(input.seed, "race.strategy", input.entries[entry].car);
  Strategy strategy;
  strategy.stress = 1 + 0.18 * std::clamp(draws.normal(1), -2.0, 2.0);
  double u = draws.uniform(0);
  std::size_t chosen = 0;
  for (; chosen + 1 < kSchemes.size() && u >= kSchemes[chosen].share; ++chosen) u -= kSchemes[chosen].share;
  const Scheme& scheme = kSchemes[chosen];
  strategy.start = scheme.compounds[0];
  const double laps = static_cast<double>(input.laps);
  for (std::size_t i = 0; i < 2 && scheme.at[i] > 0; ++i) {
    const double lap = laps * (scheme.at[i] + 0.045 * std::clamp(draws.normal(10 + i), -1.7, 1.7));
    strategy.stops.push_back({static_cast<std::uint32_t>(std::max(1.0, lap)), scheme.compounds[i + 1]});
  }
  // A sprint has none, nor has a race too short for them; a sprint's tyres last, and soft ones are a gamble.
  if (input.sprint) strategy.start = draws.chance(20, kSprintSoft) ? kS : kM;
  if (input.sprint || input.laps < 8) strategy.stops.clear();
  return strategy;
}

Launch draw_launch(const PlanInput& input, std::uint32_t entry, std::uint32_t start) {
  const Entry& e = input.entries[entry];
  const Draws draws(input.seed, "race.start", e.car);
  const std::uint64_t first = 20 * static_cast<std::uint64_t>(start);
  const double lazy = 1 - e.start_skill;
  double react_s = 0.20 + 0.06 * draws.uniform(first) + 0.09 * lazy * draws.uniform(first + 1);
  // Once in a while somebody sleeps, or the clutch does not bite.
  if (draws.chance(first + 2, 0.03)) react_s += draws.between(first + 3, 0.3, 1.2);
  double spin_s = 0;
  if (draws.chance(first + 6, 0.2 + 0.25 * lazy)) spin_s = draws.between(first + 7, 0.1, 0.5);
  return {static_cast<std::int64_t>(react_s * 1000), static_cast<std::int64_t>(spin_s * 1000),
          1.002 + 0.06 * draws.uniform(first + 4) + 0.035 * lazy * draws.uniform(first + 5)};
}

std::int64_t draw_standstill_ms(const PlanInput& input, std::uint32_t entry, std::uint32_t stop) {
  const Entry& e = input.entries[entry];
  const Draws draws(input.seed, "race.standstill", e.car);
  // Log-logistic (Fisk) with median 0.35 s and shape 3.
  const double u = std::min(0.995, draws.uniform(4 * stop));
  double rest_s = 0.35 * detmath::pow(u / (1 - u), 1.0 / 3.0) - 0.35;
  rest_s = std::min(rest_s, 2.5);
  if (draws.chance(4 * stop + 1, 0.025)) rest_s += draws.between(4 * stop + 2, 2.0, 9.0);
  const double total_s = std::max(1.95, 1.9 + e.pit_crew_s + rest_s);
  return static_cast<std::int64_t>(total_s * 1000.0 + 0.5);
}

}  // namespace racesim::race
