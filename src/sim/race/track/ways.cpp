#include "sim/race/track/ways.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/detmath.h"
#include "sim/race/track/curve.h"
#include "sim/race/track/heights.h"

namespace racesim::race {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// From 0 to 1 with slope and bend zero at both ends.
double ease(double x) {
  x = std::clamp(x, 0.0, 1.0);
  return x * x * x * (10 + x * (6 * x - 15));
}

/// Knots of a way that is not closed: those of the track, numbered on before the first and behind the last,
/// with some more at both ends than the way needs, so that the spline's free ends are not felt.
class Knots {
 public:
  Knots(const Track& track, const Curve& centre, double from_s_m, double to_s_m)
      : track_(track), centre_(centre), step_m_(track.length_m / static_cast<double>(size())) {
    constexpr int kSpare = 16;
    first_ = static_cast<std::int64_t>(std::floor(from_s_m / step_m_)) - kSpare;
    const auto last = static_cast<std::int64_t>(std::ceil(to_s_m / step_m_)) + kSpare;
    for (std::int64_t i = first_; i <= last; ++i) s_m_.push_back(step_m_ * static_cast<double>(i));
  }

  std::int64_t size() const { return static_cast<std::int64_t>(track_.points.size()); }
  double step_m() const { return step_m_; }
  const std::vector<double>& s_m() const { return s_m_; }

  /// Offset of the driven line at knot `k`.
  double line_left_m(std::size_t k) const {
    const std::int64_t wrapped = ((first_ + static_cast<std::int64_t>(k)) % size() + size()) % size();
    return track_.points[static_cast<std::size_t>(wrapped)].line_left_m;
  }
  Vec beside(std::size_t k, double left_m) const { return centre_.at(s_m_[k]).beside(left_m); }

 private:
  const Track& track_;
  const Curve& centre_;
  double step_m_;
  std::int64_t first_ = 0;
  std::vector<double> s_m_;
};

/// Part of the way from the entry to the limit in which the lane moves aside; the rest is for braking.
constexpr double kEntryShare = 0.6;

/// How much of the lane is in the way at `s_m` of the lap in which it begins: 0 on the racing line, 1 in
/// the lane.
double lane_share(const Track& track, double s_m) {
  const PitLane& pit = track.pit;
  const double in = ease((s_m - pit.entry_m) / (kEntryShare * (pit.limit_begin_m - pit.entry_m)));
  const double out_begin = track.length_m + pit.limit_end_m;
  const double out = ease((s_m - out_begin) / (pit.exit_m - pit.limit_end_m));
  return in * (1 - out);
}

/// The lane follows bends of the track, but not each flick: waves shorter than some 180 m are cut. Outside
/// the lane the places are held, and over some metres at its ends ever less, so that no bend is left where
/// the hold ends.
std::vector<Vec> cut_corners(const Track& track, const Knots& knots, const std::vector<Vec>& places) {
  constexpr double kRange_m = 30;
  constexpr double kHeld = 1e7;
  constexpr double kRelease_m = 60;
  std::vector<double> x, y, weights;
  for (std::size_t k = 0; k < places.size(); ++k) {
    x.push_back(places[k].x);
    y.push_back(places[k].y);
    const double s_m = knots.s_m()[k];
    const double inside_m = std::min(s_m - track.pit.entry_m, track.length_m + track.pit.exit_m - s_m);
    weights.push_back(detmath::pow(kHeld, 1 - std::clamp(inside_m / kRelease_m, 0.0, 1.0)));
  }
  x = smooth(x, weights, kRange_m / knots.step_m());
  y = smooth(y, weights, kRange_m / knots.step_m());
  std::vector<Vec> result;
  for (std::size_t k = 0; k < places.size(); ++k) result.push_back({x[k], y[k]});
  return result;
}

}  // namespace

Path racing_line(const Track& track) {
  const std::size_t count = track.points.size();
  const Curve centre = centreline(track);
  std::vector<double> knots;
  std::vector<Vec> places;
  for (std::size_t i = 0; i <= count; ++i) {
    knots.push_back(track.length_m * static_cast<double>(i) / static_cast<double>(count));
    if (i < count) places.push_back(centre.at(knots.back()).beside(track.points[i].line_left_m));
  }
  Path path = lay_out(Curve::closed(std::move(knots), places), 0, track.length_m, true);
  raise(path, track);
  return path;
}

Path pit_way(const Track& track, std::size_t from_checkpoint, std::size_t to_checkpoint) {
  const double from = track.checkpoints.at(from_checkpoint).s_m;
  const double to = track.checkpoints.at(to_checkpoint).s_m + track.length_m;
  const PitLane& pit = track.pit;
  RACESIM_CHECK(from <= pit.entry_m && to >= track.length_m + pit.exit_m);
  const Curve centre = centreline(track);
  const Knots knots(track, centre, from, to);
  std::vector<Vec> places;
  for (std::size_t k = 0; k < knots.s_m().size(); ++k) {
    const double share = lane_share(track, knots.s_m()[k]);
    places.push_back(knots.beside(k, knots.line_left_m(k) * (1 - share) + pit.left_m * share));
  }
  const Curve curve = Curve::open(knots.s_m(), cut_corners(track, knots, places));
  Path path = lay_out(curve, from, to, false);
  raise(path, track);
  for (const double s_m : path.s_m) {
    const bool limited = s_m >= pit.limit_begin_m && s_m <= track.length_m + pit.limit_end_m;
    path.limit_mps.push_back(limited ? pit.limit_kmh / 3.6 : kInfinity);
  }
  return path;
}

std::size_t last_before_pit(const Track& track) {
  std::size_t found = 0;
  for (std::size_t i = 0; i < track.checkpoints.size(); ++i)
    if (track.checkpoints[i].s_m <= track.pit.entry_m) found = i;
  return found;
}

std::size_t first_after_pit(const Track& track) {
  for (std::size_t i = 1; i < track.checkpoints.size(); ++i)
    if (track.checkpoints[i].s_m >= track.pit.exit_m) return i;
  RACESIM_CHECK(false && "a track's last checkpoint lies behind its pit exit");
}

Path grid_way(const Track& track, const Curve& centre, double behind_m, double left_m,
              std::size_t to_checkpoint) {
  // Straight ahead for some metres, then over to the line within the next few seconds.
  constexpr double kStraight_m = 20;
  constexpr double kBlend_m = 220;
  RACESIM_CHECK(to_checkpoint >= 1 && behind_m > 0);
  const double to = track.checkpoints.at(to_checkpoint).s_m;
  const double blend_m = std::min(kBlend_m, 0.8 * (to + behind_m - kStraight_m));
  const Knots knots(track, centre, -behind_m, to);
  std::vector<Vec> places;
  for (std::size_t k = 0; k < knots.s_m().size(); ++k) {
    const double share = ease((knots.s_m()[k] + behind_m - kStraight_m) / blend_m);
    places.push_back(knots.beside(k, left_m * (1 - share) + knots.line_left_m(k) * share));
  }
  Path path = lay_out(Curve::open(knots.s_m(), places), -behind_m, to, false);
  raise(path, track);
  return path;
}

Path way_to_grid(const Track& track, const Curve& centre, std::size_t from_checkpoint, double behind_m,
                 double left_m) {
  constexpr double kStraight_m = 30;
  constexpr double kBlend_m = 150;
  const double from = track.checkpoints.at(from_checkpoint).s_m;
  const double to = track.length_m - behind_m;
  RACESIM_CHECK(behind_m > 0 && to > from + kStraight_m);
  const double blend_m = std::min(kBlend_m, 0.8 * (to - from - kStraight_m));
  const Knots knots(track, centre, from, to);
  std::vector<Vec> places;
  for (std::size_t k = 0; k < knots.s_m().size(); ++k) {
    const double share = ease((to - kStraight_m - knots.s_m()[k]) / blend_m);
    places.push_back(knots.beside(k, left_m * (1 - share) + knots.line_left_m(k) * share));
  }
  Path path = lay_out(Curve::open(knots.s_m(), places), from, to, false);
  raise(path, track);
  return path;
}

}  // namespace racesim::race
