// Drivers of the race.
#include "base/check.h"
#include "model/race_master.h"
#include "sim/master/entities.h"
#include "sim/master/race_roster.h"

namespace racesim {
namespace {

std::uint16_t thousandths(double value) {
  return static_cast<std::uint16_t>(value * 1000 + 0.5);
}

class DriverGenerator final : public MasterGenerator {
 public:
  explicit DriverGenerator(const MasterPlan& plan) : roster_(make_race_roster(plan.seed, plan.cars)) {}

  const SchemaInfo& schema() const override { return schema_info<DriverRow>(); }
  std::uint64_t count() const override { return roster_.drivers.size(); }

  void fill(std::uint64_t first, std::size_t n, RowBatch& out) const override {
    RACESIM_CHECK(first + n <= count());
    out.clear();
    out.resize(n);
    for (std::size_t i = 0; i < n; ++i) {
      const RosterDriver& d = roster_.drivers[first + i];
      DriverRow row{};
      row.driver_id = out.add_text(d.id);
      row.name = out.add_text(d.name);
      row.country = out.add_text(d.country);
      row.number = d.number;
      row.pace_loss_ms = thousandths(d.pace_loss_s);
      row.lap_noise = thousandths(d.lap_noise);
      row.start_skill = thousandths(d.start_skill);
      row.overtaking = thousandths(d.overtaking);
      row.defending = thousandths(d.defending);
      row.accident_share = static_cast<std::uint16_t>(d.accident_share * 10'000 + 0.5);
      out.rows<DriverRow>()[i] = row;
    }
  }

 private:
  RaceRoster roster_;
};

}  // namespace

std::unique_ptr<MasterGenerator> make_driver_generator(const MasterPlan& plan) {
  return std::make_unique<DriverGenerator>(plan);
}

}  // namespace racesim
