#include <nlohmann/json.hpp>

#include "cli/commands/ingest/report.h"

namespace racesim::cli {

std::string ingest_summary_json(const IngestReport& report, int exit_code) {
  using Json = nlohmann::ordered_json;
  const IngestStatus& status = report.result.status;
  const IngestCounts& c = status.counts;
  Json object;
  object["source"] = report.source;
  object["store"] = report.store;
  object["consumed"] = c.consumed;
  object["stored"] = c.stored;
  object["duplicates"] = c.duplicates;
  object["dead_lettered"] = c.dead_lettered;
  object["conflicts"] = c.conflicts;
  object["rejected"] = c.rejected;
  object["expired"] = c.expired;
  object["gaps"] = c.gaps;
  object["fenced"] = c.fenced;
  object["commits"] = c.commits;
  object["tables"] = Json::object();
  for (const auto& [table, rows] : c.stored_by_table) object["tables"][table] = rows;
  object["unknown_fields"] = Json::object();
  for (const auto& [name, records] : report.result.unknown_fields) object["unknown_fields"][name] = records;
  object["lag"] = status.lag ? Json(*status.lag) : Json();
  object["uptime_s"] = status.uptime_s;
  object["rate"] = *ingest_metric("rate", report.result);
  object["reached_end"] = report.result.reached_end;
  object["drained"] = report.result.drained;
  object["thresholds"] = Json::array();
  for (const Threshold& threshold : report.thresholds) {
    const std::optional<double> value = ingest_metric(threshold.metric, report.result);
    object["thresholds"].push_back({{"condition", threshold.text},
                                    {"value", value ? Json(*value) : Json()},
                                    {"holds", holds(threshold, value)}});
  }
  const std::optional<Error>& error = report.result.error;
  object["error"] = error ? Json{{"what", error->what}, {"hint", error->hint}} : Json();
  object["exit_code"] = exit_code;
  return object.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace racesim::cli
