// Types of rows: results of aggregations, events, master data.
#include <utility>

#include "agg/entry.h"
#include "graphql/connection/connection.h"
#include "serve/gateway/graphql/schema_parts.h"
#include "sim/master/generator.h"

namespace racesim::serve {
namespace {

std::string key_text(const TypedRow& row) {
  return row.key == nullptr ? std::string() : *row.key;
}

/// What the aggregation of that name makes.
const SchemaInfo& result_of(std::string_view aggregation) {
  return (*find_aggregation(aggregation))->result();
}

const SchemaInfo& main_form(const Resolvers& resolvers, Subject subject) {
  return resolvers.scenario_of(subject)->rows.front().schema();
}

const SchemaInfo& form_of_table(const Resolvers& resolvers, Subject subject, std::string_view table) {
  const ScenarioEntry& scenario = *resolvers.scenario_of(subject);
  for (const RowForm& form : scenario.rows)
    if (form.table.name == table) return form.schema();
  return scenario.rows.front().schema();
}

}  // namespace

void declare_rows(graphql::SchemaBuilder& builder, const Resolvers& resolvers, GatewayTypes& types) {
  RowTypeNames names(builder, {"Run", "Stage", "Status", "Lag", "Lap", "Standing", "Driver", "Vehicle"});
  const auto add = [&](std::unique_ptr<RowType>& to, const char* name, const SchemaInfo& schema,
                       RowTypeOptions options) {
    to = std::make_unique<RowType>(builder, names, name, schema, options);
  };
  add(types.standing, "Standing", result_of("standings"),
      {.description = "Where a car was as it passed its last timing line.", .more = {"driver_name"}});
  add(types.lap, "Lap", result_of("lap"), {.description = "A lap of a car.", .more = {"driver_name"}});
  add(types.telemetry, "Telemetry", main_form(resolvers, Subject::cars),
      {.description = "A sample of a car.", .may_miss = true, .spread = true});
  add(types.race_control, "RaceControl", form_of_table(resolvers, Subject::cars, "race_control"),
      {.description = "A message of race control.", .may_miss = true});
  add(types.violation, "Violation", result_of("violations"),
      {.description = "A packet of a vehicle that was too fast, or whose engine was."});
  add(types.packet, "Packet", main_form(resolvers, Subject::vehicles),
      {.description = "A packet of a vehicle.", .may_miss = true, .spread = true});
  add(types.song, "TopSong", result_of("top-songs"), {.description = "A song's place in a chart."});
  add(types.driver, "Driver", find_master_entity("drivers")->schema(), {.description = "Who drives."});
  add(types.vehicle, "Vehicle", find_master_entity("vehicles")->schema(), {.description = "A vehicle."});
  graphql::declare_page_info(builder);
  for (const RowType* type : {types.lap.get(), types.telemetry.get(), types.race_control.get(),
                              types.violation.get(), types.packet.get()})
    graphql::declare_connection<TypedRow>(builder, type->name(), key_text);
}

}  // namespace racesim::serve
