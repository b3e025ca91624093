// The options of racesim aggregate, as given, and how they become a source, aggregations and outputs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "agg/entry.h"
#include "cli/command.h"
#include "cli/commands/source_options.h"
#include "cli/commands/threshold.h"
#include "io/stores/registry.h"
#include "run/aggregate/outputs.h"
#include "run/ingest/ingest_config.h"
#include "run/rows/block_decoder.h"

namespace racesim::cli {

/// What one --to names.
struct ResultTarget {
  std::string kind;    ///< a name of output_registry() or of a store
  std::string target;  ///< what stands behind "file:"
};

/// Folders of Parquet are for the Spark job alone, which names this kind of --to.
inline constexpr std::string_view kParquet = "parquet";

struct SparkOptions {
  std::string master;
  std::int64_t trigger_ms = 0;
  std::vector<std::string> settings;  ///< KEY=VALUE of Spark's own
};

struct AggregateOptions {
  std::string engine;
  SparkOptions spark;
  SourceOptions from;
  std::string password_file;
  // What
  std::vector<std::string> by;
  std::int64_t watermark_ns = 0, allowed_lateness_ns = 0, idle_timeout_ns = 0;
  std::string emit;
  std::string master_data_dir;
  // To
  std::vector<ResultTarget> to;
  std::string topic_out, format;
  bool create_topics = false, txn = false, resume = false;
  std::uint32_t partitions = 0;
  std::string checkpoint, late_output, dead_letter;
  std::uint32_t batch = 0, flush_ms = 0;
  std::int64_t retry_max_ns = 0;
  // Output
  std::string lock, summary_export, metrics_listen;
  std::vector<Threshold> thresholds;
};

std::vector<OptionSpec> aggregate_options(AggregateOptions& options);

/// An aggregation that was asked for, with the values of its options.
struct ChosenAggregation {
  const AggregationEntry* entry;
  OptionValues values;
};

/// All that an aggregate is made of.
struct AggregatePlan {
  SourceRequest source;
  bool group_is_named = false;  ///< by the user
  BlockDecoderOptions decoder;
  IngestConfig config;
  std::vector<ChosenAggregation> aggregations;
  AggregationFrame frame;  ///< but for master data
  std::string master_data_dir;
  bool master_is_named = false;  ///< by the user: it must be complete
  std::vector<OutputRequest> outputs;
  const StoreInfo* store = nullptr;  ///< null: no database gets results
  StoreOptions store_options;
  std::string checkpoint;
  bool resume = false;
  bool txn = false;
  std::string late_output, dead_letter;
  std::int64_t idle_timeout_ns = 0;
};

/// Checks the combination and fills in what depends on it; reads the files of secrets. `stdin_has_data`: the
/// standard input is a pipe or a file. `stdout_is_terminal`: people read the results. Errors: usage.
Result<AggregatePlan> make_aggregate_plan(const AggregateOptions& options, const Settings& settings,
                                          bool stdin_has_data, bool stdout_is_terminal);

}  // namespace racesim::cli
