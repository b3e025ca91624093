// racesim start
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "cli/commands/commands.h"
#include "cli/commands/serve/remote.h"
#include "cli/values.h"

namespace racesim::cli {
namespace {

struct StartOptions : RemoteOptions {
  std::string scenario, rate_hz, seed;
};

/// Values go as they are: the service judges them as racesim run does.
std::string start_body(const StartOptions& options) {
  nlohmann::ordered_json body = nlohmann::ordered_json::object();
  if (!options.scenario.empty()) body["scenario"] = options.scenario;
  if (!options.rate_hz.empty()) body["rate_hz"] = options.rate_hz;
  if (!options.seed.empty()) body["seed"] = options.seed;
  return body.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace

CommandSpec start_command() {
  const auto options = std::make_shared<StartOptions>();
  CommandSpec command;
  command.name = "start";
  command.summary = "Start a simulation of a running racesim serve";
  command.details =
      "Asks the service at --url (POST /start). Exits with 6 if a run of the scenario is under way.";
  command.options = remote_options(*options);
  const auto what = [](const OptionText& text, std::string& target) {
    return option_of("What", text, set_text(target));
  };
  command.options.push_back(
      noted(what({"scenario", "NAME", "", "What to simulate"}, options->scenario), "the service's"));
  command.options.push_back(
      noted(what({"rate-hz", "HZ", "", "Samples per second and entity"}, options->rate_hz), "the service's"));
  command.options.push_back(
      noted(what({"seed", "N", "", "The same seed gives the same events"}, options->seed), "the service's"));
  command.examples = {
      {"racesim start --rate-hz 20", "start the service's scenario with 20 samples a second"}};
  command.run = [options](Context& context) {
    return ask_service(context, *options, "POST", "/start", start_body(*options));
  };
  return command;
}

}  // namespace racesim::cli
