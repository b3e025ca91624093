#include "sim/fleet/roads/route_maker.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"

namespace racesim::fleet {
namespace {

/// How far before the middle of a junction vehicles stop.
constexpr double kSignalSetback_m = 12;
constexpr double kGiveWaySetback_m = 7;

/// A driver's curve through a corner begins at most so far before it: on a bend drawn as a line of corners
/// the half of a segment, at a turn from one street into another about the width of a street.
constexpr double kBendReach_m = 60;
constexpr double kTurnReach_m = 10;
constexpr double kRadiusLeast_m = 5;
constexpr double kRadiusMost_m = 300;
/// What nobody feels sideways; wider bends slow nobody down.
constexpr double kUnfelt_mps2 = 1.2;

class RouteMaker {
 public:
  explicit RouteMaker(std::span<const LinePoint> line) {
    for (const LinePoint& point : line) add(point);
    RACESIM_CHECK(line_.size() >= 2);
  }

  Route make() {
    route_.path.reserve(2 * line_.size());
    measure();
    lay_path();
    lay_stretches();
    lay_bends();
    lay_stops();
    lay_stations();
    route_.path.shrink_to_fit();  // routes stay
    return std::move(route_);
  }

 private:
  /// A repeated place keeps the first one's coordinates, the last one's road and either's mark.
  void add(const LinePoint& point) {
    if (line_.empty() || distance_m(line_.back().place, point.place) > kSamePlace_m) {
      line_.push_back(point);
      return;
    }
    LinePoint& kept = line_.back();
    kept.limit_kmh = point.limit_kmh;
    kept.type = point.type;
    if (kept.mark == Mark::none) {
      kept.mark = point.mark;
      kept.signal = point.signal;
    }
  }

  void measure() {
    for (const LinePoint& point : line_) east_m_.push_back(metres_per_degree_east(point.place.latitude_deg));
    const std::size_t segments = line_.size() - 1;
    length_m_.resize(segments);
    along_.resize(segments);
    for (std::size_t i = 0; i < segments; ++i) {
      const Vec step = Plane(line_[i].place, (east_m_[i] + east_m_[i + 1]) / 2).to_plane(line_[i + 1].place);
      length_m_[i] = length_m(step);
      along_[i] = (1 / length_m_[i]) * step;
    }
  }

  /// `east_m`: metres per degree of longitude on the way from the point before.
  void put(GeoPoint place, double east_m) {
    if (!route_.path.empty()) {
      const PathPoint& before = route_.path.back();
      s_m_ += length_m(Plane({before.latitude_deg, before.longitude_deg}, east_m).to_plane(place));
      if (s_m_ <= before.s_m) return;
    }
    route_.path.push_back({s_m_, place.latitude_deg, place.longitude_deg});
  }

  /// A parabola that touches both segments; its middle is reach / 2 · sin(half the turn) off the corner.
  void lay_corner(std::size_t i) {
    const Vec in = along_[i - 1];
    const Vec out = along_[i];
    const double cosine = dot(in, out);
    const double half_sine = std::sqrt(std::max(0.0, (1 - cosine) / 2));
    const double way_east_m = (east_m_[i - 1] + east_m_[i]) / 2;
    constexpr double kStraight = 0.02;  // about two degrees
    if (half_sine < kStraight) {
      put(line_[i].place, way_east_m);
      at_m_[i] = s_m_;
      return;
    }
    const double reach_m =
        std::min({2 * kOffLineMost_m / half_sine, 0.45 * length_m_[i - 1], 0.45 * length_m_[i]});
    const Plane plane(line_[i].place, east_m_[i]);
    const int steps = 2 + static_cast<int>(6 * (1 - cosine));
    for (int k = 0; k <= steps; ++k) {
      const double q = static_cast<double>(k) / steps;
      put(plane.to_globe((-(1 - q) * (1 - q) * reach_m) * in + (q * q * reach_m) * out),
          k == 0 ? way_east_m : east_m_[i]);
      if (2 * k <= steps) at_m_[i] = s_m_;
    }
  }

  void lay_path() {
    at_m_.assign(line_.size(), 0);
    put(line_.front().place, east_m_.front());
    for (std::size_t i = 1; i + 1 < line_.size(); ++i) lay_corner(i);
    put(line_.back().place, (east_m_[line_.size() - 2] + east_m_.back()) / 2);
    at_m_.back() = s_m_;
  }

  void lay_stretches() {
    for (std::size_t i = 0; i + 1 < line_.size(); ++i) {
      const Stretch stretch{at_m_[i], line_[i].limit_kmh, line_[i].type};
      if (!route_.stretches.empty() && route_.stretches.back().limit_kmh == stretch.limit_kmh &&
          route_.stretches.back().type == stretch.type)
        continue;
      route_.stretches.push_back(stretch);
    }
  }

  void lay_bends() {
    for (std::size_t i = 1; i + 1 < line_.size(); ++i) {
      const double cosine = dot(along_[i - 1], along_[i]);
      const double sine = std::abs(cross(along_[i - 1], along_[i]));
      const double cap_m = std::clamp(kTurnReach_m + 100 * (cosine - 0.5), kTurnReach_m, kBendReach_m);
      const double reach_m = std::min({cap_m, length_m_[i - 1] / 2, length_m_[i] / 2});
      const double radius_m = std::max(reach_m * (1 + cosine) / std::max(sine, 1e-9), kRadiusLeast_m);
      const double limit_mps = std::max(line_[i - 1].limit_kmh, line_[i].limit_kmh) / 3.6;
      if (radius_m > kRadiusMost_m || radius_m > limit_mps * limit_mps / kUnfelt_mps2) continue;
      Bend bend{std::max(at_m_[i] - reach_m, 0.0), std::min(at_m_[i] + reach_m, s_m_), radius_m};
      if (!route_.bends.empty()) bend.begin_m = std::max(bend.begin_m, route_.bends.back().end_m);
      if (bend.begin_m < bend.end_m) route_.bends.push_back(bend);
    }
  }

  void lay_stops() {
    double last_m = 0;
    for (std::size_t i = 1; i + 1 < line_.size(); ++i) {
      const Mark mark = line_[i].mark;
      if (mark != Mark::signal && mark != Mark::give_way) continue;
      const bool is_signal = mark == Mark::signal;
      const double s_m = at_m_[i] - (is_signal ? kSignalSetback_m : kGiveWaySetback_m);
      if (s_m < last_m + kStopGap_m || s_m > s_m_ - kStopGap_m) continue;
      route_.stops.push_back(
          {s_m, is_signal ? StopKind::signal : StopKind::give_way, is_signal ? line_[i].signal : 0});
      last_m = s_m;
    }
  }

  void lay_stations() {
    for (std::size_t i = 1; i + 1 < line_.size(); ++i) {
      if (line_[i].mark != Mark::station) continue;
      const double s_m = at_m_[i];
      const double gap_m = station_gap_m(line_[i].limit_kmh);
      const double last_m = route_.stations_m.empty() ? 0 : route_.stations_m.back();
      const bool apart = s_m >= last_m + gap_m && s_m <= s_m_ - gap_m;
      if (apart && std::none_of(route_.stops.begin(), route_.stops.end(),
                                [s_m, gap_m](const Stop& stop) { return std::abs(stop.s_m - s_m) < gap_m; }))
        route_.stations_m.push_back(s_m);
    }
  }

  std::vector<LinePoint> line_;
  std::vector<double> east_m_;    ///< metres per degree of longitude at the line's points
  std::vector<double> length_m_;  ///< of segments
  std::vector<Vec> along_;        ///< unit vectors of segments
  std::vector<double> at_m_;      ///< where the route passes the line's points
  double s_m_ = 0;
  Route route_;
};

}  // namespace

Route make_route(std::span<const LinePoint> line, double first_street_m, double last_street_m) {
  Route route = RouteMaker(line).make();
  route.first_street_m = first_street_m;
  route.last_street_m = last_street_m;
  return route;
}

std::vector<LinePoint> reversed(std::span<const LinePoint> line) {
  std::vector<LinePoint> back(line.rbegin(), line.rend());
  for (std::size_t i = 0; i + 1 < back.size(); ++i) {
    back[i].limit_kmh = back[i + 1].limit_kmh;
    back[i].type = back[i + 1].type;
  }
  return back;
}

}  // namespace racesim::fleet
