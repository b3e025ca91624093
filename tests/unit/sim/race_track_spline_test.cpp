// Goal: splines and smoothing do what geometry relies on. Method: circles and straight lines, whose curvature
// is known, and series with a kink.
#include "sim/race/track/import/spline.h"

#include <gtest/gtest.h>

#include <cmath>

#include "sim/race/track/curve.h"
#include "support/track_shapes.h"

namespace racesim::race {
namespace {

using track_test::kTurn;

TEST(RaceTrackSpline, ClosedSplineThroughACircleHasItsCurvature) {
  constexpr double kRadius_m = 50;
  constexpr int kCount = 60;
  std::vector<double> knots;
  std::vector<Vec> places;
  for (int i = 0; i <= kCount; ++i) {
    const double angle = kTurn * i / kCount;
    knots.push_back(kRadius_m * angle);
    if (i < kCount) places.push_back({kRadius_m * std::cos(angle), kRadius_m * std::sin(angle)});
  }
  const Curve circle = Curve::closed(knots, places);
  for (double t = -500; t < 900; t += 3.7) {
    const Curve::Sample at = circle.at(t);
    ASSERT_NEAR(at.curvature_1pm, 1 / kRadius_m, 2e-5);
    ASSERT_NEAR(at.speed, 1, 1e-4);
    const Vec inner = at.beside(kRadius_m);
    ASSERT_NEAR(inner.x, 0, 0.001);
    ASSERT_NEAR(inner.y, 0, 0.001);
  }
  const Path path = lay_out(circle, 0, kTurn * kRadius_m, true);
  EXPECT_NEAR(path.length_m(), kTurn * kRadius_m, 0.001);
  EXPECT_NEAR(nearest_of_all(circle, {0, 60}), kTurn * kRadius_m / 4, 0.002);
}

TEST(RaceTrackSpline, OpenSplineKeepsAStraightLineAndItsKnots) {
  const Spline line = Spline::open({0, 1, 3, 4, 8}, {1, 3, 7, 9, 17});
  const Spline bent = Spline::open({0, 1, 3, 4, 8}, {1, 0, 2, -5, 4});
  for (double t = 0; t <= 8; t += 0.25) {
    ASSERT_NEAR(line.at(t).value, 1 + 2 * t, 1e-12);
    ASSERT_NEAR(line.at(t).slope, 2, 1e-12);
    ASSERT_NEAR(line.at(t).bend, 0, 1e-12);
  }
  EXPECT_NEAR(bent.at(3).value, 2, 1e-12);
  EXPECT_NEAR(bent.at(3 - 1e-9).bend, bent.at(3 + 1e-9).bend, 1e-6);
  EXPECT_NEAR(bent.at(3 - 1e-9).slope, bent.at(3 + 1e-9).slope, 1e-6);
}

TEST(RaceTrackSpline, SmoothingKeepsWhatIsStraightOrHeldAndLevelsKinks) {
  std::vector<double> values;
  for (int i = 0; i < 100; ++i) values.push_back(3 + 0.5 * i);
  std::vector<double> weights(100, 1);
  const std::vector<double> same = smooth(values, weights, 5);
  for (std::size_t i = 0; i < 100; ++i) ASSERT_NEAR(same[i], values[i], 1e-8);
  values[50] += 4;
  EXPECT_NEAR(smooth(values, weights, 5)[50], values[50] - 4, 0.4);
  weights[50] = 1e9;
  EXPECT_NEAR(smooth(values, weights, 5)[50], values[50], 1e-4);
}

TEST(RaceTrackSpline, ClosedSmoothingIsTheSameWhereverTheRingBegins) {
  std::vector<double> ring, turned;
  for (int i = 0; i < 90; ++i) ring.push_back(std::sin(kTurn * i / 90) + (i % 7 == 0 ? 0.3 : 0));
  for (int i = 0; i < 90; ++i) turned.push_back(ring[static_cast<std::size_t>((i + 41) % 90)]);
  const std::vector<double> a = smooth_closed(ring, 3);
  const std::vector<double> b = smooth_closed(turned, 3);
  for (std::size_t i = 0; i < 90; ++i) ASSERT_NEAR(b[i], a[(i + 41) % 90], 1e-7);
}

}  // namespace
}  // namespace racesim::race
