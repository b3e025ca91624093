#include "sim/race/calendar.h"

#include "base/random.h"

namespace racesim::race {
namespace {

constexpr std::int64_t kHourMs = 3'600'000;
// A lap behind the safety car takes up to 150 s; half an hour remains for the start, the flag and the break.
constexpr std::int64_t kLongestLapMs = 150'000;
constexpr std::int64_t kBreakMs = 1'800'000;
constexpr std::int64_t kQualifyingMs = 75 * 60'000;  // three parts and the breaks between
constexpr std::size_t kKept = 3;

std::int64_t period_of(const PlanInput& input) {
  std::int64_t running_ms = kQualifyingMs;
  if (input.kind == SessionKind::race) running_ms = input.laps * kLongestLapMs;
  if (input.kind == SessionKind::practice) running_ms = input.minutes * std::int64_t{60'000};
  return (running_ms + kBreakMs + kHourMs - 1) / kHourMs * kHourMs;
}

}  // namespace

Calendar::Calendar(PlanInput input, const Templates& templates, SampleRate rate)
    : input_(std::move(input)), templates_(templates), rate_(rate), period_ms_(period_of(input_)) {
  Counts none;
  none.passes.resize(input_.entries.size());
  none.laps.resize(input_.entries.size());
  before_.push_back(std::move(none));
}

std::shared_ptr<const Session> Calendar::session(std::uint64_t index) const {
  for (auto entry = recent_.begin(); entry != recent_.end(); ++entry) {
    if (entry->first != index) continue;
    recent_.splice(recent_.begin(), recent_, entry);
    return recent_.front().second;
  }
  PlanInput input = input_;
  if (index > 0) input.seed = draw(stream_key(input_.seed, "race.session", index), 0);
  recent_.emplace_front(index, std::make_shared<const Session>(input, templates_));
  if (recent_.size() > kKept) recent_.pop_back();
  return recent_.front().second;
}

Calendar::Counts Calendar::behind(const Session& session, const Counts& before) const {
  Counts after = before;
  after.samples += rate_.first_at(session.length_ms());
  after.messages += session.plan().messages.size();
  for (std::size_t car = 0; car < session.plan().cars.size(); ++car) {
    after.passes[car] += session.pass_count(car);
    after.laps[car] += session.plan().cars[car].laps.size();
  }
  return after;
}

Calendar::Place Calendar::at(std::uint64_t index) const {
  const std::scoped_lock lock(mutex_);
  while (before_.size() <= index) before_.push_back(behind(*session(before_.size() - 1), before_.back()));
  return {session(index), before_[index]};
}

}  // namespace racesim::race
