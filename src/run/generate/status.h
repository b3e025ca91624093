// How a run stands at one moment.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/histogram.h"
#include "run/generate/waiting.h"
#include "run/replay/replay_counts.h"

namespace racesim {

enum class RunState : std::uint8_t { idle, starting, running, draining, stopped, failed };
/// Lower-case name, as the status shows it.
const char* to_string(RunState state);

/// Upper bounds of the parts of LagSummary::within.
inline constexpr std::array<double, 12> kLagBounds_ms{1,   2.5, 5,     10,    25,     50,
                                                      100, 250, 1'000, 2'500, 10'000, 60'000};

struct LagSummary {
  std::uint64_t count = 0;
  double p50_ms = 0, p90_ms = 0, p99_ms = 0, max_ms = 0;
  double sum_ms = 0;
  std::array<std::uint64_t, kLagBounds_ms.size()> within{};  ///< how many were at most so late
};

/// Of a histogram of nanoseconds.
LagSummary summarise(const Histogram& lag);

struct SinkStatus {
  std::string name;
  std::uint64_t sent = 0, acked = 0, failed = 0, retried = 0, dead_lettered = 0, bytes = 0;
  std::uint64_t unread = 0;  ///< of acked: the answer may have refused some, and could not be read
  std::uint64_t already =
      0;  ///< there before this process, which went on with the run; in none of the counts
};

/// Events that faults changed on purpose, of those that were released.
struct FaultTotals {
  std::uint64_t late = 0, duplicate = 0, reorder = 0, drop = 0, corrupt = 0;
};

/// Counters at one moment; all events of the run so far.
struct RunStatus {
  RunState state = RunState::idle;
  double uptime_s = 0;          ///< since start() (steady clock)
  std::uint64_t generated = 0;  ///< events made: released + dropped by a fault − copies
  std::uint64_t released = 0;   ///< events that passed the pacer: sent by each sink, or shed
  std::uint64_t shed = 0;       ///< dropped by --on-overload drop
  std::uint64_t planned = 0;    ///< events of the whole run; 0 if not known
  FaultTotals faults;
  bool resumed = false;       ///< another process began the run
  std::uint64_t already = 0;  ///< of `planned`: what the sink with the least had before this process
  std::uint64_t overdue = 0;  ///< of those released: due before this process went on with a live run
  Waiting wait;               ///< what holds the run up, and how much has piled up behind it
  double target_rate = 0;  ///< events/s of the plan, from the first due time to the last so far; 0: no plan
  double plan_rate = 0;    ///< events/s of the plan at this moment; 0: no plan
  double planned_share = -1;   ///< live with an end: of its event time, 0 to 1; below 0: it has none
  double planned_left_s = -1;  ///< until the last event is due; below 0: not known
  double got_rate = 0;  ///< events/s acked, by the slowest sink: from the first due time to its last ack
  std::int64_t event_time_ns = 0;      ///< of the last event released
  std::string headline;                ///< what the scenario has to say of that moment; mostly nothing
  std::optional<ReplayStatus> replay;  ///< of a replay
  LagSummary send_lag;            ///< send − due; http: written to the connection. Empty without a plan
  LagSummary ack_lag;             ///< ack − due
  std::vector<SinkStatus> sinks;  ///< in the order of the options; the sums below are over all sinks
  std::uint64_t sent = 0, acked = 0, failed = 0, retried = 0, dead_lettered = 0, unread = 0;
};

}  // namespace racesim
