// Goal: a route lies on its line to a metre and tells a driver the truth about it. Method: lines of random
// corners through make_route(), their properties; lines by hand where the right value is known.
#include "sim/fleet/roads/route.h"

#include <gtest/gtest.h>

#include <cmath>

#include "road_shapes.h"
#include "sim/fleet/roads/route_maker.h"

namespace racesim::fleet {
namespace {

using namespace road_test;

class RoadsRouteOfRandomLine : public testing::TestWithParam<std::uint64_t> {
 protected:
  const std::vector<LinePoint> line_ = random_line(GetParam(), 60);
  const Route route_ = make_route(line_);
};

TEST_P(RoadsRouteOfRandomLine, LiesOnTheLineToAMetre) {
  const std::vector<GeoPoint> places = places_of(line_);
  const StreamKey key = stream_key(GetParam(), "test.place", 0);
  for (std::uint64_t i = 0; i < 500; ++i)
    ASSERT_LT(off_line_m(places, place(route_, unit(draw(key, i)) * route_.length_m())),
              kOffLineMost_m + 0.05);
  EXPECT_EQ(place(route_, -5), line_.front().place);
  EXPECT_EQ(place(route_, 0), line_.front().place);
  EXPECT_EQ(place(route_, route_.length_m()), line_.back().place);
  EXPECT_EQ(place(route_, route_.length_m() + 5), line_.back().place);
}

TEST_P(RoadsRouteOfRandomLine, IsAsLongAsItsParts) {
  double sum_m = 0;
  EXPECT_EQ(route_.path.front().s_m, 0);
  for (std::size_t i = 1; i < route_.path.size(); ++i) {
    const PathPoint& a = route_.path[i - 1];
    const PathPoint& b = route_.path[i];
    ASSERT_LT(a.s_m, b.s_m);
    sum_m += distance_m({a.latitude_deg, a.longitude_deg}, {b.latitude_deg, b.longitude_deg});
    ASSERT_NEAR(b.s_m, sum_m, 1e-3 + 1e-5 * sum_m);
  }
}

TEST_P(RoadsRouteOfRandomLine, MovesOnByWhatIsDriven) {
  constexpr double kStep_m = 0.7;
  std::size_t hint = 0;
  GeoPoint before = place(route_, 0);
  for (double s_m = kStep_m; s_m < route_.length_m(); s_m += kStep_m) {
    const GeoPoint now = place(route_, s_m, hint);
    ASSERT_EQ(now, place(route_, s_m)) << "with and without a hint";
    ASSERT_LT(distance_m(before, now), kStep_m * 1.001);
    before = now;
  }
  hint = 1'000'000;
  EXPECT_EQ(place(route_, 10, hint), place(route_, 10)) << "whatever the hint";
}

TEST_P(RoadsRouteOfRandomLine, OrdersWhatLiesOnIt) {
  EXPECT_EQ(route_.stretches.front().begin_m, 0);
  for (std::size_t i = 1; i < route_.stretches.size(); ++i)
    ASSERT_LT(route_.stretches[i - 1].begin_m, route_.stretches[i].begin_m);
  double last_m = 0;
  for (const Bend& bend : route_.bends) {
    ASSERT_LE(last_m, bend.begin_m);
    ASSERT_LT(bend.begin_m, bend.end_m);
    ASSERT_LE(bend.end_m, route_.length_m());
    ASSERT_GE(bend.radius_m, 5);
    ASSERT_LE(bend.radius_m, 300);
    last_m = bend.end_m;
  }
  last_m = 0;
  EXPECT_FALSE(route_.stops.empty());
  for (const Stop& stop : route_.stops) {
    ASSERT_GE(stop.s_m, last_m + kStopGap_m);
    ASSERT_LE(stop.s_m, route_.length_m() - kStopGap_m);
    last_m = stop.s_m;
  }
  for (const double station_m : route_.stations_m)
    for (const Stop& stop : route_.stops) ASSERT_GE(std::abs(stop.s_m - station_m), station_gap_m(30));
}

TEST_P(RoadsRouteOfRandomLine, ComesBackOnTheSameRoad) {
  const std::vector<LinePoint> back_line = reversed(line_);
  const Route back = make_route(back_line);
  EXPECT_NEAR(back.length_m(), route_.length_m(), 0.05);
  for (double s_m = 3; s_m < route_.length_m(); s_m += 37)
    ASSERT_LT(distance_m(place(route_, s_m), place(back, route_.length_m() - s_m)), 0.3);
  for (std::size_t i = 0; i + 1 < line_.size(); ++i) {
    ASSERT_EQ(back_line[line_.size() - 2 - i].limit_kmh, line_[i].limit_kmh);
    ASSERT_EQ(back_line[line_.size() - 2 - i].type, line_[i].type);
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RoadsRouteOfRandomLine, testing::Range<std::uint64_t>(1, 13));

/// Steps of `step_m` metres, each turned left by so many sines and cosines.
std::vector<LinePoint> line_of(const std::vector<Vec>& corners) {
  const Plane plane(kSomewhere);
  std::vector<LinePoint> line;
  for (const Vec& corner : corners) line.push_back({plane.to_globe(corner)});
  return line;
}

TEST(RoadsRoute, TakesATurnAsATurnAndACurveAsACurve) {
  const Route turn = make_route(line_of({{0, 0}, {200, 0}, {200, 200}}));
  ASSERT_EQ(turn.bends.size(), 1U);
  EXPECT_NEAR(turn.bends[0].radius_m, 10, 0.1);
  EXPECT_NEAR((turn.bends[0].begin_m + turn.bends[0].end_m) / 2, 200, 2);
  std::vector<Vec> curve{{-300, 0}};
  for (int i = 0; i <= 18; ++i) curve.push_back({150 * std::sin(i * 0.1), 150 - 150 * std::cos(i * 0.1)});
  const Route round = make_route(line_of(curve));
  ASSERT_GT(round.bends.size(), 10U);
  for (std::size_t i = 1; i + 1 < round.bends.size(); ++i) EXPECT_NEAR(round.bends[i].radius_m, 150, 3);
  EXPECT_TRUE(make_route(line_of({{0, 0}, {500, 3}, {1000, 0}})).bends.empty()) << "as good as straight";
}

TEST(RoadsRoute, ChangesLimitsAndStopsWhereTheLineSaysSo) {
  std::vector<LinePoint> line = line_of({{0, 0}, {300, 0}, {600, 0}, {900, 0}, {1200, 0}, {1202, 0}});
  line[1].limit_kmh = line[2].limit_kmh = 90;
  line[1].type = line[2].type = RoadType::rural;
  line[1].mark = Mark::signal;
  line[1].signal = 7;
  line[2].mark = Mark::station;
  line[3].mark = Mark::give_way;
  line[4].mark = Mark::signal;
  const Route route = make_route(line);
  ASSERT_EQ(route.stretches.size(), 3U);
  EXPECT_NEAR(route.stretches[1].begin_m, 300, 1e-3);
  EXPECT_EQ(route.stretches[1].limit_kmh, 90);
  EXPECT_EQ(route.stretches[1].type, RoadType::rural);
  EXPECT_NEAR(route.stretches[2].begin_m, 900, 1e-2);
  ASSERT_EQ(route.stops.size(), 2U) << "the last one is too near to the end";
  EXPECT_NEAR(route.stops[0].s_m, 288, 1e-2);
  EXPECT_EQ(route.stops[0].kind, StopKind::signal);
  EXPECT_EQ(route.stops[0].signal, 7U);
  EXPECT_NEAR(route.stops[1].s_m, 893, 1e-2);
  EXPECT_EQ(route.stops[1].kind, StopKind::give_way);
  EXPECT_TRUE(route.stations_m.empty()) << "at 90 km/h 300 m are too few to the next stop";
  line[2].limit_kmh = 50;
  const Route slow = make_route(line);
  ASSERT_EQ(slow.stations_m.size(), 1U);
  EXPECT_NEAR(slow.stations_m[0], 600, 1e-2);
}

TEST(RoadsRoute, TakesRepeatedPointsAsOne) {
  const std::vector<LinePoint> once = line_of({{0, 0}, {100, 0}, {100, 80}});
  const std::vector<LinePoint> twice = line_of({{0, 0}, {0, 0.01}, {100, 0}, {100, 0}, {100, 80}, {100, 80}});
  EXPECT_NEAR(make_route(twice).length_m(), make_route(once).length_m(), 0.02);
}

}  // namespace
}  // namespace racesim::fleet
