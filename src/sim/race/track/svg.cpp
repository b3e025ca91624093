#include "sim/race/track/svg.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string_view>
#include <utility>

#include "base/check.h"
#include "sim/race/track/curve.h"
#include "sim/race/track/ways.h"

namespace racesim::race {
namespace {

constexpr double kWidth = 1200;
constexpr double kHead = 64;
constexpr double kMapHeight = 760;
constexpr double kProfileTop = kHead + kMapHeight + 40;
constexpr double kProfileHeight = 240;
constexpr double kHeight = kProfileTop + kProfileHeight + 60;
constexpr double kMargin = 70;
constexpr double kSpeedTop_kmh = 350;

/// From slow to fast; far enough apart in lightness and hue for colour-blind readers, dark enough for white
/// paper.
std::string colour(double speed_kmh) {
  struct Stop {
    double at_kmh, red, green, blue;
  };
  constexpr Stop kStops[] = {{60, 43, 44, 138}, {150, 30, 126, 161}, {230, 224, 150, 20}, {320, 196, 36, 40}};
  std::size_t i = 0;
  while (i + 2 < std::size(kStops) && speed_kmh > kStops[i + 1].at_kmh) ++i;
  const Stop& a = kStops[i];
  const Stop& b = kStops[i + 1];
  const double share = std::clamp((speed_kmh - a.at_kmh) / (b.at_kmh - a.at_kmh), 0.0, 1.0);
  const auto mix = [&](double from, double to) { return static_cast<int>(from + share * (to - from) + 0.5); };
  return fmt::format("#{:02x}{:02x}{:02x}", mix(a.red, b.red), mix(a.green, b.green), mix(a.blue, b.blue));
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else
      out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return out;
}

/// Metres to places on the sheet.
class Sheet {
 public:
  explicit Sheet(const Path& line) {
    const auto [west, east] = std::minmax_element(line.x_m.begin(), line.x_m.end());
    const auto [south, north] = std::minmax_element(line.y_m.begin(), line.y_m.end());
    scale_ = std::min((kWidth - 2 * kMargin) / std::max(1.0, *east - *west),
                      (kMapHeight - 2 * kMargin) / std::max(1.0, *north - *south));
    middle_ = {(*west + *east) / 2, (*south + *north) / 2};
  }
  double scale() const { return scale_; }
  std::string at(Vec place) const { return fmt::format("{:.1f},{:.1f}", x(place), y(place)); }
  double x(Vec place) const { return kWidth / 2 + (place.x - middle_.x) * scale_; }
  double y(Vec place) const { return kHead + kMapHeight / 2 - (place.y - middle_.y) * scale_; }

 private:
  double scale_ = 1;
  Vec middle_{};
};

class Drawing {
 public:
  Drawing(const Track& track, const Path& line, const std::vector<double>& speeds_mps)
      : track_(track), line_(line), speeds_mps_(speeds_mps), centre_(centreline(track)), sheet_(line) {}

  std::string whole() {
    head();
    road();
    pit_lane();
    drs_zones();
    driven_line();
    marks();
    legend();
    profile();
    out_ += "</svg>\n";
    return std::move(out_);
  }

 private:
  template <class... Args>
  void add(fmt::format_string<Args...> format, Args&&... args) {
    fmt::format_to(std::back_inserter(out_), format, std::forward<Args>(args)...);
  }
  double kmh(std::size_t i) const { return 3.6 * speeds_mps_[i]; }
  double widths(double s_m, bool left) const {
    const double cells = s_m / track_.length_m * static_cast<double>(track_.points.size());
    const TrackPoint& point = track_.points[static_cast<std::size_t>(cells) % track_.points.size()];
    return left ? point.left_m : -point.right_m;
  }
  double profile_x(double s_m) const { return kMargin + (kWidth - 2 * kMargin) * s_m / track_.length_m; }
  static double profile_y(double speed_kmh) {
    return kProfileTop + kProfileHeight * (1 - speed_kmh / kSpeedTop_kmh);
  }

  void head();
  void road();
  void pit_lane();
  void drs_zones();
  void driven_line();
  void marks();
  void legend();
  void profile();
  void profile_frame();
  void across(double s_m, double beyond_m, std::string_view style);

  const Track& track_;
  const Path& line_;
  const std::vector<double>& speeds_mps_;
  Curve centre_;
  Sheet sheet_;
  std::string out_;
};

void Drawing::head() {
  const std::string title = escaped(track_.title);
  add("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {:.0f} {:.0f}\" font-family=\"sans-serif\" "
      "font-size=\"14\" fill=\"#222\">\n<title>{}</title>\n<rect width=\"100%\" height=\"100%\" "
      "fill=\"#fff\"/>\n",
      kWidth, kHeight, title);
  const auto fastest = std::max_element(speeds_mps_.begin(), speeds_mps_.end());
  const auto slowest = std::min_element(speeds_mps_.begin(), speeds_mps_.end());
  add("<text x=\"{:.0f}\" y=\"38\" font-size=\"24\" font-weight=\"bold\">{}</text>\n", kMargin, title);
  add("<text x=\"{:.0f}\" y=\"60\" fill=\"#555\">{:.0f} m · {} corners · {:.0f} to {:.0f} km/h</text>\n",
      kMargin, track_.length_m, track_.corners.size(), 3.6 * *slowest, 3.6 * *fastest);
}

void Drawing::road() {
  // Two closed outlines; what lies between them is filled.
  std::string outline;
  for (const bool left : {true, false}) {
    const std::size_t count = track_.points.size();
    for (std::size_t i = 0; i < count; ++i) {
      const double s_m = track_.length_m * static_cast<double>(i) / static_cast<double>(count);
      outline += (i == 0 ? "M" : "L") + sheet_.at(centre_.at(s_m).beside(widths(s_m, left)));
    }
    outline += "Z";
  }
  add("<path d=\"{}\" fill=\"#d4d7dc\" stroke=\"#b3b8c0\" stroke-width=\"1\" fill-rule=\"evenodd\"/>\n",
      outline);
}

void Drawing::pit_lane() {
  const Path lane = pit_way(track_, last_before_pit(track_), first_after_pit(track_));
  std::string points;
  for (std::size_t i = 0; i < lane.s_m.size(); i += 4)
    if (lane.s_m[i] > track_.pit.entry_m && lane.s_m[i] < track_.length_m + track_.pit.exit_m)
      points += sheet_.at({lane.x_m[i], lane.y_m[i]}) + " ";
  add("<polyline points=\"{}\" fill=\"none\" stroke=\"#7a808a\" stroke-width=\"1.5\" stroke-dasharray=\"5 "
      "3\"/>\n",
      points);
}

void Drawing::drs_zones() {
  constexpr double kBeyond_m = 14;
  for (const DrsZone& zone : track_.drs_zones) {
    const double end = zone.end_m < zone.begin_m ? zone.end_m + track_.length_m : zone.end_m;
    std::string points;
    for (double s_m = zone.begin_m; s_m < end; s_m += 10) {
      const double on_lap = std::fmod(s_m, track_.length_m);
      points += sheet_.at(centre_.at(on_lap).beside(widths(on_lap, true) + kBeyond_m)) + " ";
    }
    add("<polyline points=\"{}\" fill=\"none\" stroke=\"#1b8a3c\" stroke-width=\"3\"/>\n", points);
  }
}

void Drawing::driven_line() {
  constexpr std::size_t kStride = 8;
  for (std::size_t i = 0; i < line_.cells(); i += kStride) {
    std::string points;
    const std::size_t end = std::min(i + kStride, line_.cells());
    for (std::size_t k = i; k <= end; k += end - i == kStride ? kStride / 2 : 1)
      points += sheet_.at({line_.x_m[k], line_.y_m[k]}) + " ";
    add("<polyline points=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"3.5\" "
        "stroke-linecap=\"round\"/>\n",
        points, colour(kmh((i + end) / 2)));
  }
}

/// A line across the road.
void Drawing::across(double s_m, double beyond_m, std::string_view style) {
  const Curve::Sample at = centre_.at(s_m);
  const Vec a = at.beside(widths(s_m, true) + beyond_m);
  const Vec b = at.beside(widths(s_m, false) - beyond_m);
  add("<polyline points=\"{} {}\" {}/>\n", sheet_.at(a), sheet_.at(b), style);
}

void Drawing::marks() {
  constexpr double kLabel_px = 20;
  for (std::size_t i = 1; i < track_.checkpoints.size(); ++i) {
    const bool sector = i == track_.sector_ends[0] || i == track_.sector_ends[1];
    across(track_.checkpoints[i].s_m, sector ? 12 : 2,
           sector ? "stroke=\"#222\" stroke-width=\"2\"" : "stroke=\"#888\" stroke-width=\"1\"");
  }
  across(0, 18, "stroke=\"#000\" stroke-width=\"4\"");
  for (const Corner& corner : track_.corners) {
    // Outside of the bend, where there is room.
    const Curve::Sample at = centre_.at(corner.s_m);
    const double side = at.curvature_1pm > 0 ? -1 : 1;
    const Vec place = at.beside(side * (std::abs(widths(corner.s_m, side > 0)) + kLabel_px / sheet_.scale()));
    add("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\" "
        "font-weight=\"bold\">{}<title>{}</title></text>\n",
        sheet_.x(place), sheet_.y(place) + 5, corner.number, escaped(corner.name));
  }
}

void Drawing::legend() {
  const double top = 30;
  const double left = kWidth - kMargin - 300;
  for (int i = 0; i < 60; ++i)
    add("<rect x=\"{:.0f}\" y=\"{:.0f}\" width=\"5.5\" height=\"10\" fill=\"{}\"/>\n", left + 5 * i, top,
        colour(60 + i * 260.0 / 59));
  for (const int speed : {60, 150, 230, 320})
    add("<text x=\"{:.0f}\" y=\"{:.0f}\" font-size=\"12\" text-anchor=\"middle\">{}</text>\n",
        left + 300.0 * (speed - 60) / 260, top + 25, speed);
  add("<text x=\"{:.0f}\" y=\"{:.0f}\" font-size=\"12\" text-anchor=\"end\">km/h</text>\n", left - 12,
      top + 10);
  const double bar_m = track_.length_m > 3000 ? 500 : 100;
  const double y = kHead + kMapHeight - 10;
  add("<path d=\"M{0:.1f},{1:.1f}v6h{2:.1f}v-6\" fill=\"none\" stroke=\"#222\"/>\n<text x=\"{3:.1f}\" "
      "y=\"{4:.1f}\" "
      "font-size=\"12\">{5:.0f} m</text>\n",
      kMargin, y, bar_m * sheet_.scale(), kMargin + bar_m * sheet_.scale() + 8, y + 8, bar_m);
  add("<path d=\"M{0:.1f},{1:.1f}l-6,22l6,-5l6,5z\"/>\n<text x=\"{0:.1f}\" y=\"{2:.1f}\" font-size=\"12\" "
      "text-anchor=\"middle\">N</text>\n",
      kWidth - kMargin, y - 22, y + 14);
}

void Drawing::profile_frame() {
  for (const DrsZone& zone : track_.drs_zones) {
    const auto band = [&](double from, double to) {
      add("<rect x=\"{:.1f}\" y=\"{:.0f}\" width=\"{:.1f}\" height=\"{:.0f}\" fill=\"#1b8a3c\" "
          "opacity=\"0.12\"/>\n",
          profile_x(from), kProfileTop, profile_x(to) - profile_x(from), kProfileHeight);
    };
    if (zone.begin_m < zone.end_m) {
      band(zone.begin_m, zone.end_m);
    } else {
      band(zone.begin_m, track_.length_m);
      band(0, zone.end_m);
    }
  }
  for (int speed = 0; speed <= kSpeedTop_kmh; speed += 50) {
    add("<path d=\"M{:.0f},{:.1f}H{:.0f}\" stroke=\"#ddd\"/>\n", kMargin, profile_y(speed), kWidth - kMargin);
    add("<text x=\"{:.0f}\" y=\"{:.1f}\" font-size=\"12\" text-anchor=\"end\">{}</text>\n", kMargin - 8,
        profile_y(speed) + 4, speed);
  }
  const double step = track_.length_m > 3000 ? 500 : 100;
  for (double s_m = 0; s_m <= track_.length_m; s_m += step)
    add("<text x=\"{:.1f}\" y=\"{:.0f}\" font-size=\"12\" text-anchor=\"middle\">{:.0f}</text>\n",
        profile_x(s_m), kProfileTop + kProfileHeight + 18, s_m);
  for (const std::uint32_t end : track_.sector_ends)
    add("<path d=\"M{0:.1f},{1:.0f}v{2:.0f}\" stroke=\"#222\" stroke-dasharray=\"2 3\"/>\n",
        profile_x(track_.checkpoints[end].s_m), kProfileTop, kProfileHeight);
  add("<text x=\"{:.0f}\" y=\"{:.0f}\" font-size=\"12\" text-anchor=\"middle\">m from the timing "
      "line</text>\n",
      kWidth / 2, kProfileTop + kProfileHeight + 38);
  add("<text x=\"{:.0f}\" y=\"{:.0f}\" font-size=\"12\">km/h</text>\n", kMargin, kProfileTop - 8);
}

void Drawing::profile() {
  constexpr std::size_t kStride = 6;
  profile_frame();
  std::string points;
  for (std::size_t i = 0; i < line_.s_m.size(); i += kStride)
    points += fmt::format("{:.1f},{:.1f} ", profile_x(line_.s_m[i]), profile_y(kmh(i)));
  add("<polyline points=\"{}\" fill=\"none\" stroke=\"#1f3f8a\" stroke-width=\"1.8\" "
      "stroke-linejoin=\"round\"/>\n",
      points);
  for (const Corner& corner : track_.corners) {
    const auto i = static_cast<std::size_t>(path_at(line_, corner.s_m) / line_.step_m);
    add("<text x=\"{:.1f}\" y=\"{:.1f}\" font-size=\"11\" text-anchor=\"middle\" fill=\"#555\">{}</text>\n",
        profile_x(corner.s_m), profile_y(kmh(i)) + 16, corner.number);
  }
}

}  // namespace

std::string draw_track(const Track& track, const Path& line, const std::vector<double>& speeds_mps) {
  RACESIM_CHECK(speeds_mps.size() == line.s_m.size());
  return Drawing(track, line, speeds_mps).whole();
}

}  // namespace racesim::race
