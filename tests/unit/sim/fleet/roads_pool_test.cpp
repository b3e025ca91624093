// Goal: a fleet can chain the pool's routes into days. Method: all routes of the built-in pool, their ends
// and their statistics; several threads that ask for the same ones; the pool of a file.
#include "sim/fleet/roads/route_pool.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <thread>

#include "road_shapes.h"

namespace racesim::fleet {
namespace {

using namespace road_test;

bool is_same(const Route& one, const Route& other) {
  return one.path.size() == other.path.size() && one.length_m() == other.length_m() &&
         one.stops.size() == other.stops.size() &&
         std::equal(one.path.begin(), one.path.end(), other.path.begin(),
                    [](const PathPoint& a, const PathPoint& b) {
                      return a.s_m == b.s_m && a.latitude_deg == b.latitude_deg &&
                             a.longitude_deg == b.longitude_deg;
                    });
}

TEST(RoadsPool, LeadsFromPlaceToPlaceAndBackAlongTheSameStreets) {
  const auto pool = RoutePool::built_in();
  ASSERT_EQ(pool->groups(), 1U);
  for (const std::uint32_t from : pool->places(0))
    for (const std::uint32_t to : pool->places(0)) {
      if (from == to || (from + to) % 5 != 0) continue;
      const Route& there = pool->between(from, to);
      const Route& back = pool->between(to, from);
      ASSERT_EQ(&there, &pool->between(from, to)) << "made once";
      ASSERT_EQ(there.from, from);
      ASSERT_EQ(there.to, to);
      ASSERT_EQ(place(there, 0), pool->place(from).point);
      ASSERT_EQ(place(there, there.length_m()), pool->place(to).point);
      ASSERT_EQ(there.first_street_m, back.last_street_m);
      ASSERT_GT(there.first_street_m, 50);
      for (const double stand_m : {0.0, 17.5, there.first_street_m})
        ASSERT_LT(distance_m(place(there, stand_m), place(back, back.length_m() - stand_m)), 0.02);
    }
}

TEST(RoadsPool, GivesTripsLikeThoseOfARegion) {
  const auto pool = RoutePool::built_in();
  std::array<double, 4> by_type_m{};
  std::vector<double> lengths_m;
  std::size_t long_ones = 0;
  std::size_t without_station = 0;
  std::vector<double> gaps_m;
  for (const std::uint32_t from : pool->places(0))
    for (const std::uint32_t to : pool->places(0)) {
      if (from == to) continue;
      const Route& route = pool->between(from, to);
      lengths_m.push_back(route.length_m());
      for (std::size_t i = 0; i < route.stretches.size(); ++i) {
        const double end_m =
            i + 1 < route.stretches.size() ? route.stretches[i + 1].begin_m : route.length_m();
        by_type_m[static_cast<std::size_t>(route.stretches[i].type)] += end_m - route.stretches[i].begin_m;
      }
      if (route.length_m() > 4000) {
        ++long_ones;
        without_station += route.stations_m.empty();
      }
      double last_m = -1;
      for (const Stop& stop : route.stops) {
        if (stop.kind != StopKind::signal) continue;
        if (last_m >= 0 && stop.s_m - last_m < 1500) gaps_m.push_back(stop.s_m - last_m);
        last_m = stop.s_m;
      }
    }
  std::sort(lengths_m.begin(), lengths_m.end());
  EXPECT_GT(lengths_m[lengths_m.size() / 10], 3'000);
  EXPECT_LT(lengths_m[lengths_m.size() / 10], 8'000);
  EXPECT_GT(lengths_m[lengths_m.size() * 3 / 4], 15'000);
  EXPECT_LT(lengths_m[lengths_m.size() * 3 / 4], 45'000);
  double sum_m = 0;
  for (const double m : by_type_m) sum_m += m;
  EXPECT_NEAR(by_type_m[0] / sum_m, 0.40, 0.12);
  EXPECT_NEAR(by_type_m[1] / sum_m, 0.28, 0.10);
  EXPECT_NEAR(by_type_m[2] / sum_m, 0.21, 0.10);
  EXPECT_NEAR(by_type_m[3] / sum_m, 0.12, 0.08);
  EXPECT_LT(static_cast<double>(without_station) / static_cast<double>(long_ones), 0.08);
  std::sort(gaps_m.begin(), gaps_m.end());
  EXPECT_NEAR(gaps_m[gaps_m.size() / 2], 380, 90) << "metres from light to light";
}

TEST(RoadsPool, HasARouteWithAStationFromEachPlace) {
  const auto pool = RoutePool::built_in();
  for (const std::uint32_t from : pool->places(0)) {
    std::size_t fitting = 0;
    for (const std::uint32_t to : pool->places(0)) {
      if (from == to) continue;
      const Route& route = pool->between(from, to);
      fitting += route.length_m() > 4'000 && route.length_m() < 40'000 && !route.stations_m.empty();
    }
    EXPECT_GE(fitting, 4U) << from;
  }
}

/// A turn by 150 degrees leaves 7.8 of 30 metres between the places before and behind it.
TEST(RoadsPool, NeverTurnsBackOnTheRoad) {
  const auto pool = RoutePool::built_in();
  for (const std::uint32_t from : pool->places(0))
    for (const std::uint32_t to : pool->places(0)) {
      if (from == to || (from + to) % 7 != 0) continue;
      const Route& route = pool->between(from, to);
      for (double s_m = 20; s_m < route.length_m() - 20; s_m += 5) {
        const GeoPoint here = place(route, s_m);
        const double chord_m = distance_m(place(route, s_m - 15), place(route, s_m + 15));
        EXPECT_GT(chord_m, 7.8) << from << " to " << to << " at " << here.latitude_deg << ","
                                << here.longitude_deg;
      }
    }
}

TEST(RoadsPool, ThreadsGetTheSameRoutesAtTheSameTime) {
  const auto pool = RoutePool::built_in();
  const auto alone = RoutePool::built_in();
  std::array<std::vector<const Route*>, 4> seen;
  std::vector<std::thread> threads;
  for (std::vector<const Route*>& mine : seen)
    threads.emplace_back([&pool, &mine] {
      for (std::uint32_t to = 1; to < 40; ++to) mine.push_back(&pool->between(to % 3 == 0 ? 0 : to - 1, to));
    });
  for (std::thread& thread : threads) thread.join();
  for (std::size_t i = 0; i < seen[0].size(); ++i) {
    for (const auto& other : seen) ASSERT_EQ(other[i], seen[0][i]);
    ASSERT_TRUE(is_same(*seen[0][i], alone->between(seen[0][i]->from, seen[0][i]->to)));
  }
}

TEST(RoadsPool, HasThereAndBackOfAFileAndOnePlaceOfALoop) {
  const std::string text = collection({feature("LineString", "[[21,52],[21.05,52],[21.05,52.03]]"),
                                       feature("LineString", "[[8,50],[8.01,50],[8.01,50.01],[8,50]]")});
  const auto pool = RoutePool::from_geojson(text, "two.geojson").value();
  ASSERT_EQ(pool->groups(), 2U);
  const auto two = pool->places(0);
  ASSERT_EQ(two.size(), 2U);
  EXPECT_EQ(pool->place(two[0]).point, (GeoPoint{52, 21}));
  EXPECT_EQ(pool->place(two[1]).point, (GeoPoint{52.03, 21.05}));
  EXPECT_EQ(place(pool->between(two[0], two[1]), 0), (GeoPoint{52, 21}));
  EXPECT_EQ(place(pool->between(two[1], two[0]), 0), (GeoPoint{52.03, 21.05}));
  const auto one = pool->places(1);
  ASSERT_EQ(one.size(), 1U);
  EXPECT_GT(pool->between(one[0], one[0]).length_m(), 2000);
  EXPECT_FALSE(RoutePool::from_geojson("{}", "bad.geojson"));
}

TEST(RoadsPool, TellsThatTheBuiltInCityIsSwapped) {
  const auto good =
      RoutePool::from_geojson(collection({feature("LineString", "[[21,52.2],[21.05,52.2]]")}), "r");
  EXPECT_TRUE(check_not_swapped(**good, "r.geojson"));
  const auto swapped =
      RoutePool::from_geojson(collection({feature("LineString", "[[52.2,21],[52.2,21.03]]")}), "r");
  const Done refused = check_not_swapped(**swapped, "r.geojson");
  ASSERT_FALSE(refused);
  EXPECT_EQ(
      refused.error().what,
      "r.geojson: route 1 begins or ends at longitude 52.200000, latitude 21.000000, which are exchanged");
  EXPECT_EQ(refused.error().hint, "swap its coordinates: GeoJSON has the longitude first");
  const auto kerman =
      RoutePool::from_geojson(collection({feature("LineString", "[[57.1,30.3],[57.1,30.33]]")}), "r");
  EXPECT_TRUE(check_not_swapped(**kerman, "r.geojson")) << "a real road elsewhere";
}

TEST(RoadsPool, TellsARouteFarFromItsVehicles) {
  const GeoPoint home{52.2, 21.0};
  const auto near =
      RoutePool::from_geojson(collection({feature("LineString", "[[21.5,52],[21.55,52]]")}), "r");
  EXPECT_TRUE(check_near(**near, std::span(&home, 1), 300, "r.geojson"));
  EXPECT_TRUE(check_near(**near, {}, 300, "r.geojson")) << "no home, no region";
  const auto far =
      RoutePool::from_geojson(collection({feature("LineString", "[[-71,42],[-71.04,42]]")}), "r");
  const Done refused = check_near(**far, std::span(&home, 1), 300, "r.geojson");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::usage);
  EXPECT_EQ(refused.error().what.find("r.geojson: route 1 begins or ends at longitude -71.000000, latitude "
                                      "42.000000, "),
            0U);
  EXPECT_EQ(refused.error().hint, "give a route and master data of the same region");
  const auto swapped =
      RoutePool::from_geojson(collection({feature("LineString", "[[52,21.5],[52,21.53]]")}), "r");
  EXPECT_EQ(check_near(**swapped, std::span(&home, 1), 300, "r.geojson").error().hint,
            "swap its coordinates: GeoJSON has the longitude first");
}

}  // namespace
}  // namespace racesim::fleet
