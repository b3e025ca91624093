// The line that shows how a run stands.
#pragma once

#include <cstdint>
#include <deque>
#include <string>

#include "cli/terminal/terminal.h"
#include "run/generate/status.h"

namespace racesim::cli {

/// How fast events were acknowledged lately: made from the counters at each tick.
class RecentRates {
 public:
  static constexpr std::size_t kTicksPerSecond = 5;

  /// `acked`: by the slowest sink, since the run's begin.
  void note(std::uint64_t acked, double uptime_s);
  /// Events per second: over the last second, or where that holds hardly any, over the last ten.
  double now() const;
  /// Seconds since the last acknowledgement, or since the begin.
  double quiet_s() const { return last_uptime_s_ - last_change_s_; }
  /// Of each of the last seconds, oldest first; at most `most`.
  std::deque<double> seconds(std::size_t most) const;

 private:
  struct Tick {
    double events = 0, seconds = 0;
  };
  static constexpr std::size_t kTicks = 10 * kTicksPerSecond;
  double over(std::size_t ticks, std::size_t skipped) const;
  std::deque<Tick> ticks_;  // newest last
  std::uint64_t last_acked_ = 0;
  double last_uptime_s_ = 0, last_change_s_ = 0;
};

/// One character per value, as high as the value against `top` or the largest; empty without any.
std::string sparkline(const std::deque<double>& values, double top, bool utf8);

/// Events that were sent and not settled, at all sinks.
std::uint64_t in_flight(const RunStatus& status);
/// Events that the slowest sink acknowledged in this process.
std::uint64_t slowest_acked(const RunStatus& status);
/// Of the run's whole length: what is settled, from 0 to 1; below 0: it has no end, or none that is known.
double share_done(const RunStatus& status);
/// Seconds until the run is done, if it goes on as it does; below 0: nobody knows.
double seconds_left(const RunStatus& status);
/// How far the run is behind its plan: of all that is due and not settled, how much that is, and since when
/// the oldest of it is due. Both 0: not for longer than a person would call normal.
struct Delay {
  std::uint64_t events = 0;
  double seconds = 0;
};
Delay delay_of(const RunStatus& status);
/// What is waited for, since when and why: "retrying 3 s: connection refused". Empty: nothing worth a word.
std::string wait_text(const RunStatus& status, const RecentRates& rates);

/// "00:12 ▂▅▇▇▇ 2,000/s of 2,000  acked 23,981 …" with what fits on the screen; a run that is held up shows
/// how far it is behind its plan, and why.
std::string progress_line(const RunStatus& status, const RecentRates& rates, const Screen& screen);

}  // namespace racesim::cli
