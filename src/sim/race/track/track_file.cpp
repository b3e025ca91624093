#include "sim/race/track/track_file.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

namespace racesim::race {
namespace {

using Json = nlohmann::json;

constexpr const char* kFormat = "racesim track 1";
constexpr const char* kColumns[] = {"x_m", "y_m", "right_m", "left_m", "line_left_m", "z_m"};
constexpr std::size_t kFlatColumns = 5;  ///< those of a track without heights

/// Takes fields out of JSON objects and keeps the first complaint; after one, values are empty.
class Fields {
 public:
  const Json& member(const Json& object, const std::string& path, const char* key) {
    static const Json kNone;
    const auto found = object.is_object() ? object.find(key) : object.end();
    if (object.is_object() && found != object.end()) return *found;
    complain(path + key, "missing");
    return kNone;
  }
  double number(const Json& object, const std::string& path, const char* key) {
    return as_number(member(object, path, key), path + key);
  }
  double as_number(const Json& value, const std::string& path) {
    if (value.is_number()) return value.get<double>();
    complain(path, "not a number");
    return 0;
  }
  /// A whole number from 0 to 1,000,000.
  std::uint32_t index(const Json& value, const std::string& path) {
    constexpr std::uint64_t kMost = 1'000'000;
    if (value.is_number_unsigned() && value.get<std::uint64_t>() <= kMost) return value.get<std::uint32_t>();
    complain(path, "not a whole number from 0 on");
    return 0;
  }
  std::string text(const Json& object, const std::string& path, const char* key) {
    const Json& value = member(object, path, key);
    if (value.is_string()) return value.get<std::string>();
    complain(path + key, "not a text");
    return {};
  }
  const Json& list(const Json& object, const char* key) {
    static const Json kEmpty = Json::array();
    const Json& value = member(object, "", key);
    if (value.is_array()) return value;
    complain(key, "not a list");
    return kEmpty;
  }

  void complain(const std::string& path, const std::string& why) {
    if (!complaint_) complaint_ = path + ": " + why;
  }
  const std::optional<std::string>& complaint() const { return complaint_; }

 private:
  std::optional<std::string> complaint_;
};

void read_pit(Fields& fields, const Json& root, PitLane& pit) {
  const Json& object = fields.member(root, "", "pit");
  pit.entry_m = fields.number(object, "pit.", "entry_m");
  pit.limit_begin_m = fields.number(object, "pit.", "limit_begin_m");
  pit.limit_end_m = fields.number(object, "pit.", "limit_end_m");
  pit.exit_m = fields.number(object, "pit.", "exit_m");
  pit.left_m = fields.number(object, "pit.", "left_m");
  pit.limit_kmh = fields.number(object, "pit.", "limit_kmh");
}

void read_places(Fields& fields, const Json& root, Track& track) {
  for (const Json& item : fields.list(root, "corners")) {
    const std::string path = fmt::format("corners[{}].", track.corners.size());
    const std::uint32_t number = fields.index(fields.member(item, path, "number"), path + "number");
    track.corners.push_back({number, fields.text(item, path, "name"), fields.number(item, path, "s_m")});
  }
  for (const Json& item : fields.list(root, "checkpoints")) {
    const std::string path = fmt::format("checkpoints[{}].", track.checkpoints.size());
    track.checkpoints.push_back({fields.text(item, path, "name"), fields.number(item, path, "s_m")});
  }
  for (const Json& item : fields.list(root, "drs_zones")) {
    const std::string path = fmt::format("drs_zones[{}].", track.drs_zones.size());
    track.drs_zones.push_back({fields.number(item, path, "detection_m"), fields.number(item, path, "begin_m"),
                               fields.number(item, path, "end_m")});
  }
  const Json& ends = fields.list(root, "sector_ends");
  if (ends.size() != 2) fields.complain("sector_ends", "not two indices of checkpoints");
  for (std::size_t i = 0; i < 2 && i < ends.size(); ++i)
    track.sector_ends[i] = fields.index(ends[i], "sector_ends");
}

void read_points(Fields& fields, const Json& root, Track& track) {
  const Json& columns = fields.list(root, "columns");
  const std::size_t count = columns.size();
  track.has_heights = count == std::size(kColumns);
  if (!track.has_heights && count != kFlatColumns)
    fields.complain("columns", "not x_m, y_m, right_m, left_m, line_left_m, and z_m where there are heights");
  for (std::size_t i = 0; i < count && i < std::size(kColumns); ++i)
    if (columns[i] != kColumns[i])
      fields.complain("columns", fmt::format("number {} is not {}", i + 1, kColumns[i]));
  if (fields.complaint()) return;
  for (const Json& row : fields.list(root, "points")) {
    const std::string path = fmt::format("points[{}]", track.points.size());
    if (!row.is_array() || row.size() != count) {
      fields.complain(path, fmt::format("not a row of {} numbers", count));
      return;
    }
    double values[std::size(kColumns)] = {};
    for (std::size_t i = 0; i < count; ++i) values[i] = fields.as_number(row[i], path);
    track.points.push_back({values[0], values[1], values[2], values[3], values[4], values[5]});
  }
}

Track read_track(Fields& fields, const Json& root) {
  Track track;
  if (fields.text(root, "", "format") != kFormat) fields.complain("format", fmt::format("not '{}'", kFormat));
  track.name = fields.text(root, "", "name");
  track.title = fields.text(root, "", "title");
  const Json& anchor = fields.member(root, "", "anchor");
  track.anchor.latitude_deg = fields.number(anchor, "anchor.", "latitude_deg");
  track.anchor.longitude_deg = fields.number(anchor, "anchor.", "longitude_deg");
  track.length_m = fields.number(root, "", "length_m");
  if (root.is_object() && root.contains("altitude_m"))
    track.altitude_m = fields.number(root, "", "altitude_m");
  read_pit(fields, root, track.pit);
  read_places(fields, root, track);
  read_points(fields, root, track);
  return track;
}

tl::unexpected<Error> broken(std::string_view origin, const std::string& why) {
  return fail(ErrorKind::master_data, fmt::format("{}: {}", origin, why),
              "create the file again with 'racesim track import'");
}

}  // namespace

Result<Track> parse_track(std::string_view json, std::string_view origin) {
  Json root;
  try {
    root = Json::parse(json);
  } catch (const Json::parse_error& error) {
    return broken(origin, fmt::format("not JSON at byte {}", error.byte));
  } catch (const Json::out_of_range&) {
    return broken(origin, "not JSON: a number is beyond what computers count");
  }
  Fields fields;
  Track track = read_track(fields, root);
  if (fields.complaint()) return broken(origin, *fields.complaint());
  const Done checked = check_track(track, origin);
  if (!checked) return tl::make_unexpected(checked.error());
  return track;
}

std::string write_track(const Track& track) {
  const auto text = [](const std::string& value) {
    return Json(value).dump(-1, ' ', false, Json::error_handler_t::replace);
  };
  const PitLane& pit = track.pit;
  std::string out = fmt::format(
      "{{\n \"format\": \"{}\",\n \"name\": {},\n \"title\": {},\n \"anchor\": {{\"latitude_deg\": {:.6f}, "
      "\"longitude_deg\": {:.6f}}},\n{} \"length_m\": {:.4f},\n \"pit\": {{\"entry_m\": {:.2f}, "
      "\"limit_begin_m\": "
      "{:.2f}, \"limit_end_m\": {:.2f}, \"exit_m\": {:.2f}, \"left_m\": {:.2f}, \"limit_kmh\": {:.1f}}},\n",
      kFormat, text(track.name), text(track.title), track.anchor.latitude_deg, track.anchor.longitude_deg,
      track.altitude_m ? fmt::format(" \"altitude_m\": {:.1f},\n", *track.altitude_m) : "", track.length_m,
      pit.entry_m, pit.limit_begin_m, pit.limit_end_m, pit.exit_m, pit.left_m, pit.limit_kmh);
  const auto list = [&out](const char* key, const std::vector<std::string>& items) {
    out += fmt::format(" \"{}\": [", key);
    for (std::size_t i = 0; i < items.size(); ++i) out += (i == 0 ? "\n  " : ",\n  ") + items[i];
    out += "\n ]";
  };
  std::vector<std::string> items;
  for (const DrsZone& zone : track.drs_zones)
    items.push_back(fmt::format("{{\"detection_m\": {:.2f}, \"begin_m\": {:.2f}, \"end_m\": {:.2f}}}",
                                zone.detection_m, zone.begin_m, zone.end_m));
  list("drs_zones", items);
  out += fmt::format(",\n \"sector_ends\": [{}, {}],\n", track.sector_ends[0], track.sector_ends[1]);
  items.clear();
  for (const Corner& corner : track.corners)
    items.push_back(fmt::format("{{\"number\": {}, \"name\": {}, \"s_m\": {:.2f}}}", corner.number,
                                text(corner.name), corner.s_m));
  list("corners", items);
  items.clear();
  for (const Checkpoint& point : track.checkpoints)
    items.push_back(fmt::format("{{\"name\": {}, \"s_m\": {:.2f}}}", text(point.name), point.s_m));
  out += ",\n";
  list("checkpoints", items);
  out += ",\n \"columns\": [";
  for (std::size_t i = 0; i < (track.has_heights ? std::size(kColumns) : kFlatColumns); ++i)
    out += fmt::format("{}\"{}\"", i > 0 ? ", " : "", kColumns[i]);
  out += "],\n";
  items.clear();
  for (const TrackPoint& point : track.points)
    items.push_back(fmt::format("[{:.4f}, {:.4f}, {:.2f}, {:.2f}, {:.4f}{}]", point.x_m, point.y_m,
                                point.right_m, point.left_m, point.line_left_m,
                                track.has_heights ? fmt::format(", {:.4f}", point.z_m) : ""));
  list("points", items);
  return out + "\n}\n";
}

}  // namespace racesim::race
