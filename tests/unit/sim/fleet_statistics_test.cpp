// Goal: the fleet drives like traffic: speeds by kind of road near those of the WLTC, stops, accelerations,
// speeding, consumption, days and faults as facts and plan have them. Method: packets of a fleet over a week,
// once a second or less, on seeds that were not used for tuning; bands are stated beside what they come from.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "sim/fleet/drive/road_load.h"
#include "sim/fleet/plan/planner.h"
#include "sim/fleet/plan/trouble.h"
#include "sim/master/entities.h"
#include "support/fleet_world.h"

namespace racesim::fleet_test {
namespace {

constexpr std::uint64_t kSeed = 90'210;

struct ByRoad {
  double seconds = 0, moving = 0, kmh = 0, most = 0, over = 0, excess_kmh = 0, far_over = 0;
};

TEST(FleetStatistics, ADayOfTestCarsDrivesLikeTheCycle) {
  std::array<ByRoad, kRoadTypeCount> roads{};
  ByRoad all;
  double least_change = 0;
  double most_change = 0;
  for (std::uint64_t seed = kSeed; seed < kSeed + 4; ++seed) {
    FleetConfig config = fleet_config(1, 24, seed);
    config.fleet.rate_mhz = 1'000;
    double last_kmh = 0;
    play(*make_fleet(config), [&](const FleetRow& row, const EventHead&, std::string_view) {
      const double kmh = row.speed_dkmh / 10.0;
      least_change = std::min(least_change, (kmh - last_kmh) / 3.6);
      most_change = std::max(most_change, (kmh - last_kmh) / 3.6);
      last_kmh = kmh;
      if (row.gear == 0) return;  // parked
      for (ByRoad* road : {&roads[static_cast<std::size_t>(row.road_type)], &all}) {
        ++road->seconds;
        road->moving += kmh > 0;
        road->kmh += kmh;
        road->most = std::max(road->most, kmh);
        road->over += row.speeding;
        road->excess_kmh += row.speeding ? kmh - row.speed_limit_kmh : 0;
        road->far_over += kmh > row.speed_limit_kmh + 30;
      }
    });
  }
  const ByRoad& urban = roads[0];
  const ByRoad& rural = roads[1];
  const ByRoad& expressway = roads[2];
  const ByRoad& highway = roads[3];
  const auto mean = [](const ByRoad& road) { return road.kmh / road.seconds; };
  // The WLTC's phases have means of 18.9, 39.2, 56.2 and 91.7 km/h, stand 26.6, 11.3, 7.0 and 2.5 % of the
  // time, and reach 56.5, 76.6, 97.4 and 131.3 km/h.
  EXPECT_GT(mean(urban), 22);
  EXPECT_LT(mean(urban), 42);
  EXPECT_GT(mean(rural), 50);
  EXPECT_LT(mean(rural), 88);
  EXPECT_GT(mean(expressway), 70);
  EXPECT_LT(mean(expressway), 118);
  EXPECT_GT(mean(highway), 90);
  EXPECT_LT(mean(highway), 142);
  EXPECT_GT(1 - urban.moving / urban.seconds, 0.08);
  EXPECT_LT(1 - urban.moving / urban.seconds, 0.30);
  EXPECT_LT(1 - highway.moving / highway.seconds, 0.05);
  EXPECT_LT(urban.most, 92);  // some urban roads allow 70
  EXPECT_LT(highway.most, 180);
  // The whole cycle: 46.4 km/h, 13.5 % stands, −1.49 to +1.58 m/s².
  EXPECT_GT(mean(all), 35);
  EXPECT_LT(mean(all), 65);
  EXPECT_GT(1 - all.moving / all.seconds, 0.05);
  EXPECT_LT(1 - all.moving / all.seconds, 0.20);
  EXPECT_LT(most_change, 2.6);
  EXPECT_GT(most_change, 1.1);
  EXPECT_GT(least_change, -4.5);
  EXPECT_LT(least_change, -1.1);
  std::string told;
  for (const ByRoad* road : std::initializer_list<const ByRoad*>{&urban, &rural, &expressway, &highway, &all})
    told +=
        fmt::format("mean {:.1f}, most {:.1f} km/h, stands {:.1f} %, over {:.1f} %\n", mean(*road),
                    road->most, 100 - 100 * road->moving / road->seconds, 100 * road->over / road->moving);
  RecordProperty("roads", told);
  if (testing::Test::HasFailure()) ADD_FAILURE() << told << least_change << ' ' << most_change;
}

TEST(FleetStatistics, SpeedingIsFrequentAndMostlySmall) {
  FleetConfig config = fleet_config(150, 10, kSeed + 9);
  config.fleet.rate_mhz = 200;
  config.start_ms += 5 * kHour_ms;
  *config.end_ms += 5 * kHour_ms;
  double free = 0;
  double over = 0;
  double excess = 0;
  double far_over = 0;
  play(*make_fleet(config), [&](const FleetRow& row, const EventHead&, std::string_view) {
    const double kmh = row.speed_dkmh / 10.0;
    if (row.road_type != RoadType::urban || kmh < 0.8 * row.speed_limit_kmh) return;
    ++free;
    over += row.speeding;
    excess += row.speeding ? kmh - row.speed_limit_kmh : 0;
    far_over += kmh > row.speed_limit_kmh + 30;
  });
  ASSERT_GT(free, 3'000);
  // 30 to 50 % of the seconds in free flow, by some km/h.
  EXPECT_GT(over / free, 0.25);
  EXPECT_LT(over / free, 0.60);
  EXPECT_GT(excess / over, 1.0);
  EXPECT_LT(excess / over, 8.0);
  EXPECT_LT(far_over / free, 0.02);
}

TEST(FleetStatistics, RoadLoadGivesTheReferenceConsumption) {
  const auto per_100_km = [](double kmh) { return fleet::fuel_lph(kmh / 3.6) * 100 / kmh; };
  EXPECT_GT(per_100_km(50), 3.2);
  EXPECT_LT(per_100_km(50), 4.5);
  EXPECT_GT(per_100_km(90), 4.3);
  EXPECT_LT(per_100_km(90), 5.4);
  EXPECT_GT(per_100_km(140), 7.0);
  EXPECT_LT(per_100_km(140), 8.6);
}

/// Vehicles with homes, and what plans their trips.
struct Plan {
  std::unique_ptr<const fleet::RoutePool> pool = fleet::RoutePool::built_in();
  fleet::Courses courses{*pool};
  fleet::Diary diary{courses, fleet::LocalTime::warsaw()};
  fleet::Planner planner{diary, kStart_ms * 1000};
  std::vector<fleet::Vehicle> vehicles;

  Plan(std::uint64_t seed, std::uint32_t count) {
    MasterPlan master;
    master.vehicles = count;
    RowBatch rows(schema_info<VehicleRow>());
    make_vehicle_generator(master)->fill(0, count, rows);
    for (std::uint32_t i = 0; i < count; ++i) {
      vehicles.push_back(fleet::make_vehicle(seed, i, rows.rows<VehicleRow>()[i]));
      diary.settle(vehicles[i], i);
    }
  }
};

TEST(FleetStatistics, CommutersStandAtHomeByNight) {
  const Plan plan(kSeed, 300);
  const std::int64_t day = plan.diary.time().day_of(kStart_ms * 1000) + 4;  // a Monday or later in the week
  std::uint64_t commuters = 0, home_at_night = 0, away_at_noon = 0, away_in_the_evening = 0;
  for (const fleet::Vehicle& car : plan.vehicles) {
    if (car.kind != fleet::VehicleKind::commuter) continue;
    ++commuters;
    const auto stands_at = [&](double hours) {
      const std::int64_t at_us = plan.diary.time().utc_us(day, hours);
      const fleet::Spell spell = plan.planner.spell_at(car, at_us);
      return spell.to;
    };
    home_at_night += stands_at(26.9) == car.home;
    away_at_noon += stands_at(12) != car.home;
    away_in_the_evening += stands_at(20.5) != car.home;
  }
  ASSERT_GT(commuters, 100U);
  EXPECT_EQ(home_at_night, commuters);
  EXPECT_GT(static_cast<double>(away_at_noon), 0.85 * static_cast<double>(commuters));
  EXPECT_LT(static_cast<double>(away_in_the_evening), 0.15 * static_cast<double>(commuters));
}

TEST(FleetStatistics, TanksNeitherRunDryNorOverAndConsumptionIsThatOfCars) {
  const Plan plan(kSeed + 1, 200);
  double least = 1;
  double most = 0;
  double litres = 0;
  double km = 0;
  for (const fleet::Vehicle& car : plan.vehicles) {
    if (car.kind == fleet::VehicleKind::test_car) continue;
    std::int64_t at_us = kStart_ms * 1000;
    double before_l = -1;
    for (int i = 0; i < 150; ++i) {
      const fleet::Spell spell = plan.planner.spell_at(car, at_us);
      const double tank = spell.trip.fuel_l / double{car.tank_l};
      least = std::min(least, tank);
      most = std::max(most, std::max(tank, spell.trip.refuelled_l / double{car.tank_l}));
      if (!spell.stands && spell.trip.refuelled_l == 0) {
        const double used = double{car.fuel_factor} * (spell.trip.course->fuel_until_l(spell.trip.end_m) -
                                                       spell.trip.course->fuel_until_l(spell.trip.begin_m));
        litres += used;
        km += (spell.trip.end_m - spell.trip.begin_m) / 1000;
      }
      before_l = spell.trip.fuel_l;
      at_us = spell.end_us;
    }
    ASSERT_GE(before_l, 0);
  }
  EXPECT_GT(least, 0.03);
  EXPECT_LT(least, 0.5);  // they do use it
  EXPECT_LT(most, 1.0);
  ASSERT_GT(km, 50'000);
  EXPECT_GT(100 * litres / km, 4.5);
  EXPECT_LT(100 * litres / km, 9.0);
}

TEST(FleetStatistics, FaultsComeByDistance) {
  const Plan plan(kSeed + 2, 400);
  constexpr std::int64_t kDays = 120;
  std::map<fleet::VehicleKind, std::pair<double, double>> km;  // driven, usual
  double expected = 0;
  double found = 0;
  std::set<FaultCode> codes;
  const std::int64_t first = plan.diary.time().day_of(kStart_ms * 1000);
  for (const fleet::Vehicle& car : plan.vehicles) {
    bool was_set = false;
    for (std::int64_t day = first; day < first + kDays; ++day) {
      expected += fleet::usual_km(car.kind, day) / 1000 * fleet::kFaultsPer1000Km;
      const auto trouble = fleet::trouble_at(car, plan.diary.time(), plan.diary.time().utc_us(day, 27));
      const auto morning = fleet::trouble_at(car, plan.diary.time(), plan.diary.time().utc_us(day, 4));
      found += trouble.codes.count - morning.codes.count;
      for (std::size_t i = 0; i < trouble.codes.count; ++i) codes.insert(trouble.codes.items[i]);
      was_set |= trouble.codes.count > 0;
      if (day >= first + 14 || car.kind == fleet::VehicleKind::test_car) continue;
      auto& [driven, usual] = km[car.kind];
      usual += fleet::usual_km(car.kind, day);
      for (const fleet::PlannedTrip& trip : plan.diary.day(car, day).all())
        driven += plan.courses.between(trip.from, trip.to).length_m() / 1000;
    }
    static_cast<void>(was_set);
  }
  // Codes that are set twice count once: a few per cent less.
  EXPECT_GT(found, 0.85 * expected);
  EXPECT_LT(found, 1.10 * expected);
  EXPECT_EQ(codes.size(), kFaultCodeCount);
  for (const auto& [kind, both] : km)
    EXPECT_NEAR(both.first / both.second, 1.0, 0.3)
        << static_cast<int>(kind) << ' ' << both.first << ' ' << both.second;
}

}  // namespace
}  // namespace racesim::fleet_test
