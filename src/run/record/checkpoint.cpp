#include "run/record/checkpoint.h"

#include <fmt/format.h>

#include <charconv>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "io/files/atomic_file.h"
#include "io/files/read_file.h"
#include "run/record/format_one.h"

namespace racesim {
namespace {

using Json = nlohmann::ordered_json;
constexpr std::size_t kCheckpointBytesMost = std::size_t{64} << 20;  // some hundred per partition are usual

Json to_json(const StreamPosition& position) {
  Json json{{"topic", position.topic},
            {"partition", position.partition},
            {"next_offset", position.next_offset},
            {"next_ordinal", position.next_ordinal}};
  if (!position.record) return json;
  const LineHash& hash = position.record->hash;
  json["record_hash"] = hash_text({hash[1], hash[0]});  // high half first, as xxhsum -H2 writes it
  if (position.record->time_ms >= 0) json["record_time_ms"] = position.record->time_ms;
  return json;
}

Json to_json(const std::vector<StreamPosition>& positions) {
  Json array = Json::array();
  for (const StreamPosition& position : positions) array.push_back(to_json(position));
  return array;
}

Json to_json(const SinkCheckpoint& sink) {
  Json json = {{"name", sink.name},
               {"identity", sink.identity},
               {"ordinal", sink.ordinal},
               {"positions", to_json(sink.positions)},
               {"origins", to_json(sink.origins)}};
  for (const OrdinalRange& range : sink.dead_lettered)
    json["dead_lettered"].push_back({range.first, range.last});
  return json;
}

LineHash hash_from(const std::string& text) {
  LineHash hash{};
  constexpr std::size_t kHalf = 16;
  const auto parse = [&](std::size_t half, std::uint64_t& to) {
    const char* const end = text.data() + (half + 1) * kHalf;
    const auto read = std::from_chars(text.data() + half * kHalf, end, to, 16);
    return read.ec == std::errc() && read.ptr == end;
  };
  if (text.size() != 2 * kHalf || !parse(0, hash[1]) || !parse(1, hash[0]))
    throw std::invalid_argument("record_hash is not made of 32 hex digits");
  return hash;
}

StreamPosition position_from(const Json& json) {
  StreamPosition position{json.at("topic"), json.at("partition"), json.at("next_offset"),
                          json.at("next_ordinal")};
  if (json.contains("record_hash"))
    position.record =
        RecordMark{hash_from(json.at("record_hash")), json.value("record_time_ms", std::int64_t{-1})};
  return position;
}

SinkCheckpoint sink_from(const Json& json) {
  SinkCheckpoint sink{json.at("name"), json.at("identity"), json.at("ordinal"), {}, {}};
  for (const Json& position : json.at("positions")) sink.positions.push_back(position_from(position));
  for (const Json& origin : json.at("origins")) sink.origins.push_back(position_from(origin));
  for (const Json& range : json.value("dead_lettered", Json::array()))
    sink.dead_lettered.push_back({range.at(0), range.at(1)});
  return sink;
}

/// Format 1 has a text in the place of the record.
void read_format_one(const Json& json, Checkpoint& checkpoint) {
  checkpoint.record.run = json.at("run");
  checkpoint.content_one = json.at("content");
  checkpoint.record.content.start_ns = json.at("start_ns");
  checkpoint.record.content.limit.of_sends = true;
  if (!json.at("end_ns").is_null()) checkpoint.record.content.end_ns = json.at("end_ns").get<std::int64_t>();
}

/// The scenario in such a text, and the program and version that wrote it: there was only one of each.
Json scenario_of_format_one(const std::string& content) {
  constexpr std::string_view kBefore = "scenario ";
  const std::size_t begin = content.find(kBefore) + kBefore.size();
  return {{"scenario", content.substr(begin, content.find(',', begin) - begin) + "@1"},
          {"program", "racesim 0.1.0"}};
}

Checkpoint checkpoint_from(const Json& json) {
  Checkpoint checkpoint;
  if (json.at("checkpoint").get<int>() == 1)
    read_format_one(json, checkpoint);
  else
    checkpoint.record = record_from(json);
  // Without it sends are counted, and it is not needed.
  checkpoint.place = {json.at("slice"), json.at("slice_ordinal"), json.value("slice_made", std::uint64_t{0})};
  checkpoint.complete = json.at("complete");
  for (const Json& sink : json.at("sinks")) checkpoint.sinks.push_back(sink_from(sink));
  return checkpoint;
}

Result<std::optional<Checkpoint>> parse_checkpoint(const Json& json, const std::string& path) {
  const int format = json.at("checkpoint");
  if (format != Checkpoint::kFormat && format != 1)
    return fail(ErrorKind::usage,
                fmt::format("--checkpoint {} has format {}, but this racesim reads formats 1 and {}", path,
                            format, Checkpoint::kFormat),
                "use the racesim version that wrote it, or remove it to start over");
  const Json old = format == 1 ? scenario_of_format_one(json.at("content")) : Json();
  if (const Done ok = check_scenario(format == 1 ? old : json, "--checkpoint " + path); !ok)
    return tl::make_unexpected(ok.error());
  return std::optional<Checkpoint>(checkpoint_from(json));
}

}  // namespace

std::vector<std::string> differences(const Checkpoint& known, const RunRecord& here) {
  if (known.content_one.empty()) return differences(known.record, here);
  const std::string text = content_text_one(here);
  if (text == known.content_one) return {};
  return {known.content_one + " there", text + " here"};
}

Done save_checkpoint(const std::string& path, const Checkpoint& checkpoint) {
  Json json{{"checkpoint", Checkpoint::kFormat}};
  add_record(checkpoint.record, json);
  json["slice"] = checkpoint.place.slice;
  json["slice_ordinal"] = checkpoint.place.ordinal;
  json["slice_made"] = checkpoint.place.made;
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
  const std::string hint = "name the right file, or one that does not exist yet to start over";
  try {
    return parse_checkpoint(Json::parse(*text), path);
  } catch (const std::exception& e) {
    return fail(ErrorKind::usage,
                fmt::format("--checkpoint {} is not a checkpoint: {}", path, plain_reason(e)), hint);
  }
}

}  // namespace racesim
