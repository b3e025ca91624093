#include "sim/race/lap_sights.h"

#include <algorithm>

namespace racesim::race {
namespace {

class Sight {
 public:
  Sight(const Session& session, const Track& track, std::uint32_t car)
      : session_(session), plan_(session.plan()), car_(plan_.cars[car]), track_(track), index_(car) {}

  double speed_mps(std::int64_t time_ms) const {
    return state_at(session_.timelines().at(index_, time_ms), time_ms).v_mps;
  }

  /// When the car is `s_m` into lap `lap`, from the first moment to the last, between which it gets there.
  std::int64_t when_ms(std::uint32_t lap, double s_m, std::int64_t from_ms, std::int64_t to_ms) const {
    const double wanted_m = lap * track_.length_m + s_m;
    while (from_ms < to_ms) {
      const std::int64_t middle_ms = from_ms + (to_ms - from_ms) / 2;
      const Segment& segment = session_.timelines().at(index_, middle_ms);
      const double reached_m = segment.lap * track_.length_m + state_at(segment, middle_ms).s_m;
      if (reached_m < wanted_m)
        from_ms = middle_ms + 1;
      else
        to_ms = middle_ms;
    }
    return to_ms;
  }

  std::int64_t pass_ms(std::size_t pass) const { return car_.passes[pass].time_ms; }
  std::uint32_t lap_of(std::size_t pass) const { return plan_.lap_of(car_, pass); }
  const CarPlan& car() const { return car_; }

  /// The pass that ends a lap.
  std::size_t end_of(std::uint32_t lap) const {
    const std::size_t laps_before = plan_.kind == SessionKind::race ? 1 : 2;
    return (lap + laps_before) * plan_.checkpoints - car_.first_pass;
  }

 private:
  const Session& session_;
  const RacePlan& plan_;
  const CarPlan& car_;
  const Track& track_;
  std::uint32_t index_;
};

void see_pits(const Sight& sight, const Track& track, std::size_t begin, std::size_t end, LapSights& seen) {
  for (const PitStop& stop : sight.car().stops) {
    if (stop.entry_pass >= begin && stop.entry_pass < end)
      seen.pit_in_ms.value = sight.when_ms(sight.lap_of(stop.entry_pass), track.pit.limit_begin_m,
                                           sight.pass_ms(stop.entry_pass), stop.arrive_ms);
    if (stop.exit_pass > stop.entry_pass && stop.exit_pass > begin && stop.exit_pass <= end)
      seen.pit_out_ms.value = sight.when_ms(sight.lap_of(stop.exit_pass), track.pit.limit_end_m,
                                            stop.leave_ms, sight.pass_ms(stop.exit_pass));
  }
}

bool is_best(const RacePlan& plan, const CarPlan& car, std::uint32_t lap) {
  const auto time_ms = [](const LapPlan& l) { return l.end_ms - l.begin_ms; };
  const LapPlan& own = car.laps[lap];
  return plan.counts(own) && std::none_of(car.laps.begin(), car.laps.begin() + lap, [&](const LapPlan& before) {
           return plan.counts(before) && time_ms(before) <= time_ms(own);
         });
}

}  // namespace

LapSights see_lap(const Session& session, const Track& track, double trap_m, std::uint32_t car,
                  std::uint32_t lap) {
  const Sight sight(session, track, car);
  const LapPlan& timed = sight.car().laps[lap];
  const std::size_t end = sight.end_of(lap);
  const std::size_t begin = end - session.plan().checkpoints;
  std::size_t below = 0;
  while (below + 1 < track.checkpoints.size() && track.checkpoints[below + 1].s_m <= trap_m) ++below;
  const std::int64_t trap_ms = sight.when_ms(sight.lap_of(begin), trap_m, sight.pass_ms(begin + below),
                                             sight.pass_ms(begin + below + 1));
  LapSights seen;
  seen.sector1_mps = sight.speed_mps(sight.pass_ms(begin + track.sector_ends[0]));
  seen.sector2_mps = sight.speed_mps(sight.pass_ms(begin + track.sector_ends[1]));
  seen.line_mps = sight.speed_mps(timed.end_ms);
  seen.trap_mps = sight.speed_mps(trap_ms);
  see_pits(sight, track, begin, end, seen);
  seen.is_best = is_best(session.plan(), sight.car(), lap);
  seen.track_status = session.track_status(timed.begin_ms, timed.end_ms);
  return seen;
}

}  // namespace racesim::race
