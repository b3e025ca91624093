#include "sim/fleet/roads/road_tags.h"

#include <fmt/format.h>

#include <charconv>

namespace racesim::fleet {
namespace {

constexpr std::uint16_t kTypeLimit_kmh[] = {50, 90, 120, 140};
constexpr std::string_view kTypeNames[] = {"urban", "rural", "expressway", "highway"};

struct ClassName {
  std::string_view name;
  RoadClass road_class;
};
constexpr ClassName kClassNames[] = {
    {"motorway", RoadClass::motorway},       {"trunk", RoadClass::trunk},
    {"primary", RoadClass::primary},         {"secondary", RoadClass::secondary},
    {"tertiary", RoadClass::tertiary},       {"unclassified", RoadClass::tertiary},
    {"residential", RoadClass::residential}, {"living_street", RoadClass::residential},
    {"service", RoadClass::service},         {"road", RoadClass::residential},
    {"motorway_link", RoadClass::link},      {"trunk_link", RoadClass::link},
    {"primary_link", RoadClass::primary},    {"secondary_link", RoadClass::secondary},
    {"tertiary_link", RoadClass::tertiary},  {"track", RoadClass::service},
};

RoadType type_of_limit(double limit_kmh) {
  if (limit_kmh <= 60) return RoadType::urban;
  if (limit_kmh <= 90) return RoadType::rural;
  return limit_kmh <= 120 ? RoadType::expressway : RoadType::highway;
}

/// Kilometres per hour of "50", "50 km/h", "30 mph"; none: not such a text.
std::optional<double> parse_speed(std::string_view text) {
  double factor = 1;
  for (const auto& [unit, value] :
       {std::pair{std::string_view("mph"), 1.609344}, {"km/h", 1.0}, {"kmh", 1.0}})
    if (text.ends_with(unit)) {
      text.remove_suffix(unit.size());
      factor = value;
      break;
    }
  while (text.ends_with(' ')) text.remove_suffix(1);
  double number = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (code != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number * factor;
}

class TagReader {
 public:
  TagReader(const GeoFeature& feature, std::string_view file_name) : feature_(feature), file_(file_name) {}

  Result<RoadTags> read() {
    if (const Done done = read_limit(); !done) return tl::make_unexpected(done.error());
    if (const Done done = read_type(); !done) return tl::make_unexpected(done.error());
    read_class();
    RoadTags tags;
    tags.type = type_ ? *type_ : limit_kmh_ ? type_of_limit(*limit_kmh_) : RoadType::urban;
    tags.limit_kmh = limit_kmh_ ? static_cast<std::uint16_t>(*limit_kmh_ + 0.5)
                                : kTypeLimit_kmh[static_cast<std::size_t>(tags.type)];
    tags.road_class = class_.value_or(RoadClass::residential);
    return tags;
  }

 private:
  tl::unexpected<Error> complain(std::string_view name, std::string_view value, std::string_view hint) const {
    return fail(ErrorKind::usage,
                fmt::format("{}: {}{}{} is '{}'", file_, feature_.where, feature_.where.empty() ? "" : ": ",
                            name, value),
                std::string(hint));
  }

  Done read_limit() {
    for (const std::string_view name : {"speed_limit_kmh", "maxspeed"}) {
      const std::optional<std::string_view> text = feature_.property(name);
      if (!text || *text == "none" || *text == "signals" || *text == "variable") continue;
      const std::optional<double> limit = parse_speed(*text);
      if (!limit || !(*limit >= kLimitLeast_kmh && *limit <= kLimitMost_kmh))
        return complain(name, *text,
                        fmt::format("give a speed limit from {} to {} km/h, such as 50 or \"30 mph\"",
                                    kLimitLeast_kmh, kLimitMost_kmh));
      limit_kmh_ = limit;
      return {};
    }
    return {};
  }

  Done read_type() {
    const std::optional<std::string_view> text = feature_.property("road_type");
    if (!text) return {};
    for (std::size_t i = 0; i < std::size(kTypeNames); ++i)
      if (*text == kTypeNames[i]) {
        type_ = static_cast<RoadType>(i);
        return {};
      }
    return complain("road_type", *text, "give urban, rural, expressway or highway");
  }

  /// A value of `highway` that is no road for cars tells nothing.
  void read_class() {
    const std::optional<std::string_view> text = feature_.property("highway");
    if (!text) return;
    for (const ClassName& known : kClassNames)
      if (*text == known.name) class_ = known.road_class;
    if (!class_ || type_) return;
    if (text->starts_with("motorway"))
      type_ = RoadType::highway;
    else if (text->starts_with("trunk"))
      type_ = RoadType::expressway;
    else if (*class_ == RoadClass::residential || *class_ == RoadClass::service)
      type_ = RoadType::urban;
    else if (limit_kmh_)
      type_ = *limit_kmh_ <= 70 ? RoadType::urban : RoadType::rural;
    else
      type_ = RoadType::rural;
  }

  const GeoFeature& feature_;
  std::string_view file_;
  std::optional<double> limit_kmh_;
  std::optional<RoadType> type_;
  std::optional<RoadClass> class_;
};

}  // namespace

Result<RoadTags> read_road_tags(const GeoFeature& feature, std::string_view file_name) {
  return TagReader(feature, file_name).read();
}

}  // namespace racesim::fleet
