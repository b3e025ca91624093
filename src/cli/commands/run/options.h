// The options of racesim run, as given, and how they become a RunConfig.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/quantity.h"
#include "cli/command.h"
#include "cli/commands/run/thresholds.h"
#include "io/registry.h"
#include "run/config.h"

namespace racesim::cli {

struct RunOptions {
  // Mode
  bool live = false, historical = false;
  std::string zone;
  std::optional<std::int64_t> start_ns, end_ns;
  std::uint64_t duration_s = 0;
  std::int64_t duration_ns = 0, backfill_ns = 0;
  std::string run_id;
  // What
  std::string scenario;
  std::uint64_t seed = 0;
  Volume volume;
  std::string master_data_dir;
  ShardText shard;
  // Pace
  Rate posting_rate;
  std::vector<StageText> stages;
  std::string arrivals, catch_up, on_overload;
  double speed = 1;
  std::int64_t max_lag_ns = 0;
  bool realtime = false;
  // Delivery
  std::vector<SinkText> sinks;
  std::string endpoint, format, dead_letter;
  HttpOptions http;
  KafkaOptions kafka;
  std::string record_timestamp;
  std::uint32_t threads = 0;
  std::int64_t connect_timeout_ns = 0, drain_timeout_ns = 0;
  bool strict_pipe = false;
  // Proof
  std::string lock, summary_export, manifest, metrics_listen;
  bool digest = false;
  std::vector<Threshold> thresholds;
  std::string checkpoint;
  bool resume = false;
  FaultRules faults;
  std::int64_t late_delay_ns = 0;
  // What is different in a replay or a service.
  bool brokers_imply_sink = true;  ///< not where events are read from that cluster
  bool stdout_by_default = true;   ///< not where events are served
  bool may_refuse = false;         ///< the dead-letter file may be written whatever the sinks are
  std::string dead_letter_option = "dead-letter";
};

std::vector<OptionSpec> mode_options(RunOptions& options);
std::vector<OptionSpec> what_options(RunOptions& options);
std::vector<OptionSpec> pace_options(RunOptions& options);
std::vector<OptionSpec> delivery_options(RunOptions& options);
std::vector<OptionSpec> kafka_options(RunOptions& options);
std::vector<OptionSpec> proof_options(RunOptions& options);
/// All of them, in the order of the groups in the help.
std::vector<OptionSpec> run_options(RunOptions& options);

/// Options that --historical needs and that nothing sets.
std::vector<std::string> missing_run_options(const Settings& settings);

/// The part of make_run_config() that concerns the kafka sink.
Done fill_kafka(const RunOptions& options, const Settings& settings, bool historical, KafkaOptions& kafka);

/// Errors: usage.
Done fill_checkpoint(const RunOptions& options, CheckpointOptions& checkpoint);

/// Of the options that a replay shares with a run; `live`: events go out at their own times. The scenario's
/// part of it says nothing.
Result<RunConfig> make_sending_config(const RunOptions& options, const Settings& settings, bool live);

/// Checks the combination and fills in the defaults that depend on it. A live run starts now, as `clock`
/// says. An option of the other mode is refused on the command line and ignored in the environment and in
/// files.
Result<RunConfig> make_run_config(const RunOptions& options, const Settings& settings, Clock& clock);

}  // namespace racesim::cli
