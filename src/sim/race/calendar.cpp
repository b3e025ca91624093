#include "sim/race/calendar.h"

#include <algorithm>

#include "base/random.h"
#include "sim/race/plan/incidents.h"

namespace racesim::race {
namespace {

constexpr std::int64_t kHourMs = 3'600'000;
// A lap behind the safety car takes up to 150 s; half an hour remains for the start, the flag and the break.
constexpr std::int64_t kLongestLapMs = 150'000;
constexpr double kLongestLap = 1.65;  // times the fastest one, where laps are longer than Silverstone's
constexpr double kRacingLap = 0.69;   // of the longest
constexpr std::int64_t kSlowLaps = 20;
constexpr std::int64_t kRedMs = 48 * 60'000;  // forty minutes, and what it takes to the lights
constexpr std::int64_t kBreakMs = 1'800'000;
constexpr std::int64_t kQualifyingMs = 75 * 60'000;  // three parts and the breaks between

std::int64_t longest_lap_ms(const PlanInput& input) {
  double fastest_s = 0;  // of the slowest car
  for (const PieceTable& table : input.piece_tables) fastest_s = std::max(fastest_s, table.lap_s({}));
  return std::max(kLongestLapMs, static_cast<std::int64_t>(kLongestLap * fastest_s * 1000));
}

std::int64_t period_of(const PlanInput& input) {
  const std::int64_t lap_ms = longest_lap_ms(input);
  if (input.kind == SessionKind::race) {
    // Laps at racing speed, some behind the safety car, a red flag, and the lap behind the chequered one.
    const auto racing_ms = static_cast<std::int64_t>(kRacingLap * static_cast<double>(lap_ms));
    const std::int64_t slow_laps = std::min<std::int64_t>(input.laps, kSlowLaps);
    std::int64_t all_ms = input.laps * racing_ms + slow_laps * (lap_ms - racing_ms) + lap_ms + kBreakMs / 2;
    if (input.laps >= kRedLeast_laps) all_ms += kRedMs + 2 * lap_ms;
    return (all_ms + kHourMs - 1) / kHourMs * kHourMs;
  }
  // Cars that are out when the flag falls drive on: a lap, and one back to the box.
  const bool qualifying = input.kind == SessionKind::qualifying;
  std::int64_t running_ms = qualifying ? kQualifyingMs : input.minutes * std::int64_t{60'000};
  running_ms += (qualifying ? 3 : 1) * 2 * (lap_ms - kLongestLapMs);
  return (running_ms + kBreakMs + kHourMs - 1) / kHourMs * kHourMs;
}

}  // namespace

Calendar::Calendar(PlanInput input, const Templates& templates, SampleRate rate,
                   std::optional<PlanInput> qualifying)
    : input_(std::move(input)),
      qualifying_(std::move(qualifying)),
      templates_(templates),
      rate_(rate),
      period_ms_(period_of(input_)) {
  Counts none;
  none.samples.resize(input_.entries.size());
  none.passes.resize(input_.entries.size());
  none.laps.resize(input_.entries.size());
  before_.push_back(std::move(none));
}

std::vector<std::uint32_t> Calendar::grid_of(const PlanInput& race) const {
  PlanInput input = *qualifying_;
  input.seed = race.sprint ? draw(stream_key(race.seed, "race.shootout", 0), 0) : race.seed;
  const RacePlan plan = plan_session(input);
  std::vector<std::uint32_t> grid(plan.cars.size());
  for (const CarPlan& car : plan.cars) grid[car.position - 1U] = car.entry;
  return grid;
}

std::shared_ptr<const Session> Calendar::session(std::uint64_t index) const {
  for (const auto& [alive, session] : alive_) {
    if (alive != index) continue;
    if (auto held = session.lock()) return latest_ = std::move(held);
  }
  latest_ = nullptr;
  PlanInput input = input_;
  if (index > 0) input.seed = draw(stream_key(input_.seed, "race.session", index), 0);
  if (qualifying_) input.grid = grid_of(input);
  if (may_be_stopped(input)) {
    input.queue_ways = templates_.queue_ways();
    input.grid_ways = templates_.grid_ways();
  }
  latest_ = std::make_shared<const Session>(input, templates_);
  std::erase_if(alive_, [](const auto& entry) { return entry.second.expired(); });
  alive_.emplace_back(index, latest_);
  return latest_;
}

bool Calendar::is_over(std::uint64_t index, std::int64_t since_ms) const {
  const std::scoped_lock lock(mutex_);
  return index < end_ms_.size() && since_ms >= end_ms_[index];
}

Calendar::Counts Calendar::behind(const Session& session, const Counts& before) const {
  Counts after = before;
  after.messages += session.plan().messages.size();
  for (std::size_t car = 0; car < session.plan().cars.size(); ++car) {
    after.samples[car] += rate_.first_at(session.on_air_ms(car));
    after.passes[car] += session.pass_count(car);
    after.laps[car] += session.plan().cars[car].laps.size();
  }
  return after;
}

Calendar::Place Calendar::at(std::uint64_t index) const {
  const std::scoped_lock lock(mutex_);
  while (end_ms_.size() <= index) {
    const auto next = session(end_ms_.size());
    end_ms_.push_back(next->length_ms());
    before_.push_back(behind(*next, before_.back()));
  }
  return {session(index), before_[index]};
}

}  // namespace racesim::race
