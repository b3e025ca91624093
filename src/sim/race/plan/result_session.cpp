// Standings of qualifying and practice as they grow: by the best lap of the part that runs.
#include <algorithm>

#include "sim/race/plan/result.h"

namespace racesim::race {
namespace {

struct Moment {
  std::int64_t time_ms;
  std::uint32_t car;
  std::uint32_t pass;
};

/// The order on the timing screen.
class Screen {
 public:
  explicit Screen(std::size_t cars) : best_ms_(cars, 0), fixed_(cars, 0) {}

  /// Whoever is not in it keeps the place he has; the others start anew in front of them.
  void begin(const SessionPart& part) {
    std::vector<std::uint16_t> places(best_ms_.size());
    for (std::uint32_t i = 0; i < places.size(); ++i) places[i] = place(i);
    for (std::uint32_t i = 0; i < places.size(); ++i) {
      if (std::find(part.cars.begin(), part.cars.end(), i) == part.cars.end()) {
        if (fixed_[i] == 0) fixed_[i] = places[i];
      } else {
        best_ms_[i] = 0;
      }
    }
  }

  void lap(std::uint32_t car, std::int64_t time_ms) {
    if (best_ms_[car] == 0 || time_ms < best_ms_[car]) best_ms_[car] = time_ms;
  }

  std::uint16_t place(std::uint32_t car) const {
    if (fixed_[car] != 0) return fixed_[car];
    std::uint16_t place = 1;
    for (std::uint32_t i = 0; i < best_ms_.size(); ++i)
      if (i != car && fixed_[i] == 0 && before(i, car)) ++place;
    return place;
  }

  std::int64_t gap_ms(std::uint32_t car) const {
    std::int64_t first_ms = 0;
    for (std::uint32_t i = 0; i < best_ms_.size(); ++i)
      if (fixed_[i] == 0 && best_ms_[i] != 0 && (first_ms == 0 || best_ms_[i] < first_ms))
        first_ms = best_ms_[i];
    return best_ms_[car] == 0 || fixed_[car] != 0 ? 0 : best_ms_[car] - first_ms;
  }

 private:
  bool before(std::uint32_t a, std::uint32_t b) const {
    const std::int64_t x = best_ms_[a] == 0 ? INT64_MAX : best_ms_[a];
    const std::int64_t y = best_ms_[b] == 0 ? INT64_MAX : best_ms_[b];
    return x != y ? x < y : a < b;
  }

  std::vector<std::int64_t> best_ms_;
  std::vector<std::uint16_t> fixed_;
};

}  // namespace

void rank_session(RacePlan& plan) {
  std::vector<Moment> moments;
  for (std::uint32_t i = 0; i < plan.cars.size(); ++i)
    for (std::uint32_t p = 0; p < plan.cars[i].passes.size(); ++p)
      moments.push_back({plan.cars[i].passes[p].time_ms, i, p});
  std::sort(moments.begin(), moments.end(), [](const Moment& a, const Moment& b) {
    return a.time_ms != b.time_ms ? a.time_ms < b.time_ms : a.car < b.car;
  });
  Screen screen(plan.cars.size());
  std::size_t part = 0;
  for (const Moment& m : moments) {
    for (; part < plan.parts.size() && m.time_ms >= plan.parts[part].begin_ms; ++part)
      screen.begin(plan.parts[part]);
    CarPlan& car = plan.cars[m.car];
    Pass& pass = car.passes[m.pass];
    const std::uint32_t lap = plan.lap_of(car, m.pass);
    const bool at_line = plan.checkpoint_of(car, m.pass) == 0;
    LapPlan* ended = at_line && lap >= 2 ? &car.laps[lap - 2] : nullptr;
    if (ended != nullptr && ended->is_valid && !ended->pit_in && !ended->pit_out)
      screen.lap(m.car, ended->end_ms - ended->begin_ms);
    pass.position = screen.place(m.car);
    pass.gap_ms = screen.gap_ms(m.car);
    if (ended != nullptr) ended->position = pass.position;
  }
  for (std::uint32_t i = 0; i < plan.cars.size(); ++i) {
    plan.cars[i].position = screen.place(i);
    plan.cars[i].finished = true;
    plan.cars[i].classified = plan.cars[i].best_lap_ms > 0;
  }
}

}  // namespace racesim::race
