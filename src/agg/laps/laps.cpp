#include "agg/laps/laps.h"

#include <algorithm>

namespace racesim {
namespace {

// Two a lap and car: a run's lines are known long before, or never.
constexpr std::size_t kMostWaiting = 8'192;
// Telemetry's number of the way to the line before the first lap.
constexpr std::uint16_t kNoLap = 0;

}  // namespace

void Laps::begin_car(std::uint32_t slot, const CarKey& key) {
  if (slot >= cars_.size()) cars_.resize(slot + 1);
  cars_[slot] = Car{};
  cars_[slot].run = key.run;
  cars_[slot].number = key.car;
  cars_[slot].lines = lines_.use(key.run);
}

void Laps::add(const RowBatch& rows, const LaneArrivals& arrivals, std::vector<Refused>& refused) {
  rows_.add(rows, arrivals, refused, *this);
}

void Laps::fold(std::uint32_t slot, const Sample& sample, std::uint64_t missing) {
  Car& car = cars_[slot];
  if (car.trace.goes_on(sample)) [[likely]]
    car.lap.missing += missing;
  else
    follow(car, sample, missing);
  if (sample.starts_lap_one()) car.lap.begin_ms = sample.session_begin_ms + kLightsOut_ms;
  car.lap.add(sample);
}

void Laps::follow(Car& car, const Sample& sample, std::uint64_t missing) {
  const Step step = car.trace.follow(sample, missing);
  switch (step.kind) {
    case Step::Kind::sector:
      car.lap.missing += missing;
      pass_sector(car, step, missing);
      break;
    case Step::Kind::lap:
      pass_line(car, step, missing, sample);
      break;
    case Step::Kind::lost:
      car.lap.missing += missing;
      close(car);
      open(car, sample);
      break;
  }
}

void Laps::pass_sector(Car& car, const Step& step, std::uint64_t missing) {
  if (step.line >= 0) {
    const auto line = static_cast<std::size_t>(step.line);
    if (step.narrows) lines_.narrow(car.lines, step.line, step.crossing);
    car.lap.crossings[line] = step.crossing;
    car.lap.crossed = static_cast<std::uint8_t>(car.lap.crossed | 1U << line);
    if (missing > 0) car.lap.interpolated = 1;
  }
  if (emit_ == Emit::update && car.lap.lap != kNoLap) give(car.lap, car.lines);
}

void Laps::pass_line(Car& car, const Step& step, std::uint64_t missing, const Sample& sample) {
  // Samples are evenly spread over the hole; one at the line's own millisecond is of the new lap.
  const std::uint64_t holes = std::min<std::uint64_t>(missing, UINT32_MAX);
  const auto to_line_ms = static_cast<std::uint64_t>(step.line_ms - step.crossing.before.time_ms);
  const auto gap_ms = static_cast<std::uint64_t>(step.crossing.gap_ms());
  const std::uint64_t before = std::min(holes, (to_line_ms * (holes + 1) - 1) / gap_ms);
  car.lap.missing += before;
  car.lap.end_ms = step.line_ms;
  if (missing > 0) car.lap.interpolated = 1;
  close(car);
  open(car, sample);
  const bool from_box = car.lap.by_best_laps != 0 && sample.status == CarStatus::pit;
  if (!from_box) car.lap.begin_ms = step.line_ms;
  car.lap.missing = missing - before;
  if (missing > 0) car.lap.interpolated = 1;
}

void Laps::open(Car& car, const Sample& sample) {
  const bool goes_on = car.lap.samples > 0 && car.lap.session == sample.session;
  const std::uint8_t by_best_laps = goes_on ? car.lap.by_best_laps : (sample.begins_in_box() ? 1 : 0);
  car.lap = LapSums{};
  car.lap.by_best_laps = by_best_laps;
  car.lap.run = car.run;
  car.lap.car = car.number;
  car.lap.session = sample.session;
  // Behind the chequered flag a car drives no lap.
  car.lap.lap = sample.status == CarStatus::finished ? kNoLap : sample.lap;
}

/// The lap is as it will stay, but for what lines tell of it.
void Laps::close(Car& car) {
  if (car.lap.samples == 0 || car.lap.lap == kNoLap) return;
  const bool waits = waits_for_lines(car.lap, lines_.of(car.lines));
  if (!waits || emit_ == Emit::update) give(car.lap, car.lines);
  if (!waits) return;
  waiting_.push_back({car.lap, lines_.use(car.run), 0});
  if (waiting_.size() > kMostWaiting) settle(kMostWaiting / 2);
}

void Laps::give(const LapSums& lap, std::uint32_t lines) {
  ready_.push_back({lap_row(lap, lines_.of(lines)), lap.driver});
}

/// Of the laps that wait gives out those whose lines are known, and the oldest ones as they are.
void Laps::settle(std::size_t oldest) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < waiting_.size(); ++i) {
    const Closed& closed = waiting_[i];
    if (i >= oldest && waits_for_lines(closed.lap, lines_.of(closed.lines))) {
      waiting_[kept++] = closed;
      continue;
    }
    give(closed.lap, closed.lines);
    lines_.release(closed.lines);
  }
  waiting_.resize(kept);
}

void Laps::advance(std::int64_t watermark_us, RowBatch& results) {
  rows_.advance(watermark_us, *this);
  if (lines_.take_changed()) settle(0);
  if (watermark_us != kNoWatermark_us && watermark_us > looked_us_ + kLookForGone_us) {
    looked_us_ = watermark_us;
    forget_gone(watermark_us);
  }
  put_named(ready_, rows_, results);
}

void Laps::forget_gone(std::int64_t watermark_us) {
  for (std::uint32_t slot = 0; slot < rows_.size(); ++slot) {
    Car& car = cars_[slot];
    if (!rows_.used(slot) || rows_.waits(slot)) continue;
    if (!car.trace.empty() && car.trace.last().time_ms * 1000 + kGone_us > watermark_us) continue;
    close(car);
    lines_.release(car.lines);
    rows_.forget(slot);
  }
}

void Laps::finish(RowBatch& results) {
  rows_.advance(kEndOfTime_us, *this);
  for (std::uint32_t slot = 0; slot < rows_.size(); ++slot)
    if (rows_.used(slot)) {
      close(cars_[slot]);
      cars_[slot].lap = LapSums{};
    }
  settle(waiting_.size());
  put_named(ready_, rows_, results);
}

void Laps::save(StateWriter& out) const {
  rows_.save(out);
  lines_.save(out);
  out.put(looked_us_);
  for (std::uint32_t slot = 0; slot < rows_.size(); ++slot) {
    const Car& car = cars_[slot];
    car.trace.save(out);
    out.put(car.lap);
    out.put(car.run);
    out.put(car.lines);
    out.put(car.number);
  }
  put_list(waiting_, out);
}

Done Laps::load(StateReader& in) {
  rows_.load(in);
  lines_.load(in);
  looked_us_ = in.get<std::int64_t>();
  cars_.resize(rows_.size());
  for (Car& car : cars_) {
    car.trace.load(in);
    car.lap = in.get<LapSums>();
    car.run = in.get<std::uint32_t>();
    car.lines = in.get<std::uint32_t>();
    car.number = in.get<std::uint16_t>();
  }
  get_list(waiting_, in);
  return in.done();
}

}  // namespace racesim
