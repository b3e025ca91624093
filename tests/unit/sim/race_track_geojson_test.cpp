// Goal: a circuit's line in GeoJSON becomes metres round its first point, and what is no such line is refused
// with the reason. Method: made-up circuits written as degrees, and back; a table of broken texts.
#include "sim/race/track/import/track_geojson.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "sim/race/plan/globe.h"
#include "sim/race/track/import/import.h"
#include "sim/race/track/track_file.h"
#include "support/track_shapes.h"

namespace racesim::race {
namespace {

using namespace track_test;

constexpr Anchor kHere{-37.8497, 144.968};

struct Spelling {
  Anchor anchor = kHere;
  bool swapped = false;
  bool heights = false;
};

/// The list of positions of the places, the first of which is the anchor.
std::string positions(const std::vector<Vec>& places, const Spelling& spelling = {}) {
  const Globe globe(spelling.anchor);
  const double east_deg = 1e-6 * globe.longitude_udeg(1e6) - spelling.anchor.longitude_deg;
  const double north_deg = 1e-6 * globe.latitude_udeg(1e6) - spelling.anchor.latitude_deg;
  std::string text;
  for (const Vec& at : places) {
    double a = spelling.anchor.longitude_deg + (at.x - places[0].x) * east_deg / 1e6;
    double b = spelling.anchor.latitude_deg + (at.y - places[0].y) * north_deg / 1e6;
    if (spelling.swapped) std::swap(a, b);
    text += fmt::format("{}[{:.9f},{:.9f}{}]", text.empty() ? "" : ",", a, b, spelling.heights ? ",12" : "");
  }
  return "[" + text + "]";
}

std::string line_of(const std::string& list) {
  return R"({"type":"LineString","coordinates":)" + list + "}";
}
std::string feature_of(const std::string& geometry, const std::string& properties = "{}") {
  return R"({"type":"Feature","properties":)" + properties + R"(,"geometry":)" + geometry + "}";
}
std::string collection_of(const std::string& features) {
  return R"({"type":"FeatureCollection","features":[)" + features + "]}";
}

TEST(RaceTrackGeojson, EveryFormOfOneLineGivesItsMetres) {
  const std::vector<Vec> places = oval(250, 40);
  std::vector<Vec> closed = places;
  closed.push_back(places.front());
  const std::string line = line_of(positions(closed));
  const std::string several = R"({"type":"MultiLineString","coordinates":[)" + positions(places) + "]}";
  const std::string corner = feature_of(R"({"type":"Point","coordinates":[144.9,-37.8]})");
  for (const std::string& text :
       {line, line_of(positions(places, {.heights = true})), feature_of(line), feature_of(several),
        collection_of(corner + "," + feature_of(line)), "\xEF\xBB\xBF" + line,
        R"({"type":"GeometryCollection","geometries":[)" + line + "]}"}) {
    SCOPED_TRACE(text.substr(0, 80));
    ASSERT_TRUE(is_geojson(text));
    const Result<Centreline> read = read_track_geojson(text, "t", 14);
    ASSERT_TRUE(read) << read.error().what;
    EXPECT_DOUBLE_EQ(read->anchor.latitude_deg, kHere.latitude_deg);
    EXPECT_DOUBLE_EQ(read->anchor.longitude_deg, kHere.longitude_deg);
    ASSERT_EQ(read->points.size(), places.size());
    for (std::size_t i = 0; i < places.size(); ++i) {
      ASSERT_NEAR(read->points[i].place.x, places[i].x - places[0].x, 0.01);
      ASSERT_NEAR(read->points[i].place.y, places[i].y - places[0].y, 0.01);
      ASSERT_EQ(read->points[i].right_m, 7);
      ASSERT_EQ(read->points[i].left_m, 7);
    }
    EXPECT_EQ(read->notices.front(), "begins at 37.8497 S, 144.9680 E");
    EXPECT_EQ(read->notices[1], "the road is taken to be 14 m wide");
  }
}

TEST(RaceTrackGeojson, HeightsAreTakenAndTheDateLineIsCrossed) {
  const Spelling high{.heights = true};
  const auto read = read_track_geojson(line_of(positions(oval(250, 40), high)), "t", 12);
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->has_heights);
  EXPECT_EQ(read->points.back().z_m, 12);
  std::string lacking = line_of(positions(oval(250, 40), high));
  lacking.replace(lacking.find(",12]"), 4, "]");
  const auto partly = read_track_geojson(lacking, "t", 12);
  ASSERT_TRUE(partly);
  EXPECT_FALSE(partly->has_heights);
  EXPECT_EQ(partly->notices.back(),
            fmt::format("heights are not used: 1 of {} positions have none", oval(250, 40).size()));
  std::string text = line_of(positions(oval(250, 40), {.anchor = {-17, 179.9999}}));
  std::size_t wrapped = 0;
  for (std::size_t at; (at = text.find("[180.")) != std::string::npos; ++wrapped) {
    const std::size_t end = text.find(',', at);
    const double east = std::stod(text.substr(at + 1, end - at - 1)) - 360;
    text.replace(at + 1, end - at - 1, fmt::format("{:.9f}", east));
  }
  EXPECT_GT(wrapped, 10U);
  const auto fiji = read_track_geojson(text, "t", 12);
  ASSERT_TRUE(fiji) << fiji.error().what;
  EXPECT_EQ(fiji->points.size(), oval(250, 40).size());
}

TEST(RaceTrackGeojson, ImportsLikeTheSameMetresInCsv) {
  std::vector<Vec> places = oval(700, 100);
  const Track map = import_track(line_of(positions(places)), "oval").value();
  const Track plain = import_track(csv(places), "oval").value();
  EXPECT_NEAR(map.length_m, plain.length_m, 0.05);
  EXPECT_EQ(map.corners.size(), plain.corners.size());
  EXPECT_DOUBLE_EQ(map.anchor.longitude_deg, kHere.longitude_deg);
  EXPECT_NEAR(map.points[5].right_m, kRoadWidth_m / 2, 1e-9);
  EXPECT_TRUE(check_track(map, "map"));
}

TEST(RaceTrackGeojson, StraightsWithoutPointsStayStraight) {
  std::vector<Vec> sparse;
  for (const Vec& at : oval(700, 100))
    if (std::abs(at.x) > 345) sparse.push_back(at);
  sparse.push_back(sparse.front());
  const Result<Track> track = import_track(line_of(positions(sparse)), "oval");
  ASSERT_TRUE(track) << track.error().what;
  EXPECT_NEAR(track->length_m, 1400 + kTurn * 100, 5);
  double inmost_m = 1e9;
  for (const TrackPoint& point : track->points) inmost_m = std::min(inmost_m, point.x_m);
  EXPECT_GT(inmost_m, -805 - 445) << "no wide swing before the bend";
  ImportOptions wide;
  wide.width_m = 20;
  EXPECT_NEAR(import_track(line_of(positions(sparse)), "oval", wide)->points[3].left_m, 10, 1e-9);
}

TEST(RaceTrackGeojson, BrokenTextsAreRefusedWithTheReason) {
  const std::vector<Vec> lap = oval(250, 40);
  const std::string line = line_of(positions(lap));
  const std::string metres = line_of("[[500000,5200000],[500010,5200000]]");
  const Anchor silverstone{52.0706, -1.0168};
  const std::string east_west = positions(oval(900, 60), {.anchor = silverstone, .swapped = true});
  const struct {
    std::string text;
    const char* what;
  } cases[] = {
      {R"({"type":"LineString","coordinates":[)", "t: not JSON at byte 37"},
      {line_of("[[1e999,2]]"), "t: not JSON: a number is beyond what computers count"},
      {collection_of(""), "t: no line in it"},
      {collection_of(feature_of(line) + "," + feature_of(line)),
       "t: 2 lines, and nothing tells which is the circuit, or how they join"},
      {R"({"type":"MultiLineString","coordinates":[)" + positions(lap) + "," + positions(lap) + "]}",
       "t: 2 lines, and nothing"},
      {R"({"type":"Polygon","coordinates":[)" + positions(lap) + "]}", "t: a Polygon is no line"},
      {R"({"coordinates":[]})", "t: no line in it"},
      {R"({"type":"LineString","coordinates":{}})", "t: the line has no list of positions"},
      {line_of("[[1,2],[1]]"), "t: point 2: not a pair of numbers"},
      {line_of("[[1,\"2\"]]"), "t: point 1: not a pair of numbers"},
      {line_of("[[1,2],[1,2.1]]"), "t: point 2: 11058 m from the point before"},
      {line_of("[]"), "t: 0 points are too few"},
      {line_of(positions(lap, {.swapped = true})),
       "t: point 1: [-37.8497, 144.968] seems to be [latitude, longitude]; swap them"},
      {metres, "t: point 1: [500000, 5200000] is not in degrees; is this a map in metres?"},
      {line_of("[[100,89]]"), "t: point 1: [100, 89] lies at a pole"},
      {feature_of(line_of(east_west), R"({"length":2176})"),
       "t: its \"length\" of 2176 m fits [latitude, longitude]; swap them"},
      {line_of(positions({lap.begin(), lap.begin() + 60})), "t: not closed: "},
      {line_of("[[1,2],[1,2.001]]"), "t: 2 points are too few"},
  };
  for (const auto& c : cases) {
    const auto read = read_track_geojson(c.text, "t", 12);
    ASSERT_FALSE(read) << c.what;
    EXPECT_EQ(read.error().kind, ErrorKind::master_data);
    EXPECT_EQ(read.error().what.substr(0, std::string(c.what).size()), c.what);
    EXPECT_FALSE(read.error().hint.empty());
  }
  const std::string right = positions(oval(900, 60), {.anchor = silverstone});
  EXPECT_TRUE(read_track_geojson(feature_of(line_of(right), R"({"length":2176})"), "t", 12));
}

TEST(RaceTrackGeojson, ATracksOwnJsonIsNone) {
  EXPECT_FALSE(is_geojson(write_track(import_track(csv(oval(250, 40)), "\"coordinates\"").value())));
  EXPECT_FALSE(is_geojson("{}"));
  EXPECT_FALSE(is_geojson("x_m,y_m"));
}

}  // namespace
}  // namespace racesim::race
