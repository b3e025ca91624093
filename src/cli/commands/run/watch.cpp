#include "cli/commands/run/watch.h"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>

#include "base/quantity.h"
#include "cli/terminal/log.h"

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

void show_warnings(const std::vector<Error>& warnings) {
  for (const Error& warning : warnings) log(LogLevel::warn, warning.what + " (" + warning.hint + ")");
}

RunResult watch(Run& run, const RunConfig& config, Progress& progress, const SignalWatch& signals) {
  bool told = false;
  double next_headline_s = 0;
  while (!run.wait_for(Progress::kTick_ns)) {
    const RunStatus status = run.status();
    progress.tick(status);
    if (!status.headline.empty() && status.uptime_s >= next_headline_s) {
      next_headline_s = status.uptime_s + 1;
      log(LogLevel::debug, "Sent: " + status.headline);
    }
    if (const std::vector<Error> warnings = run.take_warnings(); !warnings.empty()) {
      progress.clear();
      show_warnings(warnings);
    }
    if (told || signals.count() == 0) continue;
    told = true;
    progress.clear();
    log(LogLevel::info, drain_text(config, status, signals.signal()));
  }
  progress.clear();
  RunResult result = run.wait();
  show_warnings(run.take_warnings());
  return result;
}

}  // namespace racesim::cli
