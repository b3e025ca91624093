#include "run/generate/rates.h"

#include <algorithm>

namespace racesim {

void tell_rates(const PipelineCounters& counters, const Outlets& outlets, bool planned, RunStatus& status) {
  const std::int64_t from_ns = counters.first_due_ns.load();
  if (from_ns == 0) return;
  const auto rate = [&](std::uint64_t events, std::int64_t until_ns) {
    return until_ns > from_ns ? static_cast<double>(events) * 1e9 / static_cast<double>(until_ns - from_ns)
                              : 0;
  };
  // What was sent before a live run was level with the clock has no due time either; and what was due before
  // this process went on with one says nothing of its rate.
  const std::uint64_t untimed =
      counters.history.load() + counters.overdue.load() + (planned ? counters.at_first_due.load() : 0);
  const auto timed = [&](std::uint64_t events) { return events - std::min(events, untimed); };
  if (planned) {
    const std::int64_t last_due_ns = counters.last_due_ns.load();
    status.target_rate = rate(std::min(timed(status.released), counters.most_due.load()), last_due_ns);
  }
  for (std::size_t i = 0; i < status.sinks.size(); ++i) {
    const double got = rate(timed(status.sinks[i].acked), outlets.last_acked_ns(i));
    status.got_rate = i == 0 ? got : std::min(status.got_rate, got);
  }
}

}  // namespace racesim
