#include "sim/race/track/import/track_csv.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <string>

namespace racesim::race {
namespace {

constexpr std::size_t kPointsLeast = 10;
constexpr std::size_t kPointsMost = 200'000;
constexpr double kOpenEnd_m = 20;
constexpr double kOpenEndSteps = 1.5;
constexpr double kGapMost_m = 100;
constexpr double kSame_m = 0.1;
constexpr double kLengthLeast_m = 200;
constexpr double kLengthMost_m = 50'000;
constexpr double kFarthest_m = 1e8;  // from the origin; projections of maps reach 20,000 km
constexpr double kWidthMost_m = 100;

constexpr std::string_view kForm =
    "each line is x_m,y_m,w_tr_right_m,w_tr_left_m in metres, as 12.5,-3.25,6.0,6.5";

tl::unexpected<Error> refuse(std::string_view name, const std::string& why, std::string_view hint = kForm) {
  return fail(ErrorKind::master_data, fmt::format("{}: {}", name, why), std::string(hint));
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r";
  const std::size_t begin = text.find_first_not_of(kBlank);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlank) - begin + 1);
}

/// Takes the text up to the next `end` off the front.
std::string_view take(std::string_view& text, char end) {
  const std::size_t at = text.find(end);
  const std::string_view part = text.substr(0, at);
  text = at == std::string_view::npos ? std::string_view{} : text.substr(at + 1);
  return part;
}

std::optional<double> number(std::string_view text) {
  if (!text.empty() && text.front() == '+') text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

double distance(const CsvPoint& a, const CsvPoint& b) {
  const double dx = a.place.x - b.place.x;
  const double dy = a.place.y - b.place.y;
  return std::sqrt(dx * dx + dy * dy);
}

/// What is wrong with the line, or the point in `point`.
std::string read_line(std::string_view text, CsvPoint& point) {
  constexpr std::size_t kColumns = 4;
  std::array<double, kColumns> values{};
  for (std::size_t i = 0; i < kColumns; ++i) {
    if (i > 0 && text.empty()) return fmt::format("{} columns instead of 4", i);
    const std::string_view cell = trim(take(text, ','));
    const std::optional<double> value = number(cell);
    if (!value) return fmt::format("column {} is '{}', not a number", i + 1, cell.substr(0, 20));
    if (!std::isfinite(*value)) return fmt::format("column {} is not finite", i + 1);
    if (std::abs(*value) > kFarthest_m)
      return fmt::format("column {} is {}, farther out than {} km", i + 1, cell.substr(0, 20),
                         kFarthest_m / 1000);
    values[i] = *value;
  }
  if (!trim(text).empty()) return "more than 4 columns";
  const auto fits = [](double width_m) { return width_m > 0 && width_m < kWidthMost_m; };
  if (!fits(values[2]) || !fits(values[3]))
    return fmt::format("widths {} and {} are not above 0 and below {} m", values[2], values[3], kWidthMost_m);
  point.place = {values[0], values[1]};
  point.right_m = values[2];
  point.left_m = values[3];
  return {};
}

Result<std::vector<CsvPoint>> read_points(std::string_view text, std::string_view name) {
  std::vector<CsvPoint> points;
  if (text.substr(0, 3) == "\xEF\xBB\xBF") text.remove_prefix(3);
  bool names_may_follow = true;
  for (std::size_t line = 1; !text.empty(); ++line) {
    const std::string_view content = trim(take(text, '\n'));
    if (content.empty() || content.front() == '#') continue;
    const bool names = names_may_follow && content.find("x_m") != std::string_view::npos;
    names_may_follow = false;
    if (names) continue;
    CsvPoint point{};
    const std::string why = read_line(content, point);
    if (!why.empty()) return refuse(name, fmt::format("line {}: {}", line, why));
    point.line = line;
    if (!points.empty() && distance(points.back(), point) < kSame_m) continue;
    if (points.size() == kPointsMost) return refuse(name, fmt::format("more than {} points", kPointsMost));
    points.push_back(point);
  }
  if (points.size() > 1 && distance(points.front(), points.back()) < kSame_m) points.pop_back();
  return points;
}

}  // namespace

Result<std::vector<CsvPoint>> read_track_csv(std::string_view text, std::string_view name) {
  Result<std::vector<CsvPoint>> points = read_points(text, name);
  if (!points) return points;
  const std::size_t count = points->size();
  if (count < kPointsLeast)
    return refuse(name, fmt::format("{} points are too few for a circuit: at least {} are needed", count,
                                    kPointsLeast));
  double length = 0;
  for (std::size_t i = 1; i < count; ++i) {
    const double gap = distance((*points)[i - 1], (*points)[i]);
    if (gap > kGapMost_m)
      return refuse(name, fmt::format("line {}: {:.1f} m from the point before", (*points)[i].line, gap),
                    "points must be at most 100 m apart, best about 5 m");
    length += gap;
  }
  // Where points are far apart, so are the last and the first.
  const double usual = length / static_cast<double>(count - 1);
  const double opening = distance(points->back(), points->front());
  if (opening > std::max(kOpenEnd_m, kOpenEndSteps * usual))
    return refuse(name,
                  fmt::format("not closed: {:.1f} m from the last point (line {}) to the first", opening,
                              points->back().line),
                  "a circuit ends within 20 m of where it begins, or within one and a half steps");
  length += opening;
  if (length < kLengthLeast_m || length > kLengthMost_m)
    return refuse(name, fmt::format("{:.1f} m long", length),
                  "a circuit is 200 m to 50 km long; are these metres?");
  return points;
}

}  // namespace racesim::race
