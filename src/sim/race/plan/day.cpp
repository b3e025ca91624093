#include "sim/race/plan/day.h"

#include <algorithm>

#include "sim/race/plan/draws.h"

namespace racesim::race {
namespace {

// Wind, warmth and rubber move the best times of a circuit by some 0.2 % from day to day.
constexpr double kTrack_s = 0.17;
// A car suits one circuit better than the next, and so does its driver.
constexpr double kTeam_s = 0.09, kDriver_s = 0.06;
constexpr double kMost = 2;  ///< of the spreads above

double spread(const Draws& draws, double by_s) {
  return by_s * std::clamp(draws.normal(0), -kMost, kMost);
}

}  // namespace

Day draw_day(const PlanInput& input) {
  Day day;
  day.track_s = spread(Draws(input.seed, "day.track", static_cast<std::uint64_t>(input.kind)), kTrack_s);
  for (const Entry& entry : input.entries)
    day.form_s.push_back(spread(Draws(input.seed, "day.team", entry.team), kTeam_s) +
                         spread(Draws(input.seed, "day.driver", entry.car), kDriver_s));
  return day;
}

}  // namespace racesim::race
