// Standings from telemetry: a row for each car at each timing line (the ends of its three sectors). A row is
// final once the watermark has passed it by so much that no car's earlier passing can come any more, and the
// sector line's place is known (timing/sector_lines.h). A sector line that stays unknown to the end of the
// input gives positions, but no gaps.
//
// Where a car passed a line unseen (samples are missing for more than 2 s, or the recording begins later) it
// has no row, counts for the positions of those behind it, and there is no gap to it.
#pragma once

#include <cstdint>
#include <vector>

#include "agg/aggregation.h"
#include "agg/standings/session_board.h"
#include "agg/timing/car_rows.h"
#include "agg/timing/car_trace.h"
#include "agg/timing/run_lines.h"
#include "model/aggregates/standings.h"

namespace racesim::standings {

/// Results are StandingsRow. With Emit::update a row is given out when its car has passed the line, and again
/// if it changes.
class Standings final : public Aggregation {
 public:
  Standings(Emit emit, std::int64_t allowed_lateness_us)
      : emit_(emit), allowed_lateness_us_(allowed_lateness_us), rows_(allowed_lateness_us) {}

  void add(const RowBatch& rows, const LaneArrivals& arrivals, std::vector<Refused>& refused) override;
  void advance(std::int64_t watermark_us, RowBatch& results) override;
  void finish(RowBatch& results) override;
  void save(StateWriter& out) const override;
  Done load(StateReader& in) override;

  /// For CarRows.
  void begin_car(std::uint32_t slot, const CarKey& key);
  void fold(std::uint32_t slot, const Sample& sample, std::uint64_t missing);

 private:
  /// Without padding.
  struct CarState {
    std::int64_t lap_begin_ms = kUnknown_ms, last_lap_ms = kUnknown_ms;
    std::int64_t best_lap_ms = kUnknown_ms, best_free_lap_ms = kUnknown_ms;
    std::uint32_t run = 0, lines = 0;
    std::uint32_t board = 0;   ///< of its session
    std::uint32_t passed = 0;  ///< number of the last line
    std::uint16_t number = 0, session = 0, pit_stops = 0;
    std::uint8_t in_pit = 0, stood = 0, lap_touches_pit = 0;  ///< 0 or 1
    std::uint8_t finished = 0;                                ///< 0 or 1: the flag lies behind it
    std::uint8_t by_best_laps = 0;                            ///< 0 or 1: the session is no race
    std::uint8_t gone = 0;                                    ///< 0 or 1: it has given up
    std::uint8_t unused[4] = {};
  };
  struct Car : CarState {
    CarTrace trace;
  };
  using Ready = NamedRow<StandingsRow>;

  void follow(Car& car, const Sample& sample, std::uint64_t missing);
  void begin_session(Car& car, const Sample& sample);
  void end_lap(Car& car, std::int64_t line_ms);
  void pass(Car& car, const Sample& sample, const Step& step, std::uint16_t lap, std::uint8_t sector);
  void miss(Car& car, const Sample& sample, std::uint32_t up_to);
  void watch_pit(Car& car, const Sample& sample);
  SessionBoard& board_of(const Passing& passing);
  std::uint32_t board(std::uint32_t run, std::uint16_t session);
  void settle_until(std::int64_t watermark_us);
  void give_settled(std::size_t oldest, std::size_t first);
  bool is_timed(const Passing& passing);
  void give(Passing& passing);
  void forget_gone(std::int64_t watermark_us);

  const Emit emit_;
  const std::int64_t allowed_lateness_us_;
  CarRows rows_;
  RunLines lines_;
  std::vector<Car> cars_;             // by slot
  std::vector<SessionBoard> boards_;  // a free one has no session
  std::vector<Passing> open_;         // earlier ones may come
  std::vector<Passing> settled_;      // wait for the place of their line
  std::vector<Ready> ready_;          // until the next advance()
  std::int64_t next_due_us_ = kEndOfTime_us, looked_us_ = kNoWatermark_us;
};

}  // namespace racesim::standings
