#include "sim/fleet/entry.h"

#include <fmt/format.h>

#include "base/number_text.h"
#include "model/fleet.h"
#include "sim/fleet/fleet.h"
#include "sim/fleet/ids.h"
#include "sim/fleet/laws.h"
#include "sim/fleet/roads/roads_data.h"
#include "sim/fleet/roads/route_file.h"
#include "sim/fleet/roads/route_map.h"

namespace racesim::fleet {
namespace {

constexpr std::string_view kBuiltInRoutes = "warsaw";
constexpr std::size_t kRouteFileMost_bytes = 64 << 20;

bool is_route_path(std::string_view text) {
  return text.find('/') != std::string_view::npos || text.ends_with(".geojson") || text.ends_with(".json");
}

Done check_routes(std::string_view name) {
  if (name == kBuiltInRoutes) return {};
  return fail(ErrorKind::usage, "there are no built-in routes '" + std::string(name) + "'",
              "take warsaw, or a file: FILE.geojson");
}

/// The text itself counts: whoever changes it drives other routes.
Result<std::string> checked_routes(std::string_view bytes, const std::string& path) {
  if (const auto routes = read_route_file(bytes, path); !routes) return tl::make_unexpected(routes.error());
  return std::string(bytes);
}

std::vector<std::string> built_in_routes() {
  return {std::string(kBuiltInRoutes)};
}

constexpr DocumentForm kRouteForm{&is_route_path, kRouteFileMost_bytes, &checked_routes};

const ContentOption kOptions[] = {
    {.name = "vehicles",
     .metavar = "N",
     .kind = ValueKind::whole,
     .fallback = "1",
     .help = "How many vehicles there are, 1 to 1,000,000",
     .range = {1, kMostVehicles}},
    {.name = "vehicle-id",
     .metavar = "ID",
     .kind = ValueKind::text,
     .fallback = "TESTCAR01",
     .help =
         "Name of the first vehicle, a test car that drives day and night. The others follow by counting up "
         "the digits at its end: TESTCAR02; MYCAR is followed by MYCAR2",
     .check = &check_vehicle_id,
     .env_alias = "VEHICLE_ID"},
    {.name = "rate-hz",
     .metavar = "HZ",
     .kind = ValueKind::thousandths,
     .fallback = "5",
     .help = "Packets per vehicle and second, 0.1 to 100",
     .range = {100, 100'000}},
    {.name = "route",
     .metavar = "ROUTE",
     .kind = ValueKind::document,
     .fallback = kBuiltInRoutes,
     .help = "Where they drive: warsaw, or a GeoJSON file of lines with speed limits, on which they go to "
             "and fro",
     .suggest = &built_in_routes,
     .check = &check_routes,
     .document = &kRouteForm},
};

constexpr std::string_view kRunAndVehicle[] = {"run", "vehicle_id"};
constexpr std::string_view kVehicle[] = {"vehicle_id"};
constexpr std::string_view kByTime[] = {"timestamp"};
constexpr std::string_view kViolations[] = {"speeding", "rpm_over_redline"};
constexpr TableIndex kIndexes[] = {{"by_time", kByTime}, {"violations", kByTime, kViolations}};
constexpr std::string_view kOptional[] = {"seq", "run"};  // FleetStream's own packets have neither

constexpr std::string_view kTopic = "vehicle.telemetry.raw";

const RowForm kRows[] = {
    {.schema = &schema_info<FleetRow>,
     .run = "run",
     .owner = "vehicle_id",
     .seq = "seq",
     .entity = "vehicle_id",
     .time = "timestamp",
     .table = {.name = "fleet",
               .key = {kRunAndVehicle, "seq"},
               .key_without = {kVehicle, "timestamp"},
               .optional = kOptional,
               .time = "timestamp",
               .indexes = kIndexes,
               .is_summarised = true},
     .topic = kTopic},
};

constexpr ScenarioExample kExamples[] = {
    {"racesim run --scenario fleet --historical --start-datetime 2025-08-09T12:00Z --end-datetime "
     "2025-08-09T12:10Z",
     "ten minutes of the car TESTCAR01 through Warsaw: 3,000 packets on stdout"},
    {"racesim run --scenario fleet --vehicles 1000 --rate-hz 1 --live --duration 1m --brokers localhost:9092 "
     "--create-topics",
     "a minute of a thousand vehicles to Kafka, as it happens"},
    {"racesim run --scenario fleet --historical --start-datetime 2025-08-09 --end-datetime 2025-08-10 "
     "--vehicles 20 "
     "--route commute.geojson --sink file:fleet.ndjson --manifest fleet.json",
     "a day of 20 vehicles on your own route, into a file"},
};

constexpr Question kQuestions[] = {
    {"violations", "Packets of vehicles that drove too fast or over the engine's limit, the last first",
     "SELECT timestamp, vehicle_id, speed_kmh, speed_limit_kmh, engine_rpm, speeding, rpm_over_redline, "
     "road_type, "
     "location_lat, location_lon FROM fleet WHERE speeding OR rpm_over_redline "
     "ORDER BY timestamp DESC, vehicle_id"},
};

constexpr std::string_view kMasterEntities[] = {"vehicles"};

const FleetContent& of_fleet(const ScenarioContent& content) {
  return static_cast<const FleetContent&>(content);
}

Result<std::shared_ptr<const ScenarioContent>> read(const ContentInput& input) {
  auto content = std::make_shared<FleetContent>();
  content->vehicles = static_cast<std::uint32_t>(input.values.whole("vehicles"));
  content->vehicle_id = input.values.text("vehicle-id");
  content->id_was_typed = input.values.given_by("vehicle-id") == GivenBy::line;
  content->rate_mhz = input.values.thousandths("rate-hz");
  content->route = input.values.document("route");
  return std::shared_ptr<const ScenarioContent>(std::move(content));
}

std::string describe(const ScenarioContent& content) {
  const FleetContent& fleet = of_fleet(content);
  const std::string rate = format_thousandths(fleet.rate_mhz);
  if (fleet.vehicles == 1)
    return fmt::format("{}, {} packets a second, routes: {}", fleet.vehicle_id, rate, fleet.route.name);
  return fmt::format("{} vehicles, {} packets a second each, routes: {}", fleet.vehicles, rate,
                     fleet.route.name);
}

std::string map_of(const ScenarioContent* content) {
  if (content == nullptr || of_fleet(*content).route.text.empty())
    return std::string(embedded_roads().front().text);
  return map_of_routes(of_fleet(*content).route.text);
}

}  // namespace

const ScenarioEntry& entry() {
  static const ScenarioEntry fleet{
      .name = "fleet",
      .summary = "vehicles on the roads: position, speed, engine, fuel and faults of every one",
      .version = 1,
      .options = kOptions,
      .volume = {.help = "the run ends behind the first N events", .fallback = "no limit"},
      .rows = kRows,
      .master_entities = kMasterEntities,
      .topic = kTopic,
      .slower_hint = "--rate-hz or --vehicles",
      .examples = kExamples,
      .questions = kQuestions,
      .read = &read,
      .make = [](const ScenarioContent& content,
                 const Frame& frame) { return make_scenario(of_fleet(content), frame); },
      .laws = &make_laws,
      .event_rate =
          [](const ScenarioContent& content) {
            return static_cast<double>(of_fleet(content).rate_mhz) / 1000 * of_fleet(content).vehicles;
          },
      .describe = &describe,
      .map = &map_of,
  };
  return fleet;
}

}  // namespace racesim::fleet
