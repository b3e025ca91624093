// The board of one session: who passed which line when, and who has which best lap. In a race the place of a
// car at a line is its rank among those that passed this line in this lap and have not given up since; in a
// session that goes by best laps, which is one in which a car drove to the line before its first lap, the
// rank of its best lap so far.
#pragma once

#include <cstdint>
#include <vector>

#include "agg/standings/passing.h"
#include "agg/state.h"
#include "agg/timing/run_lines.h"
#include "model/aggregates/standings.h"

namespace racesim::standings {

class SessionBoard {
 public:
  SessionBoard() = default;
  SessionBoard(std::uint32_t run, std::uint16_t session) : run_(run), session_(session), in_use_(true) {}

  bool in_use() const { return in_use_; }
  std::uint32_t run() const { return run_; }
  std::uint16_t session() const { return session_; }
  std::int64_t last_ms() const { return last_ms_; }

  // As samples come, in any order of cars.
  void see(std::int64_t time_ms) { last_ms_ = time_ms > last_ms_ ? time_ms : last_ms_; }
  void goes_by_best_laps() { timed_ = true; }
  /// The car is seen first when it has passed so many lines.
  void begin_car(std::uint16_t car, std::uint32_t lines, std::int64_t time_ms);
  void pass(const Passing& passing);
  /// The first sample that shows that the car has given up: from here on it is behind all that run.
  void give_up(std::uint16_t car, std::int64_t time_ms);
  /// Nobody saw when it passed them; at `time_ms` it was beyond.
  void pass_unseen(std::uint16_t car, std::uint32_t first, std::uint32_t last, std::int64_t time_ms);

  /// Sets what hangs on earlier passings, as far as these are settled.
  void look_back(Passing& passing) const;
  /// The same for good: in the order of time, once no earlier passing can come.
  void settle(Passing& passing);
  /// Whether the time of everybody at this line is known.
  bool is_timed(const Passing& passing, const SectorLines& lines);

  struct Standing {
    std::uint16_t position = 0;
    std::int64_t time_ms = kUnknown_ms;
    std::int64_t gap_ms = kUnknown_ms, interval_ms = kUnknown_ms;
    std::int64_t best_lap_ms = kUnknown_ms;
  };
  /// By what is known now.
  Standing standing(const Passing& passing, const SectorLines& lines);

  void save(StateWriter& out) const;
  void load(StateReader& in);

 private:
  /// Without padding.
  struct Passer {
    Crossing crossing{};
    std::int64_t time_ms = kUnknown_ms;
    std::uint16_t car = 0;
    std::uint16_t unseen = 0;
    std::uint32_t unused = 0;
  };
  struct Begun {
    std::int64_t time_ms = 0;
    std::uint32_t lines = 0;
    std::uint32_t car = 0;
  };
  struct GivenUp {
    std::int64_t time_ms = 0;
    std::uint64_t car = 0;
  };
  struct Best {
    std::int64_t lap_ms = 0;
    std::int64_t set_ms = 0;  ///< when
    std::uint64_t car = 0;
  };

  std::vector<Passer>& passers(std::uint32_t number);
  void time_passers(std::vector<Passer>& here, const SectorLines& lines) const;
  /// Has the car given up by then, or where it was seen at `sight_ms`?
  bool is_gone(std::uint32_t car, std::int64_t by_ms, std::int64_t sight_ms) const;
  Standing by_line(const Passing& passing, const SectorLines& lines);
  void rank_best(Passing& passing) const;

  std::uint32_t run_ = 0;
  std::uint16_t session_ = 0;
  bool in_use_ = false;
  bool timed_ = false;
  std::int64_t last_ms_ = INT64_MIN;
  std::uint16_t most_laps_ = 0;               ///< that anybody has completed
  std::vector<std::vector<Passer>> by_line_;  ///< by number
  std::vector<Begun> begun_;
  std::vector<GivenUp> given_up_;
  std::vector<Best> bests_;
  std::vector<std::uint16_t> settled_cars_;
};

}  // namespace racesim::standings
