#include "run/record/checkpoint.h"

#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/time_text.h"
#include "io/files/atomic_file.h"
#include "io/files/read_file.h"

namespace racesim {
namespace {

using Json = nlohmann::ordered_json;
constexpr int kFormat = 1;
constexpr std::size_t kCheckpointBytesMost = std::size_t{64} << 20;  // some hundred per partition are usual

Json to_json(const StreamPosition& position) {
  return {{"topic", position.topic},
          {"partition", position.partition},
          {"next_offset", position.next_offset},
          {"next_ordinal", position.next_ordinal}};
}

Json to_json(const std::vector<StreamPosition>& positions) {
  Json array = Json::array();
  for (const StreamPosition& position : positions) array.push_back(to_json(position));
  return array;
}

Json to_json(const SinkCheckpoint& sink) {
  return {{"name", sink.name},
          {"identity", sink.identity},
          {"ordinal", sink.ordinal},
          {"positions", to_json(sink.positions)},
          {"origins", to_json(sink.origins)}};
}

StreamPosition position_from(const Json& json) {
  return {json.at("topic"), json.at("partition"), json.at("next_offset"), json.at("next_ordinal")};
}

SinkCheckpoint sink_from(const Json& json) {
  SinkCheckpoint sink{json.at("name"), json.at("identity"), json.at("ordinal"), {}, {}};
  for (const Json& position : json.at("positions")) sink.positions.push_back(position_from(position));
  for (const Json& origin : json.at("origins")) sink.origins.push_back(position_from(origin));
  return sink;
}

Checkpoint checkpoint_from(const Json& json) {
  Checkpoint checkpoint;
  checkpoint.run = json.at("run");
  checkpoint.content = json.at("content");
  checkpoint.start_ns = json.at("start_ns");
  if (!json.at("end_ns").is_null()) checkpoint.end_ns = json.at("end_ns").get<std::int64_t>();
  checkpoint.place = {json.at("slice"), json.at("slice_ordinal")};
  checkpoint.complete = json.at("complete");
  for (const Json& sink : json.at("sinks")) checkpoint.sinks.push_back(sink_from(sink));
  return checkpoint;
}

}  // namespace

std::string content_text(const RunConfig& config, const std::string& run) {
  const ContentOptions& c = config.content;
  std::string streams;
  for (const std::string& stream : c.race.streams) streams += (streams.empty() ? "" : ",") + stream;
  return fmt::format(
      "run {}, scenario {}, seed {}, streams {}, columns {}, format {}, part {}/{}, faults {} delay {} ns, "
      "{} events",
      run, c.scenario, c.seed, streams, c.race.names, config.delivery.format, config.shard.index,
      config.shard.count, format_faults(config.faults), config.faults.late_delay_ns,
      c.most_events == 0 ? "all" : std::to_string(c.most_events));
}

Done save_checkpoint(const std::string& path, const Checkpoint& checkpoint) {
  Json json;
  json["checkpoint"] = kFormat;
  json["run"] = checkpoint.run;
  json["content"] = checkpoint.content;
  json["start"] = format_datetime(checkpoint.start_ns);
  json["start_ns"] = checkpoint.start_ns;
  json["end_ns"] = checkpoint.end_ns ? Json(*checkpoint.end_ns) : Json();
  json["slice"] = checkpoint.place.slice;
  json["slice_ordinal"] = checkpoint.place.ordinal;
  json["complete"] = checkpoint.complete;
  json["sinks"] = Json::array();
  for (const SinkCheckpoint& sink : checkpoint.sinks) json["sinks"].push_back(to_json(sink));
  Result<AtomicFile> file = AtomicFile::create(path);
  if (!file) return tl::make_unexpected(file.error());
  if (Done ok = file->write(json.dump(2) + "\n"); !ok) return ok;
  return file->commit();
}

Result<std::optional<Checkpoint>> load_checkpoint(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error) && !error) return std::optional<Checkpoint>();
  if (error) return tl::make_unexpected(system_error("--checkpoint " + path, error.value()));
  const Result<std::string> text = read_file(path, kCheckpointBytesMost);
  if (!text) return tl::make_unexpected(text.error());
  const std::string hint = "remove it to begin anew, or name the right file";
  try {
    const Json json = Json::parse(*text);
    if (const int format = json.at("checkpoint"); format != kFormat)
      return fail(
          ErrorKind::usage,
          fmt::format("--checkpoint {}: it has format {}, this racesim knows {}", path, format, kFormat),
          "go on with the racesim that wrote it, or remove it to begin anew");
    return std::optional<Checkpoint>(checkpoint_from(json));
  } catch (const Json::exception& e) {
    return fail(ErrorKind::usage, fmt::format("--checkpoint {} is no checkpoint: {}", path, e.what()), hint);
  }
}

}  // namespace racesim
