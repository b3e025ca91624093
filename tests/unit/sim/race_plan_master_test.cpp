// Goal: drivers, teams, cars and checkpoints fit together, are fictional and stay the same for a seed; an
// entry list made of broken rows is refused with the reason. Method: generate, read back, break one thing at
// a time.
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "model/race_master.h"
#include "sim/master/entities.h"
#include "sim/master/race_roster.h"
#include "sim/race/plan/entries.h"
#include "sim/race/track/tracks.h"

namespace racesim {
namespace {

RowBatch rows_of(const std::unique_ptr<MasterGenerator>& generator) {
  RowBatch batch(generator->schema());
  generator->fill(0, generator->count(), batch);
  return batch;
}

struct Tables {
  explicit Tables(const MasterPlan& plan = {})
      : drivers(rows_of(make_driver_generator(plan))),
        teams(rows_of(make_team_generator(plan))),
        cars(rows_of(make_car_generator(plan))) {}
  Result<race::EntryList> entries(std::size_t count) const {
    return race::read_entries(drivers, teams, cars, count);
  }
  RowBatch drivers, teams, cars;
};

TEST(RaceMaster, AnyCountFitsTogether) {
  for (const std::uint64_t cars : {1U, 2U, 3U, 20U, 40U})
    for (const std::uint64_t seed : {1U, 42U, 77U}) {
      MasterPlan plan;
      plan.seed = seed;
      plan.cars = cars;
      const Tables t(plan);
      const auto list = t.entries(cars);
      ASSERT_TRUE(list) << list.error().what;
      EXPECT_EQ(list->entries.size(), cars);
      EXPECT_EQ(t.teams.rows<TeamRow>().size(), (cars + 1) / 2);
      EXPECT_EQ(list->models.size(), 1U);  // one rule book
      std::set<std::string_view> names, teams;
      for (const DriverRow& d : t.drivers.rows<DriverRow>()) {
        names.insert(t.drivers.text(d.name));
        EXPECT_EQ(t.drivers.text(d.driver_id).size(), 3U);
        EXPECT_GE(d.number, 2);
        EXPECT_LE(d.number, 99);
      }
      for (const TeamRow& row : t.teams.rows<TeamRow>()) teams.insert(t.teams.text(row.team_id));
      EXPECT_EQ(names.size(), cars);
      EXPECT_EQ(teams.size(), (cars + 1) / 2);
    }
}

TEST(RaceMaster, SpreadIsThatOfARealGrid) {
  const Tables t;
  const auto list = t.entries(20);
  ASSERT_TRUE(list);
  double best = 10, worst = 0;
  for (const race::Entry& e : list->entries) {
    best = std::min(best, e.pace_loss_s);
    worst = std::max(worst, e.pace_loss_s);
    EXPECT_GE(e.accident_share, 0.045);
    EXPECT_LE(e.accident_share, 0.10);
    EXPECT_GE(e.failure_share, 0.04);
    EXPECT_LE(e.failure_share, 0.12);
  }
  EXPECT_LT(best, 0.6);
  EXPECT_GT(worst, 1.6);
  EXPECT_LT(worst, 2.8);
}

TEST(RaceMaster, PhysicsSurviveTheRows) {
  const auto list = Tables().entries(20);
  ASSERT_TRUE(list);
  const race::CarModel want;
  const race::CarModel& got = list->models.at(0);
  EXPECT_NEAR(got.mass_kg, want.mass_kg, 0.5);
  EXPECT_NEAR(got.grip, want.grip, 5e-4);
  EXPECT_NEAR(got.grip_per_n, want.grip_per_n, 5e-7);
  EXPECT_NEAR(got.drag_area_m2, want.drag_area_m2, 5e-3);
  EXPECT_NEAR(got.fuel_flow_kgps, want.fuel_flow_kgps, 5e-6);
}

TEST(RaceMaster, RowsAreAFunctionOfTheSeed) {
  MasterPlan other;
  other.seed = 43;
  const Tables a, b, c(other);
  const auto name = [](const Tables& t, std::size_t i) {
    return std::string(t.drivers.text(t.drivers.rows<DriverRow>()[i].name));
  };
  std::size_t same = 0;
  for (std::size_t i = 0; i < 20; ++i) {
    EXPECT_EQ(name(a, i), name(b, i));
    same += name(a, i) == name(c, i) ? 1 : 0;
  }
  EXPECT_LT(same, 3U);
}

TEST(RaceMaster, BrokenListsAreRefused) {
  const Tables good;
  EXPECT_FALSE(good.entries(21));
  {
    Tables t;
    t.cars.rows<CarRow>()[3].car = t.cars.rows<CarRow>()[2].car;
    const auto list = t.entries(20);
    ASSERT_FALSE(list);
    EXPECT_NE(list.error().what.find("twice"), std::string::npos);
    EXPECT_EQ(list.error().kind, ErrorKind::master_data);
  }
  {
    Tables t;
    t.cars.rows<CarRow>()[3].driver_id = t.cars.rows<CarRow>()[2].driver_id;
    EXPECT_FALSE(t.entries(20));
  }
  {
    Tables t;
    t.cars.rows<CarRow>()[3].team_id = t.cars.rows<CarRow>()[3].driver_id;
    EXPECT_FALSE(t.entries(20));
  }
  {
    Tables t;
    t.cars.rows<CarRow>()[5].driver_id = t.cars.add_text("???");
    EXPECT_FALSE(t.entries(20));
  }
}

TEST(RaceMaster, CheckpointsAreTheTracks) {
  const RowBatch batch = rows_of(make_checkpoint_generator(MasterPlan{}));
  const auto rows = batch.rows<CheckpointRow>();
  const auto track = race::find_track("silverstone");
  ASSERT_TRUE(track);
  ASSERT_EQ(rows.size(), track->checkpoints.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(rows[i].id, i);
    EXPECT_EQ(batch.text(rows[i].name), track->checkpoints[i].name);
    EXPECT_NEAR(rows[i].latitude_udeg / 1e6, 52.071, 0.012);
    EXPECT_NEAR(rows[i].longitude_udeg / 1e6, -1.016, 0.015);
  }
  // The timing line lies at the anchor.
  EXPECT_NEAR(rows[0].latitude_udeg / 1e6, track->anchor.latitude_deg, 2e-6);
}

}  // namespace
}  // namespace racesim
