#include "sim/race/session.h"

#include <algorithm>
#include <tuple>

#include "sim/race/plan/race_control.h"

namespace racesim::race {

Session::Session(const PlanInput& input, const Templates& templates)
    : input_(input), plan_(plan_session(input_)), timelines_(plan_, input_, templates) {
  list_side_events();
  list_status();
}

void Session::list_status() {
  std::vector<std::int64_t> changes{INT64_MIN};
  for (const FlagPhase& phase : plan_.phases) {
    changes.push_back(phase.begin_ms);
    changes.push_back(phase.end_ms);
    if (phase.flag == Flag::vsc) changes.push_back(phase.end_ms - kVscWarning_ms);
  }
  std::sort(changes.begin(), changes.end());
  for (const std::int64_t at_ms : changes) {
    // The strongest of what holds: red flag, safety car, virtual safety car, yellow.
    char status = '1';
    for (const FlagPhase& phase : plan_.phases) {
      if (at_ms < phase.begin_ms || at_ms >= phase.end_ms) continue;
      if (phase.flag == Flag::red) status = '5';
      if (phase.flag == Flag::sc && status != '5') status = '4';
      if (phase.flag == Flag::vsc && status != '4' && status != '5')
        status = at_ms < phase.end_ms - kVscWarning_ms ? '6' : '7';
      if ((phase.flag == Flag::yellow || phase.flag == Flag::double_yellow) && status == '1') status = '2';
    }
    if (status_.empty() || status_.back().second != status) status_.emplace_back(at_ms, status);
  }
}

std::string Session::track_status(std::int64_t from_ms, std::int64_t to_ms) const {
  std::string shown;
  for (std::size_t i = 0; i < status_.size() && status_[i].first < to_ms; ++i) {
    const bool gone = i + 1 < status_.size() && status_[i + 1].first <= from_ms;
    if (!gone && shown.find(status_[i].second) == std::string::npos) shown += status_[i].second;
  }
  return shown;
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
  for (std::uint32_t car = 0; car < plan_.cars.size(); ++car)
    side_.push_back({timelines_.end_ms() - 1, car, plan_.cars[car].position, 0, Stream::results});
  std::sort(side_.begin(), side_.end(), [](const SideEvent& a, const SideEvent& b) {
    // A result is told from the first to the last.
    if (a.time_ms == b.time_ms && a.stream == b.stream && a.stream == Stream::results)
      return a.index < b.index;
    return std::tuple(a.time_ms, a.stream, a.car, a.index) < std::tuple(b.time_ms, b.stream, b.car, b.index);
  });
}

}  // namespace racesim::race
