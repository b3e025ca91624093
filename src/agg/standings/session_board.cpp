#include "agg/standings/session_board.h"

#include <algorithm>
#include <tuple>

namespace racesim::standings {
namespace {

// Damaged samples must not make the list of lines huge; no session has as many laps.
constexpr std::uint32_t kMostLines = 3 * 2'000;

}  // namespace

std::vector<SessionBoard::Passer>& SessionBoard::passers(std::uint32_t number) {
  number = std::min(number, kMostLines);
  if (number >= by_line_.size()) by_line_.resize(number + 1);
  return by_line_[number];
}

void SessionBoard::begin_car(std::uint16_t car, std::uint32_t lines, std::int64_t time_ms) {
  for (const Begun& one : begun_)
    if (one.car == car) return;
  begun_.push_back({time_ms, lines, car});
}

void SessionBoard::pass(const Passing& passing) {
  passers(passing.number).push_back({passing.crossing, passing.line_ms, passing.car, 0, 0});
}

void SessionBoard::give_up(std::uint16_t car, std::int64_t time_ms) {
  for (const GivenUp& one : given_up_)
    if (one.car == car) return;
  given_up_.push_back({time_ms, car});
}

bool SessionBoard::is_gone(std::uint32_t car, std::int64_t by_ms, std::int64_t sight_ms) const {
  return std::any_of(given_up_.begin(), given_up_.end(), [&](const GivenUp& gone) {
    return gone.car == car && (gone.time_ms <= by_ms || gone.time_ms == sight_ms);
  });
}

void SessionBoard::pass_unseen(std::uint16_t car, std::uint32_t first, std::uint32_t last,
                               std::int64_t time_ms) {
  for (std::uint32_t number = std::max(first, 1U); number <= std::min(last, kMostLines); ++number)
    passers(number).push_back({{}, time_ms, car, 1, 0});
}

void SessionBoard::time_passers(std::vector<Passer>& here, const SectorLines& lines) const {
  const auto line = static_cast<std::size_t>(&here - by_line_.data()) % 3;
  for (Passer& one : here)
    if (one.time_ms == kUnknown_ms && line > 0)
      if (const auto ms = lines[line - 1].time_ms(one.crossing)) one.time_ms = *ms;
}

bool SessionBoard::is_timed(const Passing& passing, const SectorLines& lines) {
  std::vector<Passer>& here = passers(passing.number);
  time_passers(here, lines);
  return std::none_of(here.begin(), here.end(), [](const Passer& one) { return one.time_ms == kUnknown_ms; });
}

void SessionBoard::settle(Passing& passing) {
  if (std::find(settled_cars_.begin(), settled_cars_.end(), passing.car) == settled_cars_.end())
    settled_cars_.push_back(passing.car);
  if (passing.sector == 3) {
    most_laps_ = std::max(most_laps_, passing.lap);
    if (passing.best_free_lap_ms != kUnknown_ms) {
      const auto mine = std::find_if(bests_.begin(), bests_.end(),
                                     [&](const Best& best) { return best.car == passing.car; });
      if (mine == bests_.end())
        bests_.push_back({passing.best_free_lap_ms, passing.line_ms, passing.car});
      else if (passing.best_free_lap_ms < mine->lap_ms)
        *mine = {passing.best_free_lap_ms, passing.line_ms, passing.car};
    }
  }
  look_back(passing);
}

void SessionBoard::look_back(Passing& passing) const {
  passing.laps_behind =
      static_cast<std::uint16_t>(most_laps_ > passing.laps() ? most_laps_ - passing.laps() : 0);
  passing.ranked_by = timed_ ? RankedBy::best_lap : RankedBy::line;
  rank_best(passing);
}

/// Cars without a lap stand behind the others, by their numbers.
void SessionBoard::rank_best(Passing& passing) const {
  const auto key = [](const Best& best) { return std::tuple(best.lap_ms, best.set_ms, best.car); };
  const Best *mine = nullptr, *first = nullptr, *ahead = nullptr;
  for (const Best& best : bests_) {
    if (best.car == passing.car) mine = &best;
    if (first == nullptr || key(best) < key(*first)) first = &best;
  }
  std::size_t position = 1;
  for (const Best& best : bests_) {
    if (&best == mine || (mine != nullptr && key(*mine) < key(best))) continue;
    ++position;
    if (ahead == nullptr || key(*ahead) < key(best)) ahead = &best;
  }
  passing.gap_ms = passing.interval_ms = kUnknown_ms;
  if (mine != nullptr) {
    passing.gap_ms = mine->lap_ms - first->lap_ms;
    passing.interval_ms = ahead == nullptr ? 0 : mine->lap_ms - ahead->lap_ms;
  } else {
    for (const std::uint16_t car : settled_cars_) {
      const bool has_best =
          std::any_of(bests_.begin(), bests_.end(), [&](const Best& best) { return best.car == car; });
      position += !has_best && car < passing.car ? 1 : 0;
    }
  }
  passing.position = static_cast<std::uint16_t>(position);
}

SessionBoard::Standing SessionBoard::by_line(const Passing& passing, const SectorLines& lines) {
  std::vector<Passer>& here = passers(passing.number);
  time_passers(here, lines);
  Standing standing;
  const auto time_of = [](const Passer& one) {
    return one.time_ms != kUnknown_ms ? one.time_ms : one.crossing.after.time_ms;
  };
  const Passer* mine = nullptr;
  for (const Passer& one : here)
    if (one.car == passing.car && one.unseen == 0) mine = &one;
  if (mine == nullptr) return standing;
  const auto before = [&](const Passer& a, const Passer& b) {
    return std::tuple(time_of(a), a.car) < std::tuple(time_of(b), b.car);
  };
  const Passer *first = mine, *ahead = nullptr;
  std::size_t position = 1;
  for (const Passer& one : here) {
    // Whoever gives up at a line does so behind it: the sample there shows that already.
    if (!before(one, *mine) || is_gone(one.car, time_of(*mine), one.crossing.after.time_ms)) continue;
    ++position;
    if (before(one, *first)) first = &one;
    if (ahead == nullptr || before(*ahead, one)) ahead = &one;
  }
  bool leader_seen = first->unseen == 0;
  for (const Begun& car : begun_) {
    if (car.lines < passing.number || car.time_ms > time_of(*mine)) continue;
    if (is_gone(car.car, time_of(*mine), car.time_ms)) continue;
    ++position;
    leader_seen = false;
  }
  standing.position = static_cast<std::uint16_t>(position);
  standing.time_ms = time_of(*mine);
  if (mine->time_ms == kUnknown_ms) return standing;
  if (leader_seen && first->time_ms != kUnknown_ms) standing.gap_ms = mine->time_ms - first->time_ms;
  if (ahead != nullptr && ahead->unseen == 0 && ahead->time_ms != kUnknown_ms)
    standing.interval_ms = mine->time_ms - ahead->time_ms;
  if (position == 1) standing.interval_ms = 0;
  return standing;
}

SessionBoard::Standing SessionBoard::standing(const Passing& passing, const SectorLines& lines) {
  Standing standing = by_line(passing, lines);
  standing.best_lap_ms = passing.best_lap_ms;
  if (passing.ranked_by == RankedBy::line) return standing;
  standing.best_lap_ms = passing.best_free_lap_ms;
  standing.position = passing.position;
  standing.gap_ms = passing.gap_ms;
  standing.interval_ms = passing.interval_ms;
  return standing;
}

void SessionBoard::save(StateWriter& out) const {
  out.put(run_);
  out.put(session_);
  out.put(static_cast<std::uint8_t>((timed_ ? 1 : 0) | (in_use_ ? 2 : 0)));
  out.put(last_ms_);
  out.put(most_laps_);
  out.put(static_cast<std::uint64_t>(by_line_.size()));
  for (const std::vector<Passer>& here : by_line_) put_list(here, out);
  put_list(begun_, out);
  put_list(given_up_, out);
  put_list(bests_, out);
  put_list(settled_cars_, out);
}

void SessionBoard::load(StateReader& in) {
  run_ = in.get<std::uint32_t>();
  session_ = in.get<std::uint16_t>();
  const auto flags = in.get<std::uint8_t>();
  timed_ = (flags & 1) != 0;
  in_use_ = (flags & 2) != 0;
  last_ms_ = in.get<std::int64_t>();
  most_laps_ = in.get<std::uint16_t>();
  by_line_.resize(in.count(sizeof(std::uint64_t)));
  for (std::vector<Passer>& here : by_line_) get_list(here, in);
  get_list(begun_, in);
  get_list(given_up_, in);
  get_list(bests_, in);
  get_list(settled_cars_, in);
}

}  // namespace racesim::standings
