// Time as the program sees it, behind a type that tests replace.
#pragma once

#include <cstdint>

namespace racesim {

inline constexpr std::int64_t kNsPerSecond = 1'000'000'000;

/// All methods may be called from any thread.
class Clock {
 public:
  virtual ~Clock() = default;

  /// Steady time in nanoseconds; never goes back. Pacing, time-outs and back-off use only this.
  virtual std::int64_t now_ns() = 0;

  /// Nanoseconds since 1970-01-01T00:00:00Z. Used only to stamp the start of a live run.
  virtual std::int64_t wall_ns() = 0;

  /// Returns when now_ns() >= deadline_ns, or earlier if a signal came in: check now_ns() again.
  virtual void sleep_until(std::int64_t deadline_ns) = 0;
};

/// The machine's clocks: CLOCK_MONOTONIC, CLOCK_REALTIME, clock_nanosleep(TIMER_ABSTIME).
/// A thread that paces calls use_tight_timer_slack() once.
Clock& system_clock();

/// Asks the kernel to wake the calling thread within 1 ns of its timers instead of the usual 50 µs.
void use_tight_timer_slack();

}  // namespace racesim
