// Goal: gears change as a driver would change them. Method: views of made-up situations, step by step.
#include "sim/race/car/gearbox.h"

#include <gtest/gtest.h>

#include "sim/race/car/forces.h"

namespace racesim::race {
namespace {

Gearbox::View accelerating(double v) {
  return {v, v + 3, v, 1, 0};
}

TEST(RaceCarGearbox, BeginsInTheLowestGearBelowTheChangeUp) {
  EXPECT_EQ(Gearbox(0).gear(), 1);
  EXPECT_EQ(Gearbox(100 / 3.6).gear(), 1);
  EXPECT_EQ(Gearbox(110 / 3.6).gear(), 2);
  EXPECT_EQ(Gearbox(320 / 3.6).gear(), 8);
}

TEST(RaceCarGearbox, ChangesUpThroughAllGearsAndHoldsEach) {
  Gearbox gearbox(0);
  int gear = 1;
  int held = 1000;
  for (int step = 0; step < 2000; ++step) {
    gearbox.step(accelerating(0.05 * step));
    ++held;
    if (gearbox.gear() == gear) continue;
    EXPECT_EQ(gearbox.gear(), gear + 1);
    EXPECT_GE(held, 40);
    EXPECT_TRUE(gearbox.changing());
    gear = gearbox.gear();
    held = 0;
  }
  EXPECT_EQ(gear, 8);
}

TEST(RaceCarGearbox, DoesNotChangeUpJustBeforeBraking) {
  Gearbox gearbox = Gearbox::in(4);
  const double v = 12100 / 66.6 / 3.6;
  gearbox.step({v, v - 5, 30, 1, 0});
  EXPECT_EQ(gearbox.gear(), 4);
  gearbox.step(accelerating(v));
  EXPECT_EQ(gearbox.gear(), 5);
}

TEST(RaceCarGearbox, BrakesDownToTheApexGearAndNoFurther) {
  Gearbox gearbox = Gearbox::in(8);
  for (double v = 88; v > 26; v -= 0.3) gearbox.step({v, v - 10, 26, 0, 0.8});
  for (int step = 0; step < 200; ++step) gearbox.step({26, 26, 26, 0, 0.1});
  EXPECT_EQ(gearbox.gear(), 3);
}

TEST(RaceCarGearbox, LeavesTheGearForADipThatTheNextGearWouldUndo) {
  Gearbox gearbox = Gearbox::in(8);
  for (int step = 0; step < 200; ++step) gearbox.step({80, 79, 79, 0, 0.2});
  EXPECT_EQ(gearbox.gear(), 8);
}

TEST(RaceCarGearbox, TakesSecondAtPitSpeedAndFirstToStop) {
  Gearbox gearbox = Gearbox::in(4);
  for (int step = 0; step < 200; ++step) gearbox.step({22.15, 22.15, 22.15, 0, 0.2});
  EXPECT_EQ(gearbox.gear(), 2);
  for (int step = 0; step < 200; ++step) gearbox.step({5, 0, 0, 0, 0.5});
  EXPECT_EQ(gearbox.gear(), 1);
}

}  // namespace
}  // namespace racesim::race
