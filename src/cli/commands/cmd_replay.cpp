// racesim replay
#include <memory>
#include <utility>

#include "cli/commands/commands.h"
#include "cli/commands/replay/options.h"
#include "cli/commands/run/carry_out.h"
#include "cli/globals.h"

namespace racesim::cli {
namespace {

Result<int> run(Context& context, const ReplayOptions& options) {
  Result<RunConfig> config = make_replay_config(options, context.settings);
  if (!config) return tl::make_unexpected(config.error());
  return carry_out(context, options.run, std::move(*config));
}

}  // namespace

CommandSpec replay_command() {
  const auto options = std::make_shared<ReplayOptions>();
  CommandSpec command;
  command.name = "replay";
  command.summary = "Send recorded events again, with the spaces they had, faster or slower";
  command.details =
      "Reads events of racesim, or any NDJSON or CSV with a column of times, and sends them to the sinks of "
      "racesim run, with its pace, faults and thresholds. All sources share one clock, so their order and "
      "their "
      "proportions stay, whatever the sinks can take.\n\nEvents keep their bytes and ids, so that a store "
      "recognises them. With --timestamps shift or scale and with --loop they are a new run: times, run and "
      "event ids are others.";
  command.options = replay_options(*options);
  mark_common(command.options, {"SOURCE", "dead-letter", "time-field", "from", "to", "filter", "speed",
                                "timestamps", "loop", "sink", "api-endpoint", "brokers", "topic"});
  command.examples = {
      {"racesim replay f1.ndjson --speed 60 --brokers localhost:9092", "two hours of events in two minutes"},
      {"racesim replay sqlite:racesim.db --from lap:12 --to lap:15 --filter car=63 --speed max",
       "three laps of one car, out of a database"},
      {"racesim replay trips.csv --time-field ts --key-field vehicle --timestamps shift --loop forever",
       "anybody's recording as if it happened now, again and again"},
      {"racesim replay --dead-letter dead-letter.ndjson --api-endpoint http://localhost:8000/play",
       "what could not be delivered, once more"},
  };
  command.run = [options](Context& context) { return run(context, *options); };
  return command;
}

}  // namespace racesim::cli
