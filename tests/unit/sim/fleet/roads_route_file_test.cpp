// Goal: every sound GeoJSON of lines becomes routes that say what the file says, and every other text is
// refused with the reason. Method: files by hand in all forms; a table of broken ones with their messages;
// valid texts with bytes changed on fixed seeds, which must give routes that hold their promises or an error,
// and never a crash.
#include "sim/fleet/roads/route_file.h"

#include <gtest/gtest.h>

#include <cmath>

#include "road_shapes.h"

namespace racesim::fleet {
namespace {

using namespace road_test;

const std::vector<GeoPoint> kRoad{{52.0, 21.0}, {52.0, 21.03}, {52.02, 21.03}, {52.03, 21.06}};

std::string line_feature(const std::string& properties = "") {
  return feature("LineString", "[" + positions(kRoad) + "]", properties);
}

FileRoutes read_ok(const std::string& text) {
  Result<FileRoutes> routes = read_route_file(text, "r.geojson");
  EXPECT_TRUE(routes) << routes.error().what << "\n" << text;
  return routes ? std::move(*routes) : FileRoutes{};
}

TEST(RoadsRouteFile, TakesAllFormsOfTheSameLine) {
  const std::string bare = "[" + positions(kRoad) + "]";
  const std::string high = "[[21,52,105.5],[21.03,52,1],[21.03,52.02,-3],[21.03,52.02,-3],[21.06,52.03,7]]";
  const std::string parts = "[[" + positions({kRoad[0], kRoad[1]}) + "],[" + positions({kRoad[1], kRoad[2]}) +
                            "],[" + positions({kRoad[2], kRoad[3]}) + "]]";
  const FileRoutes same = read_ok(line_feature());
  ASSERT_EQ(same.lines.size(), 1U);
  for (const std::string& text :
       {collection({line_feature()}), "\xEF\xBB\xBF" + line_feature(),
        R"({"type":"LineString","coordinates":)" + bare + "}",
        R"({"type":"LineString","coordinates":)" + high + "}",
        R"({"type":"MultiLineString","coordinates":)" + parts + "}",
        R"({"type":"GeometryCollection","geometries":[{"type":"LineString","coordinates":)" + bare + "}]}",
        collection({feature("LineString", "[" + positions({kRoad[0], kRoad[1]}) + "]"),
                    feature("Point", "[3,4]", R"("name":"a place")"),
                    feature("LineString", "[" + positions({kRoad[1], kRoad[2], kRoad[3]}) + "]")}),
        R"({"type":"Feature","properties":null,"geometry":{"type":"LineString","coordinates":)" + bare + "}}",
        collection({R"({"type":"Feature","properties":{},"geometry":null})", line_feature()})}) {
    const FileRoutes routes = read_ok(text);
    ASSERT_EQ(routes.lines.size(), 1U) << text;
    EXPECT_DOUBLE_EQ(routes.lines[0].there.length_m(), same.lines[0].there.length_m()) << text;
    EXPECT_EQ(routes.lines[0].there.path.size(), same.lines[0].there.path.size()) << text;
    EXPECT_FALSE(routes.lines[0].is_closed);
  }
}

TEST(RoadsRouteFile, ReadsLimitsAndTypesInAllWords) {
  struct Words {
    const char* properties;
    int limit_kmh;
    RoadType type;
  };
  for (const Words& words : std::initializer_list<Words>{
           {"", 50, RoadType::urban},
           {R"("speed_limit_kmh":70)", 70, RoadType::rural},
           {R"("speed_limit_kmh":"100")", 100, RoadType::expressway},
           {R"("speed_limit_kmh":89.6)", 90, RoadType::rural},
           {R"("maxspeed":50)", 50, RoadType::urban},
           {R"("maxspeed":"130")", 130, RoadType::highway},
           {R"("maxspeed":"30 mph")", 48, RoadType::urban},
           {R"("maxspeed":"70mph")", 113, RoadType::expressway},
           {R"("maxspeed":"none","highway":"motorway")", 140, RoadType::highway},
           {R"("speed_limit_kmh":60,"maxspeed":90)", 60, RoadType::urban},
           {R"("road_type":"rural")", 90, RoadType::rural},
           {R"("road_type":"expressway","speed_limit_kmh":80)", 80, RoadType::expressway},
           {R"("highway":"trunk")", 120, RoadType::expressway},
           {R"("highway":"primary")", 90, RoadType::rural},
           {R"("highway":"primary","maxspeed":50)", 50, RoadType::urban},
           {R"("highway":"residential")", 50, RoadType::urban},
           {R"("highway":"steps","name":"x","layer":[1],"lit":true,"ref":null)", 50, RoadType::urban},
       }) {
    const FileRoutes routes = read_ok(line_feature(words.properties));
    ASSERT_EQ(routes.lines.size(), 1U);
    EXPECT_EQ(routes.lines[0].there.stretches.front().limit_kmh, words.limit_kmh) << words.properties;
    EXPECT_EQ(routes.lines[0].there.stretches.front().type, words.type) << words.properties;
  }
}

TEST(RoadsRouteFile, ChangesTheLimitWhereTheNextFeatureBegins) {
  const FileRoutes routes = read_ok(collection(
      {feature("LineString", "[" + positions({kRoad[0], kRoad[1]}) + "]", R"("speed_limit_kmh":50)"),
       feature("LineString", "[" + positions({kRoad[1], kRoad[2]}) + "]", R"("speed_limit_kmh":90)")}));
  ASSERT_EQ(routes.lines.size(), 1U);
  const double change_m = distance_m(kRoad[0], kRoad[1]);
  const Route& there = routes.lines[0].there;
  const Route& back = routes.lines[0].back;
  ASSERT_EQ(there.stretches.size(), 2U);
  EXPECT_NEAR(there.stretches[1].begin_m, change_m, 1);
  EXPECT_EQ(there.stretches[1].limit_kmh, 90);
  ASSERT_EQ(back.stretches.size(), 2U);
  EXPECT_EQ(back.stretches[0].limit_kmh, 90);
  EXPECT_NEAR(back.stretches[1].begin_m, back.length_m() - change_m, 1);
}

TEST(RoadsRouteFile, MakesARouteOfEachLineAndALoopOfAClosedOne) {
  const FileRoutes routes = read_ok(collection(
      {line_feature(), feature("LineString", "[[8,50],[8.01,50],[8.01,50.01],[8,50]]"), line_feature()}));
  ASSERT_EQ(routes.lines.size(), 3U);
  EXPECT_FALSE(routes.lines[0].is_closed);
  EXPECT_TRUE(routes.lines[1].is_closed);
  ASSERT_FALSE(routes.lines[0].there.stops.empty()) << "made-up lights on an urban road";
  ASSERT_EQ(routes.lines[0].there.stops.size(), routes.lines[2].there.stops.size());
  for (std::size_t i = 0; i < routes.lines[0].there.stops.size(); ++i)
    EXPECT_EQ(routes.lines[0].there.stops[i].signal, routes.lines[2].there.stops[i].signal) << "shared";
  EXPECT_FALSE(routes.lines[0].there.stations_m.empty());
  EXPECT_FALSE(routes.lines[0].back.stations_m.empty());
}

TEST(RoadsRouteFile, CrossingRoutesMeetBothLightsOfAJunction) {
  const std::string light = feature("Point", "[21.0150001,52.0000001]", R"("highway":"traffic_signals")");
  const FileRoutes routes = read_ok(collection({feature("LineString", "[[21,52],[21.03,52]]"), light,
                                                feature("LineString", "[[21.015,51.99],[21.015,52.01]]"),
                                                feature("Point", "[21.02,52]", R"("amenity":"fuel")")}));
  ASSERT_EQ(routes.lines.size(), 2U);
  for (const FileLine& line : routes.lines)
    for (const Route* route : {&line.there, &line.back}) {
      ASSERT_EQ(route->stops.size(), 1U);
      EXPECT_NEAR(distance_m(place(*route, route->stops[0].s_m), {52, 21.015}), 12, 0.5) << "the stop line";
    }
  EXPECT_EQ(routes.lines[0].there.stops[0].signal, routes.lines[0].back.stops[0].signal);
  EXPECT_NE(routes.lines[0].there.stops[0].signal, routes.lines[1].there.stops[0].signal);
  ASSERT_EQ(routes.signals.size(), 2U);
  ASSERT_EQ(routes.lines[0].there.stations_m.size(), 1U);
  EXPECT_NEAR(routes.lines[0].there.stations_m[0], distance_m({52, 21}, {52, 21.02}), 0.5);
  EXPECT_TRUE(routes.lines[1].there.stations_m.empty());
}

struct BrokenRoute {
  std::string text;
  const char* what;
};

const std::string kSquare = "[[21,52],[21.01,52],[21.01,52.01],[21,52]]";
const BrokenRoute kBrokenRoutes[] = {
    {"", "r.geojson: is not JSON: "},
    {"{\"type\":", "r.geojson: is not JSON: "},
    {"[1,2]", "r.geojson: is JSON, but no object, so no GeoJSON"},
    {"{}", "r.geojson: has no \"type\", so it is no GeoJSON"},
    {R"({"type":"Circle"})", "r.geojson: is of type \"Circle\", which is no geometry"},
    {R"({"type":"FeatureCollection"})", "r.geojson: has no list \"features\""},
    {R"({"type":"FeatureCollection","features":[3]})", "r.geojson: features[0]: is no Feature"},
    {R"({"type":"Feature","properties":{}})", "r.geojson: has no \"geometry\""},
    {R"({"type":"LineString"})", "r.geojson: has no \"coordinates\""},
    {R"({"type":"LineString","coordinates":[21,52]})", "r.geojson: position 1 is not a list of two numbers"},
    {R"({"type":"LineString","coordinates":[[21,52],[21]]})",
     "r.geojson: position 2 is not a list of two numbers"},
    {R"({"type":"LineString","coordinates":[[21,"52"]]})", "r.geojson: position 1: not all are numbers"},
    {R"({"type":"MultiLineString","coordinates":[[21,52],[22,52]]})",
     "r.geojson: position 1 is not a list of two numbers"},
    {collection({}), "r.geojson: holds no line"},
    {collection({feature("Point", "[21,52]")}), "r.geojson: holds no line"},
    {collection({line_feature(), feature("LineString", "[]")}),
     "r.geojson: features[1]: is a line without points"},
    {feature("LineString", "[[21,52]]"),
     "r.geojson: has one point, at longitude 21.000000, latitude 52.000000; a route leads from one place"},
    {feature("LineString", "[[21,52],[21,52],[21,52]]"), "r.geojson: has one point"},
    {feature("LineString", "[[21,52],[21.0005,52]]"), "r.geojson: is 34 m long, less than 100 m"},
    {collection({line_feature(), feature("Polygon", "[" + kSquare + "]")}),
     "r.geojson: features[1]: is a polygon, and a route is a line"},
    {feature("Polygon", "[" + kSquare + "," + kSquare + "]"),
     "r.geojson: is a polygon with a hole, and a route is a line"},
    {feature("MultiPolygon", "[[" + kSquare + "," + kSquare + "]]"),
     "r.geojson: is a polygon with a hole, and a route is a line"},
    {feature("LineString", "[[52,121.5],[52.01,121.5]]"),
     "r.geojson: [52, 121.5] has the latitude 121.5, and none is beyond 90: are longitude and latitude "
     "swapped?"},
    {feature("LineString", "[[200,52],[201,52]]"), "r.geojson: [200, 52] is no place on the globe"},
    {feature("LineString", "[[21,91],[100,95]]"),
     "r.geojson: [21, 91] has the latitude 91, and none is beyond 90: are longitude and latitude swapped?"},
    {feature("LineString", "[[100,95],[100,95.1]]"), "r.geojson: [100, 95] is no place on the globe"},
    {feature("LineString", "[[21,52],[21.01,52],[21.01,52.2]]"),
     "r.geojson: jumps 22.2 km from longitude 21.010000, latitude 52.000000 to longitude 21.010000, "
     "latitude "
     "52.200000"},
    {feature("MultiLineString", "[[[21,52],[21.01,52]],[[21.011,52],[21.02,52]]]"),
     "r.geojson: jumps 68 m from the end of one part at longitude 21.010000, latitude 52.000000 to the "
     "begin of "
     "the next at longitude 21.011000, latitude 52.000000"},
    {feature("LineString", "[[179.99,52],[-179.99,52]]"),
     "r.geojson: crosses the date line behind longitude 179.99"},
    {line_feature(R"("speed_limit_kmh":0)"), "r.geojson: speed_limit_kmh is '0'"},
    {line_feature(R"("speed_limit_kmh":-50)"), "r.geojson: speed_limit_kmh is '-50'"},
    {line_feature(R"("maxspeed":"fast")"), "r.geojson: maxspeed is 'fast'"},
    {line_feature(R"("maxspeed":"nan")"), "r.geojson: maxspeed is 'nan'"},
    {collection({line_feature(R"("maxspeed":900)")}), "r.geojson: features[0]: maxspeed is '900'"},
    {line_feature(R"("road_type":"street")"), "r.geojson: road_type is 'street'"},
};

TEST(RoadsRouteFile, RefusesTheOthersWithTheReason) {
  for (const BrokenRoute& broken : kBrokenRoutes) {
    const Result<FileRoutes> routes = read_route_file(broken.text, "r.geojson");
    ASSERT_FALSE(routes) << broken.what;
    EXPECT_EQ(routes.error().kind, ErrorKind::usage);
    EXPECT_EQ(routes.error().what.substr(0, std::string(broken.what).size()), broken.what);
    EXPECT_FALSE(routes.error().hint.empty()) << broken.what;
  }
}

TEST(RoadsRouteFile, RefusesCollectionsWithoutEnd) {
  std::string deep = R"({"type":"LineString","coordinates":[]})";
  for (int i = 0; i < 2000; ++i) deep = R"({"type":"GeometryCollection","geometries":[)" + deep + "]}";
  EXPECT_FALSE(read_route_file(deep, "r.geojson"));
}

/// What holds for every file that is taken.
void expect_drivable(const FileRoutes& routes) {
  ASSERT_FALSE(routes.lines.empty());
  for (const FileLine& line : routes.lines)
    for (const Route* route : {&line.there, &line.back}) {
      ASSERT_GE(route->path.size(), 2U);
      ASSERT_GE(route->length_m(), kRouteLeast_m - 1);
      ASSERT_TRUE(std::isfinite(route->length_m()));
      for (std::size_t i = 1; i < route->path.size(); ++i)
        ASSERT_LT(route->path[i - 1].s_m, route->path[i].s_m);
      for (const Stop& stop : route->stops)
        ASSERT_LT(stop.kind == StopKind::signal ? stop.signal : 0,
                  std::max<std::size_t>(routes.signals.size(), 1));
      for (const Stretch& stretch : route->stretches) ASSERT_GE(stretch.limit_kmh, 5);
    }
}

TEST(RoadsRouteFile, SurvivesAnyChangeOfItsBytes) {
  constexpr std::string_view kBytes = "{}[],:\"\\0123456789.-+eE \n\xff\xc3ntf";
  const std::string texts[] = {
      collection({line_feature(R"("maxspeed":"30 mph","road_type":"rural")"),
                  feature("Point", "[21.015,52]", R"("highway":"traffic_signals")")}),
      feature("MultiLineString", "[[[21,52],[21.01,52]],[[21.01,52],[21.02,52.01]]]",
              R"("speed_limit_kmh":70)"),
      collection({feature("Polygon", "[[[21,52],[21.01,52],[21,52]]]"), line_feature()})};
  std::size_t taken = 0;
  for (std::uint64_t seed = 0; seed < 6'000; ++seed) {
    const StreamKey key = stream_key(seed, "test.bytes", 0);
    std::string text = texts[seed % std::size(texts)];
    for (std::uint64_t i = 0; i < 1 + seed % 3; ++i) {
      const std::size_t at = below(draw(key, 3 * i), text.size());
      const char byte = kBytes[below(draw(key, 3 * i + 1), kBytes.size())];
      switch (below(draw(key, 3 * i + 2), 3)) {
        case 0:
          text[at] = byte;
          break;
        case 1:
          text.insert(at, 1, byte);
          break;
        default:
          text.erase(at, 1);
      }
    }
    const Result<FileRoutes> routes = read_route_file(text, "r.geojson");
    if (!routes) {
      ASSERT_FALSE(routes.error().what.empty());
      continue;
    }
    ++taken;
    ASSERT_NO_FATAL_FAILURE(expect_drivable(*routes)) << text;
  }
  EXPECT_GT(taken, 500U) << "some changes do no harm";
}

}  // namespace
}  // namespace racesim::fleet
