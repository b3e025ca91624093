// Goal: the drawing is a sound SVG that shows every part of the track. Method: counts of its elements on the
// shipped track with made-up speeds, and a title that needs escaping.
#include "sim/race/track/svg.h"

#include <gtest/gtest.h>

#include "sim/race/track/tracks.h"
#include "sim/race/track/ways.h"

namespace racesim::race {
namespace {

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

TEST(RaceTrackSvg, DrawsMapAndProfile) {
  Track track = find_track("silverstone").value();
  track.title = "Silver <stone> & sons";
  const Path line = racing_line(track);
  std::vector<double> speeds_mps;
  for (std::size_t i = 0; i < line.s_m.size(); ++i)
    speeds_mps.push_back(30 + static_cast<double>(i % 500) / 10);
  const std::string svg = draw_track(track, line, speeds_mps);
  EXPECT_EQ(svg.substr(0, 4), "<svg");
  EXPECT_EQ(svg.substr(svg.size() - 7), "</svg>\n");
  EXPECT_EQ(count(svg, "<text"), count(svg, "</text>"));
  EXPECT_EQ(count(svg, "Silver &lt;stone&gt; &amp; sons"), 2U);
  EXPECT_EQ(count(svg, "<stone>"), 0U);
  EXPECT_EQ(count(svg, "nan"), 0U);
  EXPECT_EQ(count(svg, "inf"), 0U);
  EXPECT_EQ(count(svg, "<title>"), 1 + track.corners.size());
  EXPECT_EQ(count(svg, "#1b8a3c"), 4U) << "two DRS zones on the map, two in the profile";
  EXPECT_GT(count(svg, "<polyline"), 600U);
  EXPECT_LT(svg.size(), 250'000U);
  EXPECT_EQ(draw_track(track, line, speeds_mps), svg);
}

}  // namespace
}  // namespace racesim::race
