#include "sim/race/track/import/lap_timer.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"

namespace racesim::race {
namespace {

constexpr double kBendCharge_sm = 0.3;    ///< seconds per (1/m)² and metre
constexpr double kSteerCharge_sm3 = 150;  ///< seconds per (1/m²)² and metre
/// A lap that is flat all the way round has no corner at which speeds begin anew: what changes runs on round
/// the lap and fades to a hundred-thousandth within 4 km.
constexpr std::size_t kRounds = 4;

double distance(Vec a, Vec b) {
  return std::sqrt((a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y));
}

/// Of the circle through three points.
double curvature_through(Vec a, Vec b, Vec c) {
  const double cross = (b.x - a.x) * (c.y - b.y) - (b.y - a.y) * (c.x - b.x);
  return 2 * cross / (distance(a, b) * distance(b, c) * distance(a, c));
}

}  // namespace

LapTimer::LapTimer(const std::vector<Vec>& places, const std::vector<Terrain>& terrain, const Forces& forces)
    : forces_(forces), terrain_(terrain) {
  RACESIM_CHECK(places.size() >= 8 && (terrain.empty() || terrain.size() == places.size()));
  for (const Vec& place : places) points_.push_back({place, 0, 0, 0, 0, 0, 0, 0, 0});
  const std::size_t count = points_.size();
  for (std::size_t i = 0; i < count; ++i) measure(i);
  // Rounds of each pass close the loop.
  for (Point& point : points_) point.forward = point.cap;
  for (std::size_t i = 0; i < kRounds * count; ++i) points_[i % count].forward = forward_into(i % count);
  for (Point& point : points_) point.w = point.forward;
  for (std::size_t i = 2 * count; i-- > 0;) points_[i % count].w = backward_into(i % count);
  for (Point& point : points_) point.v = std::sqrt(point.w);
  for (std::size_t i = 0; i < count; ++i) settle(i);
}

double LapTimer::lap_s() const {
  double sum = 0;
  for (const Point& point : points_) sum += point.time;
  return sum;
}

double LapTimer::cost() const {
  double sum = 0;
  for (const Point& point : points_) sum += point.time + point.charge;
  return sum;
}

/// Curvature and cap at `i`, length of the cell behind it.
void LapTimer::measure(std::size_t i) {
  Point& point = points_[i];
  const Vec after = points_[next(i)].place;
  point.length = distance(point.place, after);
  point.curvature = curvature_through(points_[last(i)].place, point.place, after);
  point.cap = forces_.cornering_cap(point.curvature, terrain_at(i));
}

/// Squared speed at `i` when accelerating from the point before.
double LapTimer::forward_into(std::size_t i) const {
  const Point& before = points_[last(i)];
  const double w = before.forward;
  const double v = std::sqrt(w);
  const Terrain terrain = terrain_at(last(i));
  const double lateral = forces_.lateral_limit_mps2(w, terrain);
  const Forces::Circle circle = forces_.circle(w, before.curvature, lateral);
  const double force_n = std::min(forces_.engine_n(v), forces_.traction_n(v, w, circle.left, terrain));
  const double against_n = forces_.resistance_n(w, false, terrain) + forces_.scrub_n(circle.used, lateral);
  const double a = (force_n - against_n) / forces_.inertia_kg();
  return std::min(points_[i].cap, std::max(1.0, w + 2 * before.length * a));
}

/// Squared speed at `i` from which the next point can be reached by braking.
double LapTimer::backward_into(std::size_t i) const {
  const Point& after = points_[next(i)];
  const Terrain terrain = terrain_at(next(i));
  const double lateral = forces_.lateral_limit_mps2(after.w, terrain);
  const double share = forces_.share_left(after.w, after.curvature, lateral);
  const double a = forces_.braking_mps2(after.w, share, lateral, terrain);
  return std::min(points_[i].forward, after.w + 2 * points_[i].length * a);
}

/// Time and charge of the cell behind `i`.
void LapTimer::settle(std::size_t i) {
  Point& point = points_[i];
  const Point& after = points_[next(i)];
  const double change = after.curvature - point.curvature;
  point.time = 2 * point.length / (point.v + after.v);
  point.charge = kBendCharge_sm * point.curvature * point.curvature * point.length +
                 kSteerCharge_sm3 * change * change / point.length;
}

/// From `first` on over at least `count` points, until nothing changes any more. Returns how many points have
/// changed; all of them after a whole round.
std::size_t LapTimer::run_forward(std::size_t first, std::size_t count) {
  std::size_t i = first;
  for (std::size_t taken = 0; taken < kRounds * points_.size(); ++taken, i = next(i)) {
    const double forward = forward_into(i);
    if (taken >= count && forward == points_[i].forward) return std::min(taken, points_.size());
    save(i);
    points_[i].forward = forward;
  }
  return points_.size();
}

/// From the point before `end` back over at least `count` points, until nothing changes any more. Returns how
/// many points have changed.
std::size_t LapTimer::run_backward(std::size_t end, std::size_t count) {
  std::size_t i = last(end);
  for (std::size_t taken = 0; taken < 2 * points_.size(); ++taken, i = last(i)) {
    const double w = backward_into(i);
    if (taken >= count && w == points_[i].w) return std::min(taken, points_.size());
    save(i);
    points_[i].w = w;
    points_[i].v = std::sqrt(w);
  }
  return points_.size();
}

double LapTimer::move(std::size_t first, const std::vector<Vec>& places) {
  saved_.clear();
  const std::size_t count = points_.size();
  RACESIM_CHECK(places.size() + 6 < count);
  for (std::size_t k = 0; k < places.size(); ++k) {
    const std::size_t i = wrap(first + k);
    save(i);
    points_[i].place = places[k];
  }
  // The neighbours' curvature changes too, and with it the charge of the cell before them.
  const std::size_t begin = last(first);
  const std::size_t touched = places.size() + 2;
  for (std::size_t k = 0; k < touched; ++k) {
    save(wrap(begin + k));
    measure(wrap(begin + k));
  }
  const std::size_t ahead = run_forward(begin, touched);
  const std::size_t end = wrap(begin + ahead);
  const std::size_t changed = run_backward(end, ahead);
  // The cells between the changed points, and the two before them; each once if the whole round has changed.
  const std::size_t cells = std::min(changed + 2, count);
  double change = 0;
  std::size_t i = wrap(end + count - cells);
  for (std::size_t n = 0; n < cells; ++n, i = next(i)) {
    save(i);
    const double before = points_[i].time + points_[i].charge;
    settle(i);
    change += points_[i].time + points_[i].charge - before;
  }
  return change;
}

void LapTimer::undo() {
  for (std::size_t k = saved_.size(); k-- > 0;) points_[saved_[k].index] = saved_[k].point;
  saved_.clear();
}

}  // namespace racesim::race
