#include "sim/race/track/import/overlap.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "sim/race/track/curve.h"

namespace racesim::race {
namespace {

constexpr double kStretch_m = 25;
constexpr double kSine = 0.42;
/// Neighbouring roads touch at the sum of their half-widths; sources are not exact, so only this share of it
/// counts.
constexpr double kShare = 0.6;
/// Along the lap, in widths of the road: the legs of a hairpin are near each other by nature.
constexpr double kNear_widths = 5;

struct Spot {
  Curve::Sample at;
  double half_m;
};

bool lies_upon(const Spot& a, const Spot& b) {
  const double dx = a.at.place.x - b.at.place.x;
  const double dy = a.at.place.y - b.at.place.y;
  const double reach = kShare * (a.half_m + b.half_m);
  if (dx * dx + dy * dy > reach * reach) return false;
  return std::abs(a.at.ahead.x * b.at.ahead.y - a.at.ahead.y * b.at.ahead.x) < kSine;
}

}  // namespace

std::optional<Overlap> find_overlap(const Track& track) {
  const Curve curve = centreline(track);
  const std::size_t count = track.points.size();
  const double step_m = track.length_m / static_cast<double>(count);
  std::vector<Spot> spots;
  for (std::size_t i = 0; i < count; ++i) {
    const TrackPoint& point = track.points[i];
    spots.push_back({curve.at(step_m * static_cast<double>(i)), (point.right_m + point.left_m) / 2});
  }
  std::vector<double> run(count, 0);  // length of the stretch that ends at each point
  for (std::size_t i = 0; i < count; ++i) {
    std::size_t other = count;
    for (std::size_t k = 0; k < count && other == count; ++k) {
      const std::size_t apart = i > k ? i - k : k - i;
      const double along_m = step_m * static_cast<double>(std::min(apart, count - apart));
      if (along_m > kNear_widths * (spots[i].half_m + spots[k].half_m) && lies_upon(spots[i], spots[k]))
        other = k;
    }
    if (other == count) continue;
    run[i] = step_m + (i > 0 ? run[i - 1] : 0);
    if (run[i] >= kStretch_m)
      return Overlap{step_m * static_cast<double>(i) - run[i], step_m * static_cast<double>(other)};
  }
  return std::nullopt;
}

}  // namespace racesim::race
