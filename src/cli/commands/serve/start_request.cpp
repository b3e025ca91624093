#include "cli/commands/serve/start_request.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "base/suggest.h"
#include "cli/commands/serve/options.h"
#include "cli/commands/serve/run_again.h"
#include "cli/resolve.h"
#include "sim/registry.h"

namespace racesim::cli {
namespace {

Error unknown_field(const std::string& name, const CommandSpec& command) {
  std::vector<std::string> known;
  for (const http::RouteParameter& field : start_fields()) known.push_back(field.name);
  const std::string meant = closest(name, known);
  std::string all;
  for (const std::string& field : known) all += (all.empty() ? "" : ", ") + field;
  const std::string option = option_name(name);
  if (is_of_requests(option))
    return {ErrorKind::usage, "unknown field '" + name + "'", "did you mean: " + field_name(option)};
  const bool of_server = find_option(command, option) != nullptr;
  return {ErrorKind::usage, "unknown field '" + name + "'",
          of_server       ? "it is given when the service is started, or on the command line of racesim run"
          : meant.empty() ? "known: " + all
                          : "did you mean: " + meant + "   known: " + all};
}

/// Whoever may start a run may not read and write files of the server.
Done refuse_files(const serve::StartField& field, const ScenarioEntry* scenario) {
  const auto refused = [&] {
    return fail(ErrorKind::usage, field.name + ": '" + field.text + "' is a file of the server",
                "give it on the command line of racesim serve");
  };
  if (field.name == "sink" && field.text != "kafka" && field.text != "null")
    return fail(ErrorKind::usage, "sink: '" + field.text + "' is not for a request",
                "one of: kafka, null; others are given on the command line of racesim serve");
  if (scenario == nullptr) return {};
  const ContentOption* const option = find_option(*scenario, option_name(field.name));
  if (option != nullptr && option->kind == ValueKind::document && option->document->is_path(field.text))
    return refused();
  return {};
}

enum class Standing : std::uint8_t { below, typed, none };

/// What a setting of the service means to a run. What was typed for scenarios holds for those that were typed
/// beside it; what none of these has was typed in error, and says so as in racesim run.
Standing standing_of(const std::string& option, Source source, const ScenarioEntry* scenario,
                     const std::vector<std::string>& served) {
  const auto has = [&](const ScenarioEntry* entry) { return find_option(*entry, option) != nullptr; };
  const auto all = scenarios();
  if (scenario == nullptr || std::none_of(all.begin(), all.end(), has)) return Standing::below;
  if (source != Source::flag) return has(scenario) ? Standing::below : Standing::none;
  const bool is_served = std::find(served.begin(), served.end(), scenario->name) != served.end();
  if (!is_served) return Standing::none;
  if (has(scenario)) return Standing::below;
  const bool meant_for_another = std::any_of(served.begin(), served.end(), [&](const std::string& name) {
    const ScenarioEntry* const entry = find_scenario(name);
    return entry != nullptr && has(entry);
  });
  return meant_for_another ? Standing::none : Standing::typed;
}

/// What the service was started with, as something that a request may overrule without contradiction.
Settings settings_below(const Settings& base, const ScenarioEntry* scenario,
                        const std::vector<std::string>& served, bool sink_named) {
  Settings below;
  for (const auto& [name, setting] : base) {
    if (setting.source == Source::builtin || name == "scenario") continue;
    const Standing standing = standing_of(name, setting.source, scenario, served);
    if (standing == Standing::none) continue;
    Setting lower = setting;
    // A cluster that was typed is sent to beside other sinks, as in racesim run.
    const bool kept = standing == Standing::typed || (name == "brokers" && !sink_named);
    if (lower.source == Source::flag && !kept) lower.source = Source::alias;
    below[name] = std::move(lower);
  }
  return below;
}

std::string wanted_scenario(const serve::StartFields& fields, const std::optional<Manifest>& manifest,
                            const std::vector<std::string>& served) {
  if (manifest) return std::string(manifest->content.scenario->name);
  const auto named = std::find_if(fields.begin(), fields.end(),
                                  [](const serve::StartField& f) { return f.name == "scenario"; });
  return named == fields.end() ? served.front() : named->text;
}

}  // namespace

Result<RunConfig> make_requested_run(const serve::StartFields& fields, const Settings& base,
                                     const std::vector<std::string>& served, Clock& clock) {
  RunOptions options;
  options.stdout_by_default = false;
  CommandSpec command;
  command.options = run_options(options);
  const Result<std::optional<Manifest>> manifest = manifest_in(fields);
  if (!manifest) return tl::make_unexpected(manifest.error());
  const std::string wanted = wanted_scenario(fields, *manifest, served);
  const ScenarioEntry* const entry = find_scenario(wanted);
  const bool sink_named =
      std::any_of(fields.begin(), fields.end(), [](const serve::StartField& f) { return f.name == "sink"; });
  Settings given = settings_below(base, entry, served, sink_named);
  given["scenario"] = {Source::flag, "scenario", {wanted}};
  for (const serve::StartField& field : fields) {
    if (field.name == serve::kManifestField) continue;
    const std::string option = option_name(field.name);
    const bool known = field_name(option) == field.name && is_of_requests(option);
    if (!known) return tl::make_unexpected(unknown_field(field.name, command));
    if (Done ok = refuse_files(field, entry); !ok) return tl::make_unexpected(ok.error());
    given[option] = {Source::flag, field.name, {field.text}};
  }
  const Settings settings = resolve(command, {}, given, {}, {});
  if (Done ok = apply_settings(command, settings); !ok) return tl::make_unexpected(ok.error());
  const bool to_http = std::any_of(options.sinks.begin(), options.sinks.end(),
                                   [](const SinkText& sink) { return sink.kind == "http"; });
  if (to_http)
    return fail(ErrorKind::usage, "--sink http: the service has no such sink",
                "racesim run --sink http sends to a server");
  if (*manifest) return make_run_again(**manifest, options, settings);
  return make_run_config(options, settings, clock);
}

}  // namespace racesim::cli
