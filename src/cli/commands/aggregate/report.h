// What people and scripts are told of an aggregate: the line while it goes on, the summary, the exit code.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/commands/threshold.h"
#include "cli/terminal/log.h"
#include "cli/terminal/progress.h"
#include "cli/terminal/progress_line.h"
#include "cli/terminal/terminal.h"
#include "run/aggregate/aggregate_target.h"
#include "run/ingest/ingest.h"

namespace racesim::cli {

/// How an aggregate goes or went, with what it is about.
struct AggregateReport {
  std::string source, target;  ///< their names
  bool bounded = false;        ///< the source ends by itself
  std::vector<std::string> aggregations;
  std::vector<std::string> inputs;  ///< schemas that they read
  IngestResult result;
  AggregateCounts counts;
  int signal = 0, signals = 0;  ///< that stopped it, and how many came
  std::vector<Threshold> thresholds;
};

/// What a --threshold may speak of.
std::vector<std::string> aggregate_metric_names();
std::optional<double> aggregate_metric(const std::string& metric, const AggregateReport& report);

/// "00:12 ▂▅▇ 12,345/s  taken 120,000 …", within the screen's width.
std::string aggregate_line(const IngestStatus& status, const AggregateCounts& counts,
                           const RecentRates& rates, const Screen& screen);
/// The same as the fields of a log line.
std::vector<LogField> aggregate_fields(const IngestStatus& status, const AggregateCounts& counts,
                                       double rate);

std::string aggregate_summary(const AggregateReport& report, const Screen& screen);
/// docs/formats/aggregate-summary.schema.json.
std::string aggregate_summary_json(const AggregateReport& report, int exit_code);
int aggregate_exit_code(const AggregateReport& report);
/// Something that a user should know though it is no error; empty: nothing.
std::string aggregate_warning(const AggregateReport& report);

/// What is shown while it goes on; one thread.
class AggregateProgress {
 public:
  AggregateProgress(ProgressForm form, const Screen& screen) : form_(form), screen_(screen) {}
  void tick(const IngestStatus& status, const AggregateCounts& counts);
  /// Takes the line away.
  void clear();

 private:
  const ProgressForm form_;
  Screen screen_;
  RecentRates rates_;
  double next_log_s_ = 10;
  bool drawn_ = false;
};

}  // namespace racesim::cli
