#include "sim/race/render/cool_down.h"

#include <algorithm>
#include <array>

namespace racesim::race {
namespace {

// The pace falls over the first pieces behind the flag and stays at the last value.
constexpr std::array kCoolDown{1.08, 1.2, 1.34, 1.4};
constexpr double kWayIn = 1.3;  ///< where the pit lane's limit begins
constexpr double kInLane = 1.1;
constexpr Bucket kEasy{0, 2, false};
/// At the pit entry cars are so far apart; closer ones open up over the lap.
constexpr std::int64_t kApart_ms = 2'000;

class CoolDownPlanner {
 public:
  CoolDownPlanner(const RacePlan& plan, const PlanInput& input, const Templates& templates)
      : plan_(plan), input_(input), templates_(templates) {}

  std::vector<CoolDown> plan();

 private:
  bool in_lane(const CarPlan& car) const { return !car.pieces.empty() && car.pieces.back().way == Way::pit; }
  void drive_lap(const CarPlan& car, std::vector<std::int64_t>& pass_ms);
  double last_pace(const CarPlan& car, const std::vector<std::int64_t>& pass_ms) const;
  void drive_lane(const BakedDrive& lane, std::size_t from, std::int64_t at_ms, double pace,
                  std::vector<std::int64_t>& pass_ms) const;

  const RacePlan& plan_;
  const PlanInput& input_;
  const Templates& templates_;
  std::vector<std::int64_t> ahead_ms_;  ///< of the car before: at the line and at the checkpoints behind it
};

/// On the track until the pit entry.
void CoolDownPlanner::drive_lap(const CarPlan& car, std::vector<std::int64_t>& pass_ms) {
  const std::vector<double>& tau_s = templates_.marks(input_.entries[car.entry].model, kEasy).tau_s;
  const std::uint32_t entry = templates_.pit_entry();
  std::vector<std::int64_t> own_ms{car.passes.back().time_ms};
  const bool follows = !ahead_ms_.empty();
  const std::int64_t gap_ms = follows ? own_ms[0] - ahead_ms_[0] : 0;
  for (std::uint32_t k = 0; k < entry; ++k) {
    const double pace = kCoolDown[std::min<std::size_t>(k, kCoolDown.size() - 1)];
    std::int64_t at_ms = own_ms[k] + static_cast<std::int64_t>((tau_s[k + 1] - tau_s[k]) * pace * 1000);
    if (follows) {
      const std::int64_t opening_ms = std::max<std::int64_t>(0, kApart_ms - gap_ms) * (k + 1) / entry;
      at_ms = std::max(at_ms, ahead_ms_[k + 1] + std::min(gap_ms + opening_ms, kApart_ms));
    }
    own_ms.push_back(at_ms);
  }
  pass_ms.assign(own_ms.begin() + 1, own_ms.end());
  ahead_ms_ = std::move(own_ms);
}

/// Of the last piece before the pit entry. On a short lap, in which the whole field has to open up, it is far
/// slower than a car drives that has nobody ahead.
double CoolDownPlanner::last_pace(const CarPlan& car, const std::vector<std::int64_t>& pass_ms) const {
  const std::vector<double>& tau_s = templates_.marks(input_.entries[car.entry].model, kEasy).tau_s;
  const std::uint32_t entry = templates_.pit_entry();
  const std::int64_t before_ms = entry > 1 ? pass_ms[entry - 2] : car.passes.back().time_ms;
  return static_cast<double>(pass_ms[entry - 1] - before_ms) / 1000 / (tau_s[entry] - tau_s[entry - 1]);
}

/// From `pace` at the begin evenly to that at the limit's line: a car that drove another one at once would
/// jump ahead.
void CoolDownPlanner::drive_lane(const BakedDrive& lane, std::size_t from, std::int64_t at_ms, double pace,
                                 std::vector<std::int64_t>& pass_ms) const {
  const std::vector<double>& tau_s = lane.marks.tau_s;
  const double begin_s = tau_s[lane.meets[from]], line_s = tau_s[lane.limit_from];
  for (std::size_t meet = from; meet + 1 < lane.meets.size(); ++meet) {
    const double a_s = tau_s[lane.meets[meet]], b_s = tau_s[lane.meets[meet + 1]];
    const double open_s = std::max(0.0, std::min(b_s, line_s) - a_s);
    // The mean of what falls evenly is what holds in the middle.
    const double share = open_s > 0 ? (a_s + open_s / 2 - begin_s) / (line_s - begin_s) : 1;
    const double open_pace = pace + (kWayIn - pace) * share;
    at_ms += static_cast<std::int64_t>((open_s * open_pace + (b_s - a_s - open_s) * kInLane) * 1000);
    pass_ms.push_back(at_ms);
  }
}

std::vector<CoolDown> CoolDownPlanner::plan() {
  std::vector<CoolDown> ways(plan_.cars.size());
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < plan_.cars.size(); ++i)
    if (plan_.cars[i].finished && !plan_.cars[i].retirement.in_pit) order.push_back(i);
  // Who takes the flag in the pit lane is in it before those who have a lap to drive.
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const CarPlan &first = plan_.cars[a], &second = plan_.cars[b];
    if (in_lane(first) != in_lane(second)) return in_lane(first);
    return first.passes.back().time_ms < second.passes.back().time_ms;
  });
  for (std::uint32_t place = 0; place < order.size(); ++place) {
    const CarPlan& car = plan_.cars[order[place]];
    CoolDown& way = ways[order[place]];
    way.place = place;
    const BakedDrive& lane = templates_.park(place);
    std::int64_t at_ms = car.passes.back().time_ms;
    double pace = kWayIn;
    // Only a lane that hardly reaches beyond the line has no place behind it.
    const std::size_t line = plan_.checkpoints - templates_.pit_entry();
    if (in_lane(car) && line + 1 < lane.meets.size()) {
      way.lane_from = line;
    } else {
      drive_lap(car, way.pass_ms);
      at_ms = way.pass_ms.back();
      pace = last_pace(car, way.pass_ms);
    }
    drive_lane(lane, way.lane_from, at_ms, pace, way.pass_ms);
  }
  return ways;
}

}  // namespace

std::vector<CoolDown> plan_cool_down(const RacePlan& plan, const PlanInput& input,
                                     const Templates& templates) {
  if (plan.kind != SessionKind::race) return std::vector<CoolDown>(plan.cars.size());
  return CoolDownPlanner(plan, input, templates).plan();
}

}  // namespace racesim::race
