#include "serve/gateway/pipeline.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "base/time_text.h"

namespace racesim::serve {
namespace {

using StageJson = nlohmann::ordered_json;

PipelineStage simulation_stage(const NamedStatus& run) {
  const RunStatus& counts = run.status.counts;
  PipelineStage stage;
  stage.name = "simulation";
  stage.scenario = run.scenario->name;
  stage.state = to_string(run.status.state);
  stage.in = counts.generated;
  stage.out = counts.released;
  stage.failed = counts.shed;
  stage.rate_asked = counts.target_rate;
  stage.rate_got = counts.got_rate;
  if (counts.send_lag.count > 0) stage.lag = counts.send_lag;
  if (counts.released > 0) stage.newest_us = counts.event_time_ns / 1000;
  return stage;
}

void add_sinks(const NamedStatus& run, std::vector<PipelineStage>& stages) {
  const RunStatus& counts = run.status.counts;
  for (const SinkStatus& sink : counts.sinks) {
    PipelineStage stage;
    stage.name = sink.name;
    stage.scenario = run.scenario->name;
    stage.state = to_string(run.status.state);
    stage.in = sink.sent;
    stage.out = sink.acked;
    stage.failed = sink.failed;
    stage.dead_letters = sink.dead_lettered;
    // Acknowledgements are timed over all sinks together.
    if (counts.sinks.size() == 1 && counts.ack_lag.count > 0) stage.lag = counts.ack_lag;
    stages.push_back(std::move(stage));
  }
}

std::optional<std::int64_t> known_time(std::int64_t time_us) {
  return time_us == kNoWatermark_us ? std::nullopt : std::optional(time_us);
}

PipelineStage processing_stage(const NamedStatus& run, const ProcessingCounts& counts) {
  PipelineStage stage;
  stage.name = "processing";
  stage.scenario = run.scenario->name;
  stage.state = to_string(run.status.state);
  stage.in = counts.seen;
  stage.out = counts.results;
  stage.failed = counts.damaged + counts.unusable + counts.missed;
  stage.late = counts.late;
  stage.duplicates = counts.duplicates;
  if (counts.lag.count > 0) stage.lag = counts.lag;
  stage.watermark_us = known_time(counts.watermark_us);
  stage.newest_us = known_time(counts.newest_us);
  return stage;
}

PipelineStage store_stage(const StoreStatus& store) {
  const IngestCounts& counts = store.ingest.counts;
  PipelineStage stage;
  stage.name = "store";
  stage.state = !store.open ? "failed" : store.ingest.wait ? "waiting" : "running";
  stage.in = counts.consumed;
  stage.out = counts.stored;
  stage.dead_letters = counts.dead_lettered;
  stage.duplicates = counts.duplicates;
  return stage;
}

template <class T>
StageJson known(const std::optional<T>& value) {
  return value ? StageJson(*value) : StageJson();
}

StageJson time_or_null(const std::optional<std::int64_t>& time_us) {
  return time_us ? StageJson(format_datetime_us(*time_us)) : StageJson();
}

StageJson object_of(const PipelineStage& stage) {
  StageJson lag, histogram;
  if (stage.lag) {
    lag = {{"p50", stage.lag->p50_ms}, {"p99", stage.lag->p99_ms}, {"max", stage.lag->max_ms}};
    histogram = StageJson::array();
    for (std::size_t i = 0; i < kLagBounds_ms.size(); ++i)
      histogram.push_back({{"le_ms", kLagBounds_ms[i]}, {"count", stage.lag->within[i]}});
    histogram.push_back({{"le_ms", nullptr}, {"count", stage.lag->count}});
  }
  return {{"name", stage.name},
          {"scenario", stage.scenario.empty() ? StageJson() : StageJson(stage.scenario)},
          {"state", stage.state},
          {"in", known(stage.in)},
          {"out", known(stage.out)},
          {"failed", known(stage.failed)},
          {"dead_letters", known(stage.dead_letters)},
          {"late", known(stage.late)},
          {"duplicates", known(stage.duplicates)},
          {"rate_asked", known(stage.rate_asked)},
          {"rate_got", known(stage.rate_got)},
          {"lag_ms", lag},
          {"lag_histogram", histogram},
          {"watermark", time_or_null(stage.watermark_us)},
          {"newest", time_or_null(stage.newest_us)},
          {"clients", known(stage.clients)}};
}

}  // namespace

std::vector<PipelineStage> pipeline_stages(const GatewayParts& parts) {
  std::vector<PipelineStage> stages;
  for (const NamedStatus& run : parts.runs.statuses()) {
    if (!run.status.any) continue;
    stages.push_back(simulation_stage(run));
    add_sinks(run, stages);
    stages.push_back(processing_stage(run, parts.processing.of(*run.scenario).counts()));
  }
  if (parts.store != nullptr) stages.push_back(store_stage(parts.store->status()));
  PipelineStage clients;
  clients.name = "clients";
  clients.state = "running";
  clients.clients = parts.feed.clients();
  stages.push_back(std::move(clients));
  return stages;
}

std::string pipeline_json(const std::vector<PipelineStage>& stages) {
  StageJson all = StageJson::array();
  for (const PipelineStage& stage : stages) all.push_back(object_of(stage));
  return StageJson{{"stages", all}}.dump(-1, ' ', false, StageJson::error_handler_t::replace) + "\n";
}

}  // namespace racesim::serve
