#include <fmt/format.h>

#include <cmath>

#include "sim/race/track/heights.h"
#include "sim/race/track/track_file.h"

namespace racesim::race {
namespace {

constexpr std::size_t kPointsLeast = 30;
constexpr std::size_t kPointsMost = 20'000;
constexpr std::size_t kCheckpointsLeast = 12;
constexpr std::size_t kCheckpointsMost = 64;
constexpr double kHeightMost_m = 10'000;

/// The first complaint, or empty.
std::string points_complaint(const Track& track) {
  if (!(track.length_m >= 200 && track.length_m <= 50'000)) return "length_m: not from 200 to 50,000";
  if (track.points.size() < kPointsLeast || track.points.size() > kPointsMost)
    return fmt::format("points: {}, not {} to {}", track.points.size(), kPointsLeast, kPointsMost);
  for (std::size_t i = 0; i < track.points.size(); ++i) {
    const TrackPoint& point = track.points[i];
    if (!std::isfinite(point.x_m) || !std::isfinite(point.y_m))
      return fmt::format("points[{}]: not finite", i);
    if (!(point.right_m > 0 && point.left_m > 0 && point.right_m < 200 && point.left_m < 200))
      return fmt::format("points[{}]: widths are not above 0 and below 200", i);
    if (!(point.line_left_m <= point.left_m && point.line_left_m >= -point.right_m))
      return fmt::format("points[{}]: the driven line leaves the track", i);
    if (!(std::abs(point.z_m) < kHeightMost_m)) return fmt::format("points[{}]: z_m is no height", i);
  }
  if (track.altitude_m && !(*track.altitude_m >= kAltitudeLeast_m && *track.altitude_m <= kAltitudeMost_m))
    return fmt::format("altitude_m: not from {} to {}", kAltitudeLeast_m, kAltitudeMost_m);
  if (const Steepest steepest = steepest_slope(track); std::abs(steepest.slope) > kSteepest)
    return fmt::format("points: a slope of {:.0f} % at {:.0f} m of the lap", 100 * steepest.slope,
                       steepest.s_m);
  return {};
}

/// `items` lie on the lap in ascending order.
template <class Item>
std::string order_complaint(const char* field, const std::vector<Item>& items, double length_m) {
  double last = -1;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const double s_m = items[i].s_m;
    if (!(s_m >= 0 && s_m < length_m)) return fmt::format("{}[{}].s_m: not on the lap", field, i);
    if (!(s_m > last)) return fmt::format("{}[{}].s_m: not after the previous one", field, i);
    last = s_m;
  }
  return {};
}

std::string checkpoints_complaint(const Track& track) {
  const std::size_t count = track.checkpoints.size();
  if (count < kCheckpointsLeast || count > kCheckpointsMost)
    return fmt::format("checkpoints: {}, not {} to {}", count, kCheckpointsLeast, kCheckpointsMost);
  if (track.checkpoints.front().s_m != 0) return "checkpoints[0].s_m: not 0, the timing line";
  const auto& ends = track.sector_ends;
  if (!(0 < ends[0] && ends[0] < ends[1] && ends[1] < count))
    return "sector_ends: not two ascending indices of checkpoints";
  return order_complaint("checkpoints", track.checkpoints, track.length_m);
}

std::string pit_complaint(const Track& track) {
  const PitLane& pit = track.pit;
  if (!(0 < pit.entry_m && pit.entry_m < pit.limit_begin_m && pit.limit_begin_m < track.length_m))
    return "pit: not 0 < entry_m < limit_begin_m < length_m";
  if (!(0 <= pit.limit_end_m && pit.limit_end_m < pit.exit_m && pit.exit_m < pit.entry_m))
    return "pit: not 0 <= limit_end_m < exit_m < entry_m";
  if (!(pit.left_m > -200 && pit.left_m < 200)) return "pit.left_m: not within 200 m";
  if (!(pit.limit_kmh >= 10 && pit.limit_kmh <= 200)) return "pit.limit_kmh: not from 10 to 200";
  if (track.checkpoints.back().s_m < pit.exit_m) return "pit.exit_m: no checkpoint after it";
  return {};
}

std::string drs_complaint(const Track& track) {
  for (std::size_t i = 0; i < track.drs_zones.size(); ++i) {
    const DrsZone& zone = track.drs_zones[i];
    const bool on_lap = zone.detection_m >= 0 && zone.begin_m >= 0 && zone.detection_m < track.length_m &&
                        zone.begin_m < track.length_m && zone.end_m < track.length_m && zone.end_m >= 0;
    if (!on_lap) return fmt::format("drs_zones[{}]: not on the lap", i);
  }
  return {};
}

}  // namespace

Done check_track(const Track& track, std::string_view origin) {
  std::string why = points_complaint(track);
  if (why.empty()) why = order_complaint("corners", track.corners, track.length_m);
  if (why.empty()) why = checkpoints_complaint(track);
  if (why.empty()) why = pit_complaint(track);
  if (why.empty()) why = drs_complaint(track);
  if (why.empty()) return {};
  return fail(ErrorKind::master_data, fmt::format("{}: {}", origin, why),
              "correct the file, or create it again with 'racesim track import'");
}

}  // namespace racesim::race
