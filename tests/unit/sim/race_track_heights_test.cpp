// Goal: a file's heights become the road that cars drive on, the same on every way round the track. Method:
// imports of an oval with known hills, clean, in steps and with noise; the JSON form read back; what is
// steeper than roads refused.
#include <gtest/gtest.h>

#include <cmath>

#include "base/random.h"
#include "sim/race/track/curve.h"
#include "sim/race/track/heights.h"
#include "sim/race/track/import/import.h"
#include "sim/race/track/track_file.h"
#include "sim/race/track/ways.h"
#include "support/track_shapes.h"

namespace racesim::race {
namespace {

using namespace track_test;

constexpr double kTwoPi = 6.283185307179586;

/// Two hills of ±15 m on the way round.
double hill_m(double share) {
  return 15 * std::sin(2 * kTwoPi * share);
}

/// The oval as a file whose heights are `of` the share of the way round.
template <class Of>
std::string file_of(Of of) {
  std::string text = "x_m,y_m,w_right,w_left,z_m\n";
  const std::vector<Vec> places = oval(250, 40);
  for (std::size_t i = 0; i < places.size(); ++i) {
    const double share = static_cast<double>(i) / static_cast<double>(places.size());
    text += fmt::format("{:.3f},{:.3f},6,6,{:.4f}\n", places[i].x, places[i].y, of(share));
  }
  return text;
}

double share_of(const Track& track, std::size_t i) {
  return static_cast<double>(i) / static_cast<double>(track.points.size());
}

TEST(RaceTrackHeights, AreThoseOfTheFile) {
  std::vector<std::string> notices;
  ImportOptions options;
  options.notices = &notices;
  options.altitude_m = 700;
  const Result<Track> track = import_track(file_of(hill_m), "hilly", options);
  ASSERT_TRUE(track) << track.error().what;
  ASSERT_TRUE(track->has_heights);
  for (std::size_t i = 0; i < track->points.size(); ++i)
    ASSERT_NEAR(track->points[i].z_m, hill_m(share_of(*track, i)), 0.6) << i;
  ASSERT_EQ(notices.size(), 1u);
  EXPECT_TRUE(notices.front().starts_with("heights from -1")) << notices.front();
  EXPECT_EQ(track->altitude_m, 700);
}

TEST(RaceTrackHeights, StepsAndNoiseAreNoBumps) {
  const StreamKey key = stream_key(3, "test.heights", 0);
  std::uint64_t at = 0;
  const auto rough = [&](double share) {
    return std::round(hill_m(share) + 0.6 * unit(draw(key, at++)) - 0.3);  // whole metres
  };
  const Result<Track> clean = import_track(file_of(hill_m), "clean");
  const Result<Track> track = import_track(file_of(rough), "rough");
  ASSERT_TRUE(track) << track.error().what;
  const std::vector<Terrain> felt = terrain_of_points(*track), meant = terrain_of_points(*clean);
  for (std::size_t i = 0; i < felt.size(); ++i) {
    ASSERT_NEAR(track->points[i].z_m, clean->points[i].z_m, 0.7) << i;
    ASSERT_NEAR(felt[i].dip_1pm, meant[i].dip_1pm, 0.004) << i;
  }
}

TEST(RaceTrackHeights, EveryWayLiesOnTheSameRoad) {
  const Result<Track> track = import_track(file_of(hill_m), "hilly");
  ASSERT_TRUE(track);
  const Curve centre = centreline(*track);
  const Path line = racing_line(*track);
  const Path pit = pit_way(*track, last_before_pit(*track), first_after_pit(*track));
  const Path grid = grid_way(*track, centre, 40, 3, 3);
  const auto at = [&](double s_m) {
    const double wrapped = s_m - track->length_m * std::floor(s_m / track->length_m);
    const auto cell = static_cast<std::size_t>(path_at(line, wrapped) / line.step_m);
    return line.z_m[cell];
  };
  for (const Path* path : {&line, &pit, &grid}) {
    ASSERT_EQ(path->z_m.size(), path->s_m.size());
    ASSERT_EQ(path->terrain.size(), path->s_m.size());
    for (std::size_t i = 0; i < path->s_m.size(); i += 7)
      ASSERT_NEAR(path->z_m[i], at(path->s_m[i]), 0.25) << path->s_m[i];
    // The slope is that of the heights.
    for (std::size_t i = 1; i + 1 < path->s_m.size(); ++i) {
      const double rise = (path->z_m[i + 1] - path->z_m[i - 1]) / (2 * path->step_m);
      ASSERT_NEAR(path->terrain[i].climb / path->terrain[i].level, rise, 1e-3);
    }
  }
}

TEST(RaceTrackHeights, TheFileOfATrackKeepsThem) {
  ImportOptions options;
  options.altitude_m = 2240;
  const Result<Track> track = import_track(file_of(hill_m), "hilly", options);
  ASSERT_TRUE(track);
  const std::string json = write_track(*track);
  const Result<Track> again = parse_track(json, "again");
  ASSERT_TRUE(again) << again.error().what;
  EXPECT_EQ(write_track(*again), json);
  EXPECT_TRUE(again->has_heights);
  EXPECT_EQ(again->altitude_m, 2240);
  EXPECT_NEAR(again->points[40].z_m, track->points[40].z_m, 1e-4);
  const Result<Track> flat = import_track(file_of([](double) { return 0.0; }), "flat");
  EXPECT_EQ(flat->points[40].z_m, 0);
}

TEST(RaceTrackHeights, WhatNoRoadClimbsIsRefused) {
  const auto steep = import_track(file_of([](double share) { return 20 * hill_m(share); }), "feet");
  ASSERT_FALSE(steep);
  EXPECT_NE(steep.error().what.find("feet: "), std::string::npos) << steep.error().what;
  EXPECT_NE(steep.error().what.find(" % at "), std::string::npos) << steep.error().what;
  EXPECT_NE(steep.error().hint.find("heights are metres"), std::string::npos);
  Result<Track> track = import_track(file_of(hill_m), "high");
  track->altitude_m = 9000;
  EXPECT_NE(check_track(*track, "high").error().what.find("altitude_m"), std::string::npos);
  track->altitude_m.reset();
  track->points[3].z_m = 1e9;
  EXPECT_NE(check_track(*track, "high").error().what.find("points[3]"), std::string::npos);
}

}  // namespace
}  // namespace racesim::race
