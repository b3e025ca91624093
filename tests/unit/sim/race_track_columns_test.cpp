// Goal: what the columns of a circuit's text hold is read from their names, whatever separates them; a name
// that is not known is refused. Method: one made-up circuit in many spellings, which must give the same
// points; tables of refusals; texts with bytes changed at random, which must give points or a reason.
#include "sim/race/track/import/track_columns.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/random.h"
#include "sim/race/track/import/track_cells.h"
#include "sim/race/track/import/track_csv.h"
#include "sim/race/track/import/track_geojson.h"
#include "support/track_shapes.h"

namespace racesim::race {
namespace {

using namespace track_test;

constexpr double kRight_m = 5.5;
constexpr double kLeft_m = 7.25;
constexpr double kHeight_m = 130.5;

/// The oval with a first line and cells in the order of `form`, which are written as x, y, r, l and z.
std::string spelled(const std::string& names, const std::string& form, char decimal = '.') {
  std::string text = names;
  for (const Vec& at : oval(250, 40)) {
    for (const char c : form) {
      const double value = c == 'x'   ? at.x
                           : c == 'y' ? at.y
                           : c == 'r' ? kRight_m
                           : c == 'l' ? kLeft_m
                                      : kHeight_m;
      std::string cell = fmt::format("{:.3f}", value);
      std::replace(cell.begin(), cell.end(), '.', decimal);
      text += std::string("xyrlz").find(c) == std::string::npos ? std::string(1, c) : cell;
    }
    text += '\n';
  }
  return text;
}

void expect_oval(const std::string& text) {
  SCOPED_TRACE(text.substr(0, 70));
  const Result<Centreline> line = read_track_csv(text, "oval");
  ASSERT_TRUE(line) << line.error().what;
  const std::vector<Vec> places = oval(250, 40);
  ASSERT_EQ(line->points.size(), places.size());
  for (std::size_t i = 0; i < places.size(); ++i) {
    ASSERT_NEAR(line->points[i].place.x, places[i].x, 0.0006);
    ASSERT_NEAR(line->points[i].place.y, places[i].y, 0.0006);
    ASSERT_EQ(line->points[i].right_m, kRight_m);
    ASSERT_EQ(line->points[i].left_m, kLeft_m);
  }
}

std::string refusal(const std::string& text) {
  const Result<Centreline> line = read_track_csv(text, "t.csv");
  if (line) return "accepted";
  EXPECT_EQ(line.error().kind, ErrorKind::master_data);
  EXPECT_FALSE(line.error().hint.empty());
  return line.error().what;
}

TEST(RaceTrackColumns, NamesTellTheOrder) {
  expect_oval(spelled("", "x,y,r,l"));
  expect_oval(spelled("x_m,y_m,w_tr_right_m,w_tr_left_m\n", "x,y,r,l"));
  expect_oval(spelled("y_m,x_m,w_tr_left_m,w_tr_right_m\n", "y,x,l,r"));
  expect_oval(spelled("# y_m,x_m,w_tr_left_m,w_tr_right_m\n", "y,x,l,r"));
  expect_oval(spelled("#made by hand, x to the east\n# left,right,y,x\n", "l,r,y,x"));
  expect_oval(spelled("\"Y_M\", 'X_M' ,W_Left,\"width right [m]\"\n", "y, x ,l,r"));
  expect_oval(spelled("w_r,w_l,Northing (m),Easting (m)\n", "r,l,y,x"));
  expect_oval(spelled("left_width_m,right_width_m,x,y\n", "l,r,x,y"));
}

TEST(RaceTrackColumns, SeparatorsAndDecimalCommas) {
  expect_oval(spelled("y;x;w_left;w_right\n", "y;x;l;r"));
  expect_oval(spelled("y;x;w_left;w_right\n", "y;x;l;r", ','));
  expect_oval(spelled("", "x;y;r;l;", ','));
  expect_oval(spelled("# x\ty\tw_right\tw_left\n", "x\ty\tr\tl", ','));
  expect_oval(spelled("", "x\ty\tr\tl"));
  expect_oval(spelled("", "x,\ty,\tr,\tl"));
  expect_oval(spelled("# x y w_right w_left\n", "x,y,r,l"));
  expect_oval(spelled("x y w_right w_left\n", "x  y r\tl"));
  expect_oval(spelled("x,y,w_right,w_left\n", "\"x\",\"y\",\"r\",\"l\"", ','));
}

TEST(RaceTrackColumns, HeightsAreTakenByTheirName) {
  for (const std::string& text : {spelled("x_m,y_m,z_m,w_tr_right_m,w_tr_left_m\n", "x,y,z,r,l"),
                                  spelled("x,y,w_right,w_left,Elevation\n", "x,y,r,l,z")}) {
    expect_oval(text);
    const Result<Centreline> read = read_track_csv(text, "t");
    EXPECT_TRUE(read->has_heights);
    EXPECT_EQ(read->points.front().z_m, kHeight_m);
  }
  EXPECT_FALSE(read_track_csv(spelled("", "x,y,r,l"), "t")->has_heights);
  EXPECT_EQ(refusal(spelled("x,y,z_m,height,r,l\n", "x,y,z,z,r,l")),
            "t.csv: line 1: columns 'z_m' and 'height' mean the same");
  EXPECT_EQ(refusal(spelled("", "x,y,z,r,l")), "t.csv: line 1: more than 4 columns");
  EXPECT_TRUE(read_track_csv(spelled("", "x,y,r,l"), "t")->notices.empty());
}

TEST(RaceTrackColumns, WrongNamesAreRefused) {
  const struct {
    const char* names;
    const char* what;
  } cases[] = {
      {"x_m,y_m,slope,w_tr_right_m,w_tr_left_m", "t.csv: line 1: column 'slope' is not known"},
      {"# x_m,y_m,w_tr_right_m,w_tr_left_m,s_m", "t.csv: line 1: column 's_m' is not known"},
      {"x_ft,y_ft,w_right,w_left", "t.csv: line 1: column 'x_ft' is not known"},
      {"a,b,c,d", "t.csv: line 1: column 'a' is not known"},
      {"lon,lat,w_right,w_left", "t.csv: line 1: column 'lon' holds degrees; x and y are metres"},
      {"x,y,w_right,right", "t.csv: line 1: columns 'w_right' and 'right' mean the same"},
      {"x,y,z,w_right", "t.csv: line 1: no column is w_tr_left_m"},
      {"x,z,w_right,w_left", "t.csv: line 1: no column is y_m"},
      {"x,y,w_right,w_left\nx,y,w_right,w_left", "t.csv: line 2: a second line of column names"},
      {"x,y,z,w_right,w_left", "t.csv: line 2: 4 columns instead of 5, as line 1 names them"},
  };
  for (const auto& c : cases) EXPECT_EQ(refusal(spelled(std::string(c.names) + "\n", "x,y,r,l")), c.what);
  EXPECT_EQ(refusal(spelled("x,y,w_right,w_left\n", "x,y,r,l,z")),
            "t.csv: line 2: more than 4 columns, as line 1 names them");
  EXPECT_EQ(refusal("1,2,3\n"), "t.csv: line 1: 3 columns instead of 4");
}

TEST(RaceTrackColumns, ChangedBytesGivePointsOrAReason) {
  const std::string texts[] = {
      spelled("y_m;x_m;z_m;\"w_left\";w_right\n", "y;x;z;l;r", ','),
      spelled("# x,y,w_right,w_left\n", "x,y,r,l"),
      R"({"type":"Feature","properties":{"length":5},"geometry":{"type":"MultiLineString","coordinates":)"
      R"([[[1,2,3],[1.001,2],[1.002,2.001],[1,2]]]}})",
      R"({"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"GeometryCollection",)"
      R"("geometries":[{"type":"LineString","coordinates":[[200,1e300],[null,2]]}]}}]})",
  };
  constexpr std::string_view kBytes = ",;\t\"'#-.e9[]{}\n\r\0x\xff";
  std::uint64_t refused = 0;
  for (std::uint64_t round = 0; round < 4000; ++round) {
    std::string text = texts[round % std::size(texts)];
    const StreamKey key = stream_key(7, "test.columns", round);
    for (std::uint64_t i = 0; i < 1 + round % 5; ++i) {
      const std::uint64_t bits = draw(key, i);
      // Mostly near the beginning, where the names are.
      const std::size_t at =
          below(bits, std::min<std::uint64_t>(text.size(), bits % 2 == 0 ? 60 : UINT64_MAX));
      text[at] = kBytes[bits % kBytes.size()];
    }
    const bool json = text.starts_with('{');
    const auto line = json ? read_track_geojson(text, "t", 12) : read_track_csv(text, "t");
    if (line) {
      EXPECT_GE(line->points.size(), 10U);
      continue;
    }
    ++refused;
    EXPECT_EQ(line.error().what.substr(0, 3), "t: ");
    EXPECT_FALSE(line.error().hint.empty());
  }
  EXPECT_GT(refused, 2000U);
  EXPECT_LT(refused, 4000U);
}

}  // namespace
}  // namespace racesim::race
