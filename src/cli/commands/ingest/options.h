// The options of racesim ingest, as given, and how they become a source, a store and a pipeline.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/commands/source_options.h"
#include "cli/commands/threshold.h"
#include "io/sources/registry.h"
#include "io/stores/registry.h"
#include "run/ingest/ingest_config.h"
#include "run/rows/block_decoder.h"

namespace racesim::cli {

struct IngestOptions {
  // From
  SourceOptions from;
  // What
  std::string schema;
  std::string master_data_dir;
  bool check_laws = false;
  std::string on_invalid;
  // To
  StoreText to;
  StoreOptions store;
  std::string durability;
  std::uint32_t batch = 0, flush_ms = 0;
  std::int64_t retry_max_ns = 0;
  // Secrets
  std::string token_file, password_file, certificate, key;
  // Output
  std::string lock, summary_export, metrics_listen;
  std::vector<Threshold> thresholds;
};

std::vector<OptionSpec> ingest_options(IngestOptions& options);

/// All that an ingest is made of.
struct IngestPlan {
  SourceRequest source;
  StoreText to;
  StoreOptions store;
  BlockDecoderOptions decoder;
  IngestConfig config;
};

/// Checks the combination and fills in what depends on it; reads the files of secrets. `stdin_has_data`: the
/// standard input is a pipe or a file. Errors: usage.
Result<IngestPlan> make_ingest_plan(const IngestOptions& options, const Settings& settings,
                                    bool stdin_has_data);

}  // namespace racesim::cli
