#include "sim/race/race_walk.h"

#include <algorithm>
#include <cmath>

#include "model/race.h"
#include "sim/race/car/forces.h"
#include "sim/race/lap_sights.h"
#include "sim/race/plan/globe.h"
#include "sim/race/plan/outcome.h"

namespace racesim::race {
namespace {

constexpr std::size_t kRowsPerCall = 512;  // rows and their text stay in the second-level cache
constexpr std::size_t kTicksAtOnce = 32;   // of one car: their states too

/// To the nearest whole number, halves away from zero; the same on every processor.
template <class Int>
Int nearest_int(double value) {
  return static_cast<Int>(value + std::copysign(0.5, value));
}

const char* category_name(Category category) {
  switch (category) {
    case Category::flag:
    case Category::track_limits:
      return "Flag";
    case Category::safety_car:
      return "SafetyCar";
    case Category::retirement:
    case Category::pit:
      return "CarEvent";
    case Category::overtake:
    case Category::fastest_lap:
    case Category::penalty:
      return "Other";
  }
  return "";
}

const char* flag_name(Flag flag) {
  constexpr std::array kNames{"",     "GREEN",     "YELLOW", "DOUBLE YELLOW", "RED",
                              "BLUE", "CHEQUERED", "SC",     "VSC",           "RESTART"};
  return kNames[static_cast<std::size_t>(flag)];
}

const char* scope_name(Scope scope) {
  constexpr std::array kNames{"Track", "Sector", "Driver"};
  return kNames[static_cast<std::size_t>(scope)];
}

}  // namespace

struct RaceWalk::Scratch {
  RowBatch telemetry{schema_info<TelemetryRow>()};
  RowBatch checkpoints{schema_info<CheckpointPassRow>()};
  RowBatch laps{schema_info<LapRow>()};
  RowBatch messages{schema_info<RaceControlRow>()};
  RowBatch results{schema_info<ResultRow>()};
  std::vector<std::uint32_t> on_air;  ///< the cars of a stretch of ticks
  std::vector<std::int64_t> plan_ms;  ///< the times of these ticks
  std::vector<RowBatch> renamed;      ///< telemetry, then laps, where they have other names

  explicit Scratch(RowNames names) {
    if (names == RowNames::racesim) return;
    for (const Stream stream : {Stream::telemetry, Stream::laps})
      renamed.emplace_back(*schema_of(stream, names));
  }
  /// The rows under the names that are wanted.
  const RowBatch& named(const RowBatch& rows) {
    if (renamed.empty()) return rows;
    RowBatch& to = renamed[&rows == &telemetry ? 0 : 1];
    rename_rows(rows, to);
    return to;
  }
};

/// Renders a part of one session.
class RaceWalk::Painter {
 public:
  Painter(const RaceContext& context, ShardRange cars, Scratch& scratch, std::uint64_t session)
      : context_(context),
        cars_(cars),
        scratch_(scratch),
        place_(context.calendar->at(session)),
        session_number_(static_cast<std::uint16_t>(session + 1)),
        begin_ms_(context.origin_ms + static_cast<std::int64_t>(session) * context.calendar->period_ms()),
        globe_(context.track->anchor) {}

  /// Events of [from_ms, to_ms), epoch.
  void paint(std::int64_t from_ms, std::int64_t to_ms, RowConsumer& out);

 private:
  const Session& session() const { return *place_.session; }
  bool shown(const SideEvent& event) const;
  void paint_samples(std::uint64_t first, std::uint64_t last, RowConsumer& out);
  void paint_car(std::uint32_t car, std::size_t at, std::uint64_t first, Text driver);
  void set_row(TelemetryRow& row, const Segment& segment, const CarState& state) const;
  void paint_side(const SideEvent& event, RowConsumer& out);
  void paint_pass(const SideEvent& event);
  void paint_lap(const SideEvent& event);
  void add_sights(LapRow& row, const SideEvent& event);
  bool at_racing_speed(const SideEvent& event) const;
  void paint_message(const SideEvent& event);
  void paint_result(const SideEvent& event);
  template <class Row>
  Row& one_row(RowBatch& batch, const SideEvent& event);

  std::uint16_t number(std::uint32_t car) const {
    return static_cast<std::uint16_t>(session().input().entries[car].car);
  }
  std::int64_t epoch_ms(std::int64_t plan_ms) const { return begin_ms_ + kGridWait_ms + plan_ms; }

  const RaceContext& context_;
  const ShardRange cars_;
  Scratch& scratch_;
  const Calendar::Place place_;
  const std::uint16_t session_number_;
  const std::int64_t begin_ms_;  // epoch, of the session
  const Globe globe_;
};

bool RaceWalk::Painter::shown(const SideEvent& event) const {
  if (context_.stream_index[static_cast<std::size_t>(event.stream)] < 0) return false;
  if (event.stream == Stream::race_control) return cars_.first == 0;
  return event.car >= cars_.first && event.car < cars_.last;
}

void RaceWalk::Painter::paint(std::int64_t from_ms, std::int64_t to_ms, RowConsumer& out) {
  const std::int64_t from = std::max<std::int64_t>(0, from_ms - begin_ms_);
  const std::int64_t to = std::min(to_ms - begin_ms_, session().length_ms());
  if (from >= to) return;
  const std::uint64_t last = context_.rate.first_at(to);
  std::uint64_t at = context_.rate.first_at(from);
  const std::vector<SideEvent>& side = session().side_events();
  auto event = std::lower_bound(side.begin(), side.end(), from - kGridWait_ms,
                                [](const SideEvent& e, std::int64_t ms) { return e.time_ms < ms; });
  for (; event != side.end() && event->time_ms + kGridWait_ms < to; ++event) {
    if (!shown(*event)) continue;
    // Samples of the event's own millisecond come first.
    const std::uint64_t until = std::min(last, context_.rate.first_at(event->time_ms + kGridWait_ms + 1));
    paint_samples(at, until, out);
    at = std::max(at, until);
    paint_side(*event, out);
  }
  paint_samples(at, last, out);
}

/// Samples [first, last) of all cars on the air, tick by tick.
void RaceWalk::Painter::paint_samples(std::uint64_t first, std::uint64_t last, RowConsumer& out) {
  const int stream = context_.stream_index[static_cast<std::size_t>(Stream::telemetry)];
  if (stream < 0) return;
  RowBatch& rows = scratch_.telemetry;
  std::vector<std::uint32_t>& cars = scratch_.on_air;
  while (first < last) {
    // Within these ticks nobody goes off the air.
    std::uint64_t end = last;
    cars.clear();
    for (std::uint32_t car = cars_.first; car < cars_.last; ++car) {
      const std::uint64_t off = context_.rate.first_at(session().on_air_ms(car));
      if (off <= first) continue;
      cars.push_back(car);
      end = std::min(end, off);
    }
    if (cars.empty()) return;
    end = std::min(end, first + std::max<std::size_t>(1, kRowsPerCall / cars.size()));
    rows.clear();
    rows.resize((end - first) * cars.size());
    rows.heads.resize(rows.size());
    rows.apart = cars.size();
    scratch_.plan_ms.clear();
    for (std::uint64_t tick = first; tick < end; ++tick)
      scratch_.plan_ms.push_back(context_.rate.time_ms(tick) - kGridWait_ms);
    for (std::size_t at = 0; at < cars.size(); ++at)
      paint_car(cars[at], at, first, rows.add_text((*context_.drivers)[cars[at]]));
    out.take(static_cast<std::uint32_t>(stream), scratch_.named(rows));
    first = end;
  }
}

/// One car's samples from tick `first` on, at place `at` among the cars on the air.
void RaceWalk::Painter::paint_car(std::uint32_t car, std::size_t at, std::uint64_t first, Text driver) {
  const std::size_t cars = scratch_.on_air.size();
  const std::vector<std::int64_t>& plan_ms = scratch_.plan_ms;
  TelemetryRow* row = scratch_.telemetry.rows<TelemetryRow>().data() + at;
  EventHead* head = scratch_.telemetry.heads.data() + at;
  const auto segments = session().timelines().between(car, plan_ms.front(), plan_ms.back());
  auto segment = segments.begin();
  const auto standings = session().plan().standings.from(car, plan_ms.front());
  auto standing = standings.begin();
  const std::uint16_t car_number = number(car);
  std::uint64_t seq = place_.before.samples[car] + first;
  for (std::size_t tick = 0; tick < plan_ms.size();) {
    // As many ticks at once as lie in one segment.
    std::array<CarState, kTicksAtOnce> states;
    while (plan_ms[tick] >= segment->end_ms && segment + 1 != segments.end()) ++segment;
    const std::int64_t end_ms = segment + 1 != segments.end() ? segment->end_ms : INT64_MAX;
    const std::size_t most = std::min(plan_ms.size() - tick, kTicksAtOnce);
    std::size_t count = 1;
    while (count < most && plan_ms[tick + count] < end_ms) ++count;
    states_at(*segment, &plan_ms[tick], count, states.data());
    for (std::size_t i = 0; i < count; ++i, ++tick, row += cars, head += cars) {
      while (standing + 1 != standings.end() && standing[1].since_ms <= plan_ms[tick]) ++standing;
      set_row(*row, *segment, states[i]);
      row->position = static_cast<std::uint8_t>(standing->position);
      row->gap_ms = standing->gap_ms;
      row->run = {context_.run};
      row->session = session_number_;
      row->car = car_number;
      row->driver = driver;
      row->seq = seq++;
      row->session_time_ms = plan_ms[tick] + kGridWait_ms;
      row->time.ms = begin_ms_ + row->session_time_ms;
      *head = {row->time.ms * 1'000'000, car_number, car_number, row->seq};
    }
  }
}

void RaceWalk::Painter::set_row(TelemetryRow& row, const Segment& segment, const CarState& state) const {
  const double lateral_mps2 = state.v_mps * state.v_mps * state.curvature_1pm;
  row.lap = segment.lap;
  row.lap_distance_mm = nearest_int<std::int32_t>(state.s_m * 1000);
  row.speed_dkmh = nearest_int<std::uint16_t>(state.v_mps * 36);
  row.engine_rpm = nearest_int<std::uint16_t>(engine_rpm(segment, state));
  row.gear = state.gear;
  row.throttle_pct = state.throttle_pct;
  row.brake_pct = state.brake_pct;
  row.drs = state.drs;
  row.x_cm = nearest_int<std::int32_t>(state.x_m * 100);
  row.y_cm = nearest_int<std::int32_t>(state.y_m * 100);
  row.z_cm = {};
  if (!segment.path->z_m.empty()) [[unlikely]]
    row.z_cm.value = nearest_int<std::int32_t>(state.z_m * 100);
  row.latitude_udeg = globe_.latitude_udeg(state.y_m);
  row.longitude_udeg = globe_.longitude_udeg(state.x_m);
  row.lon_cg = nearest_int<std::int16_t>(state.a_mps2 * (100 / kGravity_mps2));
  row.lat_cg = nearest_int<std::int16_t>(lateral_mps2 * (100 / kGravity_mps2));
  row.fuel_g = nearest_int<std::int32_t>(state.fuel_g);
  row.tyre = segment.tyre;
  row.tyre_age_laps = segment.tyre_age_laps;
  row.tyre_wear_dpct = nearest_int<std::uint16_t>(state.wear_pct * 10);
  row.sector = segment.sector;
  row.status = segment.status;
}

void RaceWalk::Painter::paint_side(const SideEvent& event, RowConsumer& out) {
  const auto stream =
      static_cast<std::uint32_t>(context_.stream_index[static_cast<std::size_t>(event.stream)]);
  switch (event.stream) {
    case Stream::telemetry:
      break;
    case Stream::checkpoints:
      paint_pass(event);
      out.take(stream, scratch_.checkpoints);
      break;
    case Stream::laps:
      paint_lap(event);
      out.take(stream, scratch_.named(scratch_.laps));
      break;
    case Stream::race_control:
      paint_message(event);
      out.take(stream, scratch_.messages);
      break;
    case Stream::results:
      paint_result(event);
      out.take(stream, scratch_.results);
      break;
  }
}

/// A batch of one row, with what all rows have.
template <class Row>
Row& RaceWalk::Painter::one_row(RowBatch& batch, const SideEvent& event) {
  batch.clear();
  batch.resize(1);
  Row& row = batch.rows<Row>()[0];
  row = Row{};
  row.run = {context_.run};
  row.session = session_number_;
  row.time.ms = epoch_ms(event.time_ms);
  row.session_time_ms = event.time_ms + kGridWait_ms;
  return row;
}

void RaceWalk::Painter::paint_pass(const SideEvent& event) {
  const CarPlan& car = session().plan().cars[event.car];
  const std::uint32_t checkpoint = session().plan().checkpoint_of(car, event.index);
  const bool ends_lap = checkpoint == 0 && car.first_pass + event.index > 0;
  const Checkpoint& at = context_.track->checkpoints[checkpoint];
  const Segment& segment = session().timelines().at(event.car, event.time_ms);
  auto& row = one_row<CheckpointPassRow>(scratch_.checkpoints, event);
  row.car = number(event.car);
  row.driver = scratch_.checkpoints.add_text((*context_.drivers)[event.car]);
  row.seq = place_.before.passes[event.car] + event.seq;
  row.lap = static_cast<std::uint16_t>(session().plan().lap_of(car, event.index) - (ends_lap ? 1 : 0));
  row.checkpoint = static_cast<std::uint16_t>(checkpoint);
  row.name = scratch_.checkpoints.add_text(at.name);
  row.s_mm = nearest_int<std::int32_t>(at.s_m * 1000);
  if (ends_lap) row.sector = 3;
  for (std::uint8_t sector = 0; sector < 2; ++sector)
    if (checkpoint == context_.track->sector_ends[sector]) row.sector = static_cast<std::uint8_t>(sector + 1);
  row.speed_dkmh = nearest_int<std::uint16_t>(state_at(segment, event.time_ms).v_mps * 36);
  const Standing& standing = session().plan().standings.at_pass(event.car, event.time_ms);
  row.position = static_cast<std::uint8_t>(standing.position);
  row.gap_ms = standing.gap_ms;
  scratch_.checkpoints.heads.push_back({row.time.ms * 1'000'000, row.car, row.car, row.seq});
}

void RaceWalk::Painter::paint_lap(const SideEvent& event) {
  const CarPlan& car = session().plan().cars[event.car];
  const LapPlan& lap = car.laps[event.index];
  auto& row = one_row<LapRow>(scratch_.laps, event);
  row.car = number(event.car);
  row.driver = scratch_.laps.add_text((*context_.drivers)[event.car]);
  row.seq = place_.before.laps[event.car] + event.seq;
  row.lap = static_cast<std::uint16_t>(event.index + 1);
  row.start_time_ms = lap.begin_ms + kGridWait_ms;
  if (!lap.from_box) {
    row.lap_time_ms = {static_cast<std::int32_t>(lap.end_ms - lap.begin_ms)};
    row.sector1_ms = {static_cast<std::int32_t>(lap.sector_ms[0])};
  }
  row.sector2_ms = {static_cast<std::int32_t>(lap.sector_ms[1])};
  row.sector3_ms = {static_cast<std::int32_t>(lap.sector_ms[2])};
  row.tyre = lap.compound;
  row.tyre_age_laps = static_cast<std::uint8_t>(lap.tyre_age_laps + 1);
  row.stint = static_cast<std::uint8_t>(lap.stint);
  const Standing& standing = session().plan().standings.at_pass(event.car, event.time_ms);
  row.position = static_cast<std::uint8_t>(standing.position);
  row.gap_ms = standing.gap_ms;
  row.pit_in = lap.pit_in;
  row.pit_out = lap.pit_out;
  row.is_valid = lap.is_valid;
  row.deleted = !lap.is_valid;
  row.deleted_reason = scratch_.laps.add_text(lap.is_valid ? "" : "TRACK LIMITS");
  add_sights(row, event);
  scratch_.laps.heads.push_back({row.time.ms * 1'000'000, row.car, row.car, row.seq});
}

void RaceWalk::Painter::add_sights(LapRow& row, const SideEvent& event) {
  const LapSights seen = see_lap(session(), *context_.track, context_.trap_m, event.car, event.index);
  const auto dkmh = [](double mps) { return nearest_int<std::uint16_t>(mps * 36); };
  row.team = scratch_.laps.add_text((*context_.teams)[event.car]);
  row.speed_s1_dkmh = dkmh(seen.sector1_mps);
  row.speed_s2_dkmh = dkmh(seen.sector2_mps);
  row.speed_line_dkmh = dkmh(seen.line_mps);
  row.speed_trap_dkmh = dkmh(seen.trap_mps);
  if (seen.pit_in_ms.has_value()) row.pit_in_ms.value = seen.pit_in_ms.value + kGridWait_ms;
  if (seen.pit_out_ms.has_value()) row.pit_out_ms.value = seen.pit_out_ms.value + kGridWait_ms;
  row.is_best = seen.is_best;
  row.track_status = scratch_.laps.add_text(seen.track_status);
  const bool is_timed = row.lap_time_ms.has_value() && row.sector1_ms.has_value();
  row.is_accurate = is_timed && !row.pit_in && !row.pit_out && at_racing_speed(event);
}

/// Green or yellow, and not the first lap after one behind the safety car.
bool RaceWalk::Painter::at_racing_speed(const SideEvent& event) const {
  const std::vector<LapPlan>& laps = session().plan().cars[event.car].laps;
  const auto status = [&](std::size_t lap) {
    return session().track_status(laps[lap].begin_ms, laps[lap].end_ms);
  };
  if (status(event.index).find_first_not_of("12") != std::string::npos) return false;
  return event.index == 0 || status(event.index - 1) != "4";
}

void RaceWalk::Painter::paint_message(const SideEvent& event) {
  const ControlMessage& message = session().plan().messages[event.car];
  RowBatch& batch = scratch_.messages;
  auto& row = one_row<RaceControlRow>(batch, event);
  row.seq = place_.before.messages + event.seq;
  row.lap = static_cast<std::uint16_t>(message.lap);
  row.category = batch.add_text(category_name(message.category));
  row.flag = batch.add_text(flag_name(message.flag));
  row.scope = batch.add_text(scope_name(message.scope));
  row.sector = message.sector;
  row.car = static_cast<std::uint16_t>(message.car);
  row.message = batch.add_text(message.text);
  if (message.seconds > 0) row.seconds_ms = {message.seconds * 1000};
  row.reason = batch.add_text(message.reason);
  batch.heads.push_back({row.time.ms * 1'000'000, 0, 0, row.seq});
}

void RaceWalk::Painter::paint_result(const SideEvent& event) {
  RowBatch& batch = scratch_.results;
  auto& row = one_row<ResultRow>(batch, event);
  row.car = number(event.car);
  row.driver = batch.add_text((*context_.drivers)[event.car]);
  row.team = batch.add_text((*context_.teams)[event.car]);
  row.seq = session_number_ - 1U;
  const Outcome outcome = outcome_of(session().plan(), event.car);
  row.position = static_cast<std::uint8_t>(outcome.position);
  row.classified = outcome.classified;
  row.grid.value = outcome.grid.value;
  row.laps = static_cast<std::uint16_t>(outcome.laps);
  row.time_ms = outcome.time_ms;
  row.gap_ms = outcome.gap_ms;
  row.points = outcome.points;
  row.status = batch.add_text(outcome.status);
  row.q1_ms = outcome.part_ms[0];
  row.q2_ms = outcome.part_ms[1];
  row.q3_ms = outcome.part_ms[2];
  row.penalties_ms = static_cast<std::int32_t>(outcome.penalties_ms);
  batch.heads.push_back({row.time.ms * 1'000'000, row.car, row.car, row.seq});
}

RaceWalk::RaceWalk(const RaceContext& context, ShardRange cars) : context_(context), cars_(cars) {}
RaceWalk::~RaceWalk() = default;

std::unique_ptr<RaceWalk::Scratch> RaceWalk::take_scratch() {
  const std::scoped_lock lock(mutex_);
  if (free_.empty()) return std::make_unique<Scratch>(context_.names);
  auto scratch = std::move(free_.back());
  free_.pop_back();
  return scratch;
}

void RaceWalk::give_back(std::unique_ptr<Scratch> scratch) {
  const std::scoped_lock lock(mutex_);
  free_.push_back(std::move(scratch));
}

void RaceWalk::fill(std::uint64_t index, RowConsumer& out) {
  if (cars_.first == cars_.last) return;
  const std::int64_t from_ms = context_.start_ms + (static_cast<std::int64_t>(index) << context_.slice_shift);
  const std::int64_t to_ms = std::min(context_.end_ms, from_ms + (std::int64_t{1} << context_.slice_shift));
  const std::int64_t period_ms = context_.calendar->period_ms();
  auto scratch = take_scratch();
  const auto first = static_cast<std::uint64_t>((from_ms - context_.origin_ms) / period_ms);
  const auto last = static_cast<std::uint64_t>((to_ms - 1 - context_.origin_ms) / period_ms);
  for (std::uint64_t session = first; session <= last && session < context_.sessions; ++session) {
    const std::int64_t begin_ms = context_.origin_ms + static_cast<std::int64_t>(session) * period_ms;
    if (!context_.calendar->is_over(session, from_ms - begin_ms))
      Painter(context_, cars_, *scratch, session).paint(from_ms, to_ms, out);
  }
  give_back(std::move(scratch));
}

}  // namespace racesim::race
