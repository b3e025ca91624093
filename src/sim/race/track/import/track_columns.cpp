#include "sim/race/track/import/track_columns.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/race/track/import/track_cells.h"

namespace racesim::race {
namespace {

enum class Meaning : std::uint8_t { x, y, right, left, height, degrees, unknown };

constexpr std::string_view kNames[kTrackColumns] = {"x_m", "y_m", "w_tr_right_m", "w_tr_left_m"};

constexpr const char* kKnownNames =
    "known: x_m, y_m, w_tr_right_m, w_tr_left_m; also x, y, right, left, w_right, width_right_m … and for "
    "heights z_m, height, elevation, altitude; all in metres";

/// "X [m]" → "x_m": small letters, the unit without brackets, '_' for what separates words.
std::string plain_name(std::string_view cell) {
  std::string name;
  for (const char c : cell) {
    if (c == ']' || c == ')') continue;
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool separates = c == ' ' || c == '-' || c == '[' || c == '(' || c == '_';
    if (separates && (name.empty() || name.back() == '_')) continue;
    name += separates ? '_' : letter ? static_cast<char>(c | 0x20) : c;
  }
  return name;
}

bool drop_front(std::string_view& name, std::string_view front) {
  if (!name.starts_with(front)) return false;
  name.remove_prefix(front.size());
  return true;
}

bool drop_back(std::string_view& name, std::string_view back) {
  if (!name.ends_with(back)) return false;
  name.remove_suffix(back.size());
  return true;
}

/// "w_tr_right", "track_width_right", "right_width", "w_r" → right.
Meaning side_of(std::string_view name) {
  bool width = drop_front(name, "w_tr_") || drop_front(name, "w_") || drop_front(name, "track_width_") ||
               drop_front(name, "width_");
  width = drop_back(name, "_width") || width;
  if (name == "right" || (width && name == "r")) return Meaning::right;
  if (name == "left" || (width && name == "l")) return Meaning::left;
  return Meaning::unknown;
}

Meaning meaning_of(std::string_view cell) {
  const std::string plain = plain_name(cell);
  std::string_view name = plain;
  if (!drop_back(name, "_m")) drop_back(name, "_metres");
  const auto is = [&](std::initializer_list<std::string_view> names) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  if (is({"x", "x_ref", "east", "easting"})) return Meaning::x;
  if (is({"y", "y_ref", "north", "northing"})) return Meaning::y;
  if (is({"z", "height", "elevation", "ele", "elev", "altitude", "alt"})) return Meaning::height;
  if (is({"lon", "lng", "long", "longitude", "lat", "latitude"})) return Meaning::degrees;
  return side_of(name);
}

std::vector<std::string_view> name_cells(std::string_view line) {
  while (!line.empty() && line.front() == '#') line.remove_prefix(1);
  return split_cells(line, separator_of(line));
}

tl::unexpected<Error> refuse_names(std::string what, std::string hint = kKnownNames) {
  return fail(ErrorKind::master_data, std::move(what), std::move(hint));
}

}  // namespace

bool are_column_names(std::string_view line) {
  bool known = false, x = false, y = false, words = true;
  for (const std::string_view cell : name_cells(line)) {
    const Meaning meaning = meaning_of(cell);
    known = known || meaning != Meaning::unknown;
    x = x || meaning == Meaning::x;
    y = y || meaning == Meaning::y;
    words = words && !cell.empty() && !number_of(cell);
  }
  return line.starts_with('#') ? x && y : known || words;
}

Result<TrackColumns> read_column_names(std::string_view line) {
  constexpr std::size_t kNowhere = static_cast<std::size_t>(-1);
  const std::vector<std::string_view> cells = name_cells(line);
  TrackColumns columns;
  columns.at.fill(kNowhere);
  columns.count = cells.size();
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::string name(cells[i].substr(0, 40));
    const Meaning meaning = meaning_of(cells[i]);
    if (meaning == Meaning::degrees)
      return refuse_names(fmt::format("column '{}' holds degrees; x and y are metres", name),
                          "give longitude and latitude as GeoJSON, which is read too");
    if (meaning == Meaning::unknown) return refuse_names(fmt::format("column '{}' is not known", name));
    if (meaning == Meaning::height) {
      if (columns.height)
        return refuse_names(
            fmt::format("columns '{}' and '{}' mean the same", cells[*columns.height].substr(0, 40), name));
      columns.height = i;
      continue;
    }
    std::size_t& at = columns.at[static_cast<std::size_t>(meaning)];
    if (at != kNowhere)
      return refuse_names(fmt::format("columns '{}' and '{}' mean the same", cells[at].substr(0, 40), name));
    at = i;
  }
  for (std::size_t i = 0; i < kTrackColumns; ++i)
    if (columns.at[i] == kNowhere) return refuse_names(fmt::format("no column is {}", kNames[i]));
  return columns;
}

}  // namespace racesim::race
