// How long a lap takes a car that drives alone, and on which template that lap is shown.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/race/plan/race_input.h"
#include "sim/race/plan/race_plan.h"

namespace racesim::race {

/// All seconds per lap below, and those of cars and drivers, are for a lap of this length; on other circuits
/// they are in proportion.
inline constexpr double kReferenceLap_s = 85.5;
/// Seconds per lap by which a race is driven slower than its templates allow (shared facts: 2.27 on top of a
/// qualifying lap; of that the templates of a race, with less electric power, hold some 0.6).
inline constexpr double kRacePace_s = 0.75;
/// Fuel's price. The templates hold most of it; the plan keeps the sum.
inline constexpr double kFuel_spkg = 0.031;
/// What cars may start a race with.
inline constexpr double kMostFuel_kg = 110;
/// A first lap on cold tyres.
inline constexpr double kColdTyre_s = 0.7;

/// A race lap is slow because its template is: fuel, worn grip, less electric power. Only this much is a
/// stretch of time, which would show as lower speeds everywhere.
inline constexpr double kRaceReserve = 1.004;
/// Who attacks uses the electric power that was kept back: to this share of the template's time.
inline constexpr double kAttack = 0.992;

struct TyreModel {
  double offset_s;   ///< new, against the softest
  double slope_s;    ///< per lap of age
  double life_laps;  ///< nobody goes on for longer
};
/// The three dry compounds; slopes are gross, before the fuel burnt makes the car faster.
const TyreModel& tyre_model(Compound compound);

/// Seconds lost to tyres in a lap that begins at `age_laps`. `stress` scales the ageing; 1 is the mean.
double tyre_loss_s(Compound compound, double age_laps, double stress);

/// Lap times of all buckets without DRS, so that the choice needs no sums.
class LapTimes {
 public:
  explicit LapTimes(const PieceTable& table);
  /// The bucket for a lap that shall take `target_s` with `fuel_kg` on board: the fuel step below, and the
  /// least grip that leaves the `reserve`, a factor on the template's time.
  Bucket choose(double fuel_kg, double target_s, double reserve) const;
  double lap_s(Bucket b) const { return lap_s_[static_cast<std::size_t>(b.fuel) * grips_ + b.grip]; }
  const PieceTable& table() const { return *table_; }

 private:
  const PieceTable* table_;
  std::uint32_t grips_;
  std::vector<double> lap_s_;
};

}  // namespace racesim::race
