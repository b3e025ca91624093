// Goal: any sound circuit becomes a track that a race can be held on, and a broken one is refused with the
// reason. Method: made-up circuits through import_track(), their properties, and a table of broken texts with
// the messages.
#include "sim/race/track/import/import.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/random.h"
#include "sim/race/track/curve.h"
#include "sim/race/track/import/overlap.h"
#include "sim/race/track/track_file.h"
#include "sim/race/track/ways.h"
#include "support/circuit_shapes.h"
#include "support/track_shapes.h"

namespace racesim::race {
namespace {

using namespace track_test;

bool in_zone(const Track& track, double s_m) {
  return std::any_of(track.drs_zones.begin(), track.drs_zones.end(), [&](const DrsZone& zone) {
    return zone.begin_m < zone.end_m ? s_m > zone.begin_m && s_m < zone.end_m
                                     : s_m > zone.begin_m || s_m < zone.end_m;
  });
}

/// What holds on every imported track.
void expect_raceable(const Track& track) {
  EXPECT_TRUE(check_track(track, "track"));
  EXPECT_NEAR(track.points.front().x_m, 0, 2) << "begins near the first point";
  for (const TrackPoint& point : track.points) {
    ASSERT_LE(point.line_left_m, std::max(point.left_m - 1, 0.0) + 0.3);
    ASSERT_GE(point.line_left_m, -std::max(point.right_m - 1, 0.0) - 0.3);
  }
  EXPECT_EQ(track.checkpoints.size(), 14U);
  const Path line = racing_line(track);
  EXPECT_NEAR(line.x_m.front(), line.x_m.back(), 1e-6);
  EXPECT_LT(greatest_curvature_step(line), 0.008);
  const std::size_t from = last_before_pit(track);
  const std::size_t to = first_after_pit(track);
  const Path pit = pit_way(track, from, to);
  EXPECT_LT(greatest_curvature_step(pit), 0.008);
  EXPECT_LT(pit.s_m.back() - pit.s_m.front(), track.length_m);
  const Path grid = grid_way(track, centreline(track), 12, 2, 1);
  EXPECT_NEAR(grid.x_m.back(),
              line.x_m[static_cast<std::size_t>(path_at(line, grid.s_m.back()) / line.step_m)], 2);
}

TEST(RaceTrackImport, OvalHasTwoCornersTwoZonesAndItsLength) {
  const Track track = import_track(csv(oval(700, 100)), "oval").value();
  expect_raceable(track);
  EXPECT_EQ(track.name, "oval");
  EXPECT_NEAR(track.length_m, 1400 + kTurn * 100, 3);
  EXPECT_NEAR(turn_deg(lay_out(centreline(track), 0, track.length_m, true)), 360, 0.5);
  ASSERT_EQ(track.corners.size(), 2U);
  EXPECT_EQ(track.corners[0].name, "T1");
  EXPECT_NEAR(track.corners[0].s_m, 350 + 157, 100);
  EXPECT_NEAR(track.corners[1].s_m, 350 + 314 + 700 + 157, 100);
  EXPECT_EQ(track.drs_zones.size(), 2U);
  const double first = track.checkpoints[track.sector_ends[0]].s_m / track.length_m;
  const double second = track.checkpoints[track.sector_ends[1]].s_m / track.length_m;
  EXPECT_NEAR(first, 1.0 / 3, 0.1);
  EXPECT_NEAR(second, 2.0 / 3, 0.1);
  EXPECT_GT(track.pit.left_m, 6) << "the inner side";
  const Path line = racing_line(track);
  double sharpest = 0;
  for (const double curvature : line.curvature_1pm) sharpest = std::max(sharpest, curvature);
  EXPECT_LT(sharpest, 0.0115) << "hardly sharper than the centreline";
}

TEST(RaceTrackImport, CheckpointsKeepOffTheDrsZonesWhereThereIsRoom) {
  const Track track = import_track(csv(star(5, 420, 60, 540)), "star").value();
  expect_raceable(track);
  EXPECT_NEAR(turn_deg(racing_line(track)), -360, 0.5);
  EXPECT_GE(track.corners.size(), 10U);
  for (std::size_t i = 1; i < track.checkpoints.size(); ++i)
    EXPECT_FALSE(in_zone(track, track.checkpoints[i].s_m));
}

TEST(RaceTrackImport, DrsZonesReachRoundAKinkTakenFlat) {
  const CircuitShape shape{"Kink",
                           {{600, 0, 40}, {600, 300, 40}, {-100, 500, 300}, {-900, 300, 30}, {-900, 0, 30}}};
  const Track track = import_track(csv(shape), shape.name).value();
  expect_raceable(track);
  EXPECT_EQ(track.corners.size(), 5U) << "the kink is one";
  EXPECT_EQ(track.drs_zones.size(), 2U);
  EXPECT_TRUE(in_zone(track, 100)) << "on the straight with the timing line";
  for (double s_m = 1300; s_m < 2400; s_m += 50) EXPECT_TRUE(in_zone(track, s_m)) << s_m;
  EXPECT_FALSE(in_zone(track, 1000)) << "between the slow corners";
}

TEST(RaceTrackImport, CrossingByBridgeIsATrack) {
  const Track track = import_track(csv(eight(450)), "eight").value();
  expect_raceable(track);
  EXPECT_NEAR(turn_deg(racing_line(track)), 0, 0.5);
  EXPECT_FALSE(find_overlap(track));
}

TEST(RaceTrackImport, KinksOfTheSourceAreSmoothed) {
  std::vector<Vec> points = oval(500, 80);
  for (std::size_t i = 0; i < points.size(); ++i) {
    points[i].x += 0.3 * (unit(draw(stream_key(1, "test.kinks", i), 0)) - 0.5);
    points[i].y += 0.3 * (unit(draw(stream_key(1, "test.kinks", i), 1)) - 0.5);
  }
  const Track track = import_track(csv(points), "rough").value();
  expect_raceable(track);
  const Path centre = lay_out(centreline(track), 0, track.length_m, true);
  for (const double curvature : centre.curvature_1pm) {
    ASSERT_LT(curvature, 1.0 / 80 + 0.005);
    ASSERT_GT(curvature, -0.005);
  }
}

TEST(RaceTrackImport, FormsOfTheSameTextGiveTheSameTrack) {
  const std::string text = csv(oval(250, 40));
  const std::string same = write_track(import_track(text, "oval").value());
  const std::size_t head = text.find('\n') + 1;
  const std::string body = text.substr(head);
  std::string returns = "\xEF\xBB\xBFx_m,y_m,w_tr_right_m,w_tr_left_m\r\n";
  for (const char c : body) returns += c == '\n' ? std::string("\r\n") : std::string(1, c);
  const std::string first = body.substr(0, body.find('\n') + 1);
  for (const std::string& form : {body, returns, text + first, text + "\n\n# end\n", first + text})
    EXPECT_EQ(write_track(import_track(form, "oval").value()), same) << form.substr(0, 60);
}

struct Broken {
  std::string text;
  const char* what;
};

std::string with_line(std::size_t line, const std::string& content) {
  std::string text = csv(oval(250, 40));
  std::size_t begin = 0;
  for (std::size_t i = 1; i < line; ++i) begin = text.find('\n', begin) + 1;
  return text.replace(begin, text.find('\n', begin) - begin, content);
}

/// Out along a straight and back over it, on the way round an oval.
std::string with_spur(double apart_m) {
  const std::vector<Vec> round = oval(400, 60);
  std::vector<Vec> points(round.begin(), round.begin() + 20);
  const Vec foot = round[20];
  for (int i = 0; i < 30; ++i) points.push_back({foot.x, foot.y - 4 * i});
  for (int i = 30; i-- > 0;) points.push_back({foot.x + apart_m, foot.y - 4 * i});
  points.insert(points.end(), round.begin() + 21, round.end());
  return csv(points);
}

TEST(RaceTrackImport, BrokenTextsAreRefusedWithTheReason) {
  const std::vector<Vec> round = oval(250, 40);
  std::vector<Vec> twice = round;
  twice.insert(twice.end(), round.begin(), round.end());
  std::vector<Vec> gap = round;
  gap.erase(gap.begin() + 5, gap.begin() + 30);
  const Broken cases[] = {
      {"", "bad: 0 points are too few for a circuit: at least 10 are needed"},
      {"# x_m,y_m,w_tr_right_m,w_tr_left_m\n",
       "bad: 0 points are too few for a circuit: at least 10 are needed"},
      {"1,2,3,4\n", "bad: 1 points are too few for a circuit: at least 10 are needed"},
      {csv({round.begin(), round.begin() + 9}),
       "bad: 9 points are too few for a circuit: at least 10 are needed"},
      {csv({round.begin(), round.end() - 5}),
       "bad: not closed: 31.3 m from the last point (line 146) to the first"},
      {csv(gap), "bad: line 7: 128.6 m from the point before"},
      {csv(oval(20, 10)), "bad: 102.2 m long"},
      {with_line(7, "nan,1,6,6"), "bad: line 7: column 1 is not finite"},
      {with_line(7, "1,inf,6,6"), "bad: line 7: column 2 is not finite"},
      {with_line(7, "1,-1e9,6,6"), "bad: line 7: column 2 is -1e9, farther out than 100000 km"},
      {with_line(7, "1,2,6,wide"), "bad: line 7: column 4 is 'wide', not a number"},
      {with_line(7, "1;2;6;6"), "bad: line 7: column 1 is '1;2;6;6', not a number"},
      {with_line(7, "1,2,6"), "bad: line 7: 3 columns instead of 4"},
      {with_line(7, "1,2,6,6,6"), "bad: line 7: more than 4 columns"},
      {with_line(7, "1,2,0,6"), "bad: line 7: widths 0 and 6 are not above 0 and below 100 m"},
      {with_line(7, "1,2,6,-1"), "bad: line 7: widths 6 and -1 are not above 0 and below 100 m"},
      {csv(twice), "bad: runs back over itself: the road at"},
      {csv(star(9, 60, 45, 200)), "bad: bends with a radius of"},
      {with_spur(0.5), "bad: runs back over itself: the road at"},
  };
  for (const Broken& broken : cases) {
    const Result<Track> track = import_track(broken.text, "bad");
    ASSERT_FALSE(track) << broken.what;
    EXPECT_EQ(track.error().kind, ErrorKind::master_data);
    EXPECT_EQ(track.error().what.substr(0, std::string(broken.what).size()), broken.what);
    EXPECT_FALSE(track.error().hint.empty());
  }
}

TEST(RaceTrackImport, RoadsBesideEachOtherAreNoOverlap) {
  const Result<Track> track = import_track(with_spur(24), "hairpin");
  ASSERT_TRUE(track) << track.error().what;
  EXPECT_TRUE(check_track(*track, "hairpin"));
}

}  // namespace
}  // namespace racesim::race
