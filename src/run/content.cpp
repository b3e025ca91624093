#include "run/content.h"

#include <fmt/format.h>

#include <charconv>

#include "io/files/read_file.h"
#include "run/record/run_record.h"
#include "run/run_id.h"
#include "sim/registry.h"

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

ContentInput input_of(const ContentOptions& options) {
  return {options.values, options.volume, options.live};
}

Frame frame_of(const ContentOptions& options, const MasterData& master) {
  Frame frame;
  frame.seed = options.seed;
  frame.start_ms = options.start_ns / 1'000'000;
  if (options.end_ns) frame.end_ms = *options.end_ns / 1'000'000;
  frame.master = master.tables();
  return frame;
}

/// Events refer to master data by its places, so other data makes other events.
Done check_master(const RunConfig& config, const MasterData& master) {
  if (config.master_hash.empty()) return {};
  const std::string hash = master.entities.empty() ? "none" : hash_text(master.content_hash);
  if (hash == config.master_hash) return {};
  return fail(
      ErrorKind::master_data,
      fmt::format("the run was made from other master data than that in {}: its hash is {} there and {} here",
                  config.content.master_data_dir, config.master_hash, hash),
      "give the folder that it was made from: --master-data-dir DIR");
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
    const RowForm* form = find_row_form(*stream.schema);
    auto encoder = make_encoder(*stream.schema, format, form != nullptr ? &form->table : nullptr);
    if (!encoder) return tl::make_unexpected(encoder.error());
    content.encoders.push_back(std::move(*encoder));
  }
  if (content.encoders.size() > 1 && !content.encoders.front()->header().empty())
    return fail(ErrorKind::usage, "--format " + format + " has one header, but these streams need two",
                "choose one with --streams, or --format json");
  return {};
}

}  // namespace

ShardRange shard_range(const ShardOption& option, std::uint32_t shards) {
  const auto bound = [&](std::uint64_t i) { return static_cast<std::uint32_t>(i * shards / option.count); };
  return {bound(option.index - 1), bound(option.index)};
}

EventForms forms_of(const Content& content) {
  EventForms forms{content.run, content.encoders.front()->header(), {}, {}};
  for (const StreamInfo& stream : content.scenario->streams()) {
    forms.topics.emplace_back(stream.topic);
    forms.schemas.push_back(stream.schema);
  }
  return forms;
}

Result<std::shared_ptr<const ScenarioContent>> read_content(const ContentOptions& options) {
  return options.scenario->read(input_of(options));
}

Done read_documents(ContentOptions& options) {
  for (const ContentOption& option : options.scenario->options) {
    if (option.kind != ValueKind::document) continue;
    Document document = options.values.document(option.name);
    if (!document.text.empty() || !option.document->is_path(document.name)) continue;
    const auto named = [&](const Error& error) {
      return fail(error.kind, fmt::format("--{}: {}", option.name, error.what), error.hint);
    };
    const Result<std::string> bytes = read_text_file(document.name, option.document->most_bytes);
    if (!bytes) return named(bytes.error());
    Result<std::string> text = option.document->normalise(*bytes, document.name);
    if (!text) return named(text.error());
    document.text = std::move(*text);
    options.values.set(option.name, std::move(document), options.values.given_by(option.name));
  }
  return {};
}

Result<std::unique_ptr<Content>> open_content(RunConfig& config, Clock& clock) {
  const ScenarioEntry& entry = *config.content.scenario;
  auto content = std::make_unique<Content>();
  auto options = read_content(config.content);
  if (!options) return tl::make_unexpected(options.error());
  content->options = std::move(*options);
  if (entry.needs_master || config.content.master_data_named) {
    auto master = load_master(config.content.master_data_dir, entry.master_entities);
    if (!master) return tl::make_unexpected(master.error());
    content->master = std::move(*master);
  }
  if (Done ok = check_master(config, content->master); !ok) return tl::make_unexpected(ok.error());
  if (config.pace.start_when_ready) start_now(config.content, config.pace.backfill_ns, clock);
  Frame frame = frame_of(config.content, content->master);
  content->run =
      derive_run(entry, frame, identity_of(entry, *content->options, input_of(config.content), frame),
                 content->master.content_hash);
  if (config.run_id) {
    const auto named = parse_run(*config.run_id);
    if (!named) return tl::make_unexpected(named.error());
    content->run = *named;
  }
  frame.run = content->run;
  auto scenario = entry.make(*content->options, frame);
  if (!scenario) return tl::make_unexpected(scenario.error());
  content->scenario = std::move(*scenario);
  if (const Done ok = open_encoders(config.delivery.format, *content); !ok)
    return tl::make_unexpected(ok.error());
  return content;
}

}  // namespace racesim
