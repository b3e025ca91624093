// Goal: DRS zones lie where the track says, also across the timing line. Method: the shipped track with its
// zones moved.
#include "sim/race/track/import/drs.h"

#include <gtest/gtest.h>

#include "sim/race/track/tracks.h"
#include "sim/race/track/ways.h"

namespace racesim::race {
namespace {

TEST(RaceTrackDrs, ZonesOnTheLine) {
  const Track track = find_track("silverstone").value();
  const Path line = racing_line(track);
  const std::vector<Stretch> stretches = drs_stretches(track, line);
  ASSERT_EQ(stretches.size(), track.drs_zones.size());
  for (const Stretch& stretch : stretches) EXPECT_LT(stretch.begin_m, stretch.end_m);
}

TEST(RaceTrackDrs, AZoneAcrossTheTimingLineIsCutInTwo) {
  Track track = find_track("silverstone").value();
  track.drs_zones = {{5400, 5700, 250}};
  const Path line = racing_line(track);
  const std::vector<Stretch> stretches = drs_stretches(track, line);
  ASSERT_EQ(stretches.size(), 2U);
  EXPECT_NEAR(stretches[0].begin_m, line.length_m() - 191, 30);
  EXPECT_EQ(stretches[0].end_m, line.length_m());
  EXPECT_EQ(stretches[1].begin_m, 0);
  EXPECT_NEAR(stretches[1].end_m, 250, 30);
}

}  // namespace
}  // namespace racesim::race
