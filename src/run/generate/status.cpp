#include "run/generate/status.h"

namespace racesim {

const char* to_string(RunState state) {
  switch (state) {
    case RunState::idle:
      return "idle";
    case RunState::starting:
      return "starting";
    case RunState::running:
      return "running";
    case RunState::draining:
      return "draining";
    case RunState::stopped:
      return "stopped";
    case RunState::failed:
      return "failed";
  }
  return "";
}

LagSummary summarise(const Histogram& live) {
  // A copy is of one moment: read one after another while somebody records, more could be within a bound than
  // there are.
  Histogram lag;
  lag.merge(live);
  const auto ms = [](std::int64_t ns) { return static_cast<double>(ns) / 1e6; };
  LagSummary summary{lag.count(),
                     ms(lag.quantile_ns(0.5)),
                     ms(lag.quantile_ns(0.9)),
                     ms(lag.quantile_ns(0.99)),
                     ms(lag.max_ns()),
                     lag.sum_ns() / 1e6,
                     {}};
  for (std::size_t i = 0; i < kLagBounds_ms.size(); ++i)
    summary.within[i] = lag.count_within(static_cast<std::int64_t>(kLagBounds_ms[i] * 1e6));
  return summary;
}

}  // namespace racesim
