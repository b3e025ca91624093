// racesim start
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "cli/commands/commands.h"
#include "cli/commands/serve/remote.h"
#include "cli/values.h"
#include "io/files/read_file.h"

namespace racesim::cli {
namespace {

struct StartOptions : RemoteOptions {
  std::string scenario, rate_hz, seed, manifest;
};

constexpr std::size_t kManifestMost = std::size_t{1} << 20;  // that the service takes

/// Values go as they are: the service judges them as racesim run does. Errors: a manifest that cannot be read
/// or is no JSON.
Result<std::string> start_body(const StartOptions& options) {
  nlohmann::ordered_json body = nlohmann::ordered_json::object();
  if (!options.manifest.empty()) {
    const Result<std::string> text = read_file(options.manifest, kManifestMost);
    if (!text) return tl::make_unexpected(text.error());
    body["manifest"] = nlohmann::ordered_json::parse(*text, nullptr, false);
    if (!body["manifest"].is_object())
      return fail(ErrorKind::usage, "--manifest: " + options.manifest + " is no JSON object",
                  "a manifest is what racesim run --manifest FILE writes");
  }
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
  command.options.push_back(
      file(what({"manifest", "FILE", "", "Make the run of this manifest again, with the same events"},
                options->manifest)));
  command.examples = {
      {"racesim start --rate-hz 20", "start the service's scenario with 20 samples a second"},
      {"racesim start --manifest run.manifest.json", "the run that the manifest describes, once more"}};
  command.run = [options](Context& context) -> Result<int> {
    const Result<std::string> body = start_body(*options);
    if (!body) return tl::make_unexpected(body.error());
    return ask_service(context, *options, "POST", "/start", *body);
  };
  return command;
}

}  // namespace racesim::cli
