#include "run/pacing/pacer.h"

#include <algorithm>

#include "base/check.h"
#include "base/saturate.h"

namespace racesim {
namespace {

constexpr std::int64_t kStall_ns = 1'000'000'000;   // from here on --catch-up decides
constexpr std::int64_t kStopCheck_ns = 50'000'000;  // a sleeping pacer notices a stop within this
// Where so many events fall due within so long, waking for each would cost a whole core.
constexpr std::int64_t kQuantum_ns = 1'000'000;
constexpr std::size_t kQuantumEvents = 50;

Result<std::optional<RateSchedule>> make_schedule(const PaceOptions& options, std::uint64_t seed) {
  std::optional<RateSchedule> schedule;
  if (!options.stages.empty()) {
    std::vector<ScheduleStage> stages;
    for (const StageText& stage : options.stages) stages.push_back({stage.duration_ns, stage.rate});
    auto made = RateSchedule::stages(stages);
    if (!made) return tl::make_unexpected(made.error());
    schedule = *made;
  } else if (options.posting_rate.events > 0) {
    auto made = RateSchedule::constant(options.posting_rate);
    if (!made) return tl::make_unexpected(made.error());
    schedule = *made;
  }
  if (schedule && options.arrivals == Arrivals::poisson) schedule = schedule->with_poisson(seed);
  return schedule;
}

}  // namespace

std::int64_t Pacer::Plan::event_due_ns(std::int64_t event_ns) const {
  std::int64_t since_ns = subtract_saturating(event_ns, event_start_ns_);
  if (speed_ != 1) since_ns = whole_saturating(static_cast<double>(since_ns) / speed_);
  return add_saturating(start_ns_, since_ns);
}

std::int64_t Pacer::Plan::due_ns(const WireBatch& batch, std::size_t i) const {
  if (live_) return event_due_ns(batch.heads[i].emit_time_ns);
  if (!schedule_) return start_ns_;
  return add_saturating(start_ns_, schedule_->due_ns(batch.first_ordinal + i));
}

std::optional<std::int64_t> Pacer::Plan::ordinal_due_ns(std::uint64_t k) const {
  if (live_ || !schedule_) return std::nullopt;
  return add_saturating(start_ns_, schedule_->due_ns(k));
}

double Pacer::Plan::rate_at(std::int64_t now_ns) const {
  return schedule_ ? schedule_->rate_at(std::max<std::int64_t>(0, subtract_saturating(now_ns, start_ns_)))
                   : 0;
}

std::uint64_t Pacer::Plan::most_until(std::int64_t now_ns) const {
  return schedule_ ? schedule_->due_count(subtract_saturating(now_ns, start_ns_)) : UINT64_MAX;
}

/// The first event from `from` on that is not due at `now_ns`.
std::size_t Pacer::Plan::due_until(const WireBatch& batch, std::size_t from, std::int64_t now_ns) const {
  std::size_t low = from;
  std::size_t high = batch.size();
  if (!live_) {
    const std::uint64_t count = schedule_->due_count(subtract_saturating(now_ns, start_ns_));
    const std::uint64_t here = count > batch.first_ordinal ? count - batch.first_ordinal : 0;
    return static_cast<std::size_t>(std::clamp<std::uint64_t>(here, low, high));
  }
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    if (due_ns(batch, middle) <= now_ns)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

Result<Pacer> Pacer::make(const PaceOptions& options, std::uint64_t seed, Clock& clock) {
  auto schedule = make_schedule(options, seed);
  if (!schedule) return tl::make_unexpected(schedule.error());
  Pacer pacer(options, clock);
  pacer.plan_.schedule_ = std::move(*schedule);
  pacer.plan_.live_ = options.live;
  pacer.plan_.speed_ = options.speed;
  if (options.live && options.backfill_ns > 0) {
    pacer.in_history_ = true;
    pacer.plan_.live_from_ns_ = std::make_shared<std::atomic<std::int64_t>>(INT64_MAX);
  }
  return pacer;
}

void Pacer::start(std::int64_t now_ns, std::int64_t event_start_ns, std::uint64_t first_ordinal) {
  plan_.start_ns_ = now_ns;
  if (first_ordinal > 0 && !plan_.live_ && plan_.schedule_)
    plan_.start_ns_ = subtract_saturating(now_ns, plan_.schedule_->due_ns(first_ordinal));
  plan_.event_start_ns_ = event_start_ns;
}

/// Returns now_ns() at or after the deadline, or earlier when `stop` was set.
std::int64_t Pacer::wait_until(std::int64_t deadline_ns, const std::atomic<bool>& stop) const {
  for (;;) {
    const std::int64_t now_ns = clock_->now_ns();
    if (now_ns >= deadline_ns || stop.load(std::memory_order_relaxed)) return now_ns;
    clock_->sleep_until(std::min(deadline_ns, now_ns + kStopCheck_ns));
  }
}

void Pacer::wait_for(std::int64_t event_ns, const std::atomic<bool>& stop) const {
  wait_until(plan_.event_due_ns(event_ns), stop);
}

// A rate over live events is a limit on top of their own times: each event takes the slot of the schedule
// that its due time falls into, or the first free one after it. So the rate holds over any stretch of time,
// an idle minute saves up nothing, and what is shed uses up nothing.

std::uint64_t Pacer::slot_for(std::int64_t due_ns, std::uint64_t first_free) const {
  const std::uint64_t begun = plan_.schedule_->due_count(subtract_saturating(due_ns, plan_.start_ns_));
  return std::max(first_free, begun == 0 ? 0 : begun - 1);
}

std::int64_t Pacer::slotted_ns(std::int64_t due_ns, std::uint64_t slot) const {
  return std::max(due_ns, add_saturating(plan_.start_ns_, plan_.schedule_->due_ns(slot)));
}

/// When the event would leave if nothing ever stalled.
std::int64_t Pacer::planned_ns(const WireBatch& batch, std::size_t i) const {
  const std::int64_t due_ns = plan_.due_ns(batch, i);
  return takes_slots() ? slotted_ns(due_ns, slot_for(due_ns, next_slot_)) : due_ns;
}

/// The same with what a stall has left to make up for.
std::int64_t Pacer::release_ns(std::int64_t planned_ns) const {
  if (!catching_up_) return planned_ns;
  const std::int64_t ahead_ns = subtract_saturating(planned_ns, caught_from_plan_ns_);
  return std::max(planned_ns, caught_from_now_ns_ + ahead_ns / 2 + ahead_ns % 2);
}

/// Where events are dense they leave together, at the end of their quantum.
std::int64_t Pacer::at_quantum(const WireBatch& batch, std::size_t i, std::int64_t release_ns) const {
  if (batch.size() < kQuantumEvents) return release_ns;
  const std::size_t first = std::min(i, batch.size() - kQuantumEvents);
  const std::int64_t first_ns = plan_.due_ns(batch, first);
  if (subtract_saturating(plan_.due_ns(batch, first + kQuantumEvents - 1), first_ns) > kQuantum_ns)
    return release_ns;
  const std::int64_t since_ns = subtract_saturating(release_ns, plan_.start_ns_);
  return since_ns <= 0 ? release_ns
                       : add_saturating(release_ns, (kQuantum_ns - since_ns % kQuantum_ns) % kQuantum_ns);
}

void Pacer::note_stall(std::int64_t planned_ns, std::int64_t now_ns) {
  const std::int64_t release = release_ns(planned_ns);
  if (release == planned_ns) catching_up_ = false;
  if (options_.catch_up == CatchUp::burst || subtract_saturating(now_ns, release) <= kStall_ns) return;
  catching_up_ = true;
  caught_from_plan_ns_ = planned_ns;
  caught_from_now_ns_ = now_ns;
}

/// The first event from `from` on that is planned behind `horizon_ns`; takes the slots of those before it.
std::size_t Pacer::release_until(const WireBatch& batch, std::size_t from, std::int64_t horizon_ns) {
  if (!takes_slots()) return plan_.due_until(batch, from, horizon_ns);
  std::size_t i = from;
  for (; i < batch.size(); ++i) {
    const std::int64_t due_ns = plan_.due_ns(batch, i);
    const std::uint64_t slot = slot_for(due_ns, next_slot_);
    if (slotted_ns(due_ns, slot) > horizon_ns) break;
    next_slot_ = slot + 1;
  }
  return i;
}

/// History ends with the first event that is still to come: nothing is left out before it, nothing is late,
/// and nothing is caught up with at twice the pace.
bool Pacer::sends_history(const WireBatch& batch, std::size_t from) {
  if (in_history_ && planned_ns(batch, from) > clock_->now_ns()) {
    in_history_ = false;
    plan_.live_from_ns_->store(batch.heads[from].emit_time_ns);
  }
  return in_history_;
}

std::optional<Release> Pacer::next(const WireBatch& batch, std::size_t from, const std::atomic<bool>& stop) {
  if (stop.load(std::memory_order_relaxed)) return std::nullopt;
  if (!plan_.limited()) return Release{batch.size(), false};
  if (sends_history(batch, from)) return Release{release_until(batch, from, clock_->now_ns()), false};
  const std::int64_t planned = planned_ns(batch, from);
  const std::int64_t now_ns = wait_until(at_quantum(batch, from, release_ns(planned)), stop);
  if (stop.load(std::memory_order_relaxed)) return std::nullopt;
  behind_ns_ = subtract_saturating(now_ns, plan_.due_ns(batch, from));
  if (options_.on_overload == Overload::drop && behind_ns_ > options_.max_lag_ns)
    return Release{plan_.due_until(batch, from, subtract_saturating(now_ns, options_.max_lag_ns) - 1), true};
  note_stall(planned, now_ns);
  // While catching up, what leaves now is what would be planned by now if the plan ran at twice its pace.
  std::int64_t horizon_ns = now_ns;
  if (catching_up_)
    horizon_ns = std::min(now_ns, add_saturating(caught_from_plan_ns_, 2 * (now_ns - caught_from_now_ns_)));
  const std::size_t last = release_until(batch, from, horizon_ns);
  RACESIM_CHECK(last > from);
  return Release{last, false};
}

}  // namespace racesim
