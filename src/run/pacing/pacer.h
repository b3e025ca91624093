// Decides when events may leave: open loop, from the plan and never from the last answer, so that a slow sink
// shows as lag and not as a lower rate.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>

#include "base/clock.h"
#include "model/batch.h"
#include "run/config.h"
#include "sim/pacing/schedule.h"

namespace racesim {

/// The events up to `last` of a batch: sent, or shed because they are later than --max-lag allows.
struct Release {
  std::size_t last = 0;
  bool shed = false;
};

/// One thread calls all but plan(); any may use a copy of the plan.
class Pacer {
 public:
  /// Due times of events; a value, one copy per thread.
  class Plan {
   public:
    /// When event i of the batch is due, in the clock's nanoseconds. Live: when its event time has come.
    /// Historical: at its point of the schedule, or at the start if there is none. INT64_MAX: never.
    std::int64_t due_ns(const WireBatch& batch, std::size_t i) const;
    /// Live: when event time comes to `event_ns`.
    std::int64_t event_due_ns(std::int64_t event_ns) const;
    bool limited() const { return live_ || schedule_.has_value(); }
    /// Whether the event is history that is sent at once: it has no due time to be measured by.
    bool is_history(const WireBatch& batch, std::size_t i) const {
      return live_from_ns_ && batch.heads[i].emit_time_ns < live_from_ns_->load(std::memory_order_relaxed);
    }
    /// Of an event of this event time; live.
    std::int64_t event_due_ns(std::int64_t event_ns) const;
    /// Of the k-th event of a schedule; none without one.
    std::optional<std::int64_t> ordinal_due_ns(std::uint64_t k) const;
    /// Events per second of the schedule at that moment; 0: it has none.
    double rate_at(std::int64_t now_ns) const;
    /// How many events the schedule lets go until `now_ns`; UINT64_MAX: no schedule.
    std::uint64_t most_until(std::int64_t now_ns) const;

   private:
    friend class Pacer;
    std::size_t due_until(const WireBatch& batch, std::size_t from, std::int64_t now_ns) const;
    std::optional<RateSchedule> schedule_;
    bool live_ = false;
    double speed_ = 1;
    std::int64_t start_ns_ = 0;        ///< of sending, by the clock
    std::int64_t event_start_ns_ = 0;  ///< event time at start_ns_
    /// With history: event time from which on events are live; INT64_MAX until that is known. Copies share
    /// it.
    std::shared_ptr<std::atomic<std::int64_t>> live_from_ns_;
  };

  /// `seed` places Poisson arrivals. Errors: usage, for rates that cannot be planned.
  static Result<Pacer> make(const PaceOptions& options, std::uint64_t seed, Clock& clock);

  /// Sending starts at `now_ns`, with events of event time `event_start_ns`. `first_ordinal`: a run that goes
  /// on begins with that event, as if it had kept to its schedule until then.
  void start(std::int64_t now_ns, std::int64_t event_start_ns, std::uint64_t first_ordinal = 0);

  /// Waits until event `from` of the batch may leave, and says how many may. Nothing if `stop` was set
  /// meanwhile.
  std::optional<Release> next(const WireBatch& batch, std::size_t from, const std::atomic<bool>& stop);

  /// Live: waits until event time has come to `event_ns`, or `stop` is set.
  void wait_for(std::int64_t event_ns, const std::atomic<bool>& stop) const;

  const Plan& plan() const { return plan_; }
  /// Whether what is sent now is history; see PaceOptions::backfill_ns.
  bool in_history() const { return in_history_; }
  /// How far behind its due time the first event of the last release is.
  std::int64_t behind_ns() const { return behind_ns_; }

 private:
  Pacer(const PaceOptions& options, Clock& clock) : options_(options), clock_(&clock) {}
  bool sends_history(const WireBatch& batch, std::size_t from);
  std::int64_t wait_until(std::int64_t deadline_ns, const std::atomic<bool>& stop) const;
  bool takes_slots() const { return plan_.live_ && plan_.schedule_; }
  std::uint64_t slot_for(std::int64_t due_ns, std::uint64_t first_free) const;
  std::int64_t slotted_ns(std::int64_t due_ns, std::uint64_t slot) const;
  std::int64_t planned_ns(const WireBatch& batch, std::size_t i) const;
  std::int64_t release_ns(std::int64_t planned_ns) const;
  std::int64_t at_quantum(const WireBatch& batch, std::size_t i, std::int64_t release_ns) const;
  void note_stall(std::int64_t planned_ns, std::int64_t now_ns);
  std::size_t release_until(const WireBatch& batch, std::size_t from, std::int64_t horizon_ns);

  PaceOptions options_;
  Clock* clock_;
  Plan plan_;
  std::uint64_t next_slot_ = 0;  ///< live with a rate: the schedule's first slot that no event has taken
  std::int64_t behind_ns_ = 0;
  bool in_history_ = false;
  // After a stall: what was planned from caught_from_plan_ns_ on leaves from caught_from_now_ns_ on, at twice
  // the plan's pace, until it is level with it.
  bool catching_up_ = false;
  std::int64_t caught_from_plan_ns_ = 0;
  std::int64_t caught_from_now_ns_ = 0;
};

}  // namespace racesim
