#include "sim/race/session.h"

#include <algorithm>
#include <tuple>

namespace racesim::race {

Session::Session(const PlanInput& input, const Templates& templates)
    : input_(input), plan_(plan_session(input_)), timelines_(plan_, input_, templates) {
  list_side_events();
}

void Session::list_side_events() {
  for (std::uint32_t car = 0; car < plan_.cars.size(); ++car) {
    const CarPlan& c = plan_.cars[car];
    std::uint64_t seq = 0;
    for (std::uint32_t pass = 0; pass < c.passes.size(); ++pass)
      if (c.passes[pass].time_ms >= -kGridWait_ms)
        side_.push_back({c.passes[pass].time_ms, car, pass, seq++, Stream::checkpoints});
    passes_.push_back(seq);
    for (std::uint32_t lap = 0; lap < c.laps.size(); ++lap)
      side_.push_back({c.laps[lap].end_ms, car, lap, lap, Stream::laps});
  }
  for (std::uint32_t i = 0; i < plan_.messages.size(); ++i) {
    // A message from before the first moment on the air, or after the last, is shown there.
    const std::int64_t time_ms =
        std::clamp(plan_.messages[i].time_ms, -kGridWait_ms, timelines_.end_ms() - 1);
    side_.push_back({time_ms, i, 0, i, Stream::race_control});
  }
  std::sort(side_.begin(), side_.end(), [](const SideEvent& a, const SideEvent& b) {
    return std::tuple(a.time_ms, a.stream, a.car, a.index) < std::tuple(b.time_ms, b.stream, b.car, b.index);
  });
}

}  // namespace racesim::race
