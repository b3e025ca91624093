#include "run/pacer.h"

#include <algorithm>

namespace racesim {
namespace {

constexpr std::int64_t kStall_ns = 1'000'000'000;     // from here on --catch-up decides
constexpr std::int64_t kStopCheck_ns = 50'000'000;    // a sleeping pacer notices a stop within this
constexpr std::int64_t kQuantum_ns = 1'000'000;
constexpr double kQuantumRate_per_s = 50'000;         // waking for each event would cost a whole core

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

double highest_rate(const PaceOptions& options) {
  double highest = options.posting_rate.per_second();
  for (const StageText& stage : options.stages) highest = std::max(highest, stage.rate.per_second());
  return highest;
}

}  // namespace

std::int64_t Pacer::Plan::due_ns(const WireBatch& batch, std::size_t i) const {
  std::int64_t due_ns = start_ns_;
  if (live_) {
    const std::int64_t since_ns = batch.heads[i].emit_time_ns - event_start_ns_;
    due_ns += speed_ == 1 ? since_ns : static_cast<std::int64_t>(static_cast<double>(since_ns) / speed_);
  }
  if (!schedule_) return due_ns;
  const std::int64_t planned_ns = schedule_->due_ns(batch.first_ordinal + i);
  if (planned_ns == RateSchedule::kNever_ns) return planned_ns;
  return std::max(due_ns, start_ns_ + planned_ns);
}

double Pacer::Plan::target_rate(std::int64_t since_start_ns) const {
  return schedule_ ? schedule_->rate_at(std::max<std::int64_t>(0, since_start_ns)) : 0;
}

/// The first event from `from` on that is not due at `now_ns`.
std::size_t Pacer::Plan::due_until(const WireBatch& batch, std::size_t from, std::int64_t now_ns) const {
  std::size_t low = from;
  std::size_t high = batch.size();
  if (schedule_ && !live_) {
    const std::uint64_t count = schedule_->due_count(now_ns - start_ns_);
    const std::uint64_t here = count > batch.first_ordinal ? count - batch.first_ordinal : 0;
    return static_cast<std::size_t>(std::clamp<std::uint64_t>(here, low, high));
  }
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    if (due_ns(batch, middle) <= now_ns) low = middle + 1;
    else high = middle;
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
  if (highest_rate(options) >= kQuantumRate_per_s) pacer.quantum_ns_ = kQuantum_ns;
  return pacer;
}

void Pacer::start(std::int64_t now_ns, std::int64_t event_start_ns) {
  plan_.start_ns_ = now_ns;
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

/// When an event due at `due_ns` may leave, with what a stall has left to make up for.
std::int64_t Pacer::release_ns(std::int64_t due_ns) {
  if (!catching_up_) return due_ns;
  const std::int64_t release = caught_from_now_ns_ + (due_ns - caught_from_due_ns_) / 2;
  if (release <= due_ns) catching_up_ = false;
  return std::max(release, due_ns);
}

std::optional<Release> Pacer::next(const WireBatch& batch, std::size_t from, const std::atomic<bool>& stop) {
  if (!plan_.limited()) {
    if (stop.load(std::memory_order_relaxed)) return std::nullopt;
    return Release{batch.size(), false};
  }
  const std::int64_t due_ns = plan_.due_ns(batch, from);
  std::int64_t deadline_ns = release_ns(due_ns);
  if (quantum_ns_ > 0 && last_release_ns_ != INT64_MIN)
    deadline_ns = std::max(deadline_ns, last_release_ns_ + quantum_ns_);
  const std::int64_t now_ns = wait_until(deadline_ns, stop);
  if (stop.load(std::memory_order_relaxed)) return std::nullopt;
  behind_ns_ = now_ns - due_ns;
  last_release_ns_ = now_ns;
  return release(batch, from, now_ns);
}

Release Pacer::release(const WireBatch& batch, std::size_t from, std::int64_t now_ns) {
  if (options_.on_overload == Overload::drop) {
    const std::size_t too_late = plan_.due_until(batch, from, now_ns - options_.max_lag_ns - 1);
    if (too_late > from) return {too_late, true};
  }
  const bool stalled = now_ns - release_ns(plan_.due_ns(batch, from)) > kStall_ns;
  if (stalled && options_.catch_up == CatchUp::paced) {
    catching_up_ = true;
    caught_from_due_ns_ = plan_.due_ns(batch, from);
    caught_from_now_ns_ = now_ns;
  }
  // While catching up, what is released now is what would be due on the plan run at twice its pace.
  const std::int64_t horizon_ns =
      catching_up_ ? std::min(now_ns, caught_from_due_ns_ + 2 * (now_ns - caught_from_now_ns_)) : now_ns;
  return {std::max(from + 1, plan_.due_until(batch, from, horizon_ns)), false};
}

}  // namespace racesim
