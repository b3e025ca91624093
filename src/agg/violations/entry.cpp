#include "agg/violations/entry.h"

#include "agg/violations/violations.h"

namespace racesim::violations {
namespace {

constexpr AggregationInput kInputs[] = {{&schema_info<FleetRow>, "timestamp"}};
constexpr std::string_view kMasterEntities[] = {"vehicles"};

constexpr std::string_view kFromMaster[] = {"limit"};

constexpr std::string_view kKeyScope[] = {"run", "vehicle_id", "kind"};
constexpr std::string_view kByTime[] = {"time"};
constexpr TableIndex kIndexes[] = {{"by_time", kByTime}};

constexpr std::string_view kShown[] = {"time",  "vehicle_id", "kind", "value",
                                       "limit", "lat",        "lon",  "road_type"};

constexpr Question kQuestions[] = {
    {"violations", "Violations of vehicles, the last first, from racesim aggregate --by violations",
     "SELECT time, vehicle_id, kind, value, \"limit\", road_type, lat, lon, run FROM violations "
     "ORDER BY time DESC, vehicle_id, kind"},
};

}  // namespace

const AggregationEntry& entry() {
  static const AggregationEntry violations{
      .name = "violations",
      .summary = "each packet of a vehicle that drove too fast, or whose engine was over its limit",
      .version = 1,
      .inputs = kInputs,
      .result = &schema_info<ViolationRow>,
      .table = {.name = "violations",
                .key = {kKeyScope, "time"},
                .time = "time",
                .indexes = kIndexes,
                .replaces = true},
      .master_entities = kMasterEntities,
      .from_master = kFromMaster,
      .questions = kQuestions,
      .shown = kShown,
      .make = [](const OptionValues&, const AggregationFrame& frame) -> Result<std::unique_ptr<Aggregation>> {
        return std::unique_ptr<Aggregation>(std::make_unique<Violations>(frame));
      },
  };
  return violations;
}

}  // namespace racesim::violations
