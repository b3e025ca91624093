#include "cli/commands/serve/run_again.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "cli/commands/source_options.h"

namespace racesim::cli {
namespace {

/// Fields that never change a byte of an event.
constexpr std::array<std::string_view, 10> kOfPace{
    "posting_rate", "stages",  "arrivals", "speed",    "catch_up",
    "on_overload",  "max_lag", "sink",     "scenario", serve::kManifestField};

Done check_beside(const serve::StartFields& fields, const Manifest& manifest) {
  for (const serve::StartField& field : fields) {
    if (std::find(kOfPace.begin(), kOfPace.end(), field.name) == kOfPace.end())
      return fail(ErrorKind::usage, field.name + ": the manifest says what is made",
                  "leave it out, or leave out the manifest");
    if (field.name == "scenario" && field.text != manifest.content.scenario->name)
      return fail(ErrorKind::usage,
                  "scenario: the manifest is of " + std::string(manifest.content.scenario->name) +
                      ", not of " + field.text,
                  "leave it out");
  }
  return {};
}

}  // namespace

Result<std::optional<Manifest>> manifest_in(const serve::StartFields& fields) {
  const auto field = std::find_if(fields.begin(), fields.end(),
                                  [](const serve::StartField& f) { return f.name == serve::kManifestField; });
  if (field == fields.end()) return std::optional<Manifest>();
  Result<Manifest> manifest = parse_manifest(field->text, field->name);
  if (!manifest) return fail(ErrorKind::usage, manifest.error().what, manifest.error().hint);
  if (manifest->replay)
    return fail(ErrorKind::usage, "manifest: it is of a replay, which reads files and topics",
                "racesim replay sends recordings");
  if (manifest->event_format != "json")
    return fail(ErrorKind::usage,
                "manifest: its events are " + manifest->event_format + ", and a service makes JSON",
                "racesim run --format " + manifest->event_format + " makes them");
  if (manifest->totals && manifest->totals->released == 0)
    return fail(ErrorKind::usage, "manifest: the run sent nothing", "give the manifest of another run");
  if (Done ok = check_beside(fields, *manifest); !ok) return tl::make_unexpected(ok.error());
  return std::optional(std::move(*manifest));
}

Result<RunConfig> make_run_again(const Manifest& manifest, const RunOptions& options,
                                 const Settings& settings) {
  const bool by_rate = is_given(settings, "posting-rate") || is_given(settings, "stages");
  const bool by_event_time = !by_rate && (manifest.content.live || is_given(settings, "speed"));
  Result<RunConfig> config = make_sending_config(options, settings, by_event_time);
  if (!config) return config;
  const RunConfig again = config_of(manifest);
  config->content = again.content;
  config->shard = again.shard;
  config->faults = again.faults;
  config->run_id = again.run_id;
  config->pace.starts_anew = by_event_time;
  // Whoever asks names no folder of the server.
  config->content.master_data_dir = options.master_data_dir;
  config->master_hash = manifest.master_hash;
  const bool was_stopped = manifest.totals && !manifest.totals->complete && manifest.shard.count == 1;
  if (was_stopped) config->content.limit = {manifest.totals->released, true};
  return config;
}

}  // namespace racesim::cli
