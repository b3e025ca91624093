#include "cli/commands/run/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/quantity.h"
#include "base/time_text.h"
#include "cli/commands/run/plan.h"
#include "cli/exit_codes.h"

namespace racesim::cli {
namespace {

using Json = nlohmann::ordered_json;

/// Without thresholds: true.
bool all_hold(const std::vector<Threshold>& thresholds, const RunResult& result) {
  for (const Threshold& threshold : thresholds)
    if (!holds(threshold, metric_value(threshold.metric, result))) return false;
  return true;
}

/// From due time to sending, over all events; without due times there is none.
std::string lag_text(const LagSummary& lag) {
  if (lag.count == 0) return "lag not measured";
  const auto ms = [](double value) { return format_number(value, value < 10 ? 1 : 0); };
  return "lag p50 " + ms(lag.p50_ms) + " p99 " + ms(lag.p99_ms) + " max " + ms(lag.max_ms) + " ms";
}

bool sends_to_http(const RunConfig& config) {
  const auto& sinks = config.delivery.sinks;
  return std::any_of(sinks.begin(), sinks.end(), [](const SinkSpec& sink) { return sink.kind == "http"; });
}

/// null: not measured.
Json metric_json(const std::string& metric, const RunResult& result) {
  const std::optional<double> value = metric_value(metric, result);
  return value ? Json(*value) : Json();
}

/// null: not measured.
Json lag_json(const LagSummary& lag) {
  if (lag.count == 0) return nullptr;
  return {{"count", lag.count},
          {"p50", lag.p50_ms},
          {"p90", lag.p90_ms},
          {"p99", lag.p99_ms},
          {"max", lag.max_ms}};
}

}  // namespace

int run_exit_code(const RunConfig& config, const RunResult& result, const Interruption& interruption,
                  const std::vector<Threshold>& thresholds) {
  // What broke the run explains everything below.
  if (result.error) return exit_code(result.error->kind);
  const bool cut_short = interruption.signal != 0 && !result.reached_end && has_end(config.content);
  if (cut_short || interruption.count > 1) return kExitSignalBase + interruption.signal;
  if (!all_hold(thresholds, result)) return kExitThreshold;
  if (result.reader_gone) return config.delivery.strict_pipe ? kExitPartial : kExitOk;
  if (result.status.failed > 0 || !result.failures.empty() || !result.drained) return kExitPartial;
  return kExitOk;
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
    error.hint = "mend the cause and send them again: they are in " + config.delivery.dead_letter_path;
  return error;
}

namespace {

/// A line of the summary; empty without faults.
std::string faults_text(const FaultRules& rules, const FaultTotals& totals) {
  if (!rules.any()) return {};
  return fmt::format("\n  faults  late {}  duplicate {}  reorder {}  drop {}  corrupt {}",
                     format_count(totals.late), format_count(totals.duplicate), format_count(totals.reorder),
                     format_count(totals.drop), format_count(totals.corrupt));
}

}  // namespace

std::string summary_text(const RunConfig& config, const RunResult& result, const Screen& screen) {
  const RunStatus& s = result.status;
  const char* minus = screen.utf8 ? "\u2212" : "-";
  const char* dot = screen.utf8 ? " \u00b7 " : ", ";
  std::string text = fmt::format("  generated {}  sent {}  acked {}  retried {}  dead-lettered {}",
                                 format_count(s.generated), format_count(s.sent), format_count(s.acked),
                                 format_count(s.retried), format_count(s.dead_lettered));
  if (s.failed > 0) text += "  " + tinted("failed " + format_count(s.failed), Tint::red, screen);
  if (s.unread > 0) text += "  " + tinted("unread answers " + format_count(s.unread), Tint::yellow, screen);
  if (s.shed > 0) text += "  " + tinted("left out " + format_count(s.shed), Tint::yellow, screen);
  text += faults_text(config.faults, s.faults);
  text += "\n  rate";
  if (s.target_rate > 0) text += "  target " + format_number(s.target_rate, 1) + "/s";
  text += s.got_rate > 0 ? "  got " + format_number(s.got_rate, 1) + "/s" : "  not measured";
  if (s.target_rate > 0 && s.got_rate > 0) {
    const double percent = (s.got_rate - s.target_rate) / s.target_rate * 100;
    const char* sign = std::abs(percent) < 0.005 ? "" : percent < 0 ? minus : "+";
    text += fmt::format(" ({}{:.2f}%)", sign, std::abs(percent));
  }
  text += "   " + lag_text(s.send_lag);
  // Files and pipes take events at once; a server may be far behind with its answers.
  if (s.ack_lag.count > 0 && sends_to_http(config)) text += "   ack " + lag_text(s.ack_lag);
  text += "\n";
  text += fmt::format("  seed {}{}run {}", result.seed, dot, result.run);
  if (config.pace.live) text += fmt::format("{}start {}", dot, format_datetime(result.start_ns));
  if (s.dead_lettered > 0) text += fmt::format("{}dead letters in {}", dot, config.delivery.dead_letter_path);
  return text + "\n";
}

std::string summary_json(const RunConfig& config, const RunResult& result,
                         const std::vector<Threshold>& thresholds, int exit_code) {
  const RunStatus& s = result.status;
  Json object;
  object["scenario"] = config.content.scenario->name;
  object["mode"] = config.pace.live ? "live" : "historical";
  object["run"] = result.run;
  object["seed"] = result.seed;
  object["start"] = format_datetime(result.start_ns);
  object["end"] = result.end_ns ? Json(format_datetime(*result.end_ns)) : Json();
  object["generated"] = s.generated;
  object["sent"] = s.sent;
  object["acked"] = s.acked;
  object["failed"] = s.failed;
  object["retried"] = s.retried;
  object["dead_lettered"] = s.dead_lettered;
  object["unread"] = s.unread;
  object["shed"] = s.shed;
  object["faults"] = {{"late", s.faults.late},
                      {"duplicate", s.faults.duplicate},
                      {"reorder", s.faults.reorder},
                      {"drop", s.faults.drop},
                      {"corrupt", s.faults.corrupt}};
  object["planned"] = s.planned;
  object["target_rate"] = s.target_rate;
  object["got_rate"] = s.got_rate;
  object["rate_error"] = metric_json("rate_error", result);
  object["error_rate"] = metric_json("error_rate", result);
  object["lag_ms"] = lag_json(s.send_lag);
  object["ack_lag_ms"] = lag_json(s.ack_lag);
  object["uptime_s"] = s.uptime_s;
  object["drained"] = result.drained;
  object["reached_end"] = result.reached_end;
  object["reader_gone"] = result.reader_gone;
  object["sinks"] = Json::array();
  for (const SinkStatus& sink : s.sinks)
    object["sinks"].push_back({{"name", sink.name},
                               {"sent", sink.sent},
                               {"acked", sink.acked},
                               {"failed", sink.failed},
                               {"retried", sink.retried},
                               {"dead_lettered", sink.dead_lettered},
                               {"unread", sink.unread},
                               {"bytes", sink.bytes}});
  object["thresholds"] = Json::array();
  for (const Threshold& threshold : thresholds) {
    const bool kept = holds(threshold, metric_value(threshold.metric, result));
    object["thresholds"].push_back(
        {{"condition", threshold.text}, {"value", metric_json(threshold.metric, result)}, {"holds", kept}});
  }
  object["failures"] = Json::array();
  for (const FailureReason& reason : result.failures)
    object["failures"].push_back({{"reason", reason.why}, {"events", reason.events}});
  if (result.lost) object["lost"] = {{"what", result.lost->what}, {"hint", result.lost->hint}};
  if (result.error) object["error"] = {{"what", result.error->what}, {"hint", result.error->hint}};
  object["exit_code"] = exit_code;
  return object.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
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
    const std::string shown = value ? fmt::format("{:g}", *value) : "not measured";
    found.push_back(
        {ErrorKind::runtime, fmt::format("threshold {} does not hold: {}", threshold.text, shown), ""});
  }
  return found;
}

}  // namespace racesim::cli
