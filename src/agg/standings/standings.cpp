#include "agg/standings/standings.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "base/random.h"

namespace racesim::standings {
namespace {

constexpr std::size_t kMostSettled = 16'384;

constexpr std::uint32_t kTyre = telemetry_field("tyre");

Maybe<std::int64_t> maybe(std::int64_t ms) {
  Maybe<std::int64_t> value;
  if (ms != kUnknown_ms) value.value = ms;
  return value;
}

std::uint64_t hash_of(const StandingsRow& row) {
  std::uint64_t hash = 1;
  for (const std::int64_t part :
       {row.time.ms, row.gap_ms.value, row.interval_ms.value, row.last_lap_ms.value, row.best_lap_ms.value,
        std::int64_t{row.position}, std::int64_t{row.laps_behind}})
    hash = mix64(hash + static_cast<std::uint64_t>(part));
  return hash | 1;
}

std::int64_t due_us(const Passing& passing) {
  // Whoever passed before was seen behind the line at most so much later.
  return (passing.seen_ms() + kMostGap_ms) * 1000;
}

}  // namespace

void Standings::add(const RowBatch& rows, const LaneArrivals& arrivals, std::vector<Refused>& refused) {
  rows_.add(rows, arrivals, refused, *this);
}

void Standings::begin_car(std::uint32_t slot, const CarKey& key) {
  if (slot >= cars_.size()) cars_.resize(slot + 1);
  cars_[slot] = Car{};
  cars_[slot].run = key.run;
  cars_[slot].number = key.car;
  cars_[slot].lines = lines_.use(key.run);
}

std::uint32_t Standings::board(std::uint32_t run, std::uint16_t session) {
  for (std::uint32_t i = 0; i < boards_.size(); ++i)
    if (boards_[i].run() == run && boards_[i].session() == session && boards_[i].in_use()) return i;
  std::uint32_t free = 0;
  while (free < boards_.size() && boards_[free].in_use()) ++free;
  if (free == boards_.size()) boards_.emplace_back();
  boards_[free] = SessionBoard(run, session);
  return free;
}

SessionBoard& Standings::board_of(const Passing& passing) {
  return boards_[board(passing.run, passing.session)];
}

void Standings::begin_session(Car& car, const Sample& sample) {
  Car fresh;
  fresh.trace = car.trace;
  fresh.run = car.run;
  fresh.lines = car.lines;
  fresh.number = car.number;
  fresh.session = sample.session;
  fresh.board = board(car.run, sample.session);
  // Whoever stands in the box already did not come in for a stop.
  fresh.in_pit = fresh.stood = sample.status == CarStatus::pit ? 1 : 0;
  fresh.by_best_laps = sample.begins_in_box() ? 1 : 0;
  fresh.passed = line_number(sample.lap, std::max<std::uint32_t>(sample.sector, 1) - 1);
  boards_[fresh.board].begin_car(car.number, fresh.passed, sample.sight.time_ms);
  car = fresh;
}

void Standings::fold(std::uint32_t slot, const Sample& sample, std::uint64_t missing) {
  Car& car = cars_[slot];
  if (!car.trace.goes_on(sample)) [[unlikely]]
    follow(car, sample, missing);
  boards_[car.board].see(sample.sight.time_ms);
  if (sample.status == CarStatus::out && car.gone == 0) [[unlikely]] {
    car.gone = 1;
    boards_[car.board].give_up(car.number, sample.sight.time_ms);
  }
  if (sample.starts_lap_one()) car.lap_begin_ms = sample.session_begin_ms + kLightsOut_ms;
  watch_pit(car, sample);
}

void Standings::follow(Car& car, const Sample& sample, std::uint64_t missing) {
  const bool first = car.trace.empty() || car.session != sample.session;
  const Step step = car.trace.follow(sample, missing);
  if (first) begin_session(car, sample);
  if (sample.lap == 0) boards_[car.board].goes_by_best_laps();
  const std::uint32_t passed = line_number(sample.lap, std::max<std::uint32_t>(sample.sector, 1) - 1);
  // Behind the flag nobody gains a place; the line that lies under it is the last one.
  const bool finished = sample.status == CarStatus::finished;
  const bool is_over = car.finished != 0 || (finished && step.kind != Step::Kind::lap);
  car.finished = finished ? 1 : 0;
  if (step.kind == Step::Kind::lap && !is_over) {
    const auto ended = static_cast<std::uint16_t>(sample.lap - 1);
    end_lap(car, step.line_ms);
    if (car.by_best_laps != 0 && sample.status == CarStatus::pit) car.lap_begin_ms = kUnknown_ms;
    if (ended > 0) pass(car, sample, step, ended, 3);
  } else if (step.line >= 0 && sample.lap > 0) {
    if (step.narrows) lines_.narrow(car.lines, step.line, step.crossing);
    if (!is_over) pass(car, sample, step, sample.lap, static_cast<std::uint8_t>(step.line + 1));
  } else if (step.kind == Step::Kind::lost) {
    car.lap_begin_ms = kUnknown_ms;
    car.lap_touches_pit = 0;
  }
  if (passed > car.passed && !is_over) miss(car, sample, passed);
}

void Standings::end_lap(Car& car, std::int64_t line_ms) {
  const std::int64_t begin_ms = std::exchange(car.lap_begin_ms, line_ms);
  const bool free = std::exchange(car.lap_touches_pit, 0) == 0;
  car.last_lap_ms = kUnknown_ms;
  if (begin_ms == kUnknown_ms) return;
  car.last_lap_ms = line_ms - begin_ms;
  const auto better = [&](std::int64_t& best_ms) {
    best_ms = best_ms == kUnknown_ms ? car.last_lap_ms : std::min(best_ms, car.last_lap_ms);
  };
  better(car.best_lap_ms);
  if (free) better(car.best_free_lap_ms);
}

void Standings::pass(Car& car, const Sample& sample, const Step& step, std::uint16_t lap,
                     std::uint8_t sector) {
  Passing passing;
  passing.crossing = step.crossing;
  if (sector == 3) passing.line_ms = step.line_ms;
  passing.last_lap_ms = car.last_lap_ms;
  passing.best_lap_ms = car.best_lap_ms;
  passing.best_free_lap_ms = car.best_free_lap_ms;
  passing.run = car.run;
  passing.driver = sample.driver;
  passing.number = line_number(lap, sector);
  passing.lines = lines_.use(car.run);
  passing.session = car.session;
  passing.car = car.number;
  passing.lap = lap;
  passing.pit_stops = car.pit_stops;
  passing.sector = sector;
  passing.tyre =
      (sample.missing_fields & kTyre) == 0 ? static_cast<TyreSeen>(sample.tyre) : TyreSeen::unknown;
  passing.status = sample.status;
  if (passing.number > car.passed + 1) miss(car, sample, passing.number - 1);
  car.passed = passing.number;
  SessionBoard& board = boards_[car.board];
  board.pass(passing);
  if (emit_ == Emit::update) {
    board.look_back(passing);
    give(passing);
  }
  open_.push_back(passing);
  next_due_us_ = std::min(next_due_us_, due_us(passing));
}

/// Lines up to that one lie behind the car.
void Standings::miss(Car& car, const Sample& sample, std::uint32_t up_to) {
  boards_[car.board].pass_unseen(car.number, car.passed + 1, up_to, sample.sight.time_ms);
  car.passed = up_to;
}

void Standings::watch_pit(Car& car, const Sample& sample) {
  if (sample.status != CarStatus::pit) {
    car.in_pit = 0;
    return;
  }
  car.lap_touches_pit = 1;
  if (car.in_pit == 0) car.stood = 0;
  car.in_pit = 1;
  if (sample.sight.speed_dkmh > 0 || car.stood != 0) return;
  car.stood = 1;
  ++car.pit_stops;
}

void Standings::settle_until(std::int64_t watermark_us) {
  const std::int64_t until_us =
      watermark_us == kEndOfTime_us ? watermark_us : watermark_us - allowed_lateness_us_;
  if (watermark_us == kNoWatermark_us || until_us <= next_due_us_) return;
  const auto due = std::partition(open_.begin(), open_.end(),
                                  [&](const Passing& passing) { return due_us(passing) >= until_us; });
  std::sort(due, open_.end(), [](const Passing& a, const Passing& b) {
    return std::tuple(a.seen_ms(), a.run, a.session, a.car, a.number) <
           std::tuple(b.seen_ms(), b.run, b.session, b.car, b.number);
  });
  for (auto at = due; at != open_.end(); ++at) {
    board_of(*at).settle(*at);
    settled_.push_back(*at);
  }
  open_.erase(due, open_.end());
  next_due_us_ = kEndOfTime_us;
  for (const Passing& passing : open_) next_due_us_ = std::min(next_due_us_, due_us(passing));
}

/// Gives out the `oldest` of the settled ones as they are, and of those from `first` on the ones whose line
/// is known.
void Standings::give_settled(std::size_t oldest, std::size_t first) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < settled_.size(); ++i) {
    Passing& passing = settled_[i];
    const bool is_due = i < oldest || (i >= first && is_timed(passing));
    if (!is_due) {
      settled_[kept++] = passing;
      continue;
    }
    give(passing);
    lines_.release(passing.lines);
  }
  settled_.resize(kept);
}

bool Standings::is_timed(const Passing& passing) {
  return board_of(passing).is_timed(passing, lines_.of(passing.lines));
}

void Standings::give(Passing& passing) {
  const SessionBoard::Standing at = board_of(passing).standing(passing, lines_.of(passing.lines));
  StandingsRow row{};
  row.run = {passing.run};
  row.session = passing.session;
  row.car = passing.car;
  row.passing = passing.number;
  row.lap = passing.lap;
  row.sector = passing.sector;
  row.time.ms = at.time_ms;
  row.ranked_by = passing.ranked_by;
  row.position = at.position;
  row.laps = passing.laps();
  row.laps_behind = passing.laps_behind;
  row.gap_ms = maybe(at.gap_ms);
  row.interval_ms = maybe(at.interval_ms);
  row.last_lap_ms = maybe(passing.last_lap_ms);
  row.best_lap_ms = maybe(at.best_lap_ms);
  row.pit_stops = passing.pit_stops;
  row.tyre = passing.tyre;
  row.status = passing.status;
  const std::uint64_t hash = hash_of(row);
  if (hash == std::exchange(passing.given, hash)) return;
  ready_.push_back({row, passing.driver});
}

void Standings::advance(std::int64_t watermark_us, RowBatch& results) {
  rows_.advance(watermark_us, *this);
  const std::size_t waited = settled_.size();
  settle_until(watermark_us);
  const bool changed = lines_.take_changed();
  // Where no line has become clearer those that waited go on to wait.
  if (changed || settled_.size() != waited)
    give_settled(settled_.size() > kMostSettled ? kMostSettled / 2 : 0, changed ? 0 : waited);
  if (watermark_us != kNoWatermark_us && watermark_us > looked_us_ + kLookForGone_us) {
    looked_us_ = watermark_us;
    forget_gone(watermark_us);
  }
  put_named(ready_, rows_, results);
}

void Standings::forget_gone(std::int64_t watermark_us) {
  for (std::uint32_t slot = 0; slot < rows_.size(); ++slot) {
    const Car& car = cars_[slot];
    if (!rows_.used(slot) || rows_.waits(slot)) continue;
    if (!car.trace.empty() && car.trace.last().time_ms * 1000 + kGone_us > watermark_us) continue;
    lines_.release(car.lines);
    rows_.forget(slot);
  }
  const auto of = [](const SessionBoard& board) {
    return [&board](const Passing& p) { return p.run == board.run() && p.session == board.session(); };
  };
  const auto is_driven = [&](const SessionBoard& board) {
    for (std::uint32_t slot = 0; slot < rows_.size(); ++slot)
      if (rows_.used(slot) && &boards_[cars_[slot].board] == &board) return true;
    return false;
  };
  for (SessionBoard& board : boards_)
    if (board.in_use() && board.last_ms() * 1000 + kGone_us < watermark_us &&
        std::none_of(open_.begin(), open_.end(), of(board)) &&
        std::none_of(settled_.begin(), settled_.end(), of(board)) && !is_driven(board))
      board = SessionBoard();
}

void Standings::finish(RowBatch& results) {
  rows_.advance(kEndOfTime_us, *this);
  settle_until(kEndOfTime_us);
  give_settled(settled_.size(), 0);
  put_named(ready_, rows_, results);
}

void Standings::save(StateWriter& out) const {
  rows_.save(out);
  lines_.save(out);
  out.put(looked_us_);
  for (std::uint32_t slot = 0; slot < rows_.size(); ++slot) {
    const Car& car = cars_[slot];
    car.trace.save(out);
    out.put(static_cast<const CarState&>(car));
  }
  out.put(static_cast<std::uint64_t>(boards_.size()));
  for (const SessionBoard& board : boards_) board.save(out);
  put_list(open_, out);
  put_list(settled_, out);
}

Done Standings::load(StateReader& in) {
  rows_.load(in);
  lines_.load(in);
  looked_us_ = in.get<std::int64_t>();
  cars_.resize(rows_.size());
  for (Car& car : cars_) {
    car.trace.load(in);
    static_cast<CarState&>(car) = in.get<CarState>();
  }
  boards_.resize(in.count(1));
  for (SessionBoard& board : boards_) board.load(in);
  get_list(open_, in);
  get_list(settled_, in);
  for (const Passing& passing : open_) next_due_us_ = std::min(next_due_us_, due_us(passing));
  return in.done();
}

}  // namespace racesim::standings
