// Decides when events may leave: open loop, from the plan and never from the last answer, so that a slow sink
// shows as lag and not as a lower rate.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>

#include "base/clock.h"
#include "model/batch.h"
#include "run/config.h"
#include "sim/pacing/schedule.h"

namespace racesim {

/// The events [first, last) of a batch: sent, or shed because they are later than --max-lag allows.
struct Release {
  std::size_t last = 0;
  bool shed = false;
};

/// One thread calls next(); any may call due_ns() with a reader of its own.
class Pacer {
 public:
  /// Due times of events; a value, one copy per thread.
  class Plan {
   public:
    /// When event i of the batch is due, in the clock's nanoseconds; the start where nothing limits.
    std::int64_t due_ns(const WireBatch& batch, std::size_t i) const;
    bool limited() const { return live_ || schedule_.has_value(); }
    /// Events per second that the plan asks for `since_start_ns` after the start; 0: no limit.
    double target_rate(std::int64_t since_start_ns) const;

   private:
    friend class Pacer;
    std::size_t due_until(const WireBatch& batch, std::size_t from, std::int64_t now_ns) const;
    std::optional<RateSchedule> schedule_;
    bool live_ = false;
    double speed_ = 1;
    std::int64_t start_ns_ = 0;        ///< of sending, by the clock
    std::int64_t event_start_ns_ = 0;  ///< event time at start_ns_
  };

  /// `seed` places Poisson arrivals. Errors: usage, for rates that cannot be planned.
  static Result<Pacer> make(const PaceOptions& options, std::uint64_t seed, Clock& clock);

  /// Sending starts now_ns(), with events of event time `event_start_ns`.
  void start(std::int64_t now_ns, std::int64_t event_start_ns);

  /// Waits until event `from` of the batch may leave, and says how many may. Nothing if `stop` was set meanwhile.
  std::optional<Release> next(const WireBatch& batch, std::size_t from, const std::atomic<bool>& stop);

  const Plan& plan() const { return plan_; }
  /// How far the last wait ended behind the plan; above 0 also when nothing stalls.
  std::int64_t behind_ns() const { return behind_ns_; }

 private:
  Pacer(const PaceOptions& options, Clock& clock) : options_(options), clock_(&clock) {}
  std::int64_t wait_until(std::int64_t deadline_ns, const std::atomic<bool>& stop) const;
  std::int64_t release_ns(std::int64_t due_ns);
  Release release(const WireBatch& batch, std::size_t from, std::int64_t now_ns);

  PaceOptions options_;
  Clock* clock_;
  Plan plan_;
  std::int64_t quantum_ns_ = 0;   ///< least time between two releases at high rates
  std::int64_t last_release_ns_ = INT64_MIN;
  std::int64_t behind_ns_ = 0;
  // After a stall: from then on events leave at twice the plan's pace until they are level with it.
  bool catching_up_ = false;
  std::int64_t caught_from_due_ns_ = 0;
  std::int64_t caught_from_now_ns_ = 0;
};

}  // namespace racesim
