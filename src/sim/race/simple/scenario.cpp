#include "sim/race/simple/scenario.h"

#include <cstdio>
#include <string>
#include <vector>

#include "model/race_simple.h"
#include "sim/race/simple/car.h"
#include "sim/race/simple/circuit.h"

namespace racesim::race::simple {
namespace {

constexpr std::size_t kRowsPerCall = 512;
constexpr double kGridStep_m = 8;

template <class Int>
Int nearest_int(double value) {
  return static_cast<Int>(value + (value < 0 ? -0.5 : 0.5));
}

/// What scenario and walks share.
struct World {
  Circuit circuit;
  std::vector<Car> cars;
  std::int64_t start_ms;
  std::int64_t origin_ms;  ///< when the cars set off, not behind start_ms
  std::int64_t end_ms;     ///< INT64_MAX: endless
  int slice_shift;
  SampleRate rate;
  std::uint32_t run;

  SliceGrid slices() const { return slices_of_ms(start_ms, end_ms, slice_shift); }

  void set_row(SimpleCarRow& row, const Car& car, std::uint64_t tick) const {
    const double time_s = static_cast<double>(rate.time_ms(tick)) / 1000;
    const double lap_m = circuit.on_lap_m(car.distance_m(time_s));
    const Location place = circuit.at(lap_m);
    row.time.ms = origin_ms + rate.time_ms(tick);
    row.speed_dkmh = nearest_int<std::uint16_t>(car.speed_kmh(time_s) * 10);
    row.x_cm = nearest_int<std::int32_t>(place.x_m * 100);
    row.y_cm = nearest_int<std::int32_t>(place.y_m * 100);
    row.latitude_udeg = place.latitude_udeg;
    row.longitude_udeg = place.longitude_udeg;
    row.checkpoint = static_cast<std::uint16_t>(circuit.passed(lap_m).id);
    row.seq = tick;
    row.run = {run};
  }
};

/// Shard c is car c.
class SimpleWalk final : public Walk {
 public:
  SimpleWalk(const World& world, ShardRange cars) : world_(world), cars_(cars) {}

  void fill(std::uint64_t index, RowConsumer& out) override {
    if (cars_.first == cars_.last) return;
    const Slice slice = world_.slices().at(index);
    const auto tick_at = [&](std::int64_t ns) {
      return world_.rate.first_at(ns / 1'000'000 - world_.origin_ms);
    };
    const std::uint64_t last = tick_at(slice.end_ns);
    const std::uint64_t ticks = std::max<std::size_t>(1, kRowsPerCall / (cars_.last - cars_.first));
    RowBatch rows(schema_info<SimpleCarRow>());
    for (std::uint64_t tick = tick_at(slice.begin_ns); tick < last; tick += ticks) {
      paint(tick, std::min(tick + ticks, last), rows);
      out.take(0, rows);
    }
  }

 private:
  void paint(std::uint64_t first, std::uint64_t last, RowBatch& rows) const {
    const std::size_t cars = cars_.last - cars_.first;
    rows.clear();
    rows.resize(static_cast<std::size_t>(last - first) * cars);
    rows.heads.resize(rows.size());
    rows.apart = cars;
    for (std::uint32_t car = cars_.first; car < cars_.last; ++car) {
      const Text id = rows.add_text(world_.cars[car].id());
      for (std::uint64_t tick = first; tick < last; ++tick) {
        const std::size_t at = static_cast<std::size_t>(tick - first) * cars + (car - cars_.first);
        SimpleCarRow& row = rows.rows<SimpleCarRow>()[at];
        row.id = id;
        world_.set_row(row, world_.cars[car], tick);
        rows.heads[at] = {row.time.ms * 1'000'000, car + 1, car + 1, tick};
      }
    }
  }

  const World& world_;
  const ShardRange cars_;
};

class SimpleScenario final : public Scenario, public Owners, public Outlook {
 public:
  SimpleScenario(const RaceContent& content, const Frame& frame, const Track& track)
      : world_{Circuit(track),
               {},
               frame.start_ms,
               frame.start_ms - content.at_ms,
               frame.end_ms.value_or(INT64_MAX),
               slice_shift(content.rate, content.cars),
               content.rate,
               frame.run} {
    for (std::uint32_t car = 0; car < content.cars; ++car)
      world_.cars.emplace_back(frame.seed, car + 1, -kGridStep_m * (car + 1));
    stream_ = {kStreamNames[0], &schema_info<SimpleCarRow>(), kStreamTopics[0]};
  }

  std::span<const StreamInfo> streams() const override { return {&stream_, 1}; }
  std::uint32_t shard_count() const override { return static_cast<std::uint32_t>(world_.cars.size()); }
  SliceGrid slices() const override { return world_.slices(); }
  std::unique_ptr<Walk> walk(ShardRange shards, std::uint64_t) const override {
    return std::make_unique<SimpleWalk>(world_, shards);
  }
  const Owners& owners() const override { return *this; }
  const Outlook& outlook() const override { return *this; }

  std::optional<std::uint32_t> shard_of(std::uint32_t owner) const override {
    if (owner == 0 || owner > world_.cars.size()) return std::nullopt;
    return owner - 1;
  }
  void append_key(std::uint32_t, std::uint32_t entity, std::string& out) const override {
    out += world_.cars[entity - 1].id();
  }

  std::uint64_t planned_events() const override {
    if (world_.end_ms == INT64_MAX) return 0;
    return (world_.rate.first_at(world_.end_ms - world_.origin_ms) -
            world_.rate.first_at(world_.start_ms - world_.origin_ms)) *
           world_.cars.size();
  }
  /// Time since the start and the first car's speed.
  std::string headline(std::int64_t event_time_ns) const override {
    const std::int64_t since_ms = std::max<std::int64_t>(0, event_time_ns / 1'000'000 - world_.origin_ms);
    const double time_s = static_cast<double>(since_ms) / 1000;
    char text[64];
    std::snprintf(text, sizeof text, "T=%.2f Speed=%.0f km/h", time_s, world_.cars.front().speed_kmh(time_s));
    return text;
  }

 private:
  World world_;
  StreamInfo stream_;
};

}  // namespace

std::unique_ptr<Scenario> make_scenario(const RaceContent& content, const Frame& frame, const Track& track) {
  return std::make_unique<SimpleScenario>(content, frame, track);
}

}  // namespace racesim::race::simple
