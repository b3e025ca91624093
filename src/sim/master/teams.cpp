// Teams of the race, one for two cars.
#include "base/check.h"
#include "model/race_master.h"
#include "sim/master/entities.h"
#include "sim/master/race_roster.h"

namespace racesim {
namespace {

class TeamGenerator final : public MasterGenerator {
 public:
  explicit TeamGenerator(const MasterPlan& plan) : roster_(make_race_roster(plan.seed, plan.cars)) {}

  const SchemaInfo& schema() const override { return schema_info<TeamRow>(); }
  std::uint64_t count() const override { return roster_.teams.size(); }

  void fill(std::uint64_t first, std::size_t n, RowBatch& out) const override {
    RACESIM_CHECK(first + n <= count());
    out.clear();
    out.resize(n);
    for (std::size_t i = 0; i < n; ++i) {
      const RosterTeam& t = roster_.teams[first + i];
      TeamRow row{};
      row.team_id = out.add_text(t.id);
      row.name = out.add_text(t.name);
      row.base_country = out.add_text(t.country);
      row.pit_crew_ms = static_cast<std::uint16_t>(t.pit_crew_s * 1000 + 0.5);
      out.rows<TeamRow>()[i] = row;
    }
  }

 private:
  RaceRoster roster_;
};

}  // namespace

std::unique_ptr<MasterGenerator> make_team_generator(const MasterPlan& plan) {
  return std::make_unique<TeamGenerator>(plan);
}

}  // namespace racesim
