// Standings of qualifying and practice as they grow: by the best lap of the part that runs.
#include <algorithm>
#include <tuple>

#include "sim/race/plan/race_plan.h"

namespace racesim::race {
namespace {

/// A car's time counts from its lap's end on.
struct Timed {
  std::int64_t end_ms;
  std::uint32_t car;
  std::int64_t time_ms;
};

std::vector<Timed> times_of(const RacePlan& plan) {
  std::vector<Timed> times;
  for (std::uint32_t i = 0; i < plan.cars.size(); ++i)
    for (const LapPlan& lap : plan.cars[i].laps)
      if (plan.counts(lap)) times.push_back({lap.end_ms, i, lap.end_ms - lap.begin_ms});
  std::sort(times.begin(), times.end(), [](const Timed& a, const Timed& b) {
    return a.end_ms != b.end_ms ? a.end_ms < b.end_ms : a.car < b.car;
  });
  return times;
}

/// The order on the timing screen.
class Screen {
 public:
  explicit Screen(std::size_t cars) : best_ms_(cars, 0), best_at_ms_(cars, 0), fixed_(cars) {}

  /// Whoever is not in it keeps what he has; the others start anew in front of them.
  void begin(const SessionPart& part) {
    std::vector<Standing> now;
    for (std::uint32_t i = 0; i < best_ms_.size(); ++i) now.push_back(of(i, 0));
    for (std::uint32_t i = 0; i < now.size(); ++i) {
      if (std::find(part.cars.begin(), part.cars.end(), i) != part.cars.end())
        best_ms_[i] = best_at_ms_[i] = 0;
      else if (fixed_[i].position == 0)
        fixed_[i] = now[i];
    }
  }

  void lap(const Timed& lap) {
    std::int64_t& best_ms = best_ms_[lap.car];
    if (best_ms != 0 && lap.time_ms >= best_ms) return;
    best_ms = lap.time_ms;
    best_at_ms_[lap.car] = lap.end_ms;
  }

  void tell(std::int64_t since_ms, Standings& to) const {
    for (std::uint32_t car = 0; car < best_ms_.size(); ++car) to.add(car, of(car, since_ms));
  }

 private:
  Standing of(std::uint32_t car, std::int64_t since_ms) const {
    if (fixed_[car].position != 0) return {since_ms, fixed_[car].position, fixed_[car].gap_ms};
    Standing standing{since_ms, 1, {}};
    std::int64_t first_ms = best_ms_[car];
    for (std::uint32_t i = 0; i < best_ms_.size(); ++i) {
      if (i == car || fixed_[i].position != 0) continue;
      if (before(i, car)) ++standing.position;
      if (best_ms_[i] != 0) first_ms = std::min(first_ms, best_ms_[i]);
    }
    if (best_ms_[car] != 0) standing.gap_ms.value = static_cast<std::int32_t>(best_ms_[car] - first_ms);
    return standing;
  }

  bool before(std::uint32_t a, std::uint32_t b) const {
    const auto rank = [&](std::uint32_t car) {
      return std::tuple(best_ms_[car] == 0 ? INT64_MAX : best_ms_[car], best_at_ms_[car], car);
    };
    return rank(a) < rank(b);
  }

  std::vector<std::int64_t> best_ms_;
  std::vector<std::int64_t> best_at_ms_;  ///< of equal times the earlier is ahead
  std::vector<Standing> fixed_;           ///< position 0: it takes part
};

}  // namespace

Standings session_standings(const RacePlan& plan) {
  Standings standings(plan.cars.size());
  Screen screen(plan.cars.size());
  screen.tell(INT64_MIN, standings);
  std::size_t part = 0;
  const auto begin_parts = [&](std::int64_t until_ms) {
    for (; part < plan.parts.size() && plan.parts[part].begin_ms <= until_ms; ++part) {
      screen.begin(plan.parts[part]);
      screen.tell(plan.parts[part].begin_ms, standings);
    }
  };
  for (const Timed& lap : times_of(plan)) {
    begin_parts(lap.end_ms);
    screen.lap(lap);
    screen.tell(lap.end_ms, standings);
  }
  begin_parts(INT64_MAX);
  return standings;
}

}  // namespace racesim::race
