// racesim status
#include <memory>

#include "cli/commands/commands.h"
#include "cli/commands/serve/remote.h"

namespace racesim::cli {

CommandSpec status_command() {
  const auto options = std::make_shared<RemoteOptions>();
  CommandSpec command;
  command.name = "status";
  command.summary = "Show how the simulations of a running racesim serve stand";
  command.details = "Asks the service at --url (GET /status).";
  command.options = remote_options(*options);
  command.examples = {{"racesim status", "a line per simulation"},
                      {"racesim status --json", "all that the service tells"}};
  command.run = [options](Context& context) { return ask_service(context, *options, "GET", "/status", {}); };
  return command;
}

}  // namespace racesim::cli
