// Goal: every vehicle has a name of its own that leads back to it, and names that no receiver can bear are
// refused.
#include "sim/fleet/ids.h"

#include <gtest/gtest.h>

namespace racesim::fleet {
namespace {

TEST(FleetIds, AreCountedUpFromTheFirst) {
  const VehicleIds ids("TESTCAR01", 120);
  EXPECT_EQ(ids[0], "TESTCAR01");
  EXPECT_EQ(ids[1], "TESTCAR02");
  EXPECT_EQ(ids[98], "TESTCAR99");
  EXPECT_EQ(ids[99], "TESTCAR100");
  const VehicleIds plain("MYCAR", 3);
  EXPECT_EQ(plain[0], "MYCAR");
  EXPECT_EQ(plain[1], "MYCAR2");
  EXPECT_EQ(VehicleIds("bus-007-b", 2)[1], "bus-007-b2");
  EXPECT_EQ(VehicleIds("99999999999999999999999", 2)[1], "999991000000000000000000");
}

TEST(FleetIds, LeadBackToTheirVehicles) {
  for (const char* first : {"TESTCAR01", "MYCAR", "7", "x0", "99999999999999999999999", "wóz-08"}) {
    const VehicleIds ids(first, 2000);
    for (std::uint32_t i = 0; i < ids.size(); ++i) ASSERT_EQ(ids.find(ids[i]), i) << first;
    for (const char* other : {"", "TESTCAR1", "TESTCAR001", "TESTCAR00", "TESTCAR2002", "MYCAR1", "MYCAR02",
                              "MYCAR2001", "testcar01", "07", "x", "99999999999999999999999999999"})
      EXPECT_EQ(ids.find(other), std::nullopt) << first << ' ' << other;
  }
  const VehicleIds own({"b", "a", "TESTCAR01"});
  EXPECT_EQ(own.find("a"), 1U);
  EXPECT_EQ(own.find("c"), std::nullopt);
}

TEST(FleetIds, RefusesWhatIsNoName) {
  EXPECT_TRUE(check_vehicle_id("TESTCAR01"));
  EXPECT_TRUE(check_vehicle_id("wóz \"7\" 🚗"));
  EXPECT_TRUE(check_vehicle_id(std::string(64, 'x')));
  for (const std::string& bad :
       {std::string(), std::string(65, 'x'), std::string("a\nb"), std::string("a\0b", 3),
        std::string("a\x7f"), std::string("\xc2\x85"), std::string("\xff"), std::string("\xc0\x80"),
        std::string("\xed\xa0\x80"), std::string("ab\xc3")})
    EXPECT_FALSE(check_vehicle_id(bad)) << bad;
}

}  // namespace
}  // namespace racesim::fleet
