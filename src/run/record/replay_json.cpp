#include "run/record/replay_json.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "base/time_text.h"
#include "run/replay/parse_replay.h"

namespace racesim {
namespace {

using Json = RecordJson;

// In the order of the enumerations.
constexpr std::array<std::string_view, 5> kUnits{"auto", "s", "ms", "us", "ns"};
constexpr std::array<std::string_view, 3> kStamps{"keep", "shift", "scale"};
constexpr std::array<std::string_view, 5> kPlaces{"none", "time", "after", "lap", "offset"};

template <class Enum, std::size_t N>
std::string name_in(const std::array<std::string_view, N>& names, Enum value) {
  return std::string(names[static_cast<std::size_t>(value)]);
}

template <class Enum, std::size_t N>
Enum value_in(const std::array<std::string_view, N>& names, const Json& json) {
  const auto text = json.get<std::string>();
  const auto found = std::find(names.begin(), names.end(), text);
  if (found == names.end()) throw std::invalid_argument("'" + text + "' is not known");
  return static_cast<Enum>(found - names.begin());
}

Json to_json(const SeekPoint& point) {
  return {{"kind", name_in(kPlaces, point.kind)}, {"value", point.value}};
}

SeekPoint point_from(const Json& json) {
  return {value_in<SeekPoint::Kind>(kPlaces, json.at("kind")), json.at("value").get<std::int64_t>()};
}

Json to_json(const LaneRecord& lane) {
  Json json{{"name", lane.name}};
  if (lane.file_bytes) json["file_bytes"] = *lane.file_bytes;
  if (lane.first_offset >= 0) json["offsets"] = {lane.first_offset, lane.end_offset};
  if (!lane.read) return json;
  json["records"] = lane.read->records;
  json["bytes"] = lane.read->bytes;
  json["hash"] = hash_text(lane.read->hash);
  json["whole"] = lane.read->whole;
  return json;
}

LaneRecord lane_from(const Json& json) {
  LaneRecord lane;
  json.at("name").get_to(lane.name);
  if (json.contains("file_bytes")) lane.file_bytes = json.at("file_bytes").get<std::uint64_t>();
  if (json.contains("offsets")) {
    json.at("offsets").at(0).get_to(lane.first_offset);
    json.at("offsets").at(1).get_to(lane.end_offset);
  }
  if (json.contains("records"))
    lane.read = LaneReading{json.at("records"), json.at("bytes"), hash_from_text(json.at("hash"), "hash"),
                            json.at("whole")};
  return lane;
}

Json to_json(const ReplayConfig& replay, double speed) {
  Json json{{"sources", replay.source_texts}};
  json["brokers"] = replay.source_brokers.empty() ? Json(nullptr) : Json(replay.source_brokers);
  json["time_field"] = replay.time_field;
  json["key_field"] = replay.key_field;
  json["time_unit"] = name_in(kUnits, replay.time_unit);
  json["from"] = to_json(replay.from);
  json["to"] = to_json(replay.to);
  json["filters"] = Json::array();
  for (const FieldFilter& filter : replay.filters) json["filters"].push_back(filter.text);
  json["speed"] = speed;
  json["timestamps"] = name_in(kStamps, replay.stamps);
  json["start"] = replay.stamps == Stamps::keep ? Json(nullptr) : Json(format_datetime(replay.start_ns));
  json["rounds"] = replay.rounds;
  json["loops"] = replay.loops;
  json["max_gap_ns"] = replay.max_gap_ns;
  return json;
}

void add_found(const FoundRecording& found, Json& json) {
  json["topics"] = found.topics;
  json["one_stream"] = found.one_stream;
  json["lanes"] = Json::array();
  for (const LaneRecord& lane : found.lanes) json["lanes"].push_back(to_json(lane));
}

FoundRecording found_from(const Json& json) {
  FoundRecording found;
  json.at("topics").get_to(found.topics);
  json.at("one_stream").get_to(found.one_stream);
  if (found.topics.empty()) throw std::invalid_argument("topics: there is none");
  for (const Json& lane : json.at("lanes")) found.lanes.push_back(lane_from(lane));
  return found;
}

ReplayConfig replay_from(const Json& json) {
  ReplayConfig replay;
  json.at("sources").get_to(replay.source_texts);
  if (!json.at("brokers").is_null()) json.at("brokers").get_to(replay.source_brokers);
  json.at("time_field").get_to(replay.time_field);
  json.at("key_field").get_to(replay.key_field);
  replay.time_unit = value_in<TimeUnit>(kUnits, json.at("time_unit"));
  replay.from = point_from(json.at("from"));
  replay.to = point_from(json.at("to"));
  for (const Json& text : json.at("filters")) {
    Result<FieldFilter> filter = parse_filter(text.get<std::string>());
    if (!filter) throw std::invalid_argument("filters: " + filter.error().what);
    replay.filters.push_back(std::move(*filter));
  }
  replay.stamps = value_in<Stamps>(kStamps, json.at("timestamps"));
  if (!json.at("start").is_null()) replay.start_ns = time_from(json.at("start"));
  json.at("rounds").get_to(replay.rounds);
  json.at("loops").get_to(replay.loops);
  json.at("max_gap_ns").get_to(replay.max_gap_ns);
  replay.found = found_from(json);
  return replay;
}

}  // namespace

void add_replay_record(const RunRecord& record, Json& object) {
  object["program"] = record.program;
  object["commit"] = record.commit;
  object["run"] = record.run;
  object["seed"] = record.content.seed;
  object["replay"] = to_json(*record.replay, record.replay_speed);
  if (record.replay->found) add_found(*record.replay->found, object["replay"]);
  object["event_format"] = record.event_format;
  object["fault_rules"] = faults_json(record.faults);
}

std::vector<ReplayDifference> replay_differences(const RunRecord& there, const RunRecord& here) {
  const auto members = [](const RunRecord& record) {
    Json object;
    add_replay_record(record, object);
    Json all = std::move(object["replay"]);
    all.update(Json{{"seed", object["seed"]}, {"faults", object["fault_rules"]}});
    if (record.replay->stamps != Stamps::scale) all.erase("speed");
    // What was read of them so far does not count.
    for (Json& lane : all["lanes"])
      for (const char* const name : {"records", "bytes", "hash", "whole"}) lane.erase(name);
    return all;
  };
  const Json a = members(there), b = members(here);
  std::vector<ReplayDifference> found;
  for (const auto& [name, value] : b.items()) {
    const std::string known = a.contains(name) ? a[name].dump() : std::string();
    if (known != value.dump()) found.push_back({name, known, value.dump()});
  }
  return found;
}

bool is_replay_record(const Json& object) {
  return object.contains("replay");
}

RunRecord replay_record_from(const Json& object) {
  RunRecord record;
  object.at("program").get_to(record.program);
  object.at("commit").get_to(record.commit);
  object.at("run").get_to(record.run);
  object.at("seed").get_to(record.content.seed);
  object.at("event_format").get_to(record.event_format);
  record.faults = faults_from(object.at("fault_rules"));
  record.replay = replay_from(object.at("replay"));
  object.at("replay").at("speed").get_to(record.replay_speed);
  return record;
}

}  // namespace racesim
