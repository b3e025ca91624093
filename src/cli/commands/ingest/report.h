// What people and scripts are told of an ingest: the line while it goes on, the summary, the exit code.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/commands/ingest/options.h"
#include "cli/terminal/log.h"
#include "cli/terminal/progress_line.h"
#include "cli/terminal/terminal.h"
#include "run/ingest/ingest.h"

namespace racesim::cli {

/// How an ingest went, with what it was about.
struct IngestReport {
  std::string source, store;  ///< their names
  bool bounded = false;       ///< the source ends by itself
  IngestResult result;
  int signal = 0, signals = 0;  ///< that stopped it, and how many came
  std::vector<Threshold> thresholds;
};

/// What a --threshold may speak of.
std::vector<std::string> ingest_metric_names();
std::optional<double> ingest_metric(const std::string& metric, const IngestResult& result);

/// What --dry-run shows; `tables` is what the store says of its plan.
std::string ingest_plan_text(const IngestPlan& plan, const std::string& tables);
std::string ingest_plan_json(const IngestPlan& plan, const std::string& tables);

/// "00:12 ▂▅▇ 12,345/s  stored 120,000 …", within the screen's width.
std::string ingest_line(const IngestStatus& status, const RecentRates& rates, const Screen& screen);
/// The same as the fields of a log line.
std::vector<LogField> ingest_fields(const IngestStatus& status, double rate);

std::string ingest_summary(const IngestReport& report, const Screen& screen);
/// docs/formats/ingest-summary.schema.json.
std::string ingest_summary_json(const IngestReport& report, int exit_code);
int ingest_exit_code(const IngestReport& report);

/// What is to be told of fields that no schema has, in one sentence; empty: there were none.
std::string unknown_fields_text(const IngestResult& result);

}  // namespace racesim::cli
