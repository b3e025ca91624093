// racesim run
#include <memory>
#include <utility>

#include "cli/commands/commands.h"
#include "cli/commands/run/carry_out.h"
#include "cli/commands/run/options.h"
#include "cli/commands/run/scenario_options.h"
#include "cli/globals.h"

namespace racesim::cli {
namespace {

Result<int> run(Context& context, const RunOptions& options) {
  Result<RunConfig> config = make_run_config(options, context.settings, system_clock());
  if (!config) return tl::make_unexpected(config.error());
  return carry_out(context, options, std::move(*config));
}

}  // namespace

CommandSpec run_command() {
  const auto options = std::make_shared<RunOptions>();
  CommandSpec command;
  command.name = "run";
  command.summary = "Make events and send them to stdout, files, an HTTP server or Kafka";
  command.details =
      "The same content options (scenario, seed, window, volume, master data) give the same events, byte for "
      "byte; pace, threads, sinks and shards never change them.\n\nOnly events go to stdout; messages and "
      "the summary go to stderr.";
  command.options = run_options(*options);
  mark_common(command.options, {"historical", "start-datetime", "end-datetime", "duration", "scenario",
                                "seed", "volume", "posting-rate", "speed", "sink", "api-endpoint", "brokers",
                                "topic", "faults", "checkpoint", "resume", "manifest"});
  command.missing = missing_run_options;
  command.examples = scenario_examples(false);
  command.run = [options](Context& context) { return run(context, *options); };
  return command;
}

}  // namespace racesim::cli
