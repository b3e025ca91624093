// Goal: the file form keeps a track, and a wrong file is refused by field. Method: the shipped track written
// and read again; single replacements in its text, each with the message.
#include "sim/race/track/track_file.h"

#include <gtest/gtest.h>

#include "sim/race/track/tracks.h"

namespace racesim::race {
namespace {

TEST(RaceTrackFile, WrittenTrackReadsBack) {
  const Track track = find_track("silverstone").value();
  const std::string text = write_track(track);
  const Track again = parse_track(text, "again").value();
  EXPECT_EQ(write_track(again), text);
  ASSERT_EQ(again.points.size(), track.points.size());
  for (std::size_t i = 0; i < track.points.size(); ++i) {
    ASSERT_NEAR(again.points[i].x_m, track.points[i].x_m, 6e-5);
    ASSERT_NEAR(again.points[i].line_left_m, track.points[i].line_left_m, 6e-5);
    ASSERT_NEAR(again.points[i].right_m, track.points[i].right_m, 6e-3);
  }
  EXPECT_EQ(again.name, track.name);
  EXPECT_EQ(again.corners[2].name, "Village");
  EXPECT_EQ(again.sector_ends[1], track.sector_ends[1]);
  EXPECT_EQ(again.pit.limit_kmh, 80);
  EXPECT_EQ(again.drs_zones.size(), 2U);
}

struct Change {
  const char* from;
  const char* to;
  const char* what;
};

TEST(RaceTrackFile, WrongFieldsAreNamed) {
  const Change changes[] = {
      {"{", "[", "bad.json: not JSON at byte"},
      {"\"limit_kmh\": 80", "\"limit_kmh\": 1e999", "bad.json: not JSON: a number is beyond"},
      {"racesim track 1", "racesim track 9", "bad.json: format: not 'racesim track 1'"},
      {"\"title\"", "\"tittle\"", "bad.json: title: missing"},
      {"\"name\": \"silverstone\"", "\"name\": 7", "bad.json: name: not a text"},
      {"\"latitude_deg\": 52.0684", "\"latitude_deg\": \"N\"", "bad.json: anchor.latitude_deg: not a number"},
      {"\"length_m\": 5891.0", "\"length_m\": 58", "bad.json: length_m: not from 200 to 50,000"},
      {"\"entry_m\": 5440", "\"entry_m\": 440", "bad.json: pit: not 0 <= limit_end_m < exit_m < entry_m"},
      {"\"limit_kmh\": 80", "\"limit_kmh\": 0", "bad.json: pit.limit_kmh: not from 10 to 200"},
      {"\"sector_ends\": [4, 10]", "\"sector_ends\": [10, 4]", "bad.json: sector_ends: not two ascending"},
      {"\"sector_ends\": [4, 10]", "\"sector_ends\": [4]", "bad.json: sector_ends: not two indices"},
      {"\"sector_ends\": [4, 10]", "\"sector_ends\": [4, 99]", "bad.json: sector_ends: not two ascending"},
      {"\"number\": 3", "\"number\": -3", "bad.json: corners[2].number: not a whole number"},
      {"\"s_m\": 890.0", "\"s_m\": 89.0", "bad.json: corners[2].s_m: not after the previous one"},
      {"\"begin_m\": 4330", "\"begin_m\": 9330", "bad.json: drs_zones[1]: not on the lap"},
      {"{\"name\": \"Timing line\", \"s_m\": 0},", "",
       "bad.json: checkpoints[0].s_m: not 0, the timing line"},
      {"\"columns\": [\"x_m\"", "\"columns\": [\"y_m\"", "bad.json: columns: number 1 is not x_m"},
      {"[0.0, 0.0, 6.6", "[0.0, 6.6", "bad.json: points[0]: not a row of 5 numbers"},
      {"[0.0, 0.0, 6.6", "[0.0, null, 6.6", "bad.json: points[0]: not a number"},
      {"[0.0, 0.0, 6.6", "[0.0, 0.0, -6.6", "bad.json: points[0]: widths are not above 0"},
      {"[0.0, 0.0, 6.6", "[0.0, 0.0, 0.6", "bad.json: points[0]: the driven line leaves the track"},
  };
  const std::string whole(embedded_tracks().front().text);
  for (const Change& change : changes) {
    std::string text = whole;
    const std::size_t at = text.find(change.from);
    ASSERT_NE(at, std::string::npos) << change.from;
    text.replace(at, std::string(change.from).size(), change.to);
    const Result<Track> track = parse_track(text, "bad.json");
    ASSERT_FALSE(track) << change.what;
    EXPECT_EQ(track.error().kind, ErrorKind::master_data);
    EXPECT_EQ(track.error().what.substr(0, std::string(change.what).size()), change.what);
  }
}

}  // namespace
}  // namespace racesim::race
