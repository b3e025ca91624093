// aggregate --engine spark: the job in spark/, which makes the same results on Apache Spark (docs/spark.md).
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "cli/command.h"
#include "cli/commands/aggregate/options.h"
#include "cli/globals.h"

namespace racesim::cli {

/// In the group "Spark". `target` outlives them.
std::vector<OptionSpec> spark_options(SparkOptions& target);

/// A program with its arguments, and variables that it gets beside those of this process.
struct SparkCommand {
  std::vector<std::string> words;
  std::vector<std::pair<std::string, std::string>> variables;
};

/// Errors (usage): an option that the job does not have; no job or no Spark to be found, with the way to get
/// one.
Result<SparkCommand> make_spark_command(const Context& context, const AggregateOptions& options);

/// Becomes the job, which takes this process's place: its exit code and its signals are the job's own.
/// Returns only for --dry-run, which prints the command, and for errors.
Result<int> run_on_spark(const Context& context, const AggregateOptions& options);

}  // namespace racesim::cli
