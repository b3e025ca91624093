#include "serve/control/status_json.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/time_text.h"

namespace racesim::serve {
namespace {

using StatusJson = nlohmann::ordered_json;

StatusJson lag_of(const LagSummary& lag) {
  if (lag.count == 0) return nullptr;
  return {{"p50", lag.p50_ms}, {"p99", lag.p99_ms}, {"max", lag.max_ms}};
}

StatusJson object_of(const NamedStatus& run) {
  const LiveRunStatus& live = run.status;
  const RunStatus& counts = live.counts;
  StatusJson object;
  object["scenario"] = run.scenario->name;
  object["state"] = to_string(live.state);
  object["run"] = live.run.empty() ? StatusJson() : StatusJson(live.run);
  object["uptime_s"] = counts.uptime_s;
  object["rate"] = {{"asked", counts.target_rate}, {"got", counts.got_rate}};
  object["sent"] = counts.released;
  std::uint64_t acked = counts.sinks.empty() ? 0 : UINT64_MAX;
  for (const SinkStatus& sink : counts.sinks) acked = std::min(acked, sink.acked);
  object["acked"] = acked;
  object["failed"] = counts.failed;
  object["lag_ms"] = lag_of(counts.send_lag);
  object["event_time"] =
      counts.released > 0 ? StatusJson(format_datetime(counts.event_time_ns)) : StatusJson();
  object["sinks"] = StatusJson::array();
  for (const SinkStatus& sink : counts.sinks)
    object["sinks"].push_back(
        {{"name", sink.name}, {"sent", sink.sent}, {"acked", sink.acked}, {"failed", sink.failed}});
  object["error"] =
      live.error ? StatusJson{{"what", live.error->what}, {"hint", live.error->hint}} : StatusJson();
  return object;
}

StatusJson object_of(const StoreStatus& store) {
  const IngestCounts& counts = store.ingest.counts;
  StatusJson object;
  object["name"] = store.name;
  object["state"] = !store.open ? "failed" : store.ingest.wait ? "waiting" : "open";
  object["stored"] = counts.stored;
  object["duplicates"] = counts.duplicates;
  object["dead_lettered"] = counts.dead_lettered;
  object["expired"] = counts.expired;
  object["commits"] = counts.commits;
  object["waiting_records"] = store.ingest.lag.value_or(0);
  object["tables"] = StatusJson::object();
  for (const auto& [table, rows] : counts.stored_by_table) object["tables"][table] = rows;
  object["error"] = store.error         ? StatusJson{{"what", store.error->what}, {"hint", store.error->hint}}
                    : store.ingest.wait ? StatusJson{{"what", store.ingest.wait->why}, {"hint", ""}}
                                        : StatusJson();
  return object;
}

RunState state_of(const ReadingStatus& reading) {
  return reading.reads ? RunState::running : reading.error ? RunState::failed : RunState::stopped;
}

StatusJson object_of(const ReadingStatus& reading) {
  const IngestCounts& counts = reading.ingest.counts;
  StatusJson object;
  object["name"] = reading.name;
  object["state"] = to_string(state_of(reading));
  object["consumed"] = counts.consumed;
  object["stored"] = counts.stored;
  object["duplicates"] = counts.duplicates;
  object["rejected"] = counts.rejected + counts.dead_lettered;
  object["lag_records"] = reading.ingest.lag ? StatusJson(*reading.ingest.lag) : StatusJson();
  object["waiting_for"] = reading.ingest.wait ? StatusJson(reading.ingest.wait->why) : StatusJson();
  object["error"] =
      reading.error ? StatusJson{{"what", reading.error->what}, {"hint", reading.error->hint}} : StatusJson();
  return object;
}

std::string dumped(const StatusJson& object) {
  return object.dump(-1, ' ', false, StatusJson::error_handler_t::replace) + "\n";
}

}  // namespace

RunState overall_state(std::span<const NamedStatus> runs) {
  for (const RunState state :
       {RunState::running, RunState::draining, RunState::starting, RunState::failed, RunState::stopped})
    for (const NamedStatus& run : runs)
      if (run.status.state == state) return state;
  return RunState::idle;
}

std::string run_json(const NamedStatus& run) {
  return dumped(object_of(run));
}

std::string status_json(std::span<const NamedStatus> runs, const ScenarioEntry& current, std::size_t clients,
                        const StoreKeeper* store, const TopicReader* topics) {
  const ReadingStatus reading = topics != nullptr ? topics->status() : ReadingStatus();
  const RunState state = topics != nullptr ? state_of(reading) : overall_state(runs);
  StatusJson object;
  object["state"] = to_string(state);
  object["running"] = state == RunState::running;
  object["scenario"] = current.name;
  object["clients"] = clients;
  if (store != nullptr) object["store"] = object_of(store->status());
  if (topics != nullptr) object["topics"] = object_of(reading);
  object["runs"] = StatusJson::array();
  for (const NamedStatus& run : runs)
    if (run.status.any) object["runs"].push_back(object_of(run));
  return dumped(object);
}

}  // namespace racesim::serve
