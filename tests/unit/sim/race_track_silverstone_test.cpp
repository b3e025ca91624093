// Goal: the shipped track is Silverstone, and the ways on it are smooth and meet. Method: lengths, turns,
// distances and curvature steps of the centreline, the racing line, the pit way and grid ways.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "sim/race/track/curve.h"
#include "sim/race/track/tracks.h"
#include "sim/race/track/ways.h"
#include "support/track_shapes.h"

namespace racesim::race {
namespace {

using track_test::greatest_curvature_step;
using track_test::turn_deg;

const Track& silverstone() {
  static const Track track = find_track("silverstone").value();
  return track;
}

/// Grid points are one step apart along the path, and s ascends.
void expect_even(const Path& path) {
  ASSERT_EQ(path.x_m.size(), path.s_m.size());
  ASSERT_EQ(path.y_m.size(), path.s_m.size());
  ASSERT_EQ(path.curvature_1pm.size(), path.s_m.size());
  EXPECT_NEAR(path.step_m, 1, 0.01);
  for (std::size_t i = 0; i < path.cells(); ++i) {
    ASSERT_GT(path.s_m[i + 1], path.s_m[i]) << i;
    const double dx = path.x_m[i + 1] - path.x_m[i];
    const double dy = path.y_m[i + 1] - path.y_m[i];
    ASSERT_NEAR(std::sqrt(dx * dx + dy * dy), path.step_m, 0.0005) << path.s_m[i];
  }
}

TEST(RaceTrackSilverstone, CentrelineIsTheCircuit) {
  const Track& track = silverstone();
  EXPECT_EQ(track.name, "silverstone");
  EXPECT_EQ(track.corners.size(), 18U);
  EXPECT_GE(track.checkpoints.size(), 12U);
  EXPECT_EQ(track.checkpoints[track.sector_ends[0]].s_m, 1770);
  EXPECT_EQ(track.checkpoints[track.sector_ends[1]].s_m, 4255);
  const Path centre = lay_out(centreline(track), 0, track.length_m, true);
  expect_even(centre);
  EXPECT_NEAR(centre.length_m(), 5891, 1);
  EXPECT_NEAR(turn_deg(centre), -360, 0.5);
  EXPECT_LT(greatest_curvature_step(centre), 0.003);
  EXPECT_NEAR(centre.x_m.front(), centre.x_m.back(), 1e-6);
  EXPECT_NEAR(centre.y_m.front(), centre.y_m.back(), 1e-6);
}

TEST(RaceTrackSilverstone, RacingLineStaysOnTheTrackAndIsSmooth) {
  const Track& track = silverstone();
  const Path line = racing_line(track);
  expect_even(line);
  EXPECT_TRUE(line.closed);
  EXPECT_TRUE(line.limit_mps.empty());
  EXPECT_GT(line.length_m(), 5700);
  EXPECT_LT(line.length_m(), 5891);
  EXPECT_NEAR(turn_deg(line), -360, 0.5);
  EXPECT_LT(greatest_curvature_step(line), 0.004);
  EXPECT_EQ(line.s_m.front(), 0);
  EXPECT_EQ(line.s_m.back(), track.length_m);
  const Curve centre = centreline(track);
  for (std::size_t i = 0; i < line.cells(); i += 7) {
    const double s = nearest(centre, {line.x_m[i], line.y_m[i]}, line.s_m[i]);
    const double off = std::remainder(s - line.s_m[i], track.length_m);
    ASSERT_NEAR(off, 0, 0.03) << "s_m is the projection";
  }
  for (const TrackPoint& point : track.points) {
    ASSERT_LE(point.line_left_m, point.left_m - 0.5);
    ASSERT_GE(point.line_left_m, 0.5 - point.right_m);
  }
}

/// Where `s_m` lies on the path: place and curvature, linear between grid points.
struct Spot {
  double x_m, y_m, curvature_1pm;
};
Spot spot(const Path& path, double s_m) {
  const double cells = path_at(path, s_m) / path.step_m;
  const std::size_t i = std::min(static_cast<std::size_t>(cells), path.cells() - 1);
  const double share = cells - static_cast<double>(i);
  const auto mix = [&](const std::vector<double>& v) { return v[i] + share * (v[i + 1] - v[i]); };
  return {mix(path.x_m), mix(path.y_m), mix(path.curvature_1pm)};
}

void expect_meets(const Path& a, double s_a, const Path& b, double s_b) {
  const Spot one = spot(a, s_a);
  const Spot other = spot(b, s_b);
  EXPECT_NEAR(one.x_m, other.x_m, 0.007);
  EXPECT_NEAR(one.y_m, other.y_m, 0.007);
  EXPECT_NEAR(one.curvature_1pm, other.curvature_1pm, 1e-4);
}

TEST(RaceTrackSilverstone, PitWayLeavesAndRejoinsTheRacingLine) {
  const Track& track = silverstone();
  const std::size_t from = last_before_pit(track);
  const std::size_t to = first_after_pit(track);
  const Path line = racing_line(track);
  const Path pit = pit_way(track, from, to);
  expect_even(pit);
  EXPECT_FALSE(pit.closed);
  EXPECT_EQ(pit.s_m.front(), track.checkpoints[from].s_m);
  EXPECT_EQ(pit.s_m.back(), track.checkpoints[to].s_m + track.length_m);
  expect_meets(line, track.checkpoints[from].s_m, pit, pit.s_m.front());
  expect_meets(line, track.checkpoints[to].s_m, pit, pit.s_m.back());
  EXPECT_LT(greatest_curvature_step(pit), 0.004);
  double limited_m = 0;
  for (std::size_t i = 0; i < pit.s_m.size(); ++i) {
    ASSERT_LT(std::abs(pit.curvature_1pm[i]), 0.06);
    if (std::isfinite(pit.limit_mps[i])) limited_m += pit.step_m;
  }
  EXPECT_GT(limited_m, 400);
  EXPECT_LT(limited_m, 700);
}

TEST(RaceTrackSilverstone, GridWaysEndOnTheRacingLine) {
  const Track& track = silverstone();
  const Path line = racing_line(track);
  for (int slot = 0; slot < 20; ++slot) {
    const double behind = 12 + 8 * slot;
    const Path way = grid_way(track, centreline(track), behind, slot % 2 == 0 ? 3.5 : -3.5, 1);
    expect_even(way);
    EXPECT_EQ(way.s_m.front(), -behind);
    EXPECT_EQ(way.s_m.back(), track.checkpoints[1].s_m);
    expect_meets(way, track.checkpoints[1].s_m, line, track.checkpoints[1].s_m);
    EXPECT_LT(greatest_curvature_step(way), 0.001);
  }
}

TEST(RaceTrackSilverstone, DistancesConvertBothWays) {
  const Path line = racing_line(silverstone());
  EXPECT_EQ(path_at(line, 0), 0);
  EXPECT_EQ(path_at(line, 1e9), line.length_m());
  double last = -1;
  for (double s = 0; s < 5891; s += 0.37) {
    const double l = path_at(line, s);
    ASSERT_GT(l, last);
    ASSERT_NEAR(track_at(line, l), s, 1e-9);
    last = l;
  }
}

TEST(RaceTrackSilverstone, OtherNamesAreRefusedWithTheOnesThereAre) {
  const Result<Track> none = find_track("nowhere");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().kind, ErrorKind::usage);
  EXPECT_EQ(none.error().what, "track 'nowhere': no such track");
  EXPECT_NE(none.error().hint.find("one of: silverstone"), std::string::npos);
}

}  // namespace
}  // namespace racesim::race
