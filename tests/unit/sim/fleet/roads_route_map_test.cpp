// Goal: pages get the lines of a route file with what decides how they are drawn, and nothing where the file
// is none or too long. Method: small files by hand, read back as a route file.
#include "sim/fleet/roads/route_map.h"

#include <gtest/gtest.h>

#include "road_shapes.h"
#include "sim/fleet/roads/geojson.h"

namespace racesim::fleet {
namespace {

using namespace road_test;

constexpr std::string_view kNoMap = R"({"type":"FeatureCollection","features":[]})";

TEST(RoadsRouteMap, HasTheLinesAndTheirKind) {
  const std::vector<GeoPoint> line{{48.85, 2.35}, {48.86, 2.36}};
  const std::string text = map_of_routes(
      collection({feature("LineString", "[" + positions(line) + "]", R"("maxspeed":110)"),
                  feature("Point", "[2.35,48.85]", R"("amenity":"fuel")"),
                  feature("MultiLineString", "[[" + positions(line) + "],[" + positions(line) + "]]")}));
  const auto drawn = parse_geojson(text, "map");
  ASSERT_TRUE(drawn) << drawn.error().what << "\n" << text;
  ASSERT_EQ(drawn->size(), 2U);
  EXPECT_EQ((*drawn)[0].property("highway"), "trunk");
  EXPECT_EQ((*drawn)[0].property("speed_limit_kmh"), "110");
  EXPECT_EQ((*drawn)[1].property("road_type"), "urban");
  ASSERT_EQ((*drawn)[1].lines.size(), 2U);
  EXPECT_DOUBLE_EQ((*drawn)[1].lines[1][1].latitude_deg, 48.86);
  EXPECT_DOUBLE_EQ((*drawn)[1].lines[1][1].longitude_deg, 2.36);
}

TEST(RoadsRouteMap, IsEmptyWhereThereIsNothingToDraw) {
  EXPECT_EQ(map_of_routes("no file"), kNoMap);
  EXPECT_EQ(map_of_routes(std::string(kDrawnRoutesMost_bytes + 1, ' ')), kNoMap);
}

}  // namespace
}  // namespace racesim::fleet
