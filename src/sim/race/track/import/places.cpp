#include "sim/race/track/import/places.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "sim/race/track/curve.h"
#include "sim/race/track/heights.h"
#include "sim/race/track/import/lap_timer.h"
#include "sim/race/track/ways.h"

namespace racesim::race {
namespace {

constexpr std::size_t kCheckpoints = 14;

/// A part of the lap; may run across the timing line.
struct Part {
  double begin_m;
  double length_m;
};

/// What is known of the track at its points, on the driven line.
class Survey {
 public:
  Survey(const Track& track, const CarModel& car)
      : track_(track), timer_(places_of(track), terrain_of_points(track), Forces(car, on(track))) {
    const Curve curve = centreline(track);
    for (std::size_t i = 0; i < count(); ++i) road_1pm_.push_back(curve.at(s_m(i)).curvature_1pm);
  }

  std::size_t count() const { return track_.points.size(); }
  double step_m() const { return track_.length_m / static_cast<double>(count()); }
  double s_m(std::size_t i) const { return step_m() * static_cast<double>(i % count()); }
  double curvature_1pm(std::size_t i) const { return timer_.curvature_1pm(i % count()); }
  /// Of the middle of the road.
  double road_1pm(std::size_t i) const { return road_1pm_[i % count()]; }

  double sideways_mps2(std::size_t i) const {
    const double v = timer_.speed_mps(i % count());
    return std::abs(curvature_1pm(i)) * v * v;
  }
  double slowing_mps2(std::size_t i) const {
    const double v = timer_.speed_mps(i % count());
    const double after = timer_.speed_mps((i + 1) % count());
    return (v * v - after * after) / (2 * step_m());
  }
  /// Full throttle, and not pressed sideways more than a car with an open wing bears: such are the bends of
  /// real zones.
  bool flat(std::size_t i) const {
    constexpr double kSlowing_mps2 = 2;
    constexpr double kSideways_mps2 = 28;
    return slowing_mps2(i) < kSlowing_mps2 && sideways_mps2(i) < kSideways_mps2;
  }

 private:
  static Conditions on(const Track& track) {
    Conditions conditions;
    conditions.air_kgpm3 = air_of(track);
    return conditions;
  }
  static std::vector<Vec> places_of(const Track& track) {
    const Curve curve = centreline(track);
    std::vector<Vec> places;
    for (std::size_t i = 0; i < track.points.size(); ++i) {
      const double s_m = track.length_m * static_cast<double>(i) / static_cast<double>(track.points.size());
      places.push_back(curve.at(s_m).beside(track.points[i].line_left_m));
    }
    return places;
  }

  const Track& track_;
  LapTimer timer_;
  std::vector<double> road_1pm_;
};

/// The longest runs of points for which `holds`, as parts of the lap in its order.
template <class Holds>
std::vector<Part> parts_where(const Survey& survey, Holds holds) {
  std::vector<Part> parts;
  std::size_t first = 0;
  while (first < survey.count() && holds(first)) ++first;
  for (std::size_t n = 0; n < survey.count(); ++n) {
    const std::size_t i = first + n;
    if (!holds(i % survey.count())) continue;
    const bool goes_on = n > 0 && holds((i - 1) % survey.count());
    if (!goes_on) parts.push_back({survey.s_m(i), 0});
    parts.back().length_m += survey.step_m();
  }
  return parts;
}

double wrap(double s_m, double length_m) {
  if (s_m < 0) return s_m + length_m;
  return s_m >= length_m ? s_m - length_m : s_m;
}

/// Of the road, as maps number them: the driven line makes one of two, and none of fast ones.
void find_corners(Track& track, const Survey& survey) {
  constexpr double kBend_1pm = 1.0 / 400;
  constexpr double kTurn_rad = 0.3;
  track.corners.clear();
  for (const double side : {1.0, -1.0}) {
    const auto bends = [&](std::size_t i) { return side * survey.road_1pm(i) > kBend_1pm; };
    for (const Part& part : parts_where(survey, bends)) {
      const auto first = static_cast<std::size_t>(part.begin_m / survey.step_m() + 0.5);
      const auto points = static_cast<std::size_t>(part.length_m / survey.step_m() + 0.5);
      double turn = 0;
      for (std::size_t i = first; i < first + points; ++i)
        turn += side * survey.road_1pm(i) * survey.step_m();
      if (turn < kTurn_rad) continue;
      std::size_t middle = first;
      for (double left = turn / 2; left > 0; ++middle)
        left -= side * survey.road_1pm(middle) * survey.step_m();
      track.corners.push_back({0, "", survey.s_m(middle)});
    }
  }
  std::sort(track.corners.begin(), track.corners.end(),
            [](const Corner& a, const Corner& b) { return a.s_m < b.s_m; });
  std::uint32_t number = 0;
  for (Corner& corner : track.corners) {
    corner.number = ++number;
    corner.name = fmt::format("T{}", number);
  }
}

/// Without its begin in which a car still comes out of a corner.
Part from_the_corner_on(const Survey& survey, Part part) {
  constexpr double kOut_mps2 = 22;
  auto i = static_cast<std::size_t>(part.begin_m / survey.step_m() + 0.5);
  while (part.length_m > 0 && survey.sideways_mps2(i) >= kOut_mps2) {
    part.length_m -= survey.step_m();
    part.begin_m = survey.s_m(++i);
  }
  return part;
}

/// Its length, but half of it if no braking follows: there nobody passes.
double worth_m(const Survey& survey, const Part& part) {
  constexpr double kBehind_m = 60;
  constexpr double kBraking_mps2 = 8;
  const auto end = static_cast<std::size_t>((part.begin_m + part.length_m) / survey.step_m() + 0.5);
  const auto points = static_cast<std::size_t>(kBehind_m / survey.step_m());
  for (std::size_t i = end; i < end + points; ++i)
    if (survey.slowing_mps2(i) > kBraking_mps2) return part.length_m;
  return part.length_m / 2;
}

void find_drs_zones(Track& track, const Survey& survey) {
  constexpr double kLeast_m = 350;
  constexpr double kOpening_m = 100;
  constexpr double kDetection_m = 300;
  constexpr std::size_t kZones = 2;
  std::vector<Part> parts;
  for (const Part& flat : parts_where(survey, [&](std::size_t i) { return survey.flat(i); })) {
    const Part part = from_the_corner_on(survey, flat);
    if (part.length_m >= kLeast_m) parts.push_back(part);
  }
  std::sort(parts.begin(), parts.end(), [&](const Part& a, const Part& b) {
    const double one = worth_m(survey, a), other = worth_m(survey, b);
    return one != other ? one > other : a.begin_m < b.begin_m;
  });
  track.drs_zones.clear();
  for (const Part& part : parts) {
    if (track.drs_zones.size() == kZones) break;
    const double begin = wrap(part.begin_m + kOpening_m, track.length_m);
    track.drs_zones.push_back({wrap(begin - kDetection_m, track.length_m), begin,
                               wrap(part.begin_m + part.length_m, track.length_m)});
  }
  std::sort(track.drs_zones.begin(), track.drs_zones.end(),
            [](const DrsZone& a, const DrsZone& b) { return a.begin_m < b.begin_m; });
}

/// What decides on which side of the road the lane lies: how far the road reaches there, and how far a lane
/// may be off before it turns too sharply on the inside of a bend.
struct PitSide {
  double road_m = 0;
  double room_m = 1000;
};

PitSide pit_side(const Track& track, const Curve& curve, double from_s_m, double to_s_m, double sign) {
  constexpr double kFold = 0.5;
  PitSide side;
  for (double s_m = from_s_m; s_m < to_s_m; s_m += 2) {
    const double on_lap = wrap(s_m, track.length_m);
    const double cells = on_lap / track.length_m * static_cast<double>(track.points.size());
    const TrackPoint& point = track.points[static_cast<std::size_t>(cells) % track.points.size()];
    side.road_m = std::max(side.road_m, sign > 0 ? point.left_m : point.right_m);
    const double inward = sign * curve.at(on_lap).curvature_1pm;
    if (inward > 0) side.room_m = std::min(side.room_m, kFold / inward);
  }
  return side;
}

void find_pit(Track& track) {
  constexpr double kBend_1pm = 0.004;
  constexpr double kMost_m = 400;
  constexpr double kBeside_m = 8;
  const Curve curve = centreline(track);
  const double most = std::min(kMost_m, 0.2 * track.length_m);
  const auto straight = [&](double direction) {
    double reach = most / 2;
    while (reach < most && std::abs(curve.at(direction * reach).curvature_1pm) < kBend_1pm) reach += 5;
    return std::min(reach, most);
  };
  const double back = straight(-1);
  const double on = straight(1);
  double turn = 0;
  for (double s_m = 0; s_m < track.length_m; s_m += 2) turn += curve.at(s_m).curvature_1pm;
  double sign = turn > 0 ? 1 : -1;  // the inner side, unless the other has more room
  PitSide side = pit_side(track, curve, -back, on, sign);
  const PitSide other = pit_side(track, curve, -back, on, -sign);
  if (side.room_m < side.road_m + kBeside_m && other.room_m > side.room_m) {
    side = other;
    sign = -sign;
  }
  // On a short lap there is little way to move aside in, so the lane lies nearer: ways ease over with a
  // curvature of up to 5.8 times the offset over the squared length.
  constexpr double kEase_1pm = 0.03;
  const double aside_m = std::min(0.27 * back, 0.4 * on);
  const double most_left = std::max(2.0, kEase_1pm * aside_m * aside_m / 5.8);
  track.pit = {track.length_m - back,
               track.length_m - 0.55 * back,
               0.6 * on,
               on,
               sign * std::min({side.road_m + kBeside_m, side.room_m, most_left}),
               80};
}

/// Where DRS makes a difference: in the zones and while braking behind them.
bool touched_by_drs(const Track& track, double s_m) {
  constexpr double kBehind_m = 150;
  for (const DrsZone& zone : track.drs_zones) {
    const double length = wrap(zone.end_m - zone.begin_m, track.length_m) + kBehind_m;
    if (wrap(s_m - zone.begin_m, track.length_m) < length) return true;
  }
  return false;
}

/// Between `low` and `high` as near to `wanted` as may be; `wanted` itself if no place is free of DRS.
double place_near(const Track& track, double wanted, double low, double high, bool& free) {
  constexpr double kStep_m = 5;
  for (double off = 0; off <= high - low; off += kStep_m)
    for (const double s_m : {wanted - off, wanted + off})
      if (s_m > low && s_m < high && !touched_by_drs(track, s_m)) {
        free = true;
        return s_m;
      }
  free = false;
  return wanted;
}

double gap_behind(const Track& track, const std::vector<double>& places, std::size_t i) {
  return (i + 1 < places.size() ? places[i + 1] : track.length_m) - places[i];
}

/// Index of the place with the widest gap behind it that is not among those in `closed`; places.size() if
/// none.
std::size_t widest_gap(const Track& track, const std::vector<double>& places,
                       const std::vector<double>& closed) {
  std::size_t widest = places.size();
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (std::find(closed.begin(), closed.end(), places[i]) != closed.end()) continue;
    if (widest == places.size() || gap_behind(track, places, i) > gap_behind(track, places, widest))
      widest = i;
  }
  return widest;
}

/// Splits the widest gap between the places until there are enough of them; one that is all DRS only when the
/// others have become narrow.
void fill_gaps(const Track& track, std::vector<double>& places) {
  constexpr double kNarrow_laps = 1.0 / 50;
  std::vector<double> closed;  // places before gaps that are all DRS
  while (places.size() < kCheckpoints) {
    std::size_t i = widest_gap(track, places, closed);
    const bool forced = i == places.size() || gap_behind(track, places, i) < kNarrow_laps * track.length_m;
    if (forced) i = widest_gap(track, places, {});
    const double begin = places[i];
    const double width = gap_behind(track, places, i);
    bool free = false;
    const double found = place_near(track, begin + width / 2, begin + width / 4, begin + width * 3 / 4, free);
    if (free || forced)
      places.insert(places.begin() + static_cast<std::ptrdiff_t>(i) + 1, found);
    else
      closed.push_back(begin);
  }
}

void find_checkpoints(Track& track) {
  const double length = track.length_m;
  bool free = false;
  const double first = place_near(track, length / 3, length * 0.25, length * 0.42, free);
  const double second = place_near(track, length * 2 / 3, length * 0.58, length * 0.75, free);
  std::vector<double> places{0, first, second};
  fill_gaps(track, places);
  track.checkpoints.clear();
  for (const double s_m : places) {
    const std::size_t index = track.checkpoints.size();
    if (s_m == first) track.sector_ends[0] = static_cast<std::uint32_t>(index);
    if (s_m == second) track.sector_ends[1] = static_cast<std::uint32_t>(index);
    track.checkpoints.push_back({index == 0      ? "Timing line"
                                 : s_m == first  ? "Sector 1"
                                 : s_m == second ? "Sector 2"
                                                 : fmt::format("Loop {}", index),
                                 s_m});
  }
}

}  // namespace

void find_places(Track& track, const CarModel& car) {
  const Survey survey(track, car);
  find_corners(track, survey);
  find_drs_zones(track, survey);
  find_pit(track);
  find_checkpoints(track);
}

}  // namespace racesim::race
