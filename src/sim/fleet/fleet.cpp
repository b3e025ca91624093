#include "sim/fleet/fleet.h"

#include <algorithm>
#include <cstdio>
#include <span>
#include <string>
#include <unordered_map>

#include "sim/fleet/plan/diary.h"
#include "sim/fleet/render/cursor.h"
#include "sim/fleet/render/fleet_walk.h"
#include "sim/master/entities.h"

namespace racesim::fleet {
namespace {

/// Shards are vehicles, or blocks of them where there are many.
constexpr std::uint32_t kMostShards = 4096;

/// A slice is a power of two of milliseconds that holds about 4,000 packets.
int slice_shift(std::uint64_t rate_mhz, std::uint32_t vehicles) {
  constexpr double kPackets = 4'000;
  const double rows_per_ms = static_cast<double>(vehicles) * static_cast<double>(rate_mhz) / 1e6;
  int shift = 0;
  while (shift < 20 && rows_per_ms * static_cast<double>(2LL << shift) <= kPackets) ++shift;
  return shift;
}

/// Vehicles like those of `racesim generate-master`, or the first ones of the master data.
std::vector<Vehicle> make_vehicles(const FleetContent& content, const Frame& frame) {
  std::vector<Vehicle> vehicles;
  vehicles.reserve(content.vehicles);
  const auto add = [&](std::span<const VehicleRow> rows) {
    for (const VehicleRow& row : rows)
      vehicles.push_back(make_vehicle(frame.seed, static_cast<std::uint32_t>(vehicles.size()), row));
  };
  if (const RowBatch* rows = frame.master.find("vehicles"); rows != nullptr) {
    add(rows->rows<VehicleRow>().first(content.vehicles));
    return vehicles;
  }
  MasterPlan plan;
  plan.vehicles = content.vehicles;
  const auto generator = make_vehicle_generator(plan);
  RowBatch rows(generator->schema());
  constexpr std::size_t kBatch = 1024;
  while (vehicles.size() < content.vehicles) {
    generator->fill(vehicles.size(), std::min<std::size_t>(kBatch, content.vehicles - vehicles.size()), rows);
    add(rows.rows<VehicleRow>());
  }
  return vehicles;
}

VehicleIds make_ids(const FleetContent& content, const RowBatch* rows) {
  if (rows == nullptr) return VehicleIds(content.vehicle_id, content.vehicles);
  std::vector<std::string> ids;
  for (const VehicleRow& row : rows->rows<VehicleRow>().first(content.vehicles))
    ids.emplace_back(rows->text(row.vehicle_id));
  return VehicleIds(std::move(ids));
}

class FleetScenario final : public Scenario, public Owners, public Outlook {
 public:
  FleetScenario(const FleetContent& content, const Frame& frame, std::unique_ptr<const RoutePool> pool,
                VehicleIds ids)
      : pool_(std::move(pool)),
        courses_(*pool_),
        time_(content.route.text.empty() ? LocalTime::warsaw()
                                         : LocalTime::of_longitude(pool_->place(0).point.longitude_deg)),
        diary_(courses_, time_),
        planner_(diary_, frame.start_ms * 1000),
        vehicles_(make_vehicles(content, frame)),
        ids_(std::move(ids)),
        radio_(frame.seed, Ticks{content.rate_mhz, content.vehicles}) {
    for (std::uint32_t i = 0; i < vehicles_.size(); ++i) diary_.settle(vehicles_[i], i);
    shard_size_ = (content.vehicles + kMostShards - 1) / kMostShards;
    context_.run = frame.run;
    context_.slices = slices_of_ms(frame.start_ms, frame.end_ms.value_or(INT64_MAX),
                                   slice_shift(content.rate_mhz, content.vehicles));
    context_.ticks = {content.rate_mhz, content.vehicles};
    context_.vehicles = &vehicles_;
    context_.ids = &ids_;
    context_.planner = &planner_;
    context_.time = &time_;
    context_.radio = &radio_;
  }

  std::span<const StreamInfo> streams() const override { return {&stream_, 1}; }
  std::uint32_t shard_count() const override { return (count() + shard_size_ - 1) / shard_size_; }
  SliceGrid slices() const override { return context_.slices; }
  std::unique_ptr<Walk> walk(ShardRange shards, std::uint64_t) const override {
    return std::make_unique<FleetWalk>(context_, std::min(count(), shards.first * shard_size_),
                                       std::min(count(), shards.last * shard_size_));
  }
  const Owners& owners() const override { return *this; }
  const Outlook& outlook() const override { return *this; }

  std::optional<std::uint32_t> shard_of(std::uint32_t owner) const override {
    if (owner >= count()) return std::nullopt;
    return owner / shard_size_;
  }
  std::optional<std::uint32_t> owner_of(std::string_view text) const override { return ids_.find(text); }
  void append_key(std::uint32_t, std::uint32_t entity, std::string& out) const override {
    out += ids_[entity];
  }

  /// Packets that are made before the end, without those that a radio gap holds back until then.
  std::uint64_t planned_events() const override {
    if (context_.slices.endless()) return 0;
    const Ticks& ticks = context_.ticks;
    const std::int64_t end_us = context_.slices.end_ns / 1000 - context_.start_us();
    std::uint64_t tick = ticks.first_at(end_us + 1);
    if (tick == 0) return 0;
    --tick;
    std::uint64_t events = tick * ticks.vehicles + ticks.first_with_phase(end_us - ticks.time_us(tick));
    std::vector<RadioGap> gaps;
    radio_.between(end_us, end_us, 0, count(), gaps);
    for (const RadioGap& gap : gaps)
      for (std::uint64_t n = gap.first; n < gap.last; ++n)
        if (ticks.time_us(n) + ticks.phase_us(gap.vehicle) < end_us && gap.emit_us(n) >= end_us) --events;
    return events;
  }
  /// Where the first vehicle is going.
  std::string headline(std::int64_t event_time_ns) const override {
    const std::int64_t time_us = std::max(event_time_ns / 1000, context_.start_us());
    Cursor cursor(vehicles_[0], planner_, time_, time_us);
    const Sight sight = cursor.at(time_us);
    char text[128];
    std::snprintf(text, sizeof text, "%.*s %.0f km/h",
                  static_cast<int>(std::min<std::size_t>(ids_[0].size(), 64)), ids_[0].data(),
                  sight.v_mps * 3.6);
    return text;
  }

 private:
  std::uint32_t count() const { return static_cast<std::uint32_t>(vehicles_.size()); }

  const std::unique_ptr<const RoutePool> pool_;
  const Courses courses_;
  const LocalTime time_;
  const Diary diary_;
  const Planner planner_;
  std::vector<Vehicle> vehicles_;
  const VehicleIds ids_;
  const Radio radio_;
  std::uint32_t shard_size_ = 1;
  const StreamInfo stream_{"telemetry", &schema_info<FleetRow>(), "vehicle.telemetry.raw"};
  FleetContext context_;
};

/// Errors: vehicles that contradict the options, or live where the routes are not.
Done check_master(const FleetContent& content, const RowBatch& rows, const RoutePool& pool) {
  constexpr double kFar_km = 1'000;
  if (content.id_was_typed)
    return fail(ErrorKind::usage, "--vehicle-id: the vehicles of --master-data-dir have ids of their own",
                "leave out one of the two");
  if (rows.size() < content.vehicles)
    return fail(ErrorKind::usage,
                "--vehicles " + std::to_string(content.vehicles) + ": the master data have " +
                    std::to_string(rows.size()) + " vehicles",
                "ask for at most so many, or make more: racesim generate-master --num-vehicles " +
                    std::to_string(content.vehicles));
  std::unordered_map<std::string_view, std::size_t> lines;
  std::vector<GeoPoint> homes;
  for (std::size_t i = 0; i < content.vehicles; ++i) {
    const VehicleRow& row = rows.rows<VehicleRow>()[i];
    const std::string_view id = rows.text(row.vehicle_id);
    if (const Done ok = check_vehicle_id(id); !ok)
      return fail(ErrorKind::master_data, "vehicles, row " + std::to_string(i + 1) + ": " + ok.error().what,
                  ok.error().hint);
    if (const auto [at, fresh] = lines.emplace(id, i + 1); !fresh)
      return fail(ErrorKind::master_data,
                  "vehicles, rows " + std::to_string(at->second) + " and " + std::to_string(i + 1) +
                      " have the same vehicle_id, " + std::string(id),
                  "give each vehicle an id of its own");
    homes.push_back({row.home_latitude_udeg / 1e6, row.home_longitude_udeg / 1e6});
  }
  return check_near(pool, homes, kFar_km, "--route " + content.route.name);
}

}  // namespace

Result<std::unique_ptr<Scenario>> make_scenario(const FleetContent& content, const Frame& frame) {
  std::unique_ptr<const RoutePool> pool;
  if (content.route.text.empty()) {
    pool = RoutePool::built_in();
  } else {
    auto read = RoutePool::from_geojson(content.route.text, content.route.name);
    if (!read) return tl::make_unexpected(read.error());
    pool = std::move(*read);
    if (const Done ok = check_not_swapped(*pool, "--route " + content.route.name); !ok)
      return tl::make_unexpected(ok.error());
  }
  const RowBatch* rows = frame.master.find("vehicles");
  if (rows != nullptr)
    if (const Done ok = check_master(content, *rows, *pool); !ok) return tl::make_unexpected(ok.error());
  return std::make_unique<FleetScenario>(content, frame, std::move(pool), make_ids(content, rows));
}

}  // namespace racesim::fleet
