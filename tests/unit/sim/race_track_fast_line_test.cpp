// Goal: the search finds a line that is faster than the middle of the road, keeps it inside the edges and
// smooth, and the shipped line is such a one. Method: lap times of LapTimer on Silverstone and on an oval
// that is flat all the way round; LapTimer itself is held against a timer made anew. With
// RACESIM_LINE_OUT=FILE in the environment the found line is written there, as
// data/tracks/source/silverstone_line.csv has it.
#include "sim/race/track/import/fast_line.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>

#include "base/random.h"
#include "sim/race/track/curve.h"
#include "sim/race/track/import/import.h"
#include "sim/race/track/import/lap_timer.h"
#include "sim/race/track/tracks.h"
#include "sim/race/track/ways.h"
#include "support/circuit_shapes.h"

namespace racesim::race {
namespace {

constexpr double kMargin_m = 1;

double step_of(const Track& track) {
  return track.length_m / static_cast<double>(track.points.size());
}

std::vector<Vec> places_of(const Track& track, const std::vector<double>& offsets) {
  const Curve curve = centreline(track);
  std::vector<Vec> places;
  for (std::size_t i = 0; i < offsets.size(); ++i)
    places.push_back(curve.at(step_of(track) * static_cast<double>(i)).beside(offsets[i]));
  return places;
}

std::vector<double> own_line(const Track& track) {
  std::vector<double> offsets;
  for (const TrackPoint& point : track.points) offsets.push_back(point.line_left_m);
  return offsets;
}

double lap_s(const Track& track, const std::vector<double>& offsets) {
  return LapTimer(places_of(track, offsets), {}, Forces(CarModel{}, Conditions{})).lap_s();
}

void write_line(const char* file, const Track& track, const std::vector<double>& offsets) {
  std::ofstream out(file);
  out << "s_m,offset_left_m\n";
  for (std::size_t i = 0; i < offsets.size(); ++i)
    out << fmt::format("{:.2f},{:.4f}\n", step_of(track) * static_cast<double>(i), offsets[i]);
}

TEST(RaceFastLine, ShippedLineIsAsFastAsTheSearchFindsOne) {
  const Track track = find_track("silverstone").value();
  const std::vector<double> found = fast_line(track, CarModel{}, kMargin_m);
  if (const char* file = std::getenv("RACESIM_LINE_OUT")) write_line(file, track, found);
  for (std::size_t i = 0; i < found.size(); ++i) {
    ASSERT_LE(found[i], track.points[i].left_m - kMargin_m + 0.3);
    ASSERT_GE(found[i], kMargin_m - track.points[i].right_m - 0.3);
  }
  EXPECT_LT(lap_s(track, own_line(track)), lap_s(track, found) + 0.2);
  EXPECT_LT(lap_s(track, found), lap_s(track, std::vector<double>(found.size(), 0)) - 6);
}

TEST(RaceFastLine, TimerKeepsUpWithMovesAndTakesThemBack) {
  const Track track = find_track("silverstone").value();
  std::vector<double> offsets = own_line(track);
  LapTimer timer(places_of(track, offsets), {}, Forces(CarModel{}, Conditions{}));
  double cost = timer.cost();
  for (std::uint64_t n = 0; n < 60; ++n) {
    const StreamKey key = stream_key(5, "test.line", n);
    const std::size_t first = below(draw(key, 0), offsets.size());
    const std::size_t count = 1 + below(draw(key, 1), 40);
    std::vector<double> moved = offsets;
    std::vector<Vec> places;
    const std::vector<Vec> all = [&] {
      for (std::size_t k = 0; k < count; ++k) {
        const double x = static_cast<double>(k + 1) / static_cast<double>(count + 1);
        moved[(first + k) % moved.size()] += (unit(draw(key, 2)) - 0.5) * 4 * x * (1 - x);
      }
      return places_of(track, moved);
    }();
    for (std::size_t k = 0; k < count; ++k) places.push_back(all[(first + k) % all.size()]);
    const double change = timer.move(first, places);
    const LapTimer anew(all, {}, Forces(CarModel{}, Conditions{}));
    ASSERT_NEAR(cost + change, anew.cost(), 1e-6) << n;
    ASSERT_NEAR(timer.lap_s(), anew.lap_s(), 1e-6) << n;
    if (n % 2 == 0) {
      timer.undo();
      ASSERT_EQ(timer.cost(),
                LapTimer(places_of(track, offsets), {}, Forces(CarModel{}, Conditions{})).cost())
          << n;
    } else {
      offsets = moved;
      cost = timer.cost();
    }
  }
}

/// Four bends of 256 m, no need to lift anywhere; the widths wander as those of public sources do.
Track speedway() {
  track_test::CircuitShape shape{
      "Speedway", {{500, 0, 256}, {500, 720, 256}, {-500, 720, 256}, {-500, 0, 256}}, 5, 7.6, 7.6};
  shape.wander_m = 0.4;
  return import_track(track_test::csv(shape), shape.name).value();
}

TEST(RaceFastLine, TimerKeepsUpOnALapThatIsFlatAllTheWayRound) {
  const Track track = speedway();
  const std::vector<double> offsets = own_line(track);
  const std::vector<Vec> places = places_of(track, offsets);
  LapTimer timer(places, {}, Forces(CarModel{}, Conditions{}));
  const double cost = timer.cost();
  for (std::size_t first = 3; first < offsets.size(); first += offsets.size() / 9) {
    std::vector<double> moved = offsets;
    for (std::size_t k = 0; k < 20; ++k)
      moved[(first + k) % moved.size()] += 0.05 * static_cast<double>(std::min(k, 19 - k));
    const std::vector<Vec> all = places_of(track, moved);
    std::vector<Vec> some;
    for (std::size_t k = 0; k < 20; ++k) some.push_back(all[(first + k) % all.size()]);
    const double change = timer.move(first, some);
    ASSERT_NEAR(cost + change, LapTimer(all, {}, Forces(CarModel{}, Conditions{})).cost(), 2e-5) << first;
    timer.undo();
    ASSERT_EQ(timer.cost(), cost) << first;
  }
}

TEST(RaceFastLine, BendsTakenFlatAreRoundNotCornered) {
  const Track track = speedway();
  EXPECT_EQ(track.corners.size(), 4U);
  const Path line = racing_line(track);
  double sharpest_1pm = 0;
  for (const double curvature : line.curvature_1pm) sharpest_1pm = std::max(sharpest_1pm, curvature);
  EXPECT_LT(sharpest_1pm, 1.45 / 256);
}

}  // namespace
}  // namespace racesim::race
