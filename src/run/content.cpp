#include "run/content.h"

#include <charconv>

#include "run/run_id.h"

namespace racesim {
namespace {

Result<std::uint32_t> parse_run(const std::string& text) {
  std::uint32_t run = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, code] = std::from_chars(text.data(), end, run, 16);
  if (code != std::errc{} || stop != end || text.size() != 8)
    return fail(ErrorKind::usage, "--run-id: '" + text + "' is not a run's name",
                "a name is 8 hex digits: a1b2c3d4");
  return run;
}

ScenarioConfig scenario_config(const ContentOptions& content, const MasterData& master) {
  ScenarioConfig config;
  config.seed = content.seed;
  config.start_ms = content.start_ns / 1'000'000;
  if (content.end_ns) config.end_ms = *content.end_ns / 1'000'000;
  config.plays = content.plays;
  config.race = content.race;
  config.master = master.tables();
  return config;
}

Done unknown_scenario(const std::string& name) {
  std::string known;
  for (const ScenarioEntry& entry : scenarios())
    known += (known.empty() ? "--scenario " : " or ") + std::string(entry.name);
  return fail(ErrorKind::usage, "unknown scenario '" + name + "'", "choose: " + known);
}

/// What was read so far took its time; a run that begins now is not late by it.
void start_now(ContentOptions& content, std::int64_t backfill_ns, Clock& clock) {
  constexpr std::int64_t kNsPerMs = 1'000'000;
  const std::int64_t start_ns = clock.wall_ns() - backfill_ns;
  const std::int64_t later_ns = start_ns / kNsPerMs * kNsPerMs - content.start_ns;
  content.start_ns += later_ns;
  if (content.end_ns) *content.end_ns += later_ns;
}

Done open_encoders(const std::string& format, Content& content) {
  for (const StreamInfo& stream : content.scenario->streams()) {
    auto encoder = make_encoder(*stream.schema, format);
    if (!encoder) return tl::make_unexpected(encoder.error());
    content.encoders.push_back(std::move(*encoder));
  }
  if (content.encoders.size() > 1 && !content.encoders.front()->header().empty())
    return fail(ErrorKind::usage, "--format " + format + " has one header, and these streams need two",
                "choose one with --streams, or --format json");
  return {};
}

}  // namespace

ShardRange shard_range(const ShardOption& option, std::uint32_t shards) {
  const auto bound = [&](std::uint64_t i) { return static_cast<std::uint32_t>(i * shards / option.count); };
  return {bound(option.index - 1), bound(option.index)};
}

Result<std::unique_ptr<Content>> open_content(RunConfig& config, Clock& clock) {
  const ScenarioEntry* entry = find_scenario(config.content.scenario);
  if (entry == nullptr) return tl::make_unexpected(unknown_scenario(config.content.scenario).error());
  auto content = std::make_unique<Content>();
  if (entry->needs_master || config.content.master_data_named) {
    auto master = load_master(config.content.master_data_dir, entry->master_entities);
    if (!master) return tl::make_unexpected(master.error());
    content->master = std::move(*master);
  }
  if (config.pace.start_when_ready) start_now(config.content, config.pace.backfill_ns, clock);
  ScenarioConfig options = scenario_config(config.content, content->master);
  content->run = derive_run(*entry, options, content->master.content_hash);
  if (config.run_id) {
    const auto named = parse_run(*config.run_id);
    if (!named) return tl::make_unexpected(named.error());
    content->run = *named;
  }
  options.run = content->run;
  auto scenario = entry->make(options);
  if (!scenario) return tl::make_unexpected(scenario.error());
  content->scenario = std::move(*scenario);
  if (const Done ok = open_encoders(config.delivery.format, *content); !ok)
    return tl::make_unexpected(ok.error());
  return content;
}

}  // namespace racesim
