// A way that a car takes, on a grid of about one metre of its own length: the racing line, the pit lane, the
// way from a grid slot. Physics runs along a path; track position and coordinates are read off it. Lengths
// are those on the map: a slope of 10 % makes the road 0.5 % longer, which is left out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace racesim::race {

/// How the road lies where a car is; level and flat where a track has no heights.
struct Terrain {
  double climb = 0;    ///< sine of the slope, + = uphill
  double level = 1;    ///< its cosine
  double dip_1pm = 0;  ///< curvature up and down, + = through a dip, which presses the car onto the road
};

inline constexpr Terrain kFlat{};

/// Vectors have cells + 1 entries, one per grid point; in a closed path the last repeats the first, but for
/// s_m, which has grown by the track's length. Immutable once made.
struct Path {
  bool closed = false;
  double step_m = 1;                  ///< between grid points, along the path
  std::vector<double> s_m;            ///< along the track's centreline (projection); ascending
  std::vector<double> x_m;            ///< east
  std::vector<double> y_m;            ///< north
  std::vector<double> curvature_1pm;  ///< + = left; smooth
  std::vector<double> limit_mps;      ///< speed limits on the way (pit lane); empty: none
  std::vector<double> z_m;            ///< height; empty: the track has none
  std::vector<Terrain> terrain;       ///< as z_m

  std::size_t cells() const { return s_m.size() - 1; }
  double length_m() const { return step_m * static_cast<double>(cells()); }
  Terrain terrain_at(std::size_t point) const { return terrain.empty() ? Terrain{} : terrain[point]; }
};

}  // namespace racesim::race
