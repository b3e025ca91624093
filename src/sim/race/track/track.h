// A circuit: its closed centreline with widths, the driven line, and the places on it that a race needs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace racesim::race {

/// Where x = y = 0 lies on the globe; x points east, y north.
struct Anchor {
  double latitude_deg = 0;
  double longitude_deg = 0;
};

/// One sample of the centreline.
struct TrackPoint {
  double x_m;
  double y_m;
  double right_m;  ///< from the centreline to the right edge
  double left_m;
  double line_left_m;  ///< offset of the driven line, + = left
  double z_m = 0;      ///< height, if Track::has_heights; smooth
};

/// A corner at its apex.
struct Corner {
  std::uint32_t number;
  std::string name;
  double s_m;
};

/// Where laps and sectors are timed, and mini-loops between. The first is the timing line at 0.
struct Checkpoint {
  std::string name;
  double s_m;
};

/// May run across the timing line: then end_m < begin_m.
struct DrsZone {
  double detection_m;  ///< the gap to the car in front is read here
  double begin_m;
  double end_m;
};

/// The pit lane runs beside the start straight. Distances along the centreline; entry lies before the timing
/// line, exit behind it.
struct PitLane {
  double entry_m;        ///< the lane leaves the track
  double limit_begin_m;  ///< from here on the speed limit holds
  double limit_end_m;
  double exit_m;  ///< the lane has joined the track
  double left_m;  ///< offset of the lane from the centreline, + = left
  double limit_kmh;
};

/// From the shore of the Dead Sea to above every road.
inline constexpr double kAltitudeLeast_m = -500;
inline constexpr double kAltitudeMost_m = 5'000;

/// All distances s run along the centreline from the timing line in driving direction, 0 ≤ s < length_m.
struct Track {
  std::string name;   ///< as in --track
  std::string title;  ///< for people
  Anchor anchor;
  /// Above the sea, which makes the air thinner; none: the air of car_model.h.
  std::optional<double> altitude_m;
  bool has_heights = false;
  double length_m = 0;
  std::vector<TrackPoint> points;  ///< equal steps of length_m / points.size(), the first at s = 0; closed
  std::vector<Corner> corners;     ///< ascending
  std::vector<Checkpoint> checkpoints;    ///< ascending, at least 12
  std::uint32_t sector_ends[2] = {0, 0};  ///< indices into checkpoints: ends of sectors 1 and 2
  std::vector<DrsZone> drs_zones;
  PitLane pit{};
};

}  // namespace racesim::race
