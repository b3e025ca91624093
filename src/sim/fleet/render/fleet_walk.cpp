#include "sim/fleet/render/fleet_walk.h"

#include <algorithm>

#include "model/fleet.h"
#include "sim/fleet/render/cursor.h"

namespace racesim::fleet {
namespace {

constexpr std::size_t kRowsPerCall = 512;  // rows and their text stay in the second-level cache

/// To the nearest whole number; the same on every processor.
std::int32_t nearest(double value) {
  return static_cast<std::int32_t>(value + (value < 0 ? -0.5 : 0.5));
}

/// The engine does not turn quite evenly, with misfires not at all.
double unevenness_rpm(const Vehicle& vehicle, std::uint64_t tick, bool misfires) {
  const std::uint64_t bits = mix64(vehicle.key.b ^ (tick * kGoldenGamma));
  const double share = (static_cast<double>(bits & 0xffff) - 32'768) / 32'768;
  return share * (misfires ? 95 : 9);
}

}  // namespace

/// The state of one thread.
class FleetWalk::Painter {
 public:
  Painter(const FleetContext& context, std::uint32_t first, std::uint32_t last)
      : context_(context), first_(first), last_(last), cursors_(last - first) {}

  void paint(const Slice& slice, RowConsumer& out);
  /// Behind the last one that it has painted.
  std::uint64_t next_slice() const { return next_slice_; }

 private:
  /// A packet that a gap held back.
  struct Late {
    std::int64_t emit_us;
    std::uint32_t vehicle;
    std::uint64_t tick;
  };
  struct Straggler {
    std::uint32_t vehicle = 0;
    std::int64_t last_us = 0;  ///< the cursor's time
    Cursor cursor;
  };

  void paint_ticks(std::uint64_t tick, std::uint64_t count, std::uint32_t first, std::uint32_t last,
                   RowConsumer& out);
  void paint_vehicle(std::uint32_t vehicle, std::uint64_t tick, std::uint64_t count, std::size_t at,
                     std::size_t step);
  void set_row(FleetRow& row, EventHead& head, std::uint32_t vehicle, Cursor& cursor, std::uint64_t tick,
               std::int64_t time_us) const;
  void find_late(std::int64_t from_us, std::int64_t to_us);
  void hand_out(std::uint64_t tick, std::uint64_t count, std::uint32_t first, std::uint32_t last,
                RowConsumer& out);
  void add_late_before(std::int64_t emit_us, std::uint32_t vehicle, RowConsumer& out);
  void add_late(const Late& late);
  void flush(RowConsumer& out);
  Cursor& straggler(std::uint32_t vehicle, std::int64_t time_us);

  const FleetContext& context_;
  const std::uint32_t first_, last_;
  std::vector<Cursor> cursors_;
  RowBatch rows_{schema_info<FleetRow>()};
  RowBatch merged_{schema_info<FleetRow>()};
  std::vector<std::int64_t> tick_us_;  ///< since the epoch, of the ticks that are painted
  std::vector<RadioGap> gaps_;         ///< of this slice, by vehicle
  std::vector<Late> late_;             ///< sent in this slice, in order
  std::size_t next_late_ = 0;
  std::uint64_t next_slice_ = 0;
  std::vector<Straggler> stragglers_;  ///< cursors of vehicles that catch up
};

void FleetWalk::Painter::paint(const Slice& slice, RowConsumer& out) {
  // Threads may come out of order; cursors go forward only.
  if (slice.index < next_slice_) {
    std::fill(cursors_.begin(), cursors_.end(), Cursor());
    stragglers_.clear();
  }
  next_slice_ = slice.index + 1;
  const Ticks& ticks = context_.ticks;
  const std::int64_t from_us = slice.begin_ns / 1000 - context_.start_us();
  const std::int64_t to_us = slice.end_ns / 1000 - context_.start_us();
  find_late(from_us, to_us);
  // The last tick of the first vehicle at or before the slice's begin.
  std::uint64_t tick = ticks.first_at(from_us + 1);
  if (tick > 0) --tick;
  while (ticks.time_us(tick) < to_us) {
    const std::int64_t tick_us = ticks.time_us(tick);
    const auto begin = static_cast<std::uint32_t>(ticks.first_with_phase(from_us - tick_us));
    const auto end = static_cast<std::uint32_t>(ticks.first_with_phase(to_us - tick_us));
    const std::uint32_t first = std::max(first_, begin);
    const std::uint32_t last = std::min(last_, end);
    std::uint64_t count = 1;
    if (begin == 0 && end == ticks.vehicles && first < last) {
      // Whole ticks are painted together.
      const std::uint64_t most = std::max<std::uint64_t>(1, kRowsPerCall / (last - first));
      while (count < most && ticks.time_us(tick + count) + ticks.phase_us(ticks.vehicles - 1) < to_us)
        ++count;
    }
    for (std::uint32_t vehicle = first; vehicle < last; vehicle += kRowsPerCall)
      paint_ticks(tick, count, vehicle, std::min<std::uint32_t>(last, vehicle + kRowsPerCall), out);
    tick += count;
  }
  add_late_before(INT64_MAX, UINT32_MAX, out);
  flush(out);
}

void FleetWalk::Painter::paint_ticks(std::uint64_t tick, std::uint64_t count, std::uint32_t first,
                                     std::uint32_t last, RowConsumer& out) {
  tick_us_.clear();
  for (std::uint64_t i = 0; i < count; ++i)
    tick_us_.push_back(context_.start_us() + context_.ticks.time_us(tick + i));
  const std::size_t vehicles = last - first;
  rows_.clear();
  rows_.resize(count * vehicles);
  rows_.heads.resize(rows_.size());
  for (std::uint32_t vehicle = first; vehicle < last; ++vehicle)
    paint_vehicle(vehicle, tick, count, vehicle - first, vehicles);
  if (gaps_.empty())
    out.take(0, rows_);
  else
    hand_out(tick, count, first, last, out);
}

void FleetWalk::Painter::paint_vehicle(std::uint32_t vehicle, std::uint64_t tick, std::uint64_t count,
                                       std::size_t at, std::size_t step) {
  const Text id = rows_.add_text((*context_.ids)[vehicle]);
  const std::int64_t phase_us = context_.ticks.phase_us(vehicle);
  Cursor& cursor = cursors_[vehicle - first_];
  if (!cursor.is_open())
    cursor =
        Cursor((*context_.vehicles)[vehicle], *context_.planner, *context_.time, tick_us_.front() + phase_us);
  FleetRow* row = rows_.rows<FleetRow>().data() + at;
  EventHead* head = rows_.heads.data() + at;
  for (std::uint64_t i = 0; i < count; ++i, row += step, head += step) {
    row->vehicle_id = id;
    set_row(*row, *head, vehicle, cursor, tick + i, tick_us_[i] + phase_us);
  }
}

void FleetWalk::Painter::set_row(FleetRow& row, EventHead& head, std::uint32_t vehicle, Cursor& cursor,
                                 std::uint64_t tick, std::int64_t time_us) const {
  const Vehicle& car = (*context_.vehicles)[vehicle];
  const Sight sight = cursor.at(time_us);
  const Trouble& trouble = cursor.trouble(time_us);
  const Motion& piece = cursor.piece();
  row.timestamp.us = time_us;
  row.latitude_udeg = nearest(sight.latitude_udeg);
  row.longitude_udeg = nearest(sight.longitude_udeg);
  row.speed_dkmh = static_cast<std::uint16_t>(nearest(sight.v_mps * 36));
  const double rpm = sight.rpm > 0 ? sight.rpm + unevenness_rpm(car, tick, trouble.misfiring) : 0;
  row.engine_rpm = static_cast<std::uint16_t>(nearest(rpm));
  row.gear = piece.gear;
  row.fuel_level_dpct = static_cast<std::uint16_t>(nearest(sight.fuel_l * car.dpct_per_l));
  row.fault_codes = trouble.codes;
  row.road_type = piece.road_type;
  row.speed_limit_kmh = piece.limit_kmh;
  row.speeding = row.speed_dkmh > piece.limit_kmh * 10;
  row.rpm_over_redline = row.engine_rpm > car.redline_rpm;
  row.seq = tick;
  row.run = {context_.run};
  head = {time_us * 1000, vehicle, vehicle, tick};
}

/// The slice's gaps, and the packets that come out of them in it.
void FleetWalk::Painter::find_late(std::int64_t from_us, std::int64_t to_us) {
  context_.radio->between(from_us, to_us, first_, last_, gaps_);
  late_.clear();
  next_late_ = 0;
  for (const RadioGap& gap : gaps_) {
    std::uint64_t tick = gap.first;
    if (from_us > gap.end_us)
      tick += static_cast<std::uint64_t>((from_us - gap.end_us + gap.step_us - 1) / gap.step_us);
    for (; tick < gap.last && gap.emit_us(tick) < to_us; ++tick)
      late_.push_back({gap.emit_us(tick), gap.vehicle, tick});
  }
  std::sort(late_.begin(), late_.end(), [](const Late& a, const Late& b) {
    return a.emit_us != b.emit_us   ? a.emit_us < b.emit_us
           : a.vehicle != b.vehicle ? a.vehicle < b.vehicle
                                    : a.tick < b.tick;
  });
  const auto done = [&](const Straggler& straggler) {
    return std::none_of(gaps_.begin(), gaps_.end(),
                        [&](const RadioGap& gap) { return gap.vehicle == straggler.vehicle; });
  };
  stragglers_.erase(std::remove_if(stragglers_.begin(), stragglers_.end(), done), stragglers_.end());
}

/// What was painted, without those that are late and with those that come late.
void FleetWalk::Painter::hand_out(std::uint64_t tick, std::uint64_t count, std::uint32_t first,
                                  std::uint32_t last, RowConsumer& out) {
  const auto rows = rows_.rows<FleetRow>();
  const auto first_gap =
      std::lower_bound(gaps_.begin(), gaps_.end(), first,
                       [](const RadioGap& gap, std::uint32_t v) { return gap.vehicle < v; });
  std::size_t i = 0;
  for (std::uint64_t n = tick; n < tick + count; ++n) {
    auto gap = first_gap;
    for (std::uint32_t vehicle = first; vehicle < last; ++vehicle, ++i) {
      const EventHead& head = rows_.heads[i];
      if (next_late_ < late_.size())
        add_late_before(head.emit_time_ns / 1000 - context_.start_us(), vehicle, out);
      while (gap != gaps_.end() && gap->vehicle < vehicle) ++gap;
      if (gap != gaps_.end() && gap->vehicle == vehicle && n >= gap->first && n < gap->last) continue;
      merged_.resize(merged_.size() + 1);
      FleetRow& row = merged_.rows<FleetRow>().back();
      row = rows[i];
      row.vehicle_id = merged_.add_text(rows_.text(rows[i].vehicle_id));
      merged_.heads.push_back(head);
    }
  }
  flush(out);
}

void FleetWalk::Painter::add_late_before(std::int64_t emit_us, std::uint32_t vehicle, RowConsumer& out) {
  for (; next_late_ < late_.size(); ++next_late_) {
    const Late& late = late_[next_late_];
    if (late.emit_us > emit_us || (late.emit_us == emit_us && late.vehicle > vehicle)) return;
    if (merged_.size() >= kRowsPerCall) flush(out);
    add_late(late);
  }
}

void FleetWalk::Painter::add_late(const Late& late) {
  const std::int64_t time_us =
      context_.start_us() + context_.ticks.time_us(late.tick) + context_.ticks.phase_us(late.vehicle);
  merged_.resize(merged_.size() + 1);
  FleetRow& row = merged_.rows<FleetRow>().back();
  row.vehicle_id = merged_.add_text((*context_.ids)[late.vehicle]);
  EventHead head;
  set_row(row, head, late.vehicle, straggler(late.vehicle, time_us), late.tick, time_us);
  head.emit_time_ns = (context_.start_us() + late.emit_us) * 1000;
  merged_.heads.push_back(head);
}

/// The vehicle's own cursor is ahead of the packets that come late.
Cursor& FleetWalk::Painter::straggler(std::uint32_t vehicle, std::int64_t time_us) {
  const auto found = std::find_if(stragglers_.begin(), stragglers_.end(),
                                  [&](const Straggler& straggler) { return straggler.vehicle == vehicle; });
  const bool is_new = found == stragglers_.end();
  Straggler& at = is_new ? stragglers_.emplace_back() : *found;
  if (is_new || at.last_us > time_us)
    at.cursor = Cursor((*context_.vehicles)[vehicle], *context_.planner, *context_.time, time_us);
  at.vehicle = vehicle;
  at.last_us = time_us;
  return at.cursor;
}

void FleetWalk::Painter::flush(RowConsumer& out) {
  if (!merged_.empty()) out.take(0, merged_);
  merged_.clear();
}

FleetWalk::FleetWalk(const FleetContext& context, std::uint32_t first, std::uint32_t last)
    : context_(context), first_(first), last_(last) {}
FleetWalk::~FleetWalk() = default;

std::unique_ptr<FleetWalk::Painter> FleetWalk::take_painter(std::uint64_t slice) {
  const std::scoped_lock lock(mutex_);
  if (free_.empty()) return std::make_unique<Painter>(context_, first_, last_);
  auto best = free_.end() - 1;
  for (auto at = free_.begin(); at != free_.end(); ++at)
    if ((*at)->next_slice() <= slice &&
        ((*best)->next_slice() > slice || (*at)->next_slice() > (*best)->next_slice()))
      best = at;
  std::swap(*best, free_.back());
  auto painter = std::move(free_.back());
  free_.pop_back();
  return painter;
}

void FleetWalk::give_back(std::unique_ptr<Painter> painter) {
  const std::scoped_lock lock(mutex_);
  free_.push_back(std::move(painter));
}

void FleetWalk::fill(std::uint64_t index, RowConsumer& out) {
  if (first_ == last_) return;
  auto painter = take_painter(index);
  painter->paint(context_.slices.at(index), out);
  give_back(std::move(painter));
}

}  // namespace racesim::fleet
