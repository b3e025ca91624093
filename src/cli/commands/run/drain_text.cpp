#include "cli/commands/run/drain_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>

#include "base/quantity.h"

namespace racesim::cli {

std::string drain_text(const RunConfig& config, const RunStatus& status, int signal) {
  const char* const again = signal == SIGINT ? "Ctrl-C again ends at once" : "a second signal ends at once";
  const std::uint64_t events = status.wait.backlog_events;
  if (events == 0) return fmt::format("ending the run; {}", again);
  const auto done = [](const SinkStatus& sink) { return sink.acked + sink.failed + sink.already; };
  const auto slowest =
      std::min_element(status.sinks.begin(), status.sinks.end(),
                       [&](const SinkStatus& a, const SinkStatus& b) { return done(a) < done(b); });
  const std::string& why = status.wait.last_error;
  return fmt::format("waiting up to {} for {} event{} in flight to {}{}; {}",
                     format_duration(config.delivery.drain_timeout_ns), format_count(events),
                     events == 1 ? "" : "s", slowest->name, why.empty() ? "" : " (" + why + ")", again);
}

}  // namespace racesim::cli
