#include "cli/commands/run/report.h"

#include <fmt/format.h>

#include "base/quantity.h"
#include "cli/commands/run/plan.h"
#include "cli/exit_codes.h"

namespace racesim::cli {
namespace {

/// Without thresholds: true.
bool all_hold(const std::vector<Threshold>& thresholds, const RunResult& result) {
  for (const Threshold& threshold : thresholds)
    if (!holds(threshold, metric_value(threshold.metric, result))) return false;
  return true;
}

}  // namespace

int run_exit_code(const RunConfig& config, const RunResult& result, const Interruption& interruption,
                  const std::vector<Threshold>& thresholds) {
  // What broke the run explains everything below.
  if (result.error) return exit_code(result.error->kind);
  const bool cut_short = interruption.signal != 0 && !result.reached_end && has_end(config);
  if (cut_short || interruption.count > 1) return kExitSignalBase + interruption.signal;
  if (!all_hold(thresholds, result)) return kExitThreshold;
  if (result.reader_gone) return config.delivery.strict_pipe ? kExitPartial : kExitOk;
  if (result.status.failed > 0 || !result.failures.empty() || !result.drained) return kExitPartial;
  if (result.status.replay && result.status.replay->refused > 0) return kExitPartial;
  return kExitOk;
}

std::optional<Error> refused_error(const RunConfig& config, const RunResult& result) {
  if (result.error || !result.status.replay || result.status.replay->refused == 0) return std::nullopt;
  const std::uint64_t refused = result.status.replay->refused;
  return Error{ErrorKind::runtime,
               fmt::format("{} record{} no event{} and not sent; the first one is {}", format_count(refused),
                           refused == 1 ? " was" : "s were", refused == 1 ? "" : "s",
                           result.status.replay->first_refusal),
               "they are in " + config.delivery.dead_letter_path};
}

std::optional<Error> undelivered_error(const RunConfig& config, const RunResult& result) {
  if (result.error || result.failures.empty()) return std::nullopt;
  std::uint64_t events = 0;
  std::vector<std::string> reasons;
  for (const FailureReason& reason : result.failures) {
    events += reason.events;
    reasons.push_back(fmt::format("{} ({})", reason.why, format_count(reason.events)));
  }
  Error error{ErrorKind::runtime, "", ""};
  error.what = fmt::format("{} event{} not delivered: {}", format_count(events), events == 1 ? "" : "s",
                           fmt::join(reasons, ", "));
  if (result.status.dead_lettered > 0)
    error.hint = "fix the cause and send them again from " + config.delivery.dead_letter_path;
  return error;
}

std::vector<LogField> summary_fields(const RunResult& result) {
  const RunStatus& s = result.status;
  const auto count = [](const char* name, std::uint64_t value) {
    return LogField{name, std::to_string(value), false};
  };
  return {count("generated", s.generated),
          count("sent", s.sent),
          count("acked", s.acked),
          count("failed", s.failed),
          count("retried", s.retried),
          count("dead_lettered", s.dead_lettered),
          {"rate", fmt::format("{:.1f}", s.got_rate), false},
          {"lag_p99_ms", fmt::format("{:.1f}", s.send_lag.p99_ms), false},
          count("seed", result.seed),
          {"run", result.run}};
}

std::vector<Error> violations(const std::vector<Threshold>& thresholds, const RunResult& result) {
  std::vector<Error> found;
  for (const Threshold& threshold : thresholds) {
    const std::optional<double> value = metric_value(threshold.metric, result);
    if (holds(threshold, value)) continue;
    found.push_back(violation_of(threshold, value));
  }
  return found;
}

}  // namespace racesim::cli
