#include "sim/race/plan/pace.h"

#include <algorithm>
#include <array>

namespace racesim::race {
namespace {

/// Net of the fuel burnt (about −0.058 s a lap) these give −0.050, −0.036 and +0.022 s per lap.
constexpr std::array<TyreModel, 3> kTyres{
    TyreModel{0.0, 0.080, 22},
    TyreModel{0.45, 0.022, 34},
    TyreModel{0.9, 0.008, 44},
};

}  // namespace

const TyreModel& tyre_model(Compound compound) {
  return kTyres[static_cast<std::size_t>(compound)];
}

double tyre_loss_s(Compound compound, double age_laps, double stress) {
  const TyreModel& tyre = tyre_model(compound);
  // Beyond its life a tyre falls off the cliff.
  const double over = std::max(0.0, age_laps - tyre.life_laps);
  return tyre.offset_s + tyre.slope_s * stress * age_laps + 0.05 * over;
}

LapTimes::LapTimes(const PieceTable& table) : table_(&table), grips_(table.grips) {
  for (std::uint32_t f = 0; f < table.fuels; ++f)
    for (std::uint32_t g = 0; g < table.grips; ++g)
      lap_s_.push_back(table.lap_s({static_cast<std::uint8_t>(f), static_cast<std::uint8_t>(g), false}));
}

Bucket LapTimes::choose(double fuel_kg, double target_s, double reserve) const {
  const double step = std::max(0.0, fuel_kg) / table_->fuel_step_kg;
  const auto fuel = std::min(static_cast<std::uint32_t>(step), table_->fuels - 1);
  Bucket b{static_cast<std::uint8_t>(fuel), 0, false};
  for (std::uint32_t g = 1; g < grips_; ++g) {
    const Bucket next{b.fuel, static_cast<std::uint8_t>(g), false};
    if (lap_s(next) * reserve > target_s) break;
    b = next;
  }
  return b;
}

}  // namespace racesim::race
