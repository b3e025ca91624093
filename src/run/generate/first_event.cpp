#include "run/generate/first_event.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/quantity.h"
#include "base/time_text.h"

namespace racesim {

Waiting waiting_of(const PipelineCounters& counters, const Outlets& outlets, std::int64_t now_ns,
                   double uptime_s) {
  Waiting wait = outlets.waiting(counters.left.load());
  if (const auto due_ns = counters.due.oldest_ns(outlets.settled()); due_ns && wait.backlog_events > 0)
    wait.behind_ms = static_cast<double>(std::max<std::int64_t>(now_ns - *due_ns, 0)) / 1e6;
  const std::int64_t left_ns = counters.awaited_at_ns.load() - now_ns;
  if (!wait.waiting_for.empty() || left_ns < kLongWait_ns) return wait;
  wait.waiting_for = "the first event, at " + format_datetime(counters.awaited_event_ns.load());
  wait.waited_ns = static_cast<std::int64_t>(uptime_s * 1e9);
  wait.left_ns = left_ns;
  return wait;
}

Error first_event_warning(const PipelineCounters& counters, std::int64_t left_ns, bool resumed) {
  return {ErrorKind::runtime,
          fmt::format("waiting for the time of the {} event, {}, in {}", resumed ? "next missing" : "first",
                      format_datetime(counters.awaited_event_ns.load()),
                      format_duration(left_ns / kNsPerSecond * kNsPerSecond)),
          resumed ? "a resumed run keeps its times; see whether the clock is right: date"
                  : "events of a live run come at their own time"};
}

}  // namespace racesim
