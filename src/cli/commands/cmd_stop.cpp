// racesim stop
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "cli/commands/commands.h"
#include "cli/commands/serve/remote.h"
#include "cli/values.h"

namespace racesim::cli {
namespace {

struct StopOptions : RemoteOptions {
  std::string scenario;
};

}  // namespace

CommandSpec stop_command() {
  const auto options = std::make_shared<StopOptions>();
  CommandSpec command;
  command.name = "stop";
  command.summary = "Stop the simulations of a running racesim serve";
  command.details =
      "Asks the service at --url (POST /stop), and returns when what was made is delivered. The service goes "
      "on.";
  command.options = remote_options(*options);
  command.options.push_back(noted(
      option_of("What", {"scenario", "NAME", "", "Whose run to stop"}, set_text(options->scenario)), "all"));
  command.examples = {{"racesim stop", "stop all that runs"}};
  command.run = [options](Context& context) {
    nlohmann::ordered_json body = nlohmann::ordered_json::object();
    if (!options->scenario.empty()) body["scenario"] = options->scenario;
    return ask_service(context, *options, "POST", "/stop",
                       body.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
  };
  return command;
}

}  // namespace racesim::cli
