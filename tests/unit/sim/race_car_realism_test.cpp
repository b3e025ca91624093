// Goal: a low-fuel lap of Silverstone has the shape of real ones. Method: the shipped track's racing line
// driven with 10 kg of fuel, without and with DRS; bands from the project's facts on real telemetry and
// timing.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>

#include "sim/race/car/drive.h"
#include "sim/race/track/curve.h"
#include "sim/race/track/tracks.h"
#include "sim/race/track/ways.h"
#include "support/race_paths.h"

namespace racesim::race {
namespace {

class RaceCarRealism : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    const Result<Track> found = find_track("silverstone");
    ASSERT_TRUE(found.has_value());
    track_ = *found;
    path_ = racing_line(track_);
    Conditions conditions;
    conditions.fuel_kg = 10;
    conditions.drs = GetParam();
    Drive drive;
    for (const DrsZone& zone : track_.drs_zones) {
      drive.drs.push_back({path_at(path_, zone.begin_m), path_at(path_, zone.end_m)});
    }
    lap_ = bake(path_, CarModel{}, conditions, drive);
    while (lap_.samples.back().l_m >= path_.length_m()) lap_.samples.pop_back();
    for (const Template::Sample& sample : lap_.samples)
      speeds_.push_back(static_cast<double>(sample.v_mps) * 3.6);
    sorted_ = speeds_;
    std::sort(sorted_.begin(), sorted_.end());
  }

  double quantile(double share) const {
    return sorted_[static_cast<std::size_t>(share * static_cast<double>(sorted_.size() - 1))];
  }

  double share_of(bool (*is)(const Template::Sample&)) const {
    return static_cast<double>(std::count_if(lap_.samples.begin(), lap_.samples.end(), is)) /
           static_cast<double>(lap_.samples.size());
  }

  /// Lowest speed within 70 m of a corner's apex.
  double slowest_near(std::uint32_t corner) const {
    const auto found = std::find_if(track_.corners.begin(), track_.corners.end(),
                                    [&](const Corner& c) { return c.number == corner; });
    const double l = path_at(path_, found->s_m);
    double slowest = 1000;
    for (std::size_t i = 0; i < speeds_.size(); ++i) {
      if (std::abs(lap_.samples[i].l_m - l) < 70) slowest = std::min(slowest, speeds_[i]);
    }
    return slowest;
  }

  Track track_;
  Path path_;
  Template lap_;
  std::vector<double> speeds_;
  std::vector<double> sorted_;
};

TEST_P(RaceCarRealism, LapAndSectorTimes) {
  EXPECT_GT(lap_.duration_s, 83.5);
  EXPECT_LT(lap_.duration_s, 87.5);
  const double first = lap_.time_at(path_at(path_, track_.checkpoints[track_.sector_ends[0]].s_m));
  const double second = lap_.time_at(path_at(path_, track_.checkpoints[track_.sector_ends[1]].s_m)) - first;
  EXPECT_NEAR(100 * first / lap_.duration_s, 31.9, 1.2);
  EXPECT_NEAR(100 * second / lap_.duration_s, 40.5, 1.2);
  EXPECT_NEAR(100 * (lap_.duration_s - first - second) / lap_.duration_s, 27.6, 1.2);
  EXPECT_GT(lap_.fuel_kg, 1.6);
  EXPECT_LT(lap_.fuel_kg, 2.15);
}

TEST_P(RaceCarRealism, Speeds) {
  EXPECT_NEAR(quantile(0.05), 116, 14);
  EXPECT_NEAR(quantile(0.25), 193, 12);
  EXPECT_NEAR(quantile(0.5), 269, 10);
  EXPECT_NEAR(quantile(0.75), 300, 8);
  EXPECT_NEAR(quantile(0.95), 315, 9);
  EXPECT_GT(sorted_.front(), 78);
  EXPECT_LT(sorted_.front(), 102);
  EXPECT_GT(sorted_.back(), GetParam() ? 316 : 306);
  EXPECT_LT(sorted_.back(), 338);
}

TEST_P(RaceCarRealism, Feet) {
  const double full = share_of([](const Template::Sample& s) { return s.throttle_pct >= 98; });
  const double braking = share_of([](const Template::Sample& s) { return s.brake_pct > 0; });
  EXPECT_GT(full, 0.63);
  EXPECT_LT(full, 0.76);
  EXPECT_GT(braking, 0.09);
  EXPECT_LT(braking, 0.17);
  int applications = 0;
  for (std::size_t i = 1; i < lap_.samples.size(); ++i) {
    if (lap_.samples[i].brake_pct > 0 && lap_.samples[i - 1].brake_pct == 0) ++applications;
  }
  EXPECT_GE(applications, 6);
  EXPECT_LE(applications, 9);
}

TEST_P(RaceCarRealism, Gears) {
  int changes = 0;
  int lowest = 8;
  const Template::Sample* slowest = &lap_.samples.front();
  for (std::size_t i = 1; i < lap_.samples.size(); ++i) {
    const Template::Sample& sample = lap_.samples[i];
    if (sample.gear != lap_.samples[i - 1].gear) ++changes;
    lowest = std::min<int>(lowest, sample.gear);
    if (sample.v_mps < slowest->v_mps) slowest = &sample;
  }
  EXPECT_GE(changes, 30);
  EXPECT_LE(changes, 44);
  EXPECT_GE(lowest, 2);
  EXPECT_EQ(slowest->gear, 3);
}

TEST_P(RaceCarRealism, Accelerations) {
  double lateral = 0;
  double braking = 0;
  for (std::size_t i = 0; i + 1 < lap_.samples.size(); ++i) {
    const double v = speeds_[i] / 3.6;
    lateral = std::max(lateral, v * v * std::abs(race_test::curvature_at(path_, lap_.samples[i].l_m)) / 9.81);
    braking = std::max(braking, (speeds_[i] - speeds_[i + 1]) / 3.6 / kTemplateStep_s / 9.81);
  }
  EXPECT_GT(lateral, 4.8);
  EXPECT_LT(lateral, 6.4);
  EXPECT_GT(braking, 4.2);
  EXPECT_LT(braking, 5.6);
}

TEST_P(RaceCarRealism, CornersAreAsFastAsReal) {
  const std::map<std::uint32_t, std::pair<double, double>> bands = {
      {1, {283, 305}}, {2, {283, 305}},  {3, {98, 132}},   {4, {82, 100}},  {6, {158, 182}}, {7, {98, 132}},
      {9, {283, 305}}, {13, {205, 235}}, {15, {225, 255}}, {16, {98, 132}}, {17, {98, 132}}};
  for (const auto& [corner, band] : bands) {
    EXPECT_GT(slowest_near(corner), band.first) << "corner " << corner;
    EXPECT_LT(slowest_near(corner), band.second) << "corner " << corner;
  }
}

INSTANTIATE_TEST_SUITE_P(Wing, RaceCarRealism, testing::Values(false, true),
                         [](const auto& wing) { return wing.param ? "Drs" : "NoDrs"; });

TEST(RaceCarRaceLap, WornAndHeavyIsARaceLap) {
  const Result<Track> track = find_track("silverstone");
  ASSERT_TRUE(track.has_value());
  Conditions conditions;
  conditions.fuel_kg = 60;
  conditions.grip = 0.93;
  const double lap_s = bake(racing_line(*track), CarModel{}, conditions, Drive{}).duration_s;
  EXPECT_GT(lap_s, 88);
  EXPECT_LT(lap_s, 93.5);
}

}  // namespace
}  // namespace racesim::race
