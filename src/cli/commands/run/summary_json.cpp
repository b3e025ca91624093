#include <nlohmann/json.hpp>

#include "base/time_text.h"
#include "cli/commands/run/next_step.h"
#include "cli/commands/run/summary.h"

namespace racesim::cli {
namespace {

using SummaryJson = nlohmann::ordered_json;

/// null: not measured.
SummaryJson metric_json(const std::string& metric, const RunResult& result) {
  const std::optional<double> value = metric_value(metric, result);
  return value ? SummaryJson(*value) : SummaryJson();
}

/// null: not measured.
SummaryJson lag_json(const LagSummary& lag) {
  if (lag.count == 0) return nullptr;
  return {{"count", lag.count},
          {"p50", lag.p50_ms},
          {"p90", lag.p90_ms},
          {"p99", lag.p99_ms},
          {"max", lag.max_ms}};
}

SummaryJson error_json(const Error& error) {
  return {{"what", error.what}, {"hint", error.hint}};
}

SummaryJson text_or_null(const std::string& text) {
  return text.empty() ? SummaryJson() : SummaryJson(text);
}

void add_run(const RunConfig& config, const RunResult& result, SummaryJson& object) {
  object["scenario"] = config.replay ? SummaryJson() : SummaryJson(config.content.scenario->name);
  object["mode"] = config.replay ? "replay" : config.pace.live ? "live" : "historical";
  object["run"] = result.run;
  object["seed"] = result.seed;
  if (config.replay) {
    object["start"] = object["end"] = nullptr;
    return;
  }
  object["start"] = format_datetime(result.start_ns);
  object["end"] = result.end_ns ? SummaryJson(format_datetime(*result.end_ns)) : SummaryJson();
}

void add_replay(const ReplayStatus& replay, SummaryJson& object) {
  object["replay"] = {{"read", replay.read},         {"outside", replay.outside},
                      {"filtered", replay.filtered}, {"refused", replay.refused},
                      {"late", replay.late},         {"jumps", replay.jumps},
                      {"cut_gaps", replay.cut_gaps}, {"rounds", replay.rounds}};
  object["replay"]["speed"] = replay.asked_speed > 0 ? SummaryJson(replay.asked_speed) : SummaryJson("max");
  object["replay"]["got_speed"] = replay.got_speed > 0 ? SummaryJson(replay.got_speed) : SummaryJson();
}

void add_counts(const RunStatus& s, SummaryJson& object) {
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
  object["resumed"] = s.resumed ? SummaryJson{{"already", s.already}, {"overdue", s.overdue}} : SummaryJson();
}

void add_times(const RunResult& result, SummaryJson& object) {
  const RunStatus& s = result.status;
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
}

void add_sinks(const RunStatus& s, SummaryJson& object) {
  std::uint64_t bytes = 0;
  object["bytes"] = bytes;  // its place is before the list
  object["sinks"] = SummaryJson::array();
  for (const SinkStatus& sink : s.sinks) {
    bytes += sink.bytes;
    object["sinks"].push_back({{"name", sink.name},
                               {"sent", sink.sent},
                               {"acked", sink.acked},
                               {"failed", sink.failed},
                               {"retried", sink.retried},
                               {"dead_lettered", sink.dead_lettered},
                               {"unread", sink.unread},
                               {"already", sink.already},
                               {"bytes", sink.bytes}});
  }
  object["bytes"] = bytes;
}

}  // namespace

std::string summary_json(const RunConfig& config, const RunResult& result, const std::string& manifest,
                         const std::vector<Threshold>& thresholds, int exit_code) {
  SummaryJson object;
  add_run(config, result, object);
  add_counts(result.status, object);
  add_times(result, object);
  if (result.status.replay) add_replay(*result.status.replay, object);
  add_sinks(result.status, object);
  object["thresholds"] = SummaryJson::array();
  for (const Threshold& threshold : thresholds) {
    const bool kept = holds(threshold, metric_value(threshold.metric, result));
    object["thresholds"].push_back(
        {{"condition", threshold.text}, {"value", metric_json(threshold.metric, result)}, {"holds", kept}});
  }
  object["failures"] = SummaryJson::array();
  for (const FailureReason& reason : result.failures)
    object["failures"].push_back({{"reason", reason.why}, {"events", reason.events}});
  object["manifest"] = text_or_null(manifest);
  object["verify"] = text_or_null(verify_command_line(config, manifest));
  if (result.lost) object["lost"] = error_json(*result.lost);
  if (result.error) object["error"] = error_json(*result.error);
  object["exit_code"] = exit_code;
  return object.dump(-1, ' ', false, SummaryJson::error_handler_t::replace) + "\n";
}

}  // namespace racesim::cli
